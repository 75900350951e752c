"""One need to two services, a meeting of three, a place on a list, and how an organisation welcomes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from factories import (
    BeneficiaryFactory,
    NeedFactory,
    OrganisationFactory,
    PathwayFactory,
    ReferralFactory,
    ServiceFactory,
)
from personas import Persona
from sanscouture.core import clock
from sanscouture.core.errors import Refused
from sanscouture.notifications.models import OutgoingMessage
from sanscouture.pathways.enums import Delivery, Fact, ReferralState
from sanscouture.pathways.models import Appointment, Referral, ReferralHabits
from sanscouture.pathways.rules import referrals as rules
from sanscouture.pathways.rules import travel
from sanscouture.pathways.rules.referrals import Standing
from sanscouture.pathways.selectors.referrals import place_on_list
from sanscouture.pathways.services import referrals as services
from sanscouture.pathways.services.habits import save_habits
from sanscouture.pathways.services.referrals import default_deadline
from sanscouture.pathways.services.ruptures import evaluate
from sanscouture.programmes.models import Programme

WELCOME = "/programmes/trois-ponts/accueil/"


@pytest.fixture
def need(programme: Programme, adviser: Persona) -> Any:
    person = BeneficiaryFactory(
        programme=programme, captured_by=adviser.organisation, created_by=adviser.user, phone="+33639980101"
    )
    PathwayFactory(beneficiary=person)
    return NeedFactory(beneficiary=person)


@pytest.fixture
def first(need: Any, recipient: Persona) -> Any:
    return ReferralFactory(need=need, recipient=recipient.organisation)


@pytest.fixture
def other(db: None) -> Any:
    return OrganisationFactory(email="accueil@autre.example")


class TestSharing:
    @pytest.mark.parametrize("state", ReferralState)
    def test_a_need_is_shared_only_beside_a_referral_that_runs(self, state: ReferralState) -> None:
        delivery = Delivery.TO_SCHEDULE if state == ReferralState.ACCEPTED else Delivery.NONE
        fault = rules.split_fault(Standing(state, clock.today(), clock.today(), delivery), rules.BOTH)
        assert (fault == "") == (state in {*rules.ANSWERABLE, ReferralState.ACCEPTED})

    def test_neither_by_the_recipient_nor_once_ended(self) -> None:
        ended = Standing(ReferralState.ACCEPTED, clock.today(), clock.today(), Delivery.ENDED)
        assert "ne court plus" in rules.split_fault(ended, rules.BOTH)
        assert "qui oriente" in rules.split_fault(ended, frozenset())

    def test_both_run_with_their_own_owner_and_clock(self, first: Referral, other: Any, adviser: Persona) -> None:
        second = services.split_referral(first, recipient=other, actor=adviser.actor)
        first.refresh_from_db()
        assert (second.parent_id, second.is_split, second.need_id) == (first.pk, True, first.need_id)
        assert (first.state, second.state) == (ReferralState.SENT, ReferralState.SENT)
        assert (first.owner_organisation_id, second.owner_organisation_id) == (first.recipient_id, other.pk)
        assert second.clock_on
        assert second.travels == first.travels

    def test_the_first_is_not_taken_for_rerouted(self, first: Referral, other: Any, adviser: Persona) -> None:
        services.split_referral(first, recipient=other, actor=adviser.actor)
        Referral.objects.filter(pk=first.pk).update(deadline=clock.today() - timedelta(days=3))
        assert evaluate(first.programme_id, today=clock.today()) == 1

    def test_what_no_longer_runs_is_refused(self, first: Referral, other: Any, adviser: Persona) -> None:
        Referral.objects.filter(pk=first.pk).update(state=ReferralState.WITHDRAWN)
        first.refresh_from_db()
        with pytest.raises(Refused):
            services.split_referral(first, recipient=other, actor=adviser.actor)

    def test_the_page_chooses_confirms_then_shows_the_lineage(
        self, first: Referral, other: Any, adviser: Persona, recipient: Persona
    ) -> None:
        page = reverse("pathways:referral_split", args=[first.pk])
        assert page in adviser.client.get(reverse("pathways:referral", args=[first.pk])).text
        assert page not in recipient.client.get(reverse("pathways:referral", args=[first.pk])).text
        service = ServiceFactory(organisation=other)
        assert f"{page}?service=" in adviser.client.get(f"{page}?q={service.name[:6]}").text
        there = f"{page}?service={service.pk}"
        assert "continue" in adviser.client.get(there).text
        second = adviser.client.post(there)
        assert second.status_code == 302
        assert "Partage le besoin" in adviser.client.get(second.headers["location"]).text
        assert "Partagée avec" in adviser.client.get(reverse("pathways:referral", args=[first.pk])).text
        assert adviser.client.post(there).status_code == 422


class TestMeetingOfThree:
    def test_the_sender_asks_and_the_recipient_reads_it(self, need: Any, adviser: Persona, recipient: Persona) -> None:
        service = ServiceFactory(organisation=recipient.organisation)
        page = f"{reverse('pathways:compose', args=[need.pk])}?service={service.pk}"
        said = {"travels": ["first_name", "phone"], "deadline": (clock.today() + timedelta(days=9)).isoformat()}
        sent = adviser.client.post(page, {**said, "meets_together": "on"})
        assert "tenu au courant" in adviser.client.get(sent.headers["location"]).text
        assert "rencontre à trois" in recipient.client.get(sent.headers["location"]).text

    def test_the_sender_is_told_to_come(self, first: Referral, recipient: Persona, adviser: Persona) -> None:
        said = {"day": (clock.today() + timedelta(days=5)).isoformat(), "at": "10:00", "minutes": "60", "place": "Ici"}
        page = reverse("pathways:referral_propose", args=[first.pk])
        assert recipient.client.post(page, {**said, "with_sender": "on"}).status_code == 302
        assert Appointment.objects.get_queryset().get().with_sender
        mail = OutgoingMessage.objects.get(kind="pathways.referral_appointment_proposed_sender")
        assert "attendu aussi" in mail.body_text
        assert "à trois" in adviser.client.get(reverse("pathways:referral", args=[first.pk])).text

    def test_the_sender_hears_of_it_until_the_meeting_has_happened(
        self, first: Referral, recipient: Persona, adviser: Persona
    ) -> None:
        services.record_meeting(first_accepted(first, recipient), by=recipient.actor, on=clock.today())
        assert OutgoingMessage.objects.filter(kind="pathways.referral_met_sender", to=adviser.user.email).exists()


def first_accepted(first: Referral, recipient: Persona) -> Referral:
    return services.accept_referral(first, by=services.answerer_of(recipient.actor, first))


class TestWaiting:
    def test_first_come_first_on_the_list(self, first: Referral, recipient: Persona, adviser: Persona) -> None:
        later = ReferralFactory(need__beneficiary__programme=first.programme, recipient=first.recipient)
        for days, referral in ((5, first), (2, later)):
            Referral.objects.filter(pk=referral.pk).update(
                state=ReferralState.ACCEPTED,
                delivery=Delivery.WAITING_LIST,
                decided_at=clock.now() - timedelta(days=days),
                waiting_weeks=6,
            )
            referral.refresh_from_db()
        assert [place_on_list(one) for one in (first, later)] == [1, 2]
        assert place_on_list(ReferralFactory()) == 0
        shown = adviser.client.get(reverse("pathways:referral", args=[first.pk])).text
        assert "Place sur la liste d’attente" in shown


class TestHabits:
    def test_what_is_ticked_as_a_rule_never_holds_health_nor_the_pathway(self) -> None:
        ticked = travel.ticked_at_first(has_phone=True, has_email=False, usual=[Fact.AGE, Fact.HEALTH, Fact.PATHWAY])
        assert ticked == (Fact.FIRST_NAME, Fact.PHONE, Fact.AGE)

    def test_the_composer_ticks_them_and_the_deadline_follows(
        self, need: Any, programme: Programme, adviser: Persona, recipient: Persona, coordinator: Persona
    ) -> None:
        where: Any = (adviser.organisation, recipient.organisation)
        for organisation, who in zip(where, (adviser, recipient), strict=True):
            save_habits(programme, organisation, answer_days=4, travels=[Fact.AGE], actor=who.actor)
        service = ServiceFactory(organisation=recipient.organisation)
        page = adviser.client.get(f"{reverse('pathways:compose', args=[need.pk])}?service={service.pk}")
        assert page.context["form"].initial["travels"] == ["first_name", "phone", "age"]
        assert (default_deadline(need, where[1]) - clock.today()).days in range(4, 8)

    @pytest.mark.parametrize(("days", "travels"), [(0, []), (61, []), (None, [Fact.HEALTH]), (None, [Fact.PATHWAY])])
    def test_out_of_bounds_is_refused(
        self, days: int | None, travels: list[Fact], programme: Programme, recipient: Persona
    ) -> None:
        with pytest.raises(Refused):
            save_habits(
                programme,
                recipient.organisation,  # type: ignore[arg-type]
                answer_days=days,
                travels=travels,
                actor=recipient.actor,
            )

    def test_only_its_own_people_or_coordination_may(
        self, programme: Programme, adviser: Persona, recipient: Persona, coordinator: Persona
    ) -> None:
        whose: Any = recipient.organisation
        with pytest.raises(Refused):
            save_habits(programme, whose, answer_days=3, travels=[], actor=adviser.actor)
        assert save_habits(programme, whose, answer_days=3, travels=[], actor=coordinator.actor).answer_days == 3


class TestWelcome:
    def test_an_organisation_reads_its_figures_and_the_others_a_word(
        self, need: Any, programme: Programme, recipient: Persona
    ) -> None:
        for days in range(1, 6):
            sent_at = clock.now() - timedelta(days=20)
            ReferralFactory(
                need=NeedFactory(beneficiary=need.beneficiary),
                recipient=recipient.organisation,
                state=ReferralState.ACCEPTED,
                delivery=Delivery.WAITING_LIST,
                sent_at=sent_at,
                decided_at=sent_at + timedelta(days=days),
            )
        service = ServiceFactory(organisation=recipient.organisation)
        answer = recipient.client.get(WELCOME)
        figures = answer.context["figures"]
        assert (figures.received, figures.accepted, figures.waiting, figures.median_days) == (5, 5, 5, 3)
        assert "répond en général sous 3 jours" in answer.text
        assert reverse("directory:correct_service", args=[service.pk]) in answer.text
        assert WELCOME in recipient.client.get(reverse("pathways:referrals_received")).text

    def test_nothing_is_said_under_five_answers(self, programme: Programme, recipient: Persona) -> None:
        answer = recipient.client.get(WELCOME)
        assert "cinq réponses" in answer.text
        assert answer.context["figures"].median_days is None

    def test_saving_and_what_is_wrong(self, programme: Programme, recipient: Persona) -> None:
        assert recipient.client.post(WELCOME, {"answer_days": "90"}).status_code == 422
        assert recipient.client.post(WELCOME, {"answer_days": "5", "travels": ["age"]}).status_code == 302
        kept = ReferralHabits.objects.get_queryset().get()
        assert (kept.answer_days, kept.travels, kept.organisation) == (5, ["age"], recipient.organisation)

    def test_the_coordinator_chooses_among_partners_and_nobody_else_reads_them(
        self, programme: Programme, coordinator: Persona, adviser: Persona, recipient: Persona, copilot: Persona
    ) -> None:
        there = f"{WELCOME}?structure={recipient.organisation.pk}"  # type: ignore[union-attr]
        assert coordinator.client.get(there).context["organisation"] == recipient.organisation
        assert len(coordinator.client.get(WELCOME).context["choices"]) >= 2
        assert adviser.client.get(there).status_code == 403
        assert copilot.client.get(there).status_code == 403

    def test_closed_names_show_nothing(self, programme: Programme, recipient: Persona) -> None:
        Programme.objects.filter(pk=programme.pk).update(agreement_signed_on=None)
        assert recipient.client.get(WELCOME).context.get("figures") is None
