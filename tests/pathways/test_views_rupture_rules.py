from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from factories import BeneficiaryFactory, PathwayFactory, RuptureFactory, StepFactory
from personas import Persona
from sanscouture.core import clock
from sanscouture.pathways.enums import ClosingAct, RuptureRule
from sanscouture.pathways.models import Pathway, Rupture, RuptureSetting
from sanscouture.programmes.models import Programme

RULES = "/programmes/trois-ponts/ruptures/regles/"
CONTACT = f"{RULES}no_contact/"
SAID = {"is_on": "on", "threshold": "20", "escalate_days": "5"}


@pytest.fixture
def silent(programme: Programme, adviser: Persona) -> Any:
    person = BeneficiaryFactory(programme=programme, captured_by=adviser.organisation, created_by=adviser.user)
    pathway = PathwayFactory(beneficiary=person)
    Pathway.objects.filter(pk=pathway.pk).update(opened_on=clock.today() - timedelta(days=40))
    StepFactory(pathway=pathway)
    return pathway


class TestRules:
    def test_three_are_on_and_the_others_say_what_they_would_find(self, silent: Pathway, coordinator: Persona) -> None:
        answer = coordinator.client.get(RULES)
        assert "<strong>3 règles allumées.</strong>" in answer.text
        lines = {line.rule: line for line in answer.context["lines"]}
        assert set(lines) == set(RuptureRule)
        assert [line.setting.is_on for line in answer.context["lines"]] == [True] * 3 + [False] * (len(lines) - 3)
        assert lines[RuptureRule.NO_CONTACT].found == 0
        assert not Rupture.objects.get_queryset().exists()

    def test_queries_do_not_grow(
        self, programme: Programme, coordinator: Persona, assert_queries_do_not_grow: Any
    ) -> None:
        def grow(count: int) -> None:
            for _ in range(count):
                StepFactory(pathway=PathwayFactory(beneficiary__programme=programme))

        grow(1)
        assert_queries_do_not_grow(coordinator.client, RULES, lambda: grow(5), budget=35)

    def test_closed_names_show_no_count(self, programme: Programme, coordinator: Persona) -> None:
        Programme.objects.filter(pk=programme.pk).update(agreement_signed_on=None)
        for address in (RULES, CONTACT):
            assert "context" in dir(coordinator.client.get(address))
            assert "lines" not in coordinator.client.get(address).context

    def test_elsewhere_and_without_the_right(
        self, programme: Programme, adviser: Persona, other_programme_adviser: Persona, coordinator: Persona
    ) -> None:
        for address in (RULES, CONTACT):
            assert adviser.client.get(address).status_code == 403
        assert coordinator.client.post(RULES).status_code == 405
        assert coordinator.client.get(f"{RULES}unknown/").status_code == 404


class TestOneRule:
    def test_trying_shows_what_it_would_find_and_would_have_caught_without_writing(
        self, silent: Pathway, coordinator: Persona
    ) -> None:
        answer = coordinator.client.post(CONTACT, {**SAID, "essai": "1"})
        assert answer.status_code == 200
        assert (answer.context["found"], answer.context["past"].caught) == (1, 1)
        assert not RuptureSetting.objects.get_queryset().exists()
        assert coordinator.client.get(CONTACT).context["found"] == 0

    def test_saving_switches_it_on_and_finds_at_once(self, silent: Pathway, coordinator: Persona) -> None:
        assert coordinator.client.post(CONTACT, SAID).headers["location"] == RULES
        assert Rupture.objects.get_queryset().get().rule == RuptureRule.NO_CONTACT
        assert coordinator.client.get(CONTACT).context["form"]["threshold"].value() == 20

    @pytest.mark.parametrize("wrong", [{"threshold": "3"}, {"threshold": ""}, {"escalate_days": "99"}])
    def test_what_is_out_of_bounds_is_said(
        self, wrong: dict[str, str], programme: Programme, coordinator: Persona
    ) -> None:
        for act in ({}, {"essai": "1"}):
            assert coordinator.client.post(CONTACT, {**SAID, **wrong, **act}).status_code == 422

    def test_what_has_no_past_says_so(self, programme: Programme, coordinator: Persona) -> None:
        assert "ne peut pas être rejouée" in coordinator.client.get(f"{RULES}referent_gone/").text


class TestPuttingOff:
    def test_it_leaves_the_list_and_waits_in_its_own(
        self, programme: Programme, adviser: Persona, recipient: Persona
    ) -> None:
        rupture = RuptureFactory(
            referral__need__beneficiary=BeneficiaryFactory(
                programme=programme, captured_by=adviser.organisation, created_by=adviser.user
            )
        )
        page = f"/ruptures/{rupture.pk}/plus-tard/"
        assert "Au plus tard" in adviser.client.get(page).text
        far = (clock.today() + timedelta(days=90)).isoformat()
        assert adviser.client.post(page, {"until": far, "reason": "Congé"}).status_code == 422
        until = (clock.today() + timedelta(days=9)).isoformat()
        assert adviser.client.post(page, {"until": until, "reason": "Congé"}).status_code == 302
        assert Rupture.objects.get_queryset().get(pk=rupture.pk).closing_act == ClosingAct.SNOOZED
        totals = {
            state: adviser.client.get(f"/programmes/trois-ponts/ruptures/?etat={state}").context["table"].total
            for state in ("", "attente", "closes", "remontees")
        }
        assert totals == {"": 0, "attente": 1, "closes": 0, "remontees": 0}
        assert "reviendra d’elle-même" in adviser.client.get(f"/ruptures/{rupture.pk}/").text

    def test_what_went_to_coordination_is_listed_apart(self, programme: Programme, coordinator: Persona) -> None:
        RuptureFactory(referral__need__beneficiary__programme=programme, escalated_on=clock.today())
        RuptureFactory(referral__need__beneficiary__programme=programme)
        answer = coordinator.client.get("/programmes/trois-ponts/ruptures/?etat=remontees")
        assert answer.context["table"].total == 1
        assert "Remontée à la coordination" in answer.text
        assert "Régler les règles" in answer.text
