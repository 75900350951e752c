from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from factories import BeneficiaryFactory, PathwayFactory, RuptureFactory
from personas import Persona
from sanscouture.core import clock
from sanscouture.pathways.enums import ClosingAct, EventKind, RuptureRule
from sanscouture.pathways.models import ReferralEvent, Rupture, Step
from sanscouture.programmes.models import Programme

LIST = "/programmes/trois-ponts/ruptures/"
WAYS = ("relancer", "appeler", "confier", "clore")


@pytest.fixture
def rupture(programme: Programme, adviser: Persona, recipient: Persona) -> Any:
    return RuptureFactory(
        referral__need__beneficiary=BeneficiaryFactory(
            programme=programme, captured_by=adviser.organisation, created_by=adviser.user, first_name="Lina"
        ),
        referral__recipient=recipient.organisation,
        referral__deadline=clock.today() - timedelta(days=3),
    )


@pytest.fixture
def page(rupture: Rupture) -> str:
    return f"/ruptures/{rupture.pk}/"


def again(rupture: Rupture) -> Rupture:
    return Rupture.objects.get_queryset().get(pk=rupture.pk)


class TestList:
    def test_the_sentence_then_each_with_its_acts(self, rupture: Rupture, coordinator: Persona) -> None:
        answer = coordinator.client.get(LIST)
        assert "<strong>1 rupture</strong>" in answer.text
        assert "Mobil’Emploi n’a pas répondu" in answer.text

    @pytest.mark.parametrize(
        ("asked", "found"),
        [("regle=unanswered", 1), ("regle=no_future_step", 0), ("qui=moi", 0), ("etat=closes", 0), ("regle=x", 1)],
    )
    def test_filters_live_in_the_address(self, rupture: Rupture, coordinator: Persona, asked: str, found: int) -> None:
        assert coordinator.client.get(f"{LIST}?{asked}").context["table"].total == found

    def test_mine(self, rupture: Rupture, adviser: Persona) -> None:
        assert adviser.client.get(f"{LIST}?qui=moi").context["table"].total == 1

    def test_an_organisation_sees_only_its_own(self, rupture: Rupture, recipient: Persona) -> None:
        answer = recipient.client.get(LIST)
        assert "Rien à rattraper" in answer.text

    def test_elsewhere_and_without_the_right(
        self, programme: Programme, copilot: Persona, other_programme_adviser: Persona
    ) -> None:
        assert other_programme_adviser.client.get(LIST).status_code == 404
        assert copilot.client.get(LIST).status_code == 403
        assert copilot.client.post(LIST).status_code == 405

    def test_queries_do_not_grow(
        self, programme: Programme, coordinator: Persona, assert_queries_do_not_grow: Any
    ) -> None:
        def grow(count: int) -> None:
            for _ in range(count):
                RuptureFactory(referral__need__beneficiary__programme=programme)

        grow(1)
        assert_queries_do_not_grow(coordinator.client, LIST, lambda: grow(5), budget=25)


class TestPage:
    def test_says_the_gap_and_offers_the_acts(self, rupture: Rupture, page: str, adviser: Persona) -> None:
        text = adviser.client.get(page).text
        assert "Mobil’Emploi n’a pas répondu" in text
        assert all(f"/ruptures/{rupture.pk}/{way}/" in text for way in WAYS)

    def test_says_how_it_was_caught_up(self, page: str, adviser: Persona) -> None:
        adviser.client.post(f"{page}appeler/", {"reason": "Elle rappelle lundi."})
        text = adviser.client.get(page).text
        assert "Elle rappelle lundi." in text
        assert "relancer" not in text

    def test_elsewhere_without_the_right_and_wrongly(
        self, page: str, copilot: Persona, recipient: Persona, other_programme_adviser: Persona, adviser: Persona
    ) -> None:
        for address in (page, *(f"{page}{way}/" for way in WAYS)):
            assert other_programme_adviser.client.get(address).status_code == 404
            assert recipient.client.get(address).status_code == 404
            assert copilot.client.get(address).status_code == 403
            assert adviser.client.delete(address).status_code == 405

    def test_a_pathway_without_a_future_proposes_a_step(self, programme: Programme, adviser: Persona) -> None:
        person = BeneficiaryFactory(programme=programme, captured_by=adviser.organisation, created_by=adviser.user)
        rupture = RuptureFactory(
            rule=RuptureRule.NO_FUTURE_STEP,
            referral=None,
            pathway=PathwayFactory(beneficiary=person),
            beneficiary=person,
            programme=programme,
            responsible_organisation=adviser.organisation,
            responsible=adviser.user,
        )
        text = adviser.client.get(f"/ruptures/{rupture.pk}/").text
        assert f"/personnes/{person.pk}/etapes/nouvelle/" in text
        refused = adviser.client.post(f"/ruptures/{rupture.pk}/relancer/")
        assert refused.status_code == 422
        assert "personne à relancer" in refused.text

    def test_the_recipient_is_not_offered_to_remind_itself(self, rupture: Rupture, recipient: Persona) -> None:
        Rupture.objects.filter(pk=rupture.pk).update(
            rule=RuptureRule.NO_FIRST_MEETING,
            responsible_organisation=recipient.organisation,
            responsible=None,
        )
        text = recipient.client.get(f"/ruptures/{rupture.pk}/").text
        assert "/relancer/" not in text
        assert "/clore/" in text


class TestActs:
    def test_reminding_closes_it(self, rupture: Rupture, page: str, coordinator: Persona) -> None:
        assert "trois jours" in coordinator.client.get(f"{page}relancer/").text
        answer = coordinator.client.post(f"{page}relancer/")
        assert answer.headers["location"] == "/?programme=trois-ponts"
        assert again(rupture).closing_act == ClosingAct.REMINDED
        assert ReferralEvent.objects.filter(referral=rupture.referral, kind=EventKind.REMINDED).exists()

    def test_once_a_day(self, page: str, coordinator: Persona) -> None:
        coordinator.client.post(f"{page}relancer/")
        answer = coordinator.client.post(f"{page}relancer/")
        assert answer.status_code == 422
        assert "déjà parti" in answer.text

    def test_a_call_asks_what_was_said(self, rupture: Rupture, page: str, adviser: Persona) -> None:
        assert adviser.client.post(f"{page}appeler/", {"reason": ""}).status_code == 422
        adviser.client.post(f"{page}appeler/", {"reason": "Elle rappelle lundi."})
        assert (again(rupture).closing_act, again(rupture).closing_reason) == (
            ClosingAct.CALLED,
            "Elle rappelle lundi.",
        )

    def test_a_reason_closes_it_once(self, rupture: Rupture, page: str, adviser: Persona) -> None:
        adviser.client.post(f"{page}clore/", {"reason": "A déménagé."})
        assert again(rupture).closing_act == ClosingAct.REASON
        assert adviser.client.post(f"{page}clore/", {"reason": "A déménagé."}).status_code == 409

    def test_entrusting_makes_a_step(self, rupture: Rupture, page: str, adviser: Persona, manager: Persona) -> None:
        PathwayFactory(beneficiary=rupture.beneficiary)
        assert manager.user.full_name in adviser.client.get(f"{page}confier/").text
        chosen = f"{manager.user.pk}:{manager.organisation.pk}"  # type: ignore[union-attr]
        adviser.client.post(f"{page}confier/", {"referent": chosen, "reason": "Peux-tu l’appeler ?"})
        assert again(rupture).closing_act == ClosingAct.ENTRUSTED
        assert Step.objects.get_queryset().get().carrier_id == manager.user.pk
