from __future__ import annotations

from datetime import date, timedelta
from threading import Thread
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from factories import (
    BarrierFactory,
    BeneficiaryFactory,
    InvolvementFactory,
    PathwayFactory,
    ProgrammeFactory,
    ReferralFactory,
)
from personas import Persona
from sanscouture.access.scope import scope
from sanscouture.audit.models import JournalEntry
from sanscouture.core import clock
from sanscouture.core.errors import Conflict, Refused
from sanscouture.notifications.models import OutgoingMessage
from sanscouture.pathways.enums import ClosingAct, Delivery, ReferralState, RuptureRule
from sanscouture.pathways.models import Pathway, Referral, Rupture, Step
from sanscouture.pathways.rules.delays import working_day
from sanscouture.pathways.rules.ruptures import DEFAULTS
from sanscouture.pathways.services import needs, pathways, referrals
from sanscouture.pathways.services.ruptures import close_rupture, entrust_rupture, evaluate, evaluate_person
from sanscouture.programmes.models import Programme


def ago(days: int) -> date:
    return clock.today() - timedelta(days=days)


@pytest.fixture
def person(programme: Programme, adviser: Persona) -> Any:
    return BeneficiaryFactory(programme=programme, captured_by=adviser.organisation, created_by=adviser.user)


@pytest.fixture
def pathway(person: Any) -> Any:
    return PathwayFactory(beneficiary=person)


@pytest.fixture
def late(person: Any, recipient: Persona) -> Any:
    """A referral that nobody answered: its deadline was four days ago."""
    return ReferralFactory(
        need__beneficiary=person,
        recipient=recipient.organisation,
        sent_at=clock.now() - timedelta(days=14),
        deadline=ago(4),
    )


@pytest.fixture
def silent(pathway: Any) -> Any:
    """A pathway opened thirty days ago, and nothing since."""
    Pathway.objects.filter(pk=pathway.pk).update(opened_on=ago(30))
    pathway.refresh_from_db()
    return pathway


def look(programme: Programme) -> int:
    return evaluate(programme.pk, today=clock.today())


def only() -> Rupture:
    return Rupture.objects.get_queryset().get()


