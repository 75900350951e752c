"""Cohorts through their services: flagging, deciding, the reserve, attendance."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from factories import (
    AdmissionFactory,
    AttendanceFactory,
    BarrierFactory,
    BeneficiaryFactory,
    CohortFactory,
    MeetingFactory,
    OrganisationFactory,
    PathwayFactory,
    SessionFactory,
    StepFactory,
)
from personas import Persona
from sanscouture.core import clock
from sanscouture.core.errors import Conflict, Refused
from sanscouture.meetings.models import Body, Meeting
from sanscouture.meetings.services import hold_meeting
from sanscouture.notifications.models import OutgoingMessage
from sanscouture.partners.enums import OrganisationKind
from sanscouture.partners.models import Organisation
from sanscouture.pathways.enums import AdmissionState, CriterionFact, Presence, StepState
from sanscouture.pathways.models import Admission, Attendance, Cohort
from sanscouture.pathways.rules.cohorts import Criterion, Plan, plain
from sanscouture.pathways.selectors.attendance import absences_of, printed, sheet_of
from sanscouture.pathways.selectors.cohort_figures import figures_of
from sanscouture.pathways.services import attendance, cohorts
from sanscouture.people.models import Beneficiary
from sanscouture.programmes.models import Programme

WHY = {"reason": "Places prises ce mois-ci."}


@pytest.fixture
def cohort(programme: Programme) -> Cohort:
    return CohortFactory(programme=programme, seats=2, outside_share=50)


@pytest.fixture
def meeting(programme: Programme) -> Meeting:
    return MeetingFactory(programme=programme)


@pytest.fixture
def person(programme: Programme, organisation: Organisation) -> Beneficiary:
    return BeneficiaryFactory(programme=programme, captured_by=organisation)


def candidate(cohort: Cohort, **more: Any) -> Admission:
    return AdmissionFactory(cohort=cohort, **more)


class TestFlagging:
    def flagged(self, who: Persona, person: Beneficiary, cohort: Cohort, **more: Any) -> Admission:
        said = {"organisation": who.organisation, "why": "Prête à commencer.", "actor": who.actor}
        return cohorts.flag(person, cohort=cohort, **{**said, **more})

    def test_a_partner_flags_once_and_keeps_its_part(self, adviser: Persona, person: Beneficiary, cohort) -> None:
        made = self.flagged(adviser, person, cohort)
        assert (made.state, made.unmet, made.exception) == (AdmissionState.FLAGGED, [], "")
        assert person.involvements.filter(organisation=adviser.organisation, until=None).exists()
        with pytest.raises(Conflict, match="déjà signalée"):
            self.flagged(adviser, person, cohort)

    def test_nothing_is_shared_without_a_basis(self, adviser: Persona, programme: Programme, cohort: Cohort) -> None:
        untold = BeneficiaryFactory(programme=programme, captured_by=adviser.organisation, unshared=True)
        with pytest.raises(Refused, match="Sans information"):
            self.flagged(adviser, untold, cohort)

    def test_an_exception_to_the_criteria_is_explained(self, adviser: Persona, person: Beneficiary, cohort) -> None:
        cohort.criteria = plain([Criterion(CriterionFact.AGE, most=25)])
        cohort.save()
        person.birth_date = date(1960, 1, 1)
        person.save()
        with pytest.raises(Refused, match="dites pourquoi"):
            self.flagged(adviser, person, cohort)
        made = self.flagged(adviser, person, cohort, exception="Le collectif a besoin de son expérience.")
        assert made.unmet == ["age"]
        assert made.exception


class TestDeciding:
    def decided(self, who: Persona, one: Admission, to: AdmissionState, meeting: Meeting, **more: Any) -> Admission:
        return cohorts.decide_admission(one, to=to, meeting=meeting, actor=who.actor, **more)

    def test_a_place_is_a_decision_that_names_nobody(self, coordinator: Persona, cohort: Cohort, meeting) -> None:
        one = candidate(cohort)
        BarrierFactory(beneficiary=one.beneficiary, field=5, severity=2)
        made = self.decided(coordinator, one, AdmissionState.ADMITTED, meeting)
        assert made.entry_barriers == {"5": 2}
        assert made.decided_at is not None
        said = meeting.decisions.get().text
        assert cohort.name in said
        assert one.beneficiary.last_name not in said

    def test_who_flagged_is_told_and_nobody_is_named(self, coordinator: Persona, cohort: Cohort, meeting) -> None:
        one, own = candidate(cohort), candidate(cohort, flagged_by=coordinator.user)
        for row in (one, own):
            self.decided(coordinator, row, AdmissionState.NOT_NOW, meeting, **WHY)
        told = OutgoingMessage.objects.get(kind="pathways.admission_decided")
        assert told.to == one.flagged_by.email
        assert "pas maintenant" in told.body_text
        assert one.beneficiary.first_name not in told.body_text

    def test_never_more_than_the_seats_nor_the_share(self, coordinator: Persona, cohort: Cohort, meeting) -> None:
        outside = [candidate(cohort, beneficiary__qpv_state="outside") for _ in range(2)]
        self.decided(coordinator, outside[0], AdmissionState.ADMITTED, meeting)
        with pytest.raises(Refused, match="hors quartier"):
            self.decided(coordinator, outside[1], AdmissionState.ADMITTED, meeting)
        self.decided(coordinator, candidate(cohort), AdmissionState.ADMITTED, meeting)
        with pytest.raises(Refused, match="places sont prises"):
            self.decided(coordinator, candidate(cohort), AdmissionState.ADMITTED, meeting)

    def test_a_commission_alone_decides_and_only_while_it_sits(self, coordinator: Persona, cohort, meeting) -> None:
        one = candidate(cohort)
        body = Body.objects.create(programme=cohort.programme, kind="steering", name="Comité")
        with pytest.raises(Refused, match="commission d’intégration"):
            self.decided(
                coordinator, one, AdmissionState.ADMITTED, MeetingFactory(programme=cohort.programme, body=body)
            )
        hold_meeting(meeting, actor=coordinator.actor)
        with pytest.raises(Conflict, match="plus rien"):
            self.decided(coordinator, one, AdmissionState.ADMITTED, meeting)

    def test_the_reserve_keeps_its_order_and_its_reasons(self, coordinator: Persona, cohort, meeting) -> None:
        rows = [candidate(cohort) for _ in range(3)]
        for row in rows:
            self.decided(coordinator, row, AdmissionState.RESERVE, meeting, **WHY)
        cohorts.move_in_reserve(rows[2], up=True, actor=coordinator.actor)
        order = cohort.admissions.filter(state=AdmissionState.RESERVE).order_by("rank")
        assert [row.pk for row in order] == [rows[0].pk, rows[2].pk, rows[1].pk]
        self.decided(coordinator, rows[0], AdmissionState.ADMITTED, meeting)
        with pytest.raises(Conflict, match="plus sur la liste"):
            cohorts.move_in_reserve(rows[0], up=True, actor=coordinator.actor)

    def test_a_decision_is_taken_back_while_the_commission_sits(self, coordinator: Persona, cohort, meeting) -> None:
        one = candidate(cohort)
        self.decided(coordinator, one, AdmissionState.NOT_NOW, meeting, **WHY)
        self.decided(coordinator, one, AdmissionState.FLAGGED, meeting)
        one.refresh_from_db()
        assert (one.state, one.reason) == (AdmissionState.FLAGGED, "")

    def test_who_flagged_withdraws_and_another_partner_does_not(
        self, adviser: Persona, recipient: Persona, coordinator: Persona, person: Beneficiary, cohort: Cohort
    ) -> None:
        one = candidate(cohort, beneficiary=person)
        with pytest.raises(Refused, match="Seules la structure"):
            cohorts.withdraw(one, actor=recipient.actor, **WHY)
        assert cohorts.withdraw(one, actor=adviser.actor, **WHY).state == AdmissionState.WITHDRAWN
        other = candidate(cohort, beneficiary=person)
        with pytest.raises(Refused, match="motif"):
            cohorts.withdraw(other, actor=coordinator.actor, reason=" ")


def test_a_cohort_is_opened_and_changed(programme, coordinator: Persona, organisation: Organisation) -> None:
    plan = Plan("Élan", "Reprendre un rythme.", 1, 20, clock.today(), criteria=(Criterion(CriterionFact.AGE, 16, 25),))
    made = cohorts.create_cohort(programme, plan=plan, partners=[organisation], actor=coordinator.actor)
    assert made.criteria[0]["most"] == 25
    AdmissionFactory(cohort=made, admitted=True)
    more = {"referent": coordinator.user, "partners": [], "actor": coordinator.actor}
    with pytest.raises(Refused, match="au moins autant"):
        cohorts.edit_cohort(made, plan=Plan("Élan", "But.", 0, 20, clock.today()), **more)
    cohorts.edit_cohort(made, plan=Plan("Élan 2", "But.", 5, 20, clock.today()), **more)
    made.refresh_from_db()
    assert (made.name, made.seats, made.partners.count()) == ("Élan 2", 5, 0)
    with pytest.raises(Conflict, match="déjà ce nom"):
        cohorts.create_cohort(programme, plan=Plan("Élan 2", "But.", 5, 20, clock.today()), actor=coordinator.actor)


class TestAttendance:
    def test_a_session_of_a_cohort_expects_those_admitted(self, adviser: Persona, cohort: Cohort) -> None:
        admitted = AdmissionFactory(cohort=cohort, admitted=True).beneficiary
        AdmissionFactory(cohort=cohort)
        said = {"kind": "workshop", "title": "Atelier", "place": "Maison", "starts_at": clock.now()}
        where = {"organisation": adviser.organisation, "actor": adviser.actor}
        made = attendance.plan_session(cohort.programme, cohort=cohort, **said, **where)
        assert [row.beneficiary for row in made.attendances.all()] == [admitted]
        assert attendance.plan_session(cohort.programme, **said, **where).attendances.count() == 0

    def test_enrolling_needs_a_basis_and_happens_once(self, adviser: Persona, programme, person) -> None:
        session = SessionFactory(programme=programme)
        attendance.enrol(session, person, actor=adviser.actor)
        with pytest.raises(Conflict, match="déjà inscrite"):
            attendance.enrol(session, person, actor=adviser.actor)
        with pytest.raises(Refused, match="Sans information"):
            attendance.enrol(session, BeneficiaryFactory(programme=programme, unshared=True), actor=adviser.actor)

    def test_a_presence_is_noted_from_the_day_on_and_may_be_taken_back(self, adviser: Persona, programme) -> None:
        tomorrow = SessionFactory(programme=programme, starts_at=clock.now() + timedelta(days=1))
        with pytest.raises(Refused, match="pas encore"):
            attendance.mark(AttendanceFactory(session=tomorrow), presence=Presence.PRESENT, actor=adviser.actor)
        row = AttendanceFactory(session__programme=programme)
        assert attendance.mark(row, presence=Presence.ABSENT, actor=adviser.actor).noted_by_id == adviser.user.pk
        assert attendance.mark(row, presence=Presence.EXPECTED, actor=adviser.actor).noted_at is None

    def test_a_sheet_on_paper_never_says_who_holds_a_sensitive_session(self, coordinator: Persona, programme) -> None:
        house = OrganisationFactory(kind=OrganisationKind.CSAPA, name="Soins des Trois-Ponts")
        row = AttendanceFactory(session__programme=programme, session__organisation=house)
        said = printed(row.session, sheet_of(row.session, coordinator.actor))
        assert row.beneficiary.last_name in str(said)
        assert house.name not in str(said)

    def test_two_absences_in_a_row_are_told(self, programme: Programme, person: Beneficiary) -> None:
        for weeks, presence in ((3, Presence.PRESENT), (2, Presence.ABSENT), (1, Presence.ABSENT)):
            self.marked(programme, person, weeks, presence)
        once = BeneficiaryFactory(programme=programme)
        self.marked(programme, once, 1, Presence.ABSENT)
        (found,) = absences_of(programme)
        assert (found.beneficiary, found.count) == (person, 2)

    def marked(self, programme: Programme, person: Beneficiary, weeks: int, presence: Presence) -> Attendance:
        session = SessionFactory(programme=programme, starts_at=clock.now() - timedelta(weeks=weeks))
        return AttendanceFactory(session=session, beneficiary=person, presence=presence, noted_at=clock.now())


def test_figures_are_computed_from_what_was_written(cohort: Cohort) -> None:
    one = AdmissionFactory(
        cohort=cohort,
        admitted=True,
        decided_at=clock.now() - timedelta(days=10),
        entry_barriers={"5": 3, "1": 1, "2": 0},
    )
    BarrierFactory(beneficiary=one.beneficiary, field=5, severity=0)
    BarrierFactory(beneficiary=one.beneficiary, field=1, severity=1)
    pathway = PathwayFactory(beneficiary=one.beneficiary)
    StepFactory(pathway=pathway, state=StepState.DONE, done_on=clock.today() - timedelta(days=4))
    StepFactory(pathway=pathway)
    session = SessionFactory(programme=cohort.programme, cohort=cohort)
    AttendanceFactory(session=session, beneficiary=one.beneficiary, presence="present", noted_at=clock.now())
    found = figures_of(cohort)
    assert (found.admitted, found.presence, found.steps_done, found.steps_ahead, found.to_first_step) == (
        1,
        100,
        1,
        1,
        6,
    )
    assert {line.name: (line.then, line.now) for line in found.fields if line.then} == {
        "Mobilité": (1, 0),
        "Réseau professionnel": (1, 1),
    }
    assert (found.left, found.without_step) == (0, 0)
