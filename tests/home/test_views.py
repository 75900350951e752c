from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from factories import (
    BeneficiaryFactory,
    PathwayFactory,
    ProgrammeFactory,
    ReferralFactory,
    RoleGrantFactory,
    RuptureFactory,
    StepFactory,
)
from personas import Persona
from sanscouture.access.enums import Role
from sanscouture.audit.models import JournalEntry
from sanscouture.core import clock
from sanscouture.pathways.models import Appointment
from sanscouture.programmes.models import Programme

HOME = "/"


@pytest.fixture
def rupture(programme: Programme, adviser: Persona) -> Any:
    return RuptureFactory(
        referral__need__beneficiary=BeneficiaryFactory(
            programme=programme, captured_by=adviser.organisation, created_by=adviser.user, first_name="Lina"
        )
    )


def ruptures(count: int, programme: Programme, **of_person: Any) -> None:
    for _ in range(count):
        rupture = RuptureFactory(
            referral__need__beneficiary=BeneficiaryFactory(programme=programme, **of_person),
            referral__state="unanswered",
        )
        StepFactory(pathway=PathwayFactory(beneficiary=rupture.beneficiary), due_on=clock.today())
        Appointment.objects.create(
            programme=programme, referral=rupture.referral, starts_at=clock.now(), place="3 rue du Moulin"
        )


class TestCoordinator:
    def test_first_what_is_broken_who_must_act_and_the_button(self, rupture: Any, coordinator: Persona) -> None:
        answer = coordinator.client.get(HOME)
        assert answer.status_code == 200
        assert "Ce matin, 1 fil est à renouer." in answer.text
        assert "Lina" in answer.text
        assert "n’a pas répondu à l’orientation" in answer.text
        assert f'action="/ruptures/{rupture.pk}/relancer/"' in answer.text
        assert f'href="/orientations/{rupture.referral_id}/reorienter/"' in answer.text
        assert JournalEntry.objects.filter(verb="rupture.list", is_read=True).exists()

    def test_nobody_is_named_without_a_basis(self, programme: Programme, coordinator: Persona) -> None:
        person = BeneficiaryFactory(programme=programme, unshared=True, first_name="Zacharie")
        rupture = RuptureFactory(referral__need__beneficiary=person)
        answer = coordinator.client.get(HOME)
        assert "Zacharie" not in answer.text
        assert "Une personne (identité non partagée)" in answer.text
        assert f'action="/ruptures/{rupture.pk}/relancer/"' in answer.text
        assert "/reorienter/" not in answer.text

    def test_ten_first_by_days_late_times_severity_and_the_rest_counted(
        self, programme: Programme, coordinator: Persona
    ) -> None:
        for index in range(12):
            RuptureFactory(
                referral__need__beneficiary__programme=programme,
                referral__need__beneficiary__first_name=f"Personne{index:02}",
                since=clock.today() - timedelta(days=20 - index),
                severity=3 if index == 11 else 1,
            )
        text = coordinator.client.get(HOME).text
        shown = [index for index in range(12) if f"Personne{index:02}" in text]
        assert shown == [0, 1, 2, 3, 4, 5, 6, 7, 8, 11]
        assert text.index("Personne11") < text.index("Personne00")
        assert "orientation sans réponse (12)" in text

    def test_kind_when_there_is_nothing(self, coordinator: Persona) -> None:
        answer = coordinator.client.get(HOME)
        assert "Rien à rattraper" in answer.text
        assert "personnes accompagnées" in answer.text

    def test_queries_do_not_grow(
        self, programme: Programme, coordinator: Persona, assert_queries_do_not_grow: Any
    ) -> None:
        ruptures(1, programme)
        assert_queries_do_not_grow(coordinator.client, HOME, lambda: ruptures(5, programme), budget=31)

    def test_several_programmes_are_chosen_in_the_address(self, programme: Programme, coordinator: Persona) -> None:
        other = ProgrammeFactory(name="Cité du Lavoir", slug="lavoir")
        RoleGrantFactory(user=coordinator.user, programme=other, role=Role.COORDINATOR)
        answer = coordinator.client.get("/?programme=lavoir")
        assert "<h1" in answer.text
        assert 'href="/?programme=trois-ponts"' in answer.text
        assert answer.context["programme"] == other

    def test_closed_until_the_agreement_is_signed(self, coordinator: Persona, programme: Programme) -> None:
        Programme.objects.filter(pk=programme.pk).update(agreement_signed_on=None)
        assert "n’est pas encore ouvert" in coordinator.client.get(HOME).text


