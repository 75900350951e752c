"""Acts on notes: writing one for chosen readers, correcting it, taking it back and putting it back."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from sanscouture.access.actor import Actor
from sanscouture.audit.services import record
from sanscouture.core import clock
from sanscouture.core.errors import Conflict, Refused
from sanscouture.core.verbs import verb
from sanscouture.partners.models import Organisation
from sanscouture.pathways.models import Note
from sanscouture.pathways.rules import notes as rules
from sanscouture.people.models import Beneficiary


@verb
def write_note(
    beneficiary: Beneficiary,
    *,
    text: str,
    readers: str,
    organisation: Organisation | None,
    on: date | None = None,
    actor: Actor,
) -> Note:
    """Write a note about a person, for the readers that its writer chooses.

    `organisation`: for which the writer acts, None for the programme's own team. Raises Refused without words, for
    readers that this writer may not choose, on a day to come.
    """
    day = on or clock.today()
    _must_be_sound(text, readers, organisation, day)
    note = Note.objects.create(
        programme_id=beneficiary.programme_id,
        beneficiary=beneficiary,
        text=text.strip(),
        readers=readers,
        on=day,
        author_id=actor.user_id,
        organisation=organisation,
    )
    record(actor, "note.write", note, note=readers)
    return note


@verb
def edit_note(note: Note, *, text: str, readers: str, version: int, actor: Actor) -> Note:
    """Correct a note, or choose other readers.

    Rule: only its writer does. `version` is the one that was on the page. Raises Refused as `write_note` does, and
    for a note that cannot be read; Conflict when it was corrected or taken back meanwhile.
    """
    live = _of_writer(note, actor)
    if live.version != version:
        raise Conflict(_("Vous avez modifié cette note entre-temps, dans une autre fenêtre. Relisez-la d’abord."))
    if live.is_unreadable:
        raise Refused(_("Cette note est chiffrée et sa clé manque : la corriger l’effacerait. Écrivez-en une autre."))
    _must_be_sound(text, readers, live.organisation, live.on)
    live.text, live.readers = text.strip(), readers
    live.version += 1
    live.edited_at = clock.now()
    live.save(update_fields=["text", "readers", "version", "edited_at"])
    record(actor, "note.edit", live, note=readers)
    return live


@verb
def remove_note(note: Note, *, actor: Actor) -> Note:
    """Take a note back: nobody reads it any more, and its writer may put it back. Raises Conflict when it was."""
    live = _of_writer(note, actor)
    live.removed_at = clock.now()
    live.save(update_fields=["removed_at"])
    record(actor, "note.remove", live)
    return live


@verb
def restore_note(note: Note, *, actor: Actor) -> Note:
    """Put back a note that its writer took back. Raises Conflict when it is there."""
    row = Note.objects.get_queryset().select_for_update().get(pk=note.pk)
    _must_be_writer(row, actor)
    if row.removed_at is None:
        raise Conflict(_("Cette note est déjà revenue."))
    row.removed_at = None
    row.save(update_fields=["removed_at"])
    record(actor, "note.restore", row)
    return row


def _of_writer(note: Note, actor: Actor) -> Note:
    row = Note.objects.get_queryset().select_for_update(of=("self",)).select_related("organisation").get(pk=note.pk)
    _must_be_writer(row, actor)
    if row.removed_at is not None:
        raise Conflict(_("Cette note est déjà retirée."))
    return row


def _must_be_writer(note: Note, actor: Actor) -> None:
    if note.author_id != actor.user_id:
        raise Refused(_("Seule la personne qui a écrit une note la modifie ou la retire."))


def _must_be_sound(text: str, readers: str, organisation: Organisation | None, on: date) -> None:
    if not text.strip():
        raise Refused(_("Écrivez la note."))
    if readers not in rules.choices(organisation.kind if organisation else None):
        raise Refused(_("Dites qui peut lire cette note."))
    if on > clock.today():
        raise Refused(_("Une note parle d’aujourd’hui ou d’un jour passé."))