@pytest.mark.django_db
class TestEvaluate:
    def test_opens_one_rupture_once_with_who_must_act_and_by_when(self, programme: Programme, late: Referral) -> None:
        BarrierFactory(beneficiary=late.beneficiary, severity=3)
        assert [look(programme), look(programme)] == [1, 0]
        rupture = only()
        assert (rupture.rule, rupture.referral_id) == (RuptureRule.UNANSWERED, late.pk)
        assert (rupture.since, rupture.due_on) == (ago(4), working_day(ago(1)))
        assert (rupture.responsible_organisation_id, rupture.responsible_id) == (
            late.sender_organisation_id,
            late.sender_id,
        )
        assert JournalEntry.objects.filter(verb="rupture.open", object_ids=[rupture.pk]).count() == 1

    def test_finds_the_three_rules(self, programme: Programme, late: Referral) -> None:
        ReferralFactory(
            need__beneficiary=late.beneficiary,
            recipient=late.recipient,
            state=ReferralState.ACCEPTED,
            delivery=Delivery.TO_SCHEDULE,
            decided_at=clock.now() - timedelta(days=20),
            clock_on=ago(10),
        )
        other = PathwayFactory(beneficiary__programme=programme)
        Pathway.objects.filter(pk=other.pk).update(opened_on=ago(30))
        look(programme)
        assert set(Rupture.objects.get_queryset().order_by("pk").values_list("rule", flat=True)) == set(DEFAULTS)

    def test_a_need_already_opened_again_elsewhere_is_silent(self, programme: Programme, late: Referral) -> None:
        ReferralFactory(need=late.need, parent=late)
        look(programme)
        assert not Rupture.objects.get_queryset().exists()

    def test_a_step_ahead_closes_it_as_that_act(self, programme: Programme, silent: Pathway, adviser: Persona) -> None:
        look(programme)
        pathways.add_step(
            silent,
            label="Point ensemble",
            due_on=ago(-5),
            carrier_organisation=adviser.organisation,  # type: ignore[arg-type]
            actor=adviser.actor,
        )
        assert (only().closing_act, only().closed_by_id) == (ClosingAct.STEP_ADDED, adviser.user.pk)

    def test_a_reminder_closes_it_as_that_act(self, programme: Programme, late: Referral, adviser: Persona) -> None:
        look(programme)
        referrals.remind_recipient(late, actor=adviser.actor)
        assert only().closing_act == ClosingAct.REMINDED

    def test_turning_elsewhere_closes_it_as_that_act(
        self, programme: Programme, late: Referral, adviser: Persona
    ) -> None:
        look(programme)
        referrals.reroute(
            late, recipient=InvolvementFactory.create(beneficiary=late.beneficiary).organisation, actor=adviser.actor
        )
        closed = Rupture.objects.get_queryset().get(referral=late)
        assert closed.closing_act == ClosingAct.REROUTED

    def test_a_late_answer_closes_it(self, programme: Programme, late: Referral, recipient: Persona) -> None:
        look(programme)
        referrals.accept_referral(late, by=referrals.answerer_of(recipient.actor, late))
        assert only().closing_act == ClosingAct.ANSWERED

    def test_a_first_meeting_closes_it(self, programme: Programme, late: Referral, recipient: Persona) -> None:
        Referral.objects.filter(pk=late.pk).update(
            state=ReferralState.ACCEPTED,
            delivery=Delivery.TO_SCHEDULE,
            decided_at=clock.now() - timedelta(days=20),
            sent_at=clock.now() - timedelta(days=30),
        )
        late.refresh_from_db()
        look(programme)
        assert (only().rule, only().responsible_organisation_id) == (RuptureRule.NO_FIRST_MEETING, late.recipient_id)
        referrals.record_meeting(late, by=recipient.actor, on=clock.today())
        assert only().closing_act == ClosingAct.MET

    def test_a_need_without_solution_resolves_it(self, programme: Programme, late: Referral, adviser: Persona) -> None:
        Referral.objects.filter(pk=late.pk).update(state=ReferralState.UNANSWERED)
        look(programme)
        needs.close_need(late.need, state="uncovered", reason="aucun service", actor=adviser.actor)  # type: ignore[arg-type]
        assert only().closing_act == ClosingAct.RESOLVED

    def test_a_new_referent_becomes_responsible(
        self, programme: Programme, silent: Pathway, adviser: Persona, manager: Persona
    ) -> None:
        look(programme)
        pathways.change_referent(
            silent,
            user=manager.user,
            organisation=manager.organisation,  # type: ignore[arg-type]
            actor=adviser.actor,
        )
        assert only().responsible_id == manager.user.pk

    def test_one_person_is_looked_at_alone(self, late: Referral) -> None:
        ReferralFactory(need__beneficiary__programme=late.programme, deadline=ago(4))
        assert evaluate_person(late.beneficiary, today=clock.today()) == 1

    def test_the_thresholds_are_given(self, programme: Programme, silent: Pathway) -> None:
        assert evaluate(programme.pk, today=clock.today(), settings={RuptureRule.NO_FUTURE_STEP: 40}) == 0

    def test_who_must_act_is_told_once_a_day(
        self, programme: Programme, silent: Pathway, late: Referral, adviser: Persona
    ) -> None:
        type(late.need).objects.filter(pk=late.need_id).update(created_at=clock.now() - timedelta(days=25))
        Referral.objects.filter(pk=late.pk).update(state=ReferralState.WITHDRAWN)
        look(programme)
        other = PathwayFactory(
            beneficiary__programme=programme,
            beneficiary__created_by=adviser.user,
            beneficiary__captured_by=adviser.organisation,
        )
        Pathway.objects.filter(pk=other.pk).update(opened_on=ago(30))
        look(programme)
        assert Rupture.objects.get_queryset().count() == 2
        messages = OutgoingMessage.objects.filter(kind="pathways.rupture_found")
        assert [message.to for message in messages] == [adviser.user.email]

    def test_queries_do_not_grow_with_people(self, programme: Programme, adviser: Persona) -> None:
        def grow(count: int) -> None:
            for _ in range(count):
                ReferralFactory(
                    need__beneficiary=BeneficiaryFactory(
                        programme=programme, captured_by=adviser.organisation, created_by=adviser.user
                    ),
                    deadline=ago(4),
                )
                path = PathwayFactory(
                    beneficiary__programme=programme,
                    beneficiary__captured_by=adviser.organisation,
                    beneficiary__created_by=adviser.user,
                )
                Pathway.objects.filter(pk=path.pk).update(opened_on=ago(30))

        grow(1)
        with CaptureQueriesContext(connection) as few:
            assert look(programme) == 2
        Rupture.objects.get_queryset().delete()
        OutgoingMessage.objects.all().delete()
        grow(5)
        with CaptureQueriesContext(connection) as many:
            assert look(programme) == 12
        assert len(many) <= len(few)

    def test_a_night_with_nothing_to_do_looks_once_and_locks_nothing(
        self, programme: Programme, late: Referral
    ) -> None:
        assert look(programme) == 1
        with CaptureQueriesContext(connection) as captured:
            assert look(programme) == 0
        asked = [query["sql"] for query in captured.captured_queries if query["sql"].startswith("SELECT")]
        assert len(asked) == 4, "the settings of the programme, then what is open and its facts"
        assert not any("FOR UPDATE" in sql for sql in asked)


