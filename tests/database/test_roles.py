"""What the application may do to the database, and what it can never do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from sanscouture.database import admin

Connection = psycopg.Connection[tuple[Any, ...]]


@pytest.fixture(scope="module")
def name() -> Iterator[str]:
    name = f"test_roles_{uuid4().hex[:8]}"
    admin_ready()
    admin.create_database(name)
    with psycopg.connect(admin.owner_dsn(name)) as owner:
        owner.execute("CREATE TABLE thing (id serial PRIMARY KEY, word text)")
        owner.execute("CREATE FUNCTION shout(word text) RETURNS text LANGUAGE sql RETURN upper(word)")
    yield name
    admin.drop_database(name)


def admin_ready() -> None:
    from sanscouture.database.server import ensure_running  # noqa: PLC0415 — starts nothing before a test needs it

    ensure_running()


@pytest.fixture
def app(name: str) -> Iterator[Connection]:
    with psycopg.connect(admin.app_dsn(name), autocommit=True) as connection:
        yield connection


def test_the_application_reads_and_writes_rows(app: Connection) -> None:
    app.execute("INSERT INTO thing (word) VALUES ('été')")
    app.execute("UPDATE thing SET word = upper(word)")
    assert app.execute("SELECT shout(word) FROM thing").fetchone() == ("ÉTÉ",)
    app.execute("DELETE FROM thing")


@pytest.mark.parametrize(
    "statement",
    [
        "SET ROLE sanscouture_owner",
        "SET ROLE {superuser}",
        "SET SESSION AUTHORIZATION sanscouture_owner",
        "ALTER ROLE sanscouture_app SUPERUSER",
        "ALTER ROLE sanscouture_app BYPASSRLS",
        "ALTER ROLE sanscouture_owner PASSWORD 'x'",
        "GRANT sanscouture_owner TO sanscouture_app",
        "CREATE ROLE friend LOGIN",
        "CREATE DATABASE other",
        "CREATE TABLE mine (id int)",
        "CREATE TEMPORARY TABLE mine (id int)",
        "CREATE SCHEMA mine",
        "CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql RETURN 1",
        "CREATE EXTENSION dblink",
        "ALTER TABLE thing DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE thing OWNER TO sanscouture_app",
        "TRUNCATE thing",
        "DROP TABLE thing",
        "CREATE POLICY open ON thing USING (true)",
        "SET session_replication_role = replica",
        "SELECT pg_read_file('/etc/passwd')",
        "COPY thing TO PROGRAM 'true'",
        "SELECT rolpassword FROM pg_authid",
    ],
)
def test_the_application_cannot_go_further(app: Connection, statement: str) -> None:
    superuser = app.execute("SELECT rolname FROM pg_roles WHERE oid = 10").fetchone()
    assert superuser
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.execute(statement.format(superuser=superuser[0]))


@pytest.mark.embedded
@pytest.mark.parametrize("database", ["postgres", "template1"])
def test_the_application_enters_no_other_database(name: str, database: str) -> None:
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(admin.app_dsn(database))


def test_the_application_is_member_of_nothing_and_owns_nothing(app: Connection) -> None:
    for query in (
        "SELECT count(*) FROM pg_auth_members WHERE member = current_user::regrole",
        "SELECT count(*) FROM pg_class WHERE relowner = current_user::regrole",
        "SELECT count(*) FROM pg_database WHERE datdba = current_user::regrole",
    ):
        assert app.execute(query).fetchone() == (0,)


def test_the_owner_is_no_superuser(name: str) -> None:
    with psycopg.connect(admin.owner_dsn(name)) as owner:
        row = owner.execute(
            "SELECT rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
    assert row == (False, False, False)


def test_french_words_are_understood(app: Connection) -> None:
    row = app.execute("SELECT to_tsvector('french', 'Élèves à l''ÉCOLE')::text, unaccent('Noël')").fetchone()
    assert row == ("'écol':4 'élev':1", "Noel")


def test_a_copy_has_the_rows_of_its_template_and_the_same_closed_doors(name: str) -> None:
    with psycopg.connect(admin.owner_dsn(name)) as owner:
        owner.execute("INSERT INTO thing (word) VALUES ('copied')")
    copy = f"{name}_copy"
    admin.create_database(copy, template=name)
    try:
        with psycopg.connect(admin.app_dsn(copy)) as connection:
            assert connection.execute("SELECT word FROM thing").fetchall() == [("copied",)]
        with admin.connect() as connection:
            row = connection.execute("SELECT datacl::text FROM pg_database WHERE datname = %s", [copy]).fetchone()
        assert row
        assert not any(entry.startswith("=") for entry in row[0].strip("{}").split(","))
    finally:
        admin.drop_database(copy)
        with psycopg.connect(admin.owner_dsn(name)) as owner:
            owner.execute("DELETE FROM thing")
