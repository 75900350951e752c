"""A server that is somebody else's: what its administrator gives, what we make of it, what we refuse.

The embedded server of an installation of its own plays that server.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import psycopg
import pytest

import small
from sanscouture.database import admin, backup, dsn, restore, server
from sanscouture.database.binaries import binaries
from sanscouture.database.errors import DatabaseUnavailable
from sanscouture.database.layout import layout

ADMINISTRATOR, OWNER, APP, BACKUP = "a_dba", "cite_owner", "cite_app", "cite_backup"
PASSWORD = "mot de passe/é"
GIVEN = f"""
CREATE ROLE {OWNER} LOGIN PASSWORD '{PASSWORD}';
CREATE ROLE {APP} LOGIN PASSWORD '{PASSWORD}';
CREATE DATABASE cite OWNER {OWNER} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C';
CREATE DATABASE deaf OWNER {OWNER} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C' LOCALE_PROVIDER libc;
CREATE DATABASE saved OWNER {OWNER} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C';
CREATE DATABASE again OWNER {OWNER} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C';
CREATE ROLE {BACKUP} LOGIN BYPASSRLS PASSWORD '{PASSWORD}';
GRANT pg_read_all_data TO {BACKUP};
GRANT CONNECT ON DATABASE saved TO {BACKUP};
GRANT CONNECT ON DATABASE again TO {BACKUP};
"""


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """A server with an administrator who is no superuser; gives the superuser's parameters."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATA_DIR", str(tmp_path_factory.mktemp("theirs")))
        for name in ("SANSCOUTURE_DB_NAME", *dsn.VARIABLES.values()):
            patch.delenv(name, raising=False)
        server.ensure_running()
        with admin.connect() as connection:
            connection.execute(f"CREATE ROLE {ADMINISTRATOR} LOGIN CREATEROLE CREATEDB PASSWORD '{PASSWORD}'")
            connection.execute("DROP DATABASE sanscouture")
            connection.execute("DROP ROLE sanscouture_owner, sanscouture_app")
            connection.execute(f"GRANT CONNECT ON DATABASE postgres TO {ADMINISTRATOR}")
            for statement in GIVEN.strip().splitlines():
                connection.execute(statement)
        yield dsn.administrator_parameters()
        server.release()
        server.stop()
        shutil.rmtree(layout().home, ignore_errors=True)


@pytest.fixture(autouse=True)
def elsewhere(theirs: dict[str, Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    """We are another machine: nothing of that server's data folder."""
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "ours"))
    for name in ("SANSCOUTURE_DB_NAME", *dsn.VARIABLES.values()):
        monkeypatch.delenv(name, raising=False)


def address(theirs: dict[str, Any], user: str, name: str = "", password: str = PASSWORD) -> str:
    where = urlencode({"host": theirs["host"], "port": theirs["port"]})
    return f"postgresql://{user}:{quote(password, safe='')}@/{name}?{where}"


def program(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "sanscouture", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ, timeout=100)


def powers(parameters: dict[str, Any]) -> tuple[Any, ...]:
    with psycopg.connect(**parameters) as connection:
        found = connection.execute(admin.POWERS).fetchone()
    assert found
    return found


