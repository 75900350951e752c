"""Reads of exits: what is told of one, who is to be called, and the counts of a programme."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from sanscouture.access.actor import Actor
from sanscouture.access.enums import Perm
from sanscouture.directory.enums import ActionField
from sanscouture.pathways.enums import AfterExit, EpisodeKind, ExitKind, ProgressKind
from sanscouture.pathways.models import Episode, Exit, FollowUp, Progress
from sanscouture.pathways.rules.exits import MONTHS
from sanscouture.people.models import Beneficiary
from sanscouture.programmes.models import Programme


@dataclass(frozen=True)
class Told:
    """An exit as a reader may know it: one for a reason of health says no more than that it ended."""

    exit: Exit
    kind: str
    contract: str


def may_know(closing: Exit, person: Beneficiary, actor: Actor) -> bool:
    """Say whether a reader may know the kind of an exit.

    Rule: health is read by those on its step: the last referent's organisation and the one that wrote the record.
    """
    mine = actor.organisations(person.programme_id)
    return closing.kind != ExitKind.HEALTH or bool(mine & {closing.organisation_id, person.captured_by_id})


def told_exit(closing: Exit, person: Beneficiary, actor: Actor) -> Told:
    """Tell one exit to a reader."""
    known = may_know(closing, person, actor)
    return Told(closing, str(closing.get_kind_display()) if known else _("autre motif"), closing.contract)


def last_exit(person: Beneficiary, actor: Actor) -> Told | None:
    """The exit of a person whose pathway is closed now, as the reader may know it."""
    rows = Exit.objects.get_queryset().filter(pathway__beneficiary=person, reopened_at=None)
    found = rows.order_by("-on", "-created_at").first()
    return told_exit(found, person, actor) if found else None


def news_said(follow_up: FollowUp) -> str:
    """An answer in words, with the barriers that came back."""
    names = [str(ActionField(number).label) for number in follow_up.barriers]
    back = _("freins revenus\u00a0: %(names)s") % {"names": ", ".join(names)} if names else ""
    return ", ".join(words for words in (str(follow_up.get_answer_display()), back) if words)


def to_call(programme: Programme, actor: Actor, *, today: date) -> QuerySet[FollowUp]:
    """Whose news are due and not given, for this reader, the oldest first."""
    return (
        FollowUp.objects.visible_to(actor, Perm.PERSON_READ)
        .filter(programme=programme, due_on__lte=today, answer="", exit__reopened_at=None)
        .select_related("exit__pathway__beneficiary", "exit__organisation", "exit__referent")
        .order_by("due_on", "pk")
    )


@dataclass(frozen=True)
class Asked:
    """What became of the news asked so many months after: `positive` are in work or training."""

    months: int
    due: int
    answered: int
    positive: int
    silent: int


@dataclass(frozen=True)
class Outcomes:
    """Exits, episodes and progress of a programme since a day. Counts only."""

    exits: int
    local: int
    national: int
    by_kind: Sequence[tuple[str, int]]
    progress: Sequence[tuple[str, int]]
    episodes: Sequence[tuple[str, int]]
    asked: Sequence[Asked]


def outcomes(programme: Programme, actor: Actor, *, since: date, today: date) -> Outcomes:
    """Count, among the people whom the reader may read, how pathways ended and what moved since a day."""
    exits = Exit.objects.visible_to(actor, Perm.PERSON_READ).filter(
        programme=programme, on__gte=since, reopened_at=None
    )
    totals = exits.aggregate(
        all=Count("pk"),
        local=Count("pk", filter=Q(positive_local=True)),
        national=Count("pk", filter=Q(positive_national=True)),
    )
    progress = Progress.objects.visible_to(actor, Perm.PERSON_READ).filter(programme=programme, on__gte=since)
    episodes = Episode.objects.visible_to(actor, Perm.PERSON_READ).filter(
        programme=programme, starts_on__gte=since, starts_on__lte=today
    )
    return Outcomes(
        exits=totals["all"],
        local=totals["local"],
        national=totals["national"],
        by_kind=_counted(exits, ExitKind),
        progress=_counted(progress, ProgressKind),
        episodes=_counted(episodes, EpisodeKind),
        asked=list(_asked(programme, actor, since, today)),
    )


def _counted(rows: QuerySet[Any], kinds: Any) -> list[tuple[str, int]]:
    found = dict(rows.order_by().values_list("kind").annotate(n=Count("pk")).order_by("kind"))
    return [(str(kind.label), found[kind.value]) for kind in kinds if kind.value in found]


def _asked(programme: Programme, actor: Actor, since: date, today: date) -> Iterator[Asked]:
    rows = FollowUp.objects.visible_to(actor, Perm.PERSON_READ).filter(
        programme=programme, due_on__gte=since, due_on__lte=today, exit__reopened_at=None
    )
    for months in MONTHS:
        counts = rows.filter(months=months).aggregate(
            due=Count("pk"),
            answered=Count("pk", filter=~Q(answer__in=["", AfterExit.NO_ANSWER])),
            positive=Count("pk", filter=Q(answer__in=[AfterExit.WORKING, AfterExit.TRAINING])),
            silent=Count("pk", filter=Q(answer=AfterExit.NO_ANSWER)),
        )
        yield Asked(months=months, **counts)
