"""The figures of a programme over eight weeks. Counts only: nobody is named (chapter 10)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db.models import Count, Q
from django.utils import timezone

from sanscouture.pathways.enums import EventKind, NeedState
from sanscouture.pathways.models import Exit, Need, Pathway, ReferralEvent, Rupture

WEEKS = 8


@dataclass(frozen=True)
class Trend:
    """A figure now, and at the end of each of the eight last weeks, the oldest first."""

    now: int
    weeks: tuple[int, ...]

    @property
    def change(self) -> int:
        """By how much it moved over the eight weeks."""
        return self.now - self.weeks[0]


@dataclass(frozen=True)
class Figures:
    """What a coordinator reads first."""

    accompanied: Trend
    entered: int
    entered_before: int
    entries: tuple[int, ...]
    open_needs: Trend
    uncovered: int
    positive_exits: Trend


def week_ends(today: date) -> list[date]:
    """The last day of each of the eight last weeks; the eighth is today."""
    return [today - timedelta(weeks=WEEKS - 1 - index) for index in range(WEEKS)]


def figures_of(programme_id: UUID, *, today: date) -> Figures:
    """Count pathways, needs and exits of a programme, in three queries.

    Positive exits are those that the programme counts as such, all told; one that was reopened is none (chapter 02).
    """
    days = week_ends(today)
    month = today.replace(day=1)
    before = (month - timedelta(days=1)).replace(day=1)
    pathways = (
        Pathway.objects.get_queryset()
        .filter(programme_id=programme_id)
        .aggregate(
            month=Count("pk", filter=Q(opened_on__gte=month)),
            before=Count("pk", filter=Q(opened_on__gte=before, opened_on__lt=month)),
            **{f"live_{i}": Count("pk", filter=_live_on(day)) for i, day in enumerate(days)},
            **{
                f"new_{i}": Count("pk", filter=Q(opened_on__gt=day - timedelta(weeks=1), opened_on__lte=day))
                for i, day in enumerate(days)
            },
        )
    )
    needs = (
        Need.objects.get_queryset()
        .filter(programme_id=programme_id)
        .aggregate(
            uncovered=Count("pk", filter=Q(state=NeedState.UNCOVERED)),
            **{f"open_{i}": Count("pk", filter=_open_at(_night(day))) for i, day in enumerate(days)},
        )
    )
    positive = Exit.objects.get_queryset().filter(programme_id=programme_id, positive_local=True, reopened_at=None)
    exits = positive.aggregate(**{f"positive_{i}": Count("pk", filter=Q(on__lte=day)) for i, day in enumerate(days)})
    return Figures(
        accompanied=_trend(pathways, "live"),
        entered=pathways["month"],
        entered_before=pathways["before"],
        entries=_trend(pathways, "new").weeks,
        open_needs=_trend(needs, "open"),
        uncovered=needs["uncovered"],
        positive_exits=_trend(exits, "positive"),
    )


def changed_since(programme_id: UUID, *, since: date) -> Counter[str]:
    """Count what happened in a programme since a day: kinds of referral events, `welcomed`, `opened`, `caught_up`."""
    start = _morning(since)
    events = ReferralEvent.objects.get_queryset().filter(programme_id=programme_id, at__gte=start).order_by()
    found: Counter[str] = Counter(dict(events.values_list("kind").annotate(n=Count("pk")).order_by("kind")))
    ruptures = (
        Rupture.objects.get_queryset()
        .filter(programme_id=programme_id)
        .aggregate(
            opened=Count("pk", filter=Q(created_at__gte=start)), caught_up=Count("pk", filter=Q(closed_at__gte=start))
        )
    )
    found.update(ruptures)
    found["welcomed"] = Pathway.objects.get_queryset().filter(programme_id=programme_id, opened_on__gte=since).count()
    return found


def told(counts: Counter[str]) -> list[tuple[str, int]]:
    """Keep what is worth saying, in the order it is said."""
    order = (
        "welcomed",
        EventKind.SENT,
        EventKind.ACCEPTED,
        EventKind.WAITING_LIST,
        EventKind.REFUSED,
        EventKind.UNANSWERED,
        EventKind.MET,
        EventKind.ENDED,
        "opened",
        "caught_up",
    )
    return [(str(key), counts[key]) for key in order if counts[key]]


def _live_on(day: date) -> Q:
    return Q(opened_on__lte=day) & (Q(closed_on=None) | Q(closed_on__gt=day))


def _open_at(at: datetime) -> Q:
    return Q(created_at__lt=at) & (Q(closed_at=None) | Q(closed_at__gte=at))


def _morning(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _night(day: date) -> datetime:
    return _morning(day + timedelta(days=1))


def _trend(counts: dict[str, int], name: str) -> Trend:
    weeks = tuple(counts[f"{name}_{index}"] for index in range(WEEKS))
    return Trend(weeks[-1], weeks)
