"""Lists of people made elsewhere: read, tried, brought in row by row, taken back."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from uuid import UUID

from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from sanscouture.access.actor import Actor
from sanscouture.access.enums import Perm
from sanscouture.audit.services import record
from sanscouture.core import clock
from sanscouture.core.errors import Conflict, Refused
from sanscouture.core.verbs import verb
from sanscouture.core.workbooks import read_sheet
from sanscouture.jobs.services import enqueue
from sanscouture.partners.models import Organisation
from sanscouture.people.enums import ImportField, ImportState, RowState
from sanscouture.people.models import Beneficiary, ImportRow, Involvement, PeopleImport
from sanscouture.people.rules import Facts, Identity
from sanscouture.people.rules.importing import heading_key, propose_mapping, read_row, same_person_key
from sanscouture.people.services.attachments import request_attachment
from sanscouture.people.services.beneficiaries import create_beneficiary
from sanscouture.people.services.duplicates import close_records
from sanscouture.programmes.models import Programme

AT_ONCE = 50
"""Rows of one transaction: what a kill may cost, to be done again."""
TO_DO = (RowState.NEW, RowState.CLOSE)


@verb
def begin_import(programme: Programme, *, organisation: Organisation, content: bytes, actor: Actor) -> PeopleImport:
    """Read a file of people and propose what its columns are; nothing is made yet, and the file is not kept.

    Raises Refused when names are closed, or with what `read_sheet` says of the file.
    """
    if not programme.names_open:
        raise Refused(
            _("Ce programme n’accueille pas encore de noms : la convention et l’analyse d’impact sont à signer.")
        )
    sheet = read_sheet(content)
    batch = PeopleImport.objects.create(
        programme=programme,
        organisation=organisation,
        author_id=actor.user_id,
        columns=list(sheet.columns),
        mapping=propose_mapping(sheet.columns, _remembered(programme, organisation)),
    )
    ImportRow.objects.bulk_create(
        ImportRow(programme=programme, batch=batch, number=number, cells=list(cells)) for number, cells in sheet.rows
    )
    record(actor, "peopleimport.begin", batch)
    return batch


@verb
def try_import(batch: PeopleImport, *, mapping: list[str], actor: Actor) -> PeopleImport:
    """Say what would become of each row by these columns, without making anything.

    Rule: as at the desk, of a close record that the author does not follow only its existence is told (chapter 02).
    Raises Refused when no column is the first name or two are one field, Conflict once the import was confirmed.
    """
    saved = _waiting(batch)
    chosen = [name for name in mapping if name]
    if ImportField.FIRST_NAME not in chosen:
        raise Refused(_("Dites quelle colonne est le prénom."))
    if len(chosen) != len(set(chosen)):
        raise Refused(_("Deux colonnes ne peuvent pas dire la même chose."))
    saved.mapping, saved.state = mapping, ImportState.READY
    saved.save(update_fields=["mapping", "state"])
    rows = list(saved.rows.order_by("number"))
    seen: dict[tuple[object, ...], int] = {}
    for row in rows:
        _foresee(saved, row, seen, actor)
    ImportRow.objects.bulk_update(rows, ["state", "said"], batch_size=500)
    record(actor, "peopleimport.try", saved)
    return saved


@verb
def confirm_import(batch: PeopleImport, *, reason: str, actor: Actor) -> PeopleImport:
    """Bring the rows in, by a job; with a `reason`, ask to be attached to the records that are close.

    Raises Refused before a trial, Conflict when it was already confirmed.
    """
    saved = _waiting(batch)
    if saved.state != ImportState.READY:
        raise Refused(_("Faites d’abord l’essai\u00a0: il dit ce que deviendra chaque ligne."))
    saved.state, saved.reason, saved.confirmed_at = ImportState.RUNNING, reason.strip()[:300], clock.now()
    saved.save(update_fields=["state", "reason", "confirmed_at"])
    record(actor, "peopleimport.confirm", saved)
    enqueue("sanscouture.people.tasks.bring_in", programme_id=str(saved.programme_id), import_id=str(saved.pk))
    return saved


def bring_in(
    batch_id: UUID, *, opening: Callable[[], AbstractContextManager[None]], actor: Callable[[UUID], Actor]
) -> int:
    """Make what the rows of a confirmed import tell, some at a time, each exactly once however often this is resumed.

    `opening` opens the scope of one transaction; `actor` gives what the author may do now. Gives how many rows it dealt
    with.
    """
    done = 0
    while True:
        with opening():
            dealt = bring_some_in(batch_id, actor=actor)
        if not dealt:
            return done
        done += dealt


@verb
def bring_some_in(batch_id: UUID, *, actor: Callable[[UUID], Actor]) -> int:
    """Deal with the next rows of an import in one transaction; when none is left, it is done and its cells are erased.

    Rule: the import is locked, so that two workers never take one row. Gives how many rows were dealt with.
    """
    batch = PeopleImport.objects.get_queryset().select_for_update(of=("self",)).get(pk=batch_id)
    if batch.state != ImportState.RUNNING:
        return 0
    rows = list(batch.rows.filter(state__in=TO_DO).order_by("number")[:AT_ONCE])
    who = actor(batch.author_id)
    for row in rows:
        _bring_in(batch, row, who)
        row.save(update_fields=["state", "said", "made", "cells"])
    if not rows:
        batch.state = ImportState.DONE
        batch.save(update_fields=["state"])
        batch.rows.update(cells=[])
        record(who, "peopleimport.done", batch)
    return len(rows)


@verb
def undo_import(batch: PeopleImport, *, actor: Actor) -> PeopleImport:
    """Take back the records that an import made, but those that somebody completed, shared or oriented since.

    Raises Conflict when it was already taken back, Refused while it runs.
    """
    saved = PeopleImport.objects.get_queryset().select_for_update(of=("self",)).get(pk=batch.pk)
    if saved.state == ImportState.UNDONE:
        raise Conflict(_("Cet import est déjà annulé."))
    if saved.state != ImportState.DONE:
        raise Refused(_("Un import s’annule quand il est terminé."))
    removed: list[Beneficiary] = []
    for row in saved.rows.filter(state=RowState.CREATED).order_by("number"):
        person = Beneficiary.objects.get_queryset().select_for_update().filter(pk__in=[row.made]).first()
        gone = person is not None and _removed(person)
        if person is not None and gone:
            removed.append(Beneficiary(pk=row.made, programme_id=saved.programme_id))
        row.state = RowState.REMOVED if gone else RowState.KEPT
        row.save(update_fields=["state"])
    saved.state = ImportState.UNDONE
    saved.save(update_fields=["state"])
    record(actor, "peopleimport.undo", saved)
    record(actor, "beneficiary.remove", removed)
    return saved


@verb
def drop_import(batch: PeopleImport, *, actor: Actor) -> None:
    """Give up an import that was not confirmed: its rows are erased. Raises Conflict once it was confirmed."""
    saved = _waiting(batch)
    record(actor, "peopleimport.drop", saved)
    saved.rows.all().delete()
    saved.delete()


def forget_abandoned(programme_id: UUID, *, before: object) -> int:
    """Erase the imports that nobody confirmed since that instant, with their cells. Gives how many."""
    waiting = PeopleImport.objects.get_queryset().filter(programme_id=programme_id, created_at__lt=before)
    left = list(waiting.filter(state__in=(ImportState.READ, ImportState.READY)).order_by("pk"))
    ImportRow.objects.get_queryset().filter(batch__in=left).delete()
    return sum(one.delete()[0] for one in left)


def _waiting(batch: PeopleImport) -> PeopleImport:
    saved = PeopleImport.objects.get_queryset().select_for_update(of=("self",)).filter(pk=batch.pk).first()
    if saved is None:
        raise Conflict(_("Cet import est déjà abandonné."))
    if saved.state not in {ImportState.READ, ImportState.READY}:
        raise Conflict(_("Cet import est déjà confirmé."))
    return saved


def _remembered(programme: Programme, organisation: Organisation) -> dict[str, str]:
    """What the columns of the last lists of an organisation were said to be, by their heading."""
    past = PeopleImport.objects.get_queryset().filter(programme=programme, organisation=organisation)
    found: dict[str, str] = {}
    for one in past.exclude(state=ImportState.READ).order_by("-created_at", "-pk")[:5]:
        for column, name in zip(one.columns, one.mapping, strict=False):
            found.setdefault(heading_key(column), name)
    return found


def _foresee(batch: PeopleImport, row: ImportRow, seen: dict[tuple[object, ...], int], actor: Actor) -> None:
    read = read_row(row.cells, batch.mapping, today=clock.today())
    row.said = [*read.faults, *read.mended]
    if read.faults:
        row.state = RowState.REFUSED
        return
    earlier = seen.setdefault(same_person_key(read.facts), row.number)
    if earlier != row.number:
        row.state = RowState.REFUSED
        row.said = [_("la même personne que la ligne %(number)d") % {"number": earlier}]
        return
    close = close_records(batch.programme, _identity(read.facts), actor=actor)
    row.state = RowState.MINE if close.mine else RowState.CLOSE if close else RowState.NEW


def _bring_in(batch: PeopleImport, row: ImportRow, actor: Actor) -> None:
    """Make one record, or ask for one; a refusal of the row is its own."""
    facts = read_row(row.cells, batch.mapping, today=clock.today()).facts
    row.cells = []
    try:
        with transaction.atomic():
            row.state, row.made = _made(batch, facts, actor)
    except Refused as refusal:
        row.state, row.said = RowState.REFUSED, [str(refusal)]


def _made(batch: PeopleImport, facts: Facts, actor: Actor) -> tuple[RowState, UUID | None]:
    if not actor.holds_in(Perm.PERSON_CREATE, batch.programme_id):
        raise Refused(_("Votre rôle ne permet plus de créer une fiche."))
    close = close_records(batch.programme, _identity(facts), actor=actor)
    if not close:
        person = create_beneficiary(batch.programme, organisation=batch.organisation, actor=actor, **facts)
        return RowState.CREATED, person.pk
    if close.mine or not batch.reason:
        return RowState.MINE if close.mine else RowState.LEFT, None
    request_attachment(
        batch.programme, _identity(facts), organisation=batch.organisation, reason=batch.reason, actor=actor
    )
    return RowState.ASKED, None


def _removed(person: Beneficiary) -> bool:
    """Remove a record that is still as it was made; the database itself says when something hangs on it."""
    if person.version != 1:
        return False
    try:
        with transaction.atomic():
            Involvement.objects.get_queryset().filter(
                beneficiary=person, organisation_id=person.captured_by_id, kind="captured", until=None
            ).delete()
            person.delete()
    except ProtectedError:
        return False
    return True


def _identity(facts: Facts) -> Identity:
    return Identity(facts["first_name"], facts["last_name"], facts["birth_date"], facts["phone"])
