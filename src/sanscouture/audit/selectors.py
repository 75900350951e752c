"""Reading the journal."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from sanscouture.access.actor import Actor
from sanscouture.access.enums import Perm
from sanscouture.audit.models import JournalEntry


@dataclass(frozen=True)
class JournalFilter:
    """What is asked of the journal; empty means all."""

    person: UUID | None = None
    verb: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class JournalRow:
    """A line as people read it."""

    at: datetime
    who: str
    act: str
    subject: str
    count: int
    is_read: bool
    note: str


def journal(actor: Actor, asked: JournalFilter) -> QuerySet[JournalEntry]:
    """The lines an actor may read, last first."""
    lines = JournalEntry.objects.visible_to(actor, Perm.JOURNAL_READ)
    if asked.person:
        lines = lines.filter(actor_id=asked.person)
    if asked.verb:
        lines = lines.filter(verb=asked.verb)
    if asked.since:
        lines = lines.filter(created_at__date__gte=asked.since)
    if asked.until:
        lines = lines.filter(created_at__date__lte=asked.until)
    return lines.order_by("-created_at", "-pk")


def rows(entries: Iterable[JournalEntry]) -> list[JournalRow]:
    """Put names on the lines of a page, in one query."""
    shown = list(entries)
    names = names_of({entry.actor_id for entry in shown if entry.actor_id})
    labels, notes = verb_labels(), note_words()
    return [
        JournalRow(
            at=entry.created_at,
            who=names.get(entry.actor_id, "") if entry.actor_id else entry.actor_label and _(entry.actor_label),
            act=labels.get(entry.verb, entry.verb),
            subject=_subject(entry.model),
            count=len(entry.object_ids),
            is_read=entry.is_read,
            note=str(notes[entry.verb](entry.note)) if entry.note and entry.verb in notes else "",
        )
        for entry in shown
    ]


def people_in(actor: Actor) -> list[tuple[UUID, str]]:
    """Who appears in the journal that an actor may read, by name."""
    lines = JournalEntry.objects.visible_to(actor, Perm.JOURNAL_READ).exclude(actor_id=None)
    ids = set(lines.order_by("actor_id").values_list("actor_id", flat=True).distinct())
    return sorted(names_of({one for one in ids if one}).items(), key=lambda pair: pair[1].casefold())


def verbs_in(actor: Actor) -> list[tuple[str, str]]:
    """Which acts appear in the journal that an actor may read, by label."""
    lines = JournalEntry.objects.visible_to(actor, Perm.JOURNAL_READ)
    labels = verb_labels()
    codes = lines.order_by("verb").values_list("verb", flat=True).distinct()
    return sorted(((code, labels.get(code, code)) for code in codes), key=lambda pair: pair[1].casefold())


def names_of(ids: set[UUID]) -> dict[UUID, str]:
    """The full name of each account."""
    return {user.pk: str(user) for user in get_user_model()._default_manager.filter(pk__in=ids).order_by("pk")}


def verb_labels() -> dict[str, str]:
    """What people read for each verb: an app says its own in `journal_verbs` of its AppConfig."""
    return {
        verb: str(label)
        for config in apps.get_app_configs()
        for verb, label in getattr(config, "journal_verbs", {}).items()
    }


def note_words() -> dict[str, Callable[[str], object]]:
    """How the note of each verb is said: an app tells in `journal_notes` of its AppConfig; one untold stays unsaid."""
    return {
        verb: words for config in apps.get_app_configs() for verb, words in getattr(config, "journal_notes", {}).items()
    }


def _subject(label: str) -> str:
    try:
        return str(apps.get_model(label)._meta.verbose_name)
    except LookupError:
        return label