@pytest.mark.django_db
class TestClosingByHand:
    def test_a_call_closes_it_and_keeps_it_quiet_for_a_week(
        self, programme: Programme, silent: Pathway, adviser: Persona
    ) -> None:
        look(programme)
        close_rupture(only(), act=ClosingAct.CALLED, reason="Rappelle lundi.", actor=adviser.actor)
        assert only().quiet_until == ago(-7)
        assert look(programme) == 0
        assert evaluate(programme.pk, today=ago(-8)) == 1

    def test_raised_again_at_once_when_its_facts_change(
        self, programme: Programme, silent: Pathway, adviser: Persona
    ) -> None:
        look(programme)
        close_rupture(only(), act=ClosingAct.REASON, reason="En vacances.", actor=adviser.actor)
        BarrierFactory(beneficiary=silent.beneficiary, severity=3)
        assert look(programme) == 1

    def test_needs_words_an_act_by_hand_and_to_be_first(
        self, programme: Programme, silent: Pathway, adviser: Persona
    ) -> None:
        look(programme)
        seen = only()
        with pytest.raises(Refused, match="Écrivez"):
            close_rupture(seen, act=ClosingAct.REASON, reason="  ", actor=adviser.actor)
        with pytest.raises(Refused, match="d’elle-même"):
            close_rupture(seen, act=ClosingAct.MET, reason="vu", actor=adviser.actor)
        close_rupture(seen, act=ClosingAct.CALLED, reason="Vu.", actor=adviser.actor)
        with pytest.raises(Conflict, match="appel"):
            close_rupture(seen, act=ClosingAct.CALLED, reason="Vu.", actor=adviser.actor)

    def test_entrusting_makes_a_step_and_tells_who_carries_it(
        self, programme: Programme, silent: Pathway, adviser: Persona, manager: Persona
    ) -> None:
        look(programme)
        step = entrust_rupture(
            only(),
            user=manager.user,
            organisation=manager.organisation,  # type: ignore[arg-type]
            reason="Peux-tu l’appeler ?",
            actor=adviser.actor,
        )
        assert (step.carrier_id, step.due_on) == (manager.user.pk, ago(-7))
        assert only().closing_act == ClosingAct.ENTRUSTED
        assert OutgoingMessage.objects.filter(kind="pathways.rupture_entrusted", to=manager.user.email).exists()

    def test_entrusted_only_to_who_takes_part_and_with_a_pathway(
        self, programme: Programme, late: Referral, adviser: Persona, recipient: Persona
    ) -> None:
        look(programme)
        to = {"user": recipient.user, "organisation": recipient.organisation}
        with pytest.raises(Refused, match="parcours ouvert"):
            entrust_rupture(only(), reason="Appelle.", actor=adviser.actor, **to)  # type: ignore[arg-type]
        PathwayFactory(beneficiary=late.beneficiary)
        with pytest.raises(Refused, match="participe"):
            entrust_rupture(only(), reason="Appelle.", actor=adviser.actor, **to)  # type: ignore[arg-type]
        assert not Step.objects.get_queryset().exists()


class TestTwoAtOnce:
    def test_two_runs_open_each_rupture_once(self, fresh_db: None) -> None:
        programme = ProgrammeFactory()
        with inside(programme):
            for _ in range(3):
                ReferralFactory(need__beneficiary__programme=programme, deadline=ago(4))
        opened: list[int] = []

        def run() -> None:
            try:
                with inside(programme):
                    opened.append(look(programme))
            finally:
                connection.close()

        threads = [Thread(target=run) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(opened) == [0, 3]


def inside(programme: Programme) -> Any:
    return scope(programmes=[programme.pk], named=[programme.pk])