def test_an_administrator_who_is_no_superuser_is_enough_to_make_all(
    theirs: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", address(theirs, ADMINISTRATOR, "trial"))
    server.ensure_running()
    server.ensure_running()
    assert server.status().running
    unbound, _, member, owns = powers(dsn.connection_parameters("owner"))
    assert (unbound, member, owns) == (False, False, True)
    assert powers(dsn.connection_parameters("app")) == (False, False, False, False)
    with psycopg.connect(admin.owner_dsn()) as owner:
        owner.execute("CREATE TABLE thing (word text)")
    with psycopg.connect(admin.app_dsn()) as app:
        app.execute("INSERT INTO thing VALUES (unaccent('été'))")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("DROP TABLE thing")


def test_the_administrator_makes_copies_and_drops_them_while_they_are_used(
    theirs: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", address(theirs, ADMINISTRATOR, "trial"))
    server.ensure_running()
    admin.create_database("first")
    admin.create_database("copy", template="first")
    user = psycopg.connect(admin.app_dsn("copy"), autocommit=True)
    admin.drop_database("copy")
    with pytest.raises(psycopg.OperationalError):
        user.execute("SELECT 1")
    admin.drop_database("first")
    assert not admin.database_exists("copy")


def test_passwords_are_the_same_wherever_the_address_is_known_and_nowhere_on_disk(
    theirs: dict[str, Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    monkeypatch.setenv("DATABASE_URL", address(theirs, ADMINISTRATOR, "trial"))
    before = dsn.connection_parameters("app")["password"]
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "a-third-machine"))
    server.ensure_running()
    assert dsn.connection_parameters("app")["password"] == before
    assert before != dsn.connection_parameters("owner")["password"]
    assert not list((tmp_path / "a-third-machine").rglob("postgres-*"))


def test_a_database_that_was_somebody_elses_is_not_taken(
    theirs: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", address(theirs, ADMINISTRATOR, "cite"))
    with pytest.raises(DatabaseUnavailable, match=f"appartient à « {OWNER} »"):
        server.ensure_running()


def test_a_role_without_the_right_to_make_roles_is_told_so(
    theirs: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    with psycopg.connect(**theirs, autocommit=True) as superuser:
        superuser.execute(f"GRANT CONNECT ON DATABASE postgres TO {OWNER}")
    monkeypatch.setenv("DATABASE_URL", address(theirs, OWNER, "new"))
    with pytest.raises(DatabaseUnavailable, match="n’a pas assez de droits"):
        server.ensure_running()


def test_two_roles_given_by_the_administrator_are_used_and_nothing_is_made(
    theirs: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Install with both addresses, then serve with the application's alone."""
    monkeypatch.setenv("DATABASE_APP_URL", address(theirs, APP, "cite"))
    monkeypatch.setenv("DATABASE_URL", address(theirs, OWNER, "cite"))
    done = program("migrate", "contenttypes", "--verbosity=0")
    assert done.returncode == 0, done.stderr
    monkeypatch.delenv("DATABASE_URL")
    server.ensure_running()
    assert server.status().running
    with psycopg.connect(admin.app_dsn()) as app:
        assert app.execute("SELECT current_user FROM django_migrations").fetchone() == (APP,)
    with pytest.raises(DatabaseUnavailable, match="DATABASE_URL manque"):
        admin.owner_dsn()


def test_a_database_that_does_not_know_capitals_with_accents_is_refused(
    theirs: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_APP_URL", address(theirs, APP, "deaf"))
    with pytest.raises(DatabaseUnavailable, match="majuscule de é"):
        server.ensure_running()


def test_a_database_is_made_with_the_first_locale_that_the_machine_has(
    theirs: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", address(theirs, ADMINISTRATOR, "trial"))
    server.ensure_running()
    monkeypatch.setattr(admin, "LOCALES", ("xx_XX.UTF-8", "C.UTF-8"))
    admin.create_database("heard")
    with psycopg.connect(admin.app_dsn("heard")) as app:
        assert app.execute("SELECT upper('é')").fetchone() == ("É",)
    admin.drop_database("heard")
    monkeypatch.setattr(admin, "LOCALES", ("xx_XX.UTF-8",))
    with pytest.raises(DatabaseUnavailable, match="aucune de ces langues"):
        admin.create_database("heard")


@pytest.mark.parametrize("wrong", [OWNER, "postgres"])
def test_an_application_that_could_go_round_row_level_security_is_refused(
    theirs: dict[str, Any], monkeypatch: pytest.MonkeyPatch, wrong: str
) -> None:
    password = theirs["password"] if wrong == "postgres" else PASSWORD
    monkeypatch.setenv("DATABASE_APP_URL", address(theirs, wrong, "cite", password))
    with pytest.raises(DatabaseUnavailable, match="peut trop"):
        server.ensure_running()


def test_an_owner_that_is_superuser_is_refused(theirs: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_APP_URL", address(theirs, APP, "cite"))
    monkeypatch.setenv("DATABASE_URL", address(theirs, "postgres", "cite", theirs["password"]))
    with pytest.raises(DatabaseUnavailable, match="doit être le propriétaire"):
        server.ensure_running()


def test_a_server_that_does_not_answer_and_an_address_that_is_none_are_told(
    theirs: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", address(theirs, ADMINISTRATOR, "trial", "another password"))
    assert not server.status().running
    with pytest.raises(DatabaseUnavailable, match="ne répond pas") as refused:
        server.ensure_running()
    assert "another password" not in str(refused.value)
    monkeypatch.setenv("DATABASE_URL", "ici")
    with pytest.raises(DatabaseUnavailable, match="n’est pas une adresse"):
        server.ensure_running()


def test_a_server_too_old_is_refused(theirs: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", address(theirs, ADMINISTRATOR, "trial"))
    monkeypatch.setattr(admin, "MINIMUM_VERSION", 990000)
    with pytest.raises(DatabaseUnavailable, match="plus récent"):
        server.ensure_running()


def test_roles_given_by_the_administrator_save_and_restore_into_an_empty_database(
    theirs: dict[str, Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def move_to(name: str, backup: str = BACKUP) -> None:
        for variable, user in (("DATABASE_URL", OWNER), ("DATABASE_APP_URL", APP), ("DATABASE_BACKUP_URL", backup)):
            monkeypatch.setenv(variable, address(theirs, user, name))

    def silent(*_words: object) -> None: ...

    def save(file: str) -> backup.Made:
        return backup.back_up(tmp_path / file, version="1", now=datetime(2026, 11, 24, tzinfo=UTC), tell=silent)

    move_to("saved", OWNER)
    server.ensure_running()
    with pytest.raises(DatabaseUnavailable, match="BYPASSRLS"):
        save("refused")
    monkeypatch.delenv("DATABASE_BACKUP_URL")
    with pytest.raises(DatabaseUnavailable, match="DATABASE_BACKUP_URL manque"):
        save("refused")
    move_to("saved")
    with psycopg.connect(admin.owner_dsn()) as owner:
        for statement in small.SMALL.strip().format(app=APP).splitlines():
            owner.execute(statement)
    monkeypatch.delenv("DATABASE_URL")  # who saves each night has not the owner's password
    options: dict[str, Any] = {"key": None, "force": True, "keep_old": False, "accept": silent, "tell": silent}
    made = save("saved")
    move_to("saved")
    with pytest.raises(DatabaseUnavailable, match="base vide"):
        restore.restore(made.path, **options)
    move_to("again")
    server.ensure_running()
    restore.restore(made.path, **options)
    with psycopg.connect(admin.app_dsn()) as app:
        assert app.execute("SELECT count(*) FROM thing").fetchone() == (0,)
        app.execute("SELECT set_config('app.here', '1', false)")
        assert app.execute("SELECT count(*) FROM thing").fetchone() == (3,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("DELETE FROM thing")


def test_an_administrator_who_may_not_make_the_role_of_backups_is_told_what_to_ask(
    theirs: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", address(theirs, ADMINISTRATOR, "trial"))
    server.ensure_running()
    with pytest.raises(DatabaseUnavailable, match="superutilisateur"):
        admin.prepare_backup_role()


def forget_our_roles(theirs: dict[str, Any]) -> None:
    """Leave the server as before anybody of ours came."""
    names = list(dsn.USERS.values())
    with psycopg.connect(**theirs, autocommit=True) as connection:
        owned = "SELECT datname FROM pg_database WHERE pg_get_userbyid(datdba) = ANY (%s)"
        for (name,) in connection.execute(owned, [names]).fetchall():
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
        for name in names:
            connection.execute(f"DROP ROLE IF EXISTS {name}")


def test_the_script_of_the_containers_makes_roles_that_are_enough_and_no_more(
    theirs: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = {
        "PATH": f"{binaries().folder}:{os.environ['PATH']}",
        "PGHOST": str(theirs["host"]),
        "PGPORT": str(theirs["port"]),
        "PGPASSWORD": str(theirs["password"]),
        **dict.fromkeys(("OWNER_PASSWORD", "APP_PASSWORD", "BACKUP_PASSWORD"), "l'essai"),
    }
    script = Path(__file__).parents[2] / "deploy" / "roles.sh"
    forget_our_roles(theirs)
    done = subprocess.run([script], capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    for role, variable in dsn.VARIABLES.items():
        monkeypatch.setenv(variable, address(theirs, dsn.USERS[role], "sanscouture", "l'essai"))
    server.ensure_running()
    admin.prepare_backup_role()
    with psycopg.connect(admin.app_dsn()) as app:
        assert app.execute("SELECT lower('É')").fetchone() == ("é",)
    forget_our_roles(theirs)
