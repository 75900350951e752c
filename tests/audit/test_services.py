from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from factories import ProgrammeFactory, UserFactory
from personas import Persona
from sanscouture.access.readonly import WriteInRead, reading_only
from sanscouture.access.scope import scope
from sanscouture.accounts.models import User
from sanscouture.audit.models import JournalEntry
from sanscouture.audit.services import record
from sanscouture.programmes.models import Programme, RoleGrant

pytestmark = pytest.mark.django_db


def test_an_act_says_who_for_which_organisation_where_and_on_what(adviser: Persona) -> None:
    grant = RoleGrant.objects.get(user=adviser.user)
    record(adviser.actor, "grant.revoke", grant, note="départ")
    line = JournalEntry.objects.get()
    assert (line.actor_id, line.programme_id) == (adviser.user.pk, grant.programme_id)
    assert adviser.organisation is not None
    assert line.organisation_id == adviser.organisation.pk
    assert (line.model, line.object_ids, line.verb) == ("programmes.rolegrant", [grant.pk], "grant.revoke")
    assert (line.is_read, line.note, line.actor_label) == (False, "départ", "")


def test_a_writer_without_an_account_has_a_label(programme: Programme) -> None:
    record("lien de réponse", "programme.seen", programme)
    line = JournalEntry.objects.get()
    assert (line.actor_id, line.actor_label, line.programme_id) == (None, "lien de réponse", programme.pk)


def test_reading_a_list_is_one_line_in_one_statement(
    adviser: Persona, django_assert_num_queries: Callable[..., Any]
) -> None:
    actor = adviser.actor
    users = UserFactory.create_batch(6)
    before = lines_added()
    with django_assert_num_queries(1):
        record(actor, "account.list", users, read=True)
    assert lines_added() == before + 1


def lines_added() -> int:
    """How many lines this transaction added, seen or not."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT n_tup_ins FROM pg_stat_xact_user_tables WHERE relname = 'audit_journalentry'")
        return int(cursor.fetchone()[0])


def test_a_list_of_two_programmes_is_a_line_for_each(coordinator: Persona) -> None:
    first, second = ProgrammeFactory(), ProgrammeFactory()
    record(coordinator.actor, "programme.list", [first, second], read=True)
    lines = JournalEntry.objects.filter(verb="programme.list")
    assert {line.programme_id: line.object_ids for line in lines} == {first.pk: [first.pk], second.pk: [second.pk]}


def test_an_empty_list_leaves_no_line(coordinator: Persona) -> None:
    record(coordinator.actor, "programme.list", [], read=True)
    assert not JournalEntry.objects.exists()


def test_a_long_note_or_a_mixed_list_is_refused(coordinator: Persona, programme: Programme) -> None:
    with pytest.raises(ValueError, match="200"):
        record(coordinator.actor, "x", programme, note="x" * 201)
    with pytest.raises(ValueError, match="one model"):
        record(coordinator.actor, "x", [programme, coordinator.user])


def test_a_page_may_note_a_read_but_no_write(coordinator: Persona, programme: Programme) -> None:
    actor = coordinator.actor
    with reading_only():
        record(actor, "programme.read", programme, read=True)
        with pytest.raises(WriteInRead):
            record(actor, "programme.change", programme)


@pytest.mark.parametrize(
    "statement",
    ["UPDATE audit_journalentry SET verb = 'x'", "DELETE FROM audit_journalentry", "TRUNCATE audit_journalentry"],
)
def test_the_database_refuses_to_change_the_journal(programme: Programme, statement: str) -> None:
    record("test", "programme.seen", programme)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert JournalEntry.objects.count() == 1


def test_a_programme_never_reads_nor_writes_the_journal_of_another(
    programme: Programme, other_programme: Programme
) -> None:
    record("test", "programme.seen", programme)
    with scope(programmes=[other_programme.pk]):
        assert not JournalEntry.objects.exists()
        with pytest.raises(DatabaseError), transaction.atomic():
            record("test", "programme.seen", programme)


def test_an_act_outside_any_programme_is_noted_without_a_scope() -> None:
    before = lines_added()
    with scope():
        record("test", "account.seen", User(pk=uuid4()))
    assert lines_added() == before + 1