class TestAdviser:
    def test_my_day_and_my_people_with_their_thread(self, programme: Programme, adviser: Persona) -> None:
        person = BeneficiaryFactory(
            programme=programme, captured_by=adviser.organisation, created_by=adviser.user, first_name="Ousmane"
        )
        pathway = PathwayFactory(beneficiary=person)
        StepFactory(pathway=pathway, label="Rappeler la crèche", due_on=clock.today(), carrier=adviser.user)
        ReferralFactory(need__beneficiary=person, state="accepted", delivery="to_schedule", decided_at=clock.now())
        text = adviser.client.get(HOME).text
        assert "Les personnes dont je suis référent·e" in text
        assert "Rappeler la crèche" in text
        assert "Réponses reçues" in text
        assert "sc-thread__small" in text

    def test_what_i_must_catch_up(self, rupture: Any, adviser: Persona, recipient: Persona) -> None:
        assert "n’a pas répondu" in adviser.client.get(HOME).text
        assert "n’a pas répondu" not in recipient.client.get(HOME).text

    def test_received_and_sent_are_counted(self, programme: Programme, recipient: Persona) -> None:
        ReferralFactory(need__beneficiary__programme=programme, recipient=recipient.organisation)
        portfolio = recipient.client.get(HOME).context["portfolio"]
        assert (portfolio.to_answer, portfolio.waiting) == (1, 0)

    def test_an_empty_portfolio_says_how_to_begin(self, adviser: Persona) -> None:
        assert "Vous ne suivez encore personne" in adviser.client.get(HOME).text

    def test_queries_do_not_grow(self, programme: Programme, adviser: Persona, assert_queries_do_not_grow: Any) -> None:
        mine = {"captured_by": adviser.organisation, "created_by": adviser.user}
        ruptures(1, programme, **mine)
        assert_queries_do_not_grow(adviser.client, HOME, lambda: ruptures(5, programme, **mine), budget=45)


class TestOthers:
    @pytest.mark.parametrize(
        ("name", "sentence"),
        [
            ("copilot", "jamais aux noms"),
            ("national_animator", "Le réseau des cités"),
            ("stranger", "n’a pas encore de rôle"),
            ("manager", "Mon portefeuille"),
            ("outreach_worker", "Mon portefeuille"),
            ("pathway_referent", "Ce matin"),
        ],
    )
    def test_each_role_has_a_home(self, name: str, sentence: str, request: pytest.FixtureRequest) -> None:
        answer = request.getfixturevalue(name).client.get(HOME)
        assert answer.status_code == 200
        assert sentence in answer.text

    def test_without_an_account_sign_in(self, client: Any, db: None) -> None:
        assert client.get(HOME).status_code == 302

    def test_only_reading(self, adviser: Persona) -> None:
        assert adviser.client.post(HOME).status_code == 405


class TestMenu:
    def test_entries_follow_permissions(self, coordinator: Persona, adviser: Persona, copilot: Persona) -> None:
        def entries(persona: Persona) -> set[str]:
            text = persona.client.get(HOME).text
            known = ("Personnes", "Orientations reçues", "Orientations envoyées", "Ruptures", "Annuaire", "Journal")
            return {one for one in known if f">{one}</a>" in text}

        assert entries(adviser) == {
            "Personnes",
            "Orientations reçues",
            "Orientations envoyées",
            "Ruptures",
            "Annuaire",
        }
        assert entries(coordinator) >= {"Ruptures", "Journal", "Orientations envoyées"}
        assert entries(copilot) == {"Annuaire"}

    def test_the_current_entry_is_marked(self, adviser: Persona) -> None:
        text = adviser.client.get("/programmes/trois-ponts/ruptures/").text
        marked = text.index('aria-current="page"')
        assert text[marked - 80 : marked].count("/programmes/trois-ponts/ruptures/") == 1

    def test_no_menu_without_an_account(self, client: Any, db: None) -> None:
        assert "fr-nav__list" not in client.get("/connexion/").text
