"""What a person's life adds to the timeline: notes, episodes, progress, exits, as far as the reader may see."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from sanscouture.access.actor import Actor
from sanscouture.access.enums import Perm
from sanscouture.core import clock
from sanscouture.core.sealing import readable
from sanscouture.partners.models import Organisation
from sanscouture.pathways.models import Episode, Exit, FollowUp, Note, Progress
from sanscouture.pathways.rules.life import said_level
from sanscouture.pathways.rules.notes import ACCOMPANY
from sanscouture.pathways.selectors.exits import news_said, told_exit
from sanscouture.pathways.selectors.people import veiled
from sanscouture.pathways.selectors.person_page import Happened
from sanscouture.people.models import Beneficiary, Involvement


def episodes_of(person: Beneficiary) -> list[Episode]:
    """The episodes of a person, the oldest first."""
    rows = Episode.objects.get_queryset().filter(beneficiary=person).select_related("recorded_by")
    return list(rows.order_by("starts_on", "pk"))


def life_of(person: Beneficiary, actor: Actor, episodes: Sequence[Episode]) -> list[Happened]:
    """What was told of a person's life, in no order."""
    mine = actor.organisations(person.programme_id)
    return [*_of_notes(person, actor, mine), *_of_episodes(episodes), *_of_progress(person), *_of_exits(person, actor)]


def _of_notes(person: Beneficiary, actor: Actor, mine: frozenset[UUID]) -> Iterator[Happened]:
    """The notes meant for the reader; their own lead to where they are corrected."""
    rows = Note.objects.visible_to(actor, Perm.PERSON_READ).filter(beneficiary=person, removed_at=None)
    for note in rows.select_related("author", "organisation").order_by("on", "created_at", "pk"):
        own = note.author_id == actor.user_id
        where = f", {veiled(note.organisation, mine)}" if note.organisation else ""
        yield Happened(
            note.on,
            _("Note pour %(readers)s") % {"readers": note.get_readers_display()} if own else _("Note"),
            "notes",
            text=readable(note.text),
            who=f"{note.author.full_name}{where}",
            href=reverse("pathways:note_edit", args=[note.pk]) if own else "",
            icon="fr-icon-quill-pen-line",
        )


def _of_episodes(episodes: Sequence[Episode]) -> Iterator[Happened]:
    """The beginning and the end of each episode, from its day on."""
    today = clock.today()
    for episode in episodes:
        kind, who, href = (
            episode.get_kind_display(),
            episode.recorded_by.full_name,
            reverse("pathways:episode", args=[episode.pk]),
        )
        begins = _("Début\u00a0: %(kind)s") % {"kind": kind}
        days = [(episode.starts_on, begins), (episode.ends_on, _("Fin\u00a0: %(kind)s") % {"kind": kind})]
        for day, title in days:
            if day is not None and day <= today:
                yield Happened(day, title, "vie", episode.label, who, href, "fr-icon-calendar-event-line")


def _of_progress(person: Beneficiary) -> Iterator[Happened]:
    """What moved; a level with the one before."""
    before: dict[str, str] = {}
    rows = Progress.objects.get_queryset().filter(beneficiary=person).select_related("recorded_by")
    for one in rows.order_by("on", "created_at", "pk"):
        level = said_level(one.kind, one.level, before.get(one.kind, ""))
        before[one.kind] = one.level
        yield Happened(
            one.on,
            _("Progrès\u00a0: %(kind)s") % {"kind": one.get_kind_display()},
            "vie",
            text=", ".join(words for words in (level, one.label) if words),
            who=one.recorded_by.full_name,
            href=reverse("pathways:progress_remove", args=[one.pk]),
            icon="fr-icon-seedling-line",
        )


def _of_exits(person: Beneficiary, actor: Actor) -> Iterator[Happened]:
    """How pathways ended, what opened them again, and the news given afterwards."""
    rows = Exit.objects.get_queryset().filter(pathway__beneficiary=person)
    exits = list(rows.select_related("recorded_by", "reopened_by").order_by("on", "created_at", "pk"))
    for one in exits:
        told = told_exit(one, person, actor)
        title = _("Sortie\u00a0: %(kind)s") % {"kind": told.kind}
        text = ". ".join(words for words in (told.contract, one.unblocked_by) if words)
        yield Happened(one.on, title, "vie", text, one.recorded_by.full_name, icon="fr-icon-door-open-line")
        if one.reopened_at and one.reopened_by:
            who = one.reopened_by.full_name
            said = _("Parcours rouvert")
            yield Happened(one.reopened_at, said, "vie", one.reopening_reason, who, icon="fr-icon-refresh-line")
    news = FollowUp.objects.get_queryset().filter(exit__in=exits).exclude(answered_at=None)
    for row in news.select_related("answered_by").order_by("answered_at", "pk"):
        if row.answered_at:
            title = _("Nouvelles à %(n)d mois") % {"n": row.months}
            who = row.answered_by.full_name if row.answered_by else str(person)
            yield Happened(row.answered_at, title, "vie", news_said(row), who, icon="fr-icon-chat-check-line")


def living(episodes: Sequence[Episode]) -> list[Episode]:
    """What a person lives through now or soon: episodes that have not ended."""
    return [one for one in episodes if one.ends_on is None or one.ends_on >= clock.today()]


def writing_for(actor: Actor, person: Beneficiary) -> Organisation | None:
    """The organisation for which an actor writes about a person: one that accompanies them first; None for the team."""
    live = Involvement.objects.get_queryset().filter(beneficiary=person, until=None, kind__in=ACCOMPANY)
    follows = set(live.values_list("organisation_id", flat=True))
    own = Organisation.objects.filter(pk__in=actor.organisations(person.programme_id)).order_by("name_key", "pk")
    return min(own, key=lambda one: one.pk not in follows, default=None)
