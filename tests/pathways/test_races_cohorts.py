"""Two at once on cohorts, meetings and sheets: each race runs on two connections that really commit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from factories import AdmissionFactory, AttendanceFactory, BeneficiaryFactory, CohortFactory, MeetingFactory
from personas import Persona, persona
from races import at_once
from sanscouture.access.enums import Role
from sanscouture.access.scope import scope_of
from sanscouture.core import clock
from sanscouture.core.errors import Refused
from sanscouture.meetings import services as meetings
from sanscouture.meetings.models import Meeting
from sanscouture.pathways.enums import AdmissionState, Presence
from sanscouture.pathways.models import Admission, Attendance, Cohort
from sanscouture.pathways.rules.cohorts import Plan
from sanscouture.pathways.services import attendance, cohorts
from sanscouture.programmes.models import Programme

Two = tuple[Persona, Persona]


class Table:
    """A commission that sits, two coordinators, and a cohort of one seat."""

    def __init__(self) -> None:
        with transaction.atomic():
            self.cohort: Cohort = CohortFactory(seats=1)
            self.programme: Programme = self.cohort.programme
            self.meeting: Meeting = MeetingFactory(programme=self.programme)
            self.both: Two = (
                persona(Role.COORDINATOR, self.programme),
                persona(Role.COORDINATOR, self.programme),
            )

    def make(self, factory: Callable[..., Any], **said: object) -> Any:
        with scope_of(self.both[0].actor):
            return factory(**said)

    def race(self, act: Callable[[Persona, int], object]) -> list[object]:
        one, other = self.both
        return at_once((one, lambda: act(one, 0)), (other, lambda: act(other, 1)))

    def one_wins(self, act: Callable[[Persona, int], object]) -> None:
        ends = self.race(act)
        assert sum(isinstance(end, Refused) for end in ends) == 1, ends


@pytest.fixture
def table(fresh_db: None) -> Table:
    return Table()


def test_the_last_seat_is_given_once(table: Table) -> None:
    rows = [table.make(AdmissionFactory, cohort=table.cohort) for _ in range(2)]
    table.one_wins(
        lambda who, rank: cohorts.decide_admission(
            rows[rank], to=AdmissionState.ADMITTED, meeting=table.meeting, actor=who.actor
        )
    )
    with scope_of(table.both[0].actor):
        assert Admission.objects.filter(state=AdmissionState.ADMITTED).count() == 1


def test_a_candidate_is_withdrawn_once(table: Table) -> None:
    row = table.make(AdmissionFactory, cohort=table.cohort)
    table.one_wins(lambda who, _rank: cohorts.withdraw(row, reason="Partie.", actor=who.actor))


def test_a_person_is_flagged_once(table: Table) -> None:
    person = table.make(BeneficiaryFactory, programme=table.programme)
    table.one_wins(
        lambda who, _rank: cohorts.flag(
            person, cohort=table.cohort, organisation=person.captured_by, why="Prête.", actor=who.actor
        )
    )


def test_a_name_of_cohort_is_taken_once(table: Table) -> None:
    plan = Plan("Élan", "Un rythme.", 5, 20, clock.today())
    table.one_wins(lambda who, _rank: cohorts.create_cohort(table.programme, plan=plan, actor=who.actor))


def test_the_order_of_the_reserve_has_no_hole(table: Table) -> None:
    rows = [
        table.make(AdmissionFactory, cohort=table.cohort, state="reserve", rank=rank, reason="Après.")
        for rank in (1, 2)
    ]
    table.race(lambda who, _rank: cohorts.move_in_reserve(rows[1], up=True, actor=who.actor))
    with scope_of(table.both[0].actor):
        assert sorted(Admission.objects.values_list("rank", flat=True)) == [1, 2]


def test_a_person_is_on_a_sheet_once(table: Table) -> None:
    row = table.make(AttendanceFactory, session__programme=table.programme)
    person = table.make(BeneficiaryFactory, programme=table.programme)
    table.one_wins(lambda who, _rank: attendance.enrol(row.session, person, actor=who.actor))


def test_the_last_mark_stays(table: Table) -> None:
    row = table.make(AttendanceFactory, session__programme=table.programme)
    marks = (Presence.PRESENT, Presence.ABSENT)
    ends = table.race(lambda who, rank: attendance.mark(row, presence=marks[rank], actor=who.actor))
    with scope_of(table.both[0].actor):
        assert Attendance.objects.get(pk=row.pk).presence in {end.presence for end in ends}


def test_a_day_is_planned_once(table: Table) -> None:
    said = {"kind": "steering", "held_on": clock.today()}
    table.one_wins(lambda who, _rank: meetings.plan_meeting(table.programme, **said, actor=who.actor))


def test_a_meeting_is_settled_once(table: Table) -> None:
    acts = (meetings.hold_meeting, meetings.cancel_meeting)
    table.one_wins(lambda who, rank: acts[rank](table.meeting, actor=who.actor))


def test_who_came_is_written_whole(table: Table) -> None:
    names = (["Awa", "Théo"], ["Inès", "Malik"])
    table.race(lambda who, rank: meetings.note_attendance(table.meeting, users=[], others=names[rank], actor=who.actor))
    with scope_of(table.both[0].actor):
        assert list(table.meeting.attendees.values_list("name", flat=True).order_by("name")) in [
            sorted(one) for one in names
        ]
