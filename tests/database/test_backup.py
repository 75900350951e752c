"""Backups are proved by restoring them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.db import DatabaseError, connections, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

import small
from factories import BeneficiaryFactory
from sanscouture.access.scope import scope
from sanscouture.audit.models import JournalEntry
from sanscouture.database import admin, restore
from sanscouture.database.backup import OURS, Made, back_up, forget_old, last_backup, stamp
from sanscouture.database.dsn import connection_parameters
from sanscouture.database.errors import DatabaseUnavailable
from sanscouture.database.inventory import Manifest, differences, plainly
from sanscouture.database.restore import Restored
from sanscouture.database.vault import Broken
from sanscouture.jobs.services import enqueue, work
from sanscouture.people.models import Beneficiary

NOW = datetime(2026, 11, 24, 18, 30, tzinfo=UTC)


def silent(*_words: object) -> None:
    """Tell nobody."""


def save(path: Path) -> Made:
    return back_up(path, version="1", now=NOW, tell=silent)


def bring_back(path: Path, **options: Any) -> Restored:
    wanted = {"key": None, "force": True, "keep_old": False, "accept": silent} | options
    return restore.restore(path, tell=silent, **wanted)


def rows(name: str) -> int:
    with psycopg.connect(**connection_parameters("backup", name)) as connection:
        return int((connection.execute("SELECT count(*) FROM thing").fetchone() or (0,))[0])


@pytest.fixture
def name(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with small.database(monkeypatch) as name:
        yield name


def test_what_was_saved_comes_back_with_its_guards(name: str, tmp_path: Path) -> None:
    made = save(tmp_path / "sauvegarde")
    assert made.manifest.tables["thing"][0] == 3
    assert made.path.stat().st_mode & 0o077 == 0
    assert "été".encode() not in made.path.read_bytes()
    assert (last_backup() or {})["at"] == NOW.isoformat()
    with psycopg.connect(admin.owner_dsn()) as owner:
        owner.execute("DROP TABLE thing")
    bring_back(made.path)
    with psycopg.connect(admin.app_dsn(), autocommit=True) as app:
        assert app.execute("SELECT count(*) FROM thing").fetchone() == (0,)
        app.execute("SELECT set_config('app.here', '1', false)")
        assert app.execute("SELECT count(*) FROM thing").fetchone() == (3,)
        assert app.execute("INSERT INTO thing (programme_id) VALUES (1) RETURNING id").fetchone() == (4,)
        for lifted in (
            "DELETE FROM thing",
            "ALTER TABLE thing DISABLE ROW LEVEL SECURITY",
            "CREATE POLICY open ON thing USING (true)",
            "INSERT INTO thing (programme_id) VALUES (2)",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute(lifted)
    with psycopg.connect(admin.owner_dsn()) as owner:
        owner.execute("CREATE TABLE later (id int)")
    with psycopg.connect(admin.app_dsn()) as app:
        app.execute("DELETE FROM later")


def test_a_full_database_is_replaced_only_when_it_is_asked_and_may_be_kept(name: str, tmp_path: Path) -> None:
    made = save(tmp_path / "sauvegarde")
    with psycopg.connect(admin.owner_dsn()) as owner:
        owner.execute("SELECT set_config('app.here', '1', false)")
        owner.execute("INSERT INTO thing (programme_id) VALUES (1)")
    with pytest.raises(DatabaseUnavailable, match="--force"):
        bring_back(made.path, force=False)
    assert rows(name) == 4
    user = psycopg.connect(admin.app_dsn(), autocommit=True)
    done = bring_back(made.path, keep_old=True)
    with pytest.raises(psycopg.OperationalError):
        user.execute("SELECT 1")
    assert rows(name) == 3
    with admin.connect() as connection:
        connection.execute(f'ALTER DATABASE "{done.kept}" ALLOW_CONNECTIONS true')
    assert rows(done.kept) == 4
    admin.drop_database(done.kept)


def test_a_restoration_that_fails_leaves_the_database_as_it_was(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = save(tmp_path / "sauvegarde")

    def other(manifest: Manifest, connection: Any, tell: Any) -> list[str]:
        return ["thing\u00a0: 2 lignes au lieu de 3"]

    monkeypatch.setattr(restore, "differences", other)
    with pytest.raises(DatabaseUnavailable, match="2 lignes au lieu de 3"):
        bring_back(made.path)
    assert rows(name) == 3
    assert not admin.database_exists(f"{name}_restoring")


def test_nothing_is_touched_by_a_file_cut_short_or_by_a_refusal(name: str, tmp_path: Path) -> None:
    made = save(tmp_path / "sauvegarde")
    cut = tmp_path / "tronquée"
    cut.write_bytes(made.path.read_bytes()[:-40])
    with pytest.raises(Broken, match="tronqué"):
        bring_back(cut)
    with pytest.raises(Broken, match="ne peut pas être lue"):
        bring_back(tmp_path / "absente")
    with pytest.raises(DatabaseUnavailable, match="existe déjà"):
        save(made.path)

    def refuse(manifest: Manifest) -> None:
        raise DatabaseUnavailable("trop récente")

    with pytest.raises(DatabaseUnavailable, match="trop récente"):
        bring_back(made.path, accept=refuse)
    assert rows(name) == 3


def test_a_backup_of_a_later_server_or_of_other_roles_is_refused(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    common: dict[str, Any] = {"made_at": "", "version": "1", "database": name, "tables": {}, "sequences": {}}
    roles = {"owner": admin.owner_name(), "app": admin.app_name()}
    with pytest.raises(DatabaseUnavailable, match="PostgreSQL 99"):
        restore.must_fit(Manifest(**common, **roles, postgres=990000, migrations=[]))
    with pytest.raises(DatabaseUnavailable, match="mêmes noms"):
        restore.must_fit(Manifest(**common, **roles | {"app": "x"}, postgres=150000, migrations=[]))


def test_two_restorations_take_turns(name: str) -> None:
    with (
        restore.one_at_a_time(),
        pytest.raises(DatabaseUnavailable, match="Une autre restauration"),
        restore.one_at_a_time(),
    ):
        pass


def test_each_kind_of_difference_is_seen(name: str, tmp_path: Path) -> None:
    manifest = save(tmp_path / "sauvegarde").manifest
    for statement, said in (
        ("UPDATE thing SET word = 'hiver' WHERE id = 1", "thing\u00a0: des lignes ont changé"),
        ("DELETE FROM thing WHERE id = 3", "thing\u00a0: 2 lignes au lieu de 3"),
        ("ALTER SEQUENCE thing_id_seq RESTART 1", "la suite thing_id_seq est en retard"),
        (f"GRANT DELETE ON thing TO {admin.app_name()}", "droits de l’application\u00a0: ce ne sont plus les mêmes"),
        ("ALTER POLICY inside ON thing USING (true)", "règles par ligne\u00a0: ce ne sont plus les mêmes"),
        ("ALTER TABLE thing NO FORCE ROW LEVEL SECURITY", "tables fermées\u00a0: ce ne sont plus les mêmes"),
        ("CREATE TABLE more (id int)", "la table more est en trop"),
        ("DROP TABLE thing", "la table thing manque"),
    ):
        with psycopg.connect(admin.owner_dsn()) as owner:
            owner.execute("SELECT set_config('app.here', '1', false)")
            owner.execute(statement)
        with psycopg.connect(**connection_parameters("backup")) as connection:
            plainly(connection)
            assert said in differences(manifest, connection, silent)


def test_the_role_of_backups_reads_all_and_writes_nothing(name: str, tmp_path: Path) -> None:
    save(tmp_path / "sauvegarde")
    with psycopg.connect(**connection_parameters("backup"), autocommit=True) as connection:
        assert connection.execute("SELECT count(*) FROM thing").fetchone() == (3,)
        for statement in ("DELETE FROM thing", "DROP TABLE thing", "CREATE TABLE mine (id int)", "CREATE ROLE x"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)


def test_a_database_without_tables_is_not_saved(name: str, tmp_path: Path) -> None:
    with psycopg.connect(admin.owner_dsn()) as owner:
        owner.execute("DROP TABLE django_migrations, procrastinate_jobs, thing")
    with pytest.raises(DatabaseUnavailable, match="pas encore de tables"):
        save(tmp_path / "sauvegarde")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("line", "said"), [(b"{}", "n’est pas une"), (b'{"format":2}', "plus récente"), (b"x", "pas")])
def test_a_manifest_that_is_none_is_refused(line: bytes, said: str) -> None:
    with pytest.raises(DatabaseUnavailable, match=said):
        Manifest.read(line)


def test_the_oldest_of_our_backups_go_and_no_other_file(tmp_path: Path) -> None:
    names = [f"sanscouture-{stamp(NOW.replace(day=day))}.sauvegarde" for day in (20, 21, 22)]
    for one in [*names, "à-garder.sauvegarde"]:
        (tmp_path / one).touch()
    assert all(OURS.fullmatch(one) for one in names)
    assert [path.name for path in forget_old(tmp_path, 2)] == names[:1]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*names[1:], "à-garder.sauvegarde"])


@pytest.mark.usefixtures("fresh_db")
def test_the_whole_product_comes_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Names under their policies, the journal that nobody changes, the queue that goes on."""
    monkeypatch.setenv("SANSCOUTURE_DB_NAME", str(connections["default"].settings_dict["NAME"]))
    monkeypatch.delenv("BACKUP_RECIPIENT", raising=False)
    with transaction.atomic():
        person = BeneficiaryFactory()
        JournalEntry.objects.create(verb="programme.list", programme_id=person.programme_id)
        enqueue("sanscouture.notifications.tasks.send_message", message_id=str(uuid4()), programme_id="")
    connections.close_all()
    made = save(tmp_path / "sauvegarde")
    assert made.manifest.jobs_waiting == 1
    with scope(programmes=[person.programme_id], named=[person.programme_id]):
        Beneficiary.objects.filter(pk=person.pk).update(first_name="Autre")
    connections.close_all()
    assert bring_back(made.path).missing_keys == []
    assert not Beneficiary.objects.exists()
    with scope(programmes=[person.programme_id], named=[person.programme_id]):
        assert Beneficiary.objects.get().first_name == person.first_name
    with pytest.raises(DatabaseError), scope(programmes=[person.programme_id]):
        JournalEntry.objects.update(verb="x")
    asyncio.run(work(until_empty=True))
    assert ProcrastinateJob.objects.get().status == "succeeded"
