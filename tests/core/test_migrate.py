"""`sanscouture migrate` leaves a busy table alone, says so, and goes on when it is free (chapter 08, Faults)."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.core.management.commands.migrate import Command as DjangoCommand
from django.db import OperationalError, connection
from psycopg import sql

from sanscouture.core.management.commands import migrate
from sanscouture.database import admin
from sanscouture.database.dsn import django_database


@pytest.fixture
def holder(fresh_db: None) -> Iterator[admin.Connection]:
    """A stranger who holds a table of ours, with an index that an interrupted attempt left half built."""
    name = connection.settings_dict["NAME"]
    with admin.connect(str(name)) as stranger:
        stranger.execute("CREATE TABLE busy (id int)")
        stranger.execute(sql.SQL("ALTER TABLE busy OWNER TO {}").format(sql.Identifier(admin.app_name())))
        stranger.execute("CREATE INDEX half_built ON busy (id)")
        stranger.execute("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'half_built'::regclass")
        yield stranger


def change_the_table(_self: Any, *_args: Any, **_options: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '50ms'")
        cursor.execute("ALTER TABLE busy ADD COLUMN more int")


def columns() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM busy")
        return len(cursor.description or ())


def test_a_busy_table_is_waited_for_between_tries(holder: admin.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []

    def sleep(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 2:
            holder.execute("COMMIT")

    migrate.remove_half_built()
    assert holder.execute("SELECT to_regclass('half_built')").fetchone() == (None,)
    monkeypatch.setattr(DjangoCommand, "handle", change_the_table)
    monkeypatch.setattr(migrate.time, "sleep", sleep)
    holder.execute("BEGIN; LOCK TABLE busy IN ACCESS SHARE MODE")
    said = StringIO()
    call_command("migrate", stderr=said)
    assert pauses == list(migrate.PAUSES[:2])
    assert "nouvel essai dans 5 secondes (2 sur 5)" in said.getvalue()
    assert columns() == 2


def test_a_table_that_stays_busy_is_told_and_nothing_is_half_done(
    holder: admin.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    migrate.remove_half_built()
    monkeypatch.setattr(DjangoCommand, "handle", change_the_table)
    monkeypatch.setattr(migrate.time, "sleep", lambda _seconds: None)
    holder.execute("BEGIN; LOCK TABLE busy IN ACCESS SHARE MODE")
    with pytest.raises(CommandError, match="Rien n’est fait à moitié"):
        call_command("migrate", stderr=StringIO())
    holder.execute("ROLLBACK")
    assert columns() == 1


@pytest.mark.django_db
def test_another_fault_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def fall(*_args: Any, **_options: Any) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(DjangoCommand, "handle", fall)
    with pytest.raises(OperationalError, match="gone"):
        call_command("migrate", stderr=StringIO())


def test_only_the_owner_waits_little_and_only_the_application_is_cut_short() -> None:
    owner, app = (django_database(role)["OPTIONS"]["options"] for role in ("owner", "app"))
    assert "statement_timeout=0 -c lock_timeout=5000" in owner
    assert "statement_timeout=60000 -c lock_timeout=0" in app
