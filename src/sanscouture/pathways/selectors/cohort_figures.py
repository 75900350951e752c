"""The figures of a cohort: entries, presence, barriers then and now, steps, delays (chapter 02)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils import timezone

from sanscouture.directory.enums import ActionField
from sanscouture.pathways.enums import AdmissionState, StepState
from sanscouture.pathways.models import Admission, Attendance, Barrier, Cohort, Pathway, Step
from sanscouture.pathways.rules.attendance import COUNTED, rate
from sanscouture.pathways.rules.cohorts import middle


@dataclass(frozen=True)
class FieldThenNow:
    """How many people had a barrier in one of the eight fields on the day they were admitted, and have it now."""

    name: str
    then: int
    now: int


@dataclass(frozen=True)
class CohortFigures:
    """What is known of a cohort on a day. Delays in days, rates in per cent; none where there is nothing to say."""

    states: Mapping[str, int]
    outside: int
    entries: Sequence[tuple[date, int]]
    presence: int | None
    noted: int
    fields: Sequence[FieldThenNow]
    steps_done: int
    steps_ahead: int
    without_step: int
    to_decision: int | None
    to_first_step: int | None
    left: int

    @property
    def admitted(self) -> int:
        """How many hold a seat."""
        return self.states.get(AdmissionState.ADMITTED, 0)


def figures_of(cohort: Cohort) -> CohortFigures:
    """Count a cohort. Everything is computed from what was written about its people, never declared apart."""
    rows = list(Admission.objects.get_queryset().filter(cohort=cohort).order_by("created_at", "pk"))
    admitted = [row for row in rows if row.state == AdmissionState.ADMITTED]
    people = [row.beneficiary_id for row in admitted]
    marks = list(
        Attendance.objects.get_queryset()
        .filter(session__cohort=cohort)
        .values_list("presence", flat=True)
        .order_by("session_id", "pk")
    )
    steps = _steps(people)
    return CohortFigures(
        states=Counter(row.state for row in rows),
        outside=Admission.objects.get_queryset()
        .filter(cohort=cohort, state=AdmissionState.ADMITTED, beneficiary__qpv_state="outside")
        .count(),
        entries=_entries(admitted),
        presence=rate(marks),
        noted=sum(mark in COUNTED for mark in marks),
        fields=_fields(admitted),
        steps_done=sum(state == StepState.DONE for _person, state, _on in steps),
        steps_ahead=sum(state == StepState.TODO for _person, state, _on in steps),
        without_step=len(set(people) - {person for person, state, _on in steps if state == StepState.TODO}),
        to_decision=middle([(_day(row) - timezone.localdate(row.created_at)).days for row in admitted]),
        to_first_step=middle(_delays(admitted)),
        left=_left(people),
    )


def _day(row: Admission) -> date:
    return timezone.localdate(row.decided_at or row.created_at)


def _entries(rows: Iterable[Admission]) -> list[tuple[date, int]]:
    months = Counter(_day(row).replace(day=1) for row in rows)
    return sorted(months.items())


def _steps(people: Iterable[UUID]) -> list[tuple[UUID, str, date | None]]:
    found = Step.objects.get_queryset().filter(pathway__beneficiary_id__in=list(people))
    return list(found.values_list("pathway__beneficiary_id", "state", "done_on").order_by("due_on", "pk"))


def _delays(rows: Sequence[Admission]) -> list[int]:
    """Days from the admission to the first step done since."""
    since = {row.beneficiary_id: _day(row) for row in rows}
    steps = Step.objects.get_queryset().filter(pathway__beneficiary_id__in=list(since), state=StepState.DONE)
    days: dict[UUID, list[int]] = {}
    for person, day in steps.values_list("pathway__beneficiary_id", "done_on").order_by("done_on", "pk"):
        if day is not None and day >= since[person]:
            days.setdefault(person, []).append((day - since[person]).days)
    return [theirs[0] for theirs in days.values()]


def _fields(rows: Sequence[Admission]) -> list[FieldThenNow]:
    then = Counter(field for row in rows for field, severity in row.entry_barriers.items() if severity)
    found = Barrier.objects.get_queryset().filter(
        beneficiary_id__in=[row.beneficiary_id for row in rows], severity__gt=0
    )
    now = Counter(str(field) for field in found.values_list("field", flat=True).order_by("field", "pk"))
    return [FieldThenNow(str(one.label), then[str(one.value)], now[str(one.value)]) for one in ActionField]


def _left(people: Iterable[UUID]) -> int:
    """How many admitted people have no open pathway any more: their last one is closed."""
    keys = list(people)
    live = Pathway.objects.get_queryset().filter(beneficiary_id__in=keys, closed_on=None)
    closed = Pathway.objects.get_queryset().filter(beneficiary_id__in=keys, closed_on__isnull=False)
    ended = set(closed.values_list("beneficiary_id", flat=True).order_by())
    return len(ended - set(live.values_list("beneficiary_id", flat=True).order_by()))
