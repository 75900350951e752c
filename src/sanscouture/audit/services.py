"""Writing the journal. One act is one row, however many records it read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from contextlib import nullcontext
from uuid import UUID

from django.db.models import Model

from sanscouture.access.actor import Actor
from sanscouture.access.readonly import journalling
from sanscouture.audit.models import JournalEntry

NOTE_LENGTH = 200


def record(
    actor: Actor | str,
    verb: str,
    obj: Model | Iterable[Model],
    *,
    read: bool = False,
    note: str = "",
    within: UUID | None = None,
) -> None:
    """Add an act to the journal.

    Rule: every write, and every read of a named record, leaves one row per programme touched, in one statement
    (chapter 08). `actor` is an Actor, or a label for a writer without an account ("lien de réponse",
    "tâche de nuit"). `verb` is a stable code such as "referral.accept". `obj` is a record or the records of a list,
    all of one model; an empty list leaves no row. `note` is at most 200 characters and never holds personal data.
    `within` is the programme whose journal tells an act on a record that belongs to none.
    Raises `ValueError` when the note is too long or the list mixes models.
    """
    if len(note) > NOTE_LENGTH:
        raise ValueError("A journal note is at most 200 characters.")
    records = [obj] if isinstance(obj, Model) else list(obj)
    labels = {one._meta.label_lower for one in records}
    if len(labels) > 1:
        raise ValueError(f"A journal row is about one model, not {sorted(labels)}.")
    by_programme: defaultdict[UUID | None, list[object]] = defaultdict(list)
    for one in records:
        by_programme[programme_of(one) or within].append(one.pk)
    entries = [
        JournalEntry(
            **_signature(actor, programme_id),
            programme_id=programme_id,
            verb=verb,
            model=records[0]._meta.label_lower,
            object_ids=_identifiers(ids),
            is_read=read,
            note=note,
        )
        for programme_id, ids in by_programme.items()
    ]
    with journalling() if read else nullcontext():
        JournalEntry.objects.bulk_create(entries)


def programme_of(obj: Model) -> UUID | None:
    """Give the programme a record belongs to: its own `programme_id`, itself if it is a programme, else none."""
    if obj._meta.label_lower == "programmes.programme":
        return UUID(str(obj.pk))
    value = getattr(obj, "programme_id", None)
    return value if isinstance(value, UUID) else None


def _identifiers(keys: list[object]) -> list[UUID]:
    return [key for key in keys if isinstance(key, UUID)]


def _signature(actor: Actor | str, programme_id: UUID | None) -> dict[str, object]:
    if isinstance(actor, str):
        return {"actor_label": actor}
    organisations = actor.organisations(programme_id) if programme_id else frozenset()
    return {"actor_id": actor.user_id, "organisation_id": next(iter(organisations), None)}
