"""Rules that a programme switches on, what they find in the database, putting off, and what goes to coordination."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from factories import (
    AdmissionFactory,
    AppointmentFactory,
    AttendanceFactory,
    BeneficiaryFactory,
    CohortFactory,
    NeedFactory,
    OrganisationFactory,
    PathwayFactory,
    ReferralEventFactory,
    ReferralFactory,
    RestrictionFactory,
    RuptureFactory,
    ServiceFactory,
    StepFactory,
)
from personas import Persona
from sanscouture.core import clock
from sanscouture.core.errors import Conflict, Refused
from sanscouture.directory.enums import Capacity
from sanscouture.notifications.models import OutgoingMessage
from sanscouture.pathways.enums import (
    AppointmentState,
    ClosingAct,
    Delivery,
    EventKind,
    ReferralState,
    RuptureRule,
    StepState,
)
from sanscouture.pathways.models import Pathway, Referent, Rupture
from sanscouture.pathways.rules import ruptures as rules
from sanscouture.pathways.selectors.rupture_settings import settings_of
from sanscouture.pathways.services.rupture_settings import escalate_overdue, set_rule
from sanscouture.pathways.services.ruptures import evaluate, snooze_rupture
from sanscouture.programmes.models import Programme, RoleGrant

pytestmark = pytest.mark.django_db


def ago(days: int) -> date:
    return clock.today() - timedelta(days=days)


def back(days: int) -> datetime:
    return clock.now() - timedelta(days=days)


@pytest.fixture
def pathway(programme: Programme, adviser: Persona) -> Any:
    person = BeneficiaryFactory(programme=programme, captured_by=adviser.organisation, created_by=adviser.user)
    row = PathwayFactory(beneficiary=person)
    Pathway.objects.filter(pk=row.pk).update(opened_on=ago(100))
    Referent.objects.filter(pathway=row).update(since=back(100))
    return row


def accepted(pathway: Pathway, **more: Any) -> Any:
    state = {
        "state": ReferralState.ACCEPTED,
        "delivery": Delivery.TO_SCHEDULE,
        "clock_on": ago(-9),
        "decided_at": back(3),
    }
    return ReferralFactory(need__beneficiary=pathway.beneficiary, **{**state, "sent_at": back(9), **more})


def without_contact(pathway: Pathway) -> None:
    StepFactory(pathway=pathway)


def step_late(pathway: Pathway) -> None:
    StepFactory(pathway=pathway, due_on=ago(9))
    StepFactory(pathway=pathway, due_on=ago(-9))


def missed(pathway: Pathway) -> None:
    referral = accepted(pathway)
    for days in (2, 5):
        AppointmentFactory(referral=referral, starts_at=back(days), state=AppointmentState.MISSED)


def closed_service(pathway: Pathway) -> None:
    service = ServiceFactory(capacity=Capacity.CLOSED, capacity_updated_on=ago(2))
    ReferralFactory(
        need__beneficiary=pathway.beneficiary, service=service, recipient=service.organisation, sent_at=back(9)
    )


def full_service(pathway: Pathway) -> None:
    service = ServiceFactory(capacity=Capacity.WAITING, waiting_weeks=20)
    ReferralFactory(
        need__beneficiary=pathway.beneficiary, service=service, recipient=service.organisation, sent_at=back(9)
    )


def role_ended(pathway: Pathway) -> None:
    RoleGrant.objects.filter(user=pathway.beneficiary.created_by).update(revoked_at=back(2))


def account_closed(pathway: Pathway) -> None:
    user = pathway.beneficiary.created_by
    user.is_active, user.last_login = False, back(4)
    user.save()


def basis_near_its_end(pathway: Pathway) -> None:
    type(pathway.beneficiary).objects.filter(pk=pathway.beneficiary_id).update(shared_until=ago(-10))


def crowded_week(pathway: Pathway) -> None:
    referral = accepted(pathway)
    monday = clock.now() + timedelta(days=7 - clock.today().weekday())
    for hours in range(4):
        made = AppointmentFactory(referral=referral, starts_at=monday + timedelta(hours=hours))
        type(made).objects.filter(pk=made.pk).update(created_at=back(3))


def same_questions(pathway: Pathway) -> None:
    need = NeedFactory(beneficiary=pathway.beneficiary)
    for days in (3, 4, 5):
        referral = ReferralFactory(need=need, recipient=OrganisationFactory())
        ReferralEventFactory(referral=referral, kind=EventKind.QUESTION, at=back(days))


def absent_twice(pathway: Pathway) -> None:
    for days, presence in ((30, "absent"), (20, "present"), (12, "absent"), (9, "excused"), (5, "absent")):
        AttendanceFactory(
            session__programme=pathway.programme,
            session__starts_at=back(days),
            beneficiary=pathway.beneficiary,
            presence=presence,
            noted_at=back(days),
        )


def place_unused(pathway: Pathway) -> None:
    cohort = CohortFactory(programme=pathway.programme, starts_on=ago(40))
    AdmissionFactory(cohort=cohort, beneficiary=pathway.beneficiary, admitted=True, decided_at=back(30))


BROKEN: list[tuple[RuptureRule, Callable[[Pathway], None]]] = [
    (RuptureRule.NO_CONTACT, without_contact),
    (RuptureRule.STEP_OVERDUE, step_late),
    (RuptureRule.MISSED_TWICE, missed),
    (RuptureRule.SERVICE_CLOSED, closed_service),
    (RuptureRule.SERVICE_CLOSED, full_service),
    (RuptureRule.REFERENT_GONE, role_ended),
    (RuptureRule.REFERENT_GONE, account_closed),
    (RuptureRule.BASIS_ENDING, basis_near_its_end),
    (RuptureRule.OVERLOAD, crowded_week),
    (RuptureRule.ASKED_TWICE_OVER, same_questions),
    (RuptureRule.SESSIONS_MISSED, absent_twice),
    (RuptureRule.PLACE_NOT_TAKEN, place_unused),
]


def switch(programme: Programme, rule: RuptureRule, who: Persona, *, is_on: bool = True, **more: int) -> None:
    usual = rules.RULES[rule].threshold.usual
    set_rule(programme, rule=rule, is_on=is_on, actor=who.actor, **{"threshold": usual, "escalate_days": 7, **more})


def kinds() -> list[str]:
    return list(Rupture.objects.get_queryset().filter(closed_at=None).order_by("rule").values_list("rule", flat=True))


class TestRules:
    @pytest.mark.parametrize(("rule", "broken"), BROKEN, ids=lambda one: getattr(one, "__name__", str(one)))
    def test_each_is_found_once_switched_on_and_closes_once_switched_off(
        self, rule: RuptureRule, broken: Any, programme: Programme, pathway: Pathway, coordinator: Persona
    ) -> None:
        user = pathway.beneficiary.created_by
        user.last_login = back(1)
        user.save()
        broken(pathway)
        evaluate(programme.pk, today=clock.today())
        assert rule not in kinds()
        switch(programme, rule, coordinator)
        assert rule in kinds()
        switch(programme, rule, coordinator, is_on=False)
        closed = Rupture.objects.get_queryset().get(rule=rule)
        assert closed.closing_act == ClosingAct.SWITCHED_OFF

    def test_a_contact_of_any_kind_counts(self, programme: Programme, pathway: Pathway, coordinator: Persona) -> None:
        switch(programme, RuptureRule.NO_CONTACT, coordinator)
        assert RuptureRule.NO_CONTACT in kinds()
        StepFactory(pathway=pathway, state=StepState.DONE, done_on=ago(1))
        evaluate(programme.pk, today=clock.today())
        assert RuptureRule.NO_CONTACT not in kinds()

    def test_a_service_that_says_until_when_opens_again_after(
        self, programme: Programme, pathway: Pathway, coordinator: Persona
    ) -> None:
        service = ServiceFactory(capacity=Capacity.CLOSED, capacity_updated_on=ago(5), capacity_until=ago(1))
        accepted(pathway, service=service, recipient=service.organisation)
        switch(programme, RuptureRule.SERVICE_CLOSED, coordinator)
        assert RuptureRule.SERVICE_CLOSED not in kinds()

    def test_a_referent_of_the_programme_itself_has_not_left(
        self, programme: Programme, pathway: Pathway, coordinator: Persona
    ) -> None:
        Referent.objects.filter(pathway=pathway).update(user=coordinator.user, since=back(1))
        switch(programme, RuptureRule.REFERENT_GONE, coordinator)
        assert RuptureRule.REFERENT_GONE not in kinds()

    def test_a_programme_that_says_nothing_has_three(self, programme: Programme) -> None:
        on = {rule for rule, one in settings_of(programme.pk).items() if one.is_on}
        assert on == set(rules.DEFAULTS)

    @pytest.mark.parametrize(
        "more", [{"threshold": 6}, {"threshold": 181}, {"escalate_days": 0}, {"escalate_days": 61}]
    )
    def test_out_of_bounds_is_refused(self, more: dict[str, int], programme: Programme, coordinator: Persona) -> None:
        with pytest.raises(Refused):
            switch(programme, RuptureRule.NO_CONTACT, coordinator, **more)

    def test_queries_do_not_grow_with_people_even_with_every_rule(
        self, programme: Programme, adviser: Persona, coordinator: Persona
    ) -> None:
        def grow(count: int) -> None:
            for _ in range(count):
                person = BeneficiaryFactory(
                    programme=programme, captured_by=adviser.organisation, created_by=adviser.user
                )
                row = PathwayFactory(beneficiary=person)
                missed(row)
                same_questions(row)

        def counted() -> int:
            with CaptureQueriesContext(
                connection,
            ) as queries:
                evaluate(programme.pk, settings=rules.EVERY, today=clock.today())
            return len(queries)

        grow(1)
        counted()
        first = counted()
        grow(5)
        evaluate(programme.pk, settings=rules.EVERY, today=clock.today())
        assert counted() == first


class TestPuttingOff:
    @pytest.fixture
    def rupture(self, pathway: Pathway, programme: Programme) -> Any:
        evaluate(programme.pk, today=clock.today())
        return Rupture.objects.get_queryset().get()

    def test_it_is_silent_until_that_day_then_comes_back(
        self, rupture: Rupture, programme: Programme, adviser: Persona
    ) -> None:
        until = ago(-10)
        snooze_rupture(rupture, until=until, reason="En congé maternité", actor=adviser.actor)
        assert evaluate(programme.pk, today=until) == 0
        assert evaluate(programme.pk, today=until + timedelta(days=1)) == 1

    def test_the_same_break_is_not_put_off_for_ever(
        self, rupture: Rupture, programme: Programme, adviser: Persona
    ) -> None:
        snooze_rupture(rupture, until=ago(-10), reason="En congé", actor=adviser.actor)
        Rupture.objects.filter(pk=rupture.pk).update(closed_at=back(60), quiet_until=ago(1))
        evaluate(programme.pk, today=clock.today())
        again = Rupture.objects.get_queryset().get(closed_at=None)
        with pytest.raises(Refused, match="deux mois"):
            snooze_rupture(again, until=ago(-2), reason="Encore", actor=adviser.actor)

    def test_a_reason_is_asked_and_only_one_may(self, rupture: Rupture, adviser: Persona) -> None:
        with pytest.raises(Refused):
            snooze_rupture(rupture, until=ago(-2), reason=" ", actor=adviser.actor)
        snooze_rupture(rupture, until=ago(-2), reason="Congé", actor=adviser.actor)
        with pytest.raises(Conflict):
            snooze_rupture(rupture, until=ago(-2), reason="Congé", actor=adviser.actor)


class TestCoordination:
    def test_takes_over_once_and_is_told_once_a_day(self, programme: Programme, coordinator: Persona) -> None:
        late = RuptureFactory(referral__need__beneficiary__programme=programme, due_on=ago(10))
        fresh = RuptureFactory(referral__need__beneficiary__programme=programme, due_on=ago(2))
        assert [escalate_overdue(programme.pk, today=clock.today()) for _ in range(2)] == [1, 0]
        late.refresh_from_db()
        fresh.refresh_from_db()
        assert (late.escalated_on, fresh.escalated_on) == (clock.today(), None)
        told = OutgoingMessage.objects.filter(kind="pathways.rupture_escalated")
        assert [message.to for message in told] == [coordinator.user.email]

    def test_hears_nothing_of_a_restricted_record(self, programme: Programme, coordinator: Persona) -> None:
        late = RuptureFactory(referral__need__beneficiary__programme=programme, due_on=ago(10))
        RestrictionFactory(beneficiary=late.beneficiary)
        assert escalate_overdue(programme.pk, today=clock.today()) == 0

    def test_as_late_as_the_programme_says(self, programme: Programme, coordinator: Persona) -> None:
        RuptureFactory(referral=None, rule=RuptureRule.NO_FUTURE_STEP, **pathway_of(programme), due_on=ago(10))
        switch(programme, RuptureRule.NO_FUTURE_STEP, coordinator, escalate_days=30)
        assert escalate_overdue(programme.pk, today=clock.today()) == 0


def pathway_of(programme: Programme) -> dict[str, Any]:
    row = PathwayFactory(beneficiary__programme=programme)
    Pathway.objects.filter(pk=row.pk).update(opened_on=ago(40))
    person = row.beneficiary
    return {
        "pathway": row,
        "beneficiary": person,
        "programme": programme,
        "responsible_organisation": person.captured_by,
        "responsible": person.created_by,
    }
