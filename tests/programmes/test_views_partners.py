from __future__ import annotations

from collections.abc import Callable

import pytest

from factories import OrganisationFactory, PartnershipFactory, RoleGrantFactory
from personas import Persona
from programmes.places import country
from sanscouture.access.enums import Role
from sanscouture.core import clock
from sanscouture.partners.models import Organisation
from sanscouture.programmes.models import CoPilot, Partnership, Programme, TeamMember
from sanscouture.programmes.services import add_copilot, add_team_member, end_partnership

OURS = "/programmes/trois-ponts"
PARTNERS = f"{OURS}/partenaires/"
FIND = f"{PARTNERS}ajouter/"
NEW = f"{PARTNERS}nouvelle/"
SIRET = "73282932000074"
SAID = {"role": "Accueil", "contribution": "Deux places par mois", "referent": "", "since": "2026-01-05"}


@pytest.fixture
def partnership(programme: Programme, organisation: Organisation) -> Partnership:
    return Partnership.objects.get(organisation=organisation)


class TestList:
    def test_members_see_partners_by_category(self, adviser: Persona, partnership: Partnership) -> None:
        page = adviser.client.get(PARTNERS).content.decode()
        assert "Mission locale des Trois-Ponts" in page
        assert "Ajouter un partenaire" not in page
        end_partnership(partnership, actor="essai")
        assert "Aucun partenaire ici" in adviser.client.get(PARTNERS).content.decode()

    def test_the_coordination_may_edit_and_take_up_again(self, coordinator: Persona, partnership: Partnership) -> None:
        assert "Ajouter un partenaire" in coordinator.client.get(PARTNERS).content.decode()
        end_partnership(partnership, actor=coordinator.actor)
        page = coordinator.client.get(PARTNERS).content.decode()
        assert "Partenariats terminés" in page
        answer = coordinator.client.post(f"/partenariats/{partnership.pk}/reprendre/", follow=True)
        assert "Le partenariat reprend" in answer.content.decode()

    def test_it_is_for_members(self, client, stranger: Persona, other_programme_adviser: Persona, programme) -> None:
        assert client.get(PARTNERS).status_code == 302
        assert stranger.client.get(PARTNERS).status_code == 403
        assert other_programme_adviser.client.get(PARTNERS).status_code == 404
        assert other_programme_adviser.client.post(PARTNERS).status_code == 405

    def test_queries_do_not_grow(
        self, coordinator: Persona, programme: Programme, assert_queries_do_not_grow: Callable[..., None]
    ) -> None:
        PartnershipFactory(programme=programme)
        grow = lambda: PartnershipFactory.create_batch(5, programme=programme)  # noqa: E731
        assert_queries_do_not_grow(coordinator.client, PARTNERS, grow, budget=25)


class TestAdding:
    def test_an_organisation_is_searched_then_chosen(self, coordinator: Persona, organisation: Organisation) -> None:
        other = OrganisationFactory(name="Mission de l’Atelier")
        page = coordinator.client.get(f"{FIND}?q=mission").content.decode()
        assert "déjà partenaire" in page
        assert f"{FIND}{other.pk}/" in page
        assert coordinator.client.get(FIND).status_code == 200
        assert "Aucune structure" in coordinator.client.get(f"{FIND}?q=introuvable").content.decode()
        assert coordinator.client.get(f"{FIND}{other.pk}/").status_code == 200
        answer = coordinator.client.post(f"{FIND}{other.pk}/", SAID)
        assert answer.status_code == 302
        assert Partnership.objects.get(organisation=other).contribution == "Deux places par mois"
        assert coordinator.client.post(f"{FIND}{other.pk}/", SAID).status_code == 409

    def test_one_that_is_nowhere_is_created(self, coordinator: Persona, programme: Programme) -> None:
        country()
        page = coordinator.client.get(f"{NEW}?q=Atelier").content.decode()
        assert 'value="Atelier"' in page
        said = {"name": "Atelier", "kind": "association", "siret": "732 829 320 00074", "email": "", "commune": "Ici"}
        assert coordinator.client.post(NEW, {**SAID, **said}).status_code == 302
        made = Organisation.objects.get(name="Atelier")
        assert (made.siret, made.city, made.lon) == (SIRET, "Ici", 3.0)
        answer = coordinator.client.post(NEW, {**SAID, **said, "name": "Atelier bis"})
        assert answer.status_code == 409
        assert "déjà ce numéro SIRET" in answer.content.decode()
        assert not Organisation.objects.filter(name="Atelier bis").exists()

    @pytest.mark.parametrize(
        ("wrong", "said"),
        [
            ({"siret": "12345678901234"}, "n’est pas valable"),
            ({"commune": "Nulle part"}, "Aucune commune"),
            ({"name": ""}, "obligatoire"),
        ],
    )
    def test_what_is_wrong_is_said_beside_its_field(
        self, coordinator: Persona, programme: Programme, wrong: dict[str, str], said: str
    ) -> None:
        country()
        good = {"name": "Atelier", "kind": "association", "siret": "", "email": "", "commune": ""}
        answer = coordinator.client.post(NEW, {**SAID, **good, **wrong})
        assert answer.status_code == 422
        assert said in answer.content.decode()

    def test_it_is_for_the_coordination_of_this_programme(
        self, adviser: Persona, other_programme: Programme, coordinator: Persona
    ) -> None:
        for url in (FIND, NEW):
            assert adviser.client.get(url).status_code == 403
            assert coordinator.client.get(url.replace("trois-ponts", "bel-air")).status_code == 404
        assert coordinator.client.post(FIND).status_code == 405


class TestEditing:
    def test_a_partnership_says_something_else(self, coordinator: Persona, partnership: Partnership) -> None:
        url = f"/partenariats/{partnership.pk}/modifier/"
        assert coordinator.client.get(url).status_code == 200
        referent = RoleGrantFactory(programme=partnership.programme, role=Role.PATHWAY_REFERENT).user
        assert coordinator.client.post(url, {**SAID, "referent": referent.pk}).status_code == 302
        partnership.refresh_from_db()
        assert (partnership.role, partnership.referent) == ("Accueil", referent)

    def test_ending_asks_first_then_can_be_undone(self, coordinator: Persona, partnership: Partnership) -> None:
        url = f"/partenariats/{partnership.pk}/terminer/"
        assert "Ce qui reste" in coordinator.client.get(url).content.decode()
        partnership.refresh_from_db()
        assert partnership.until is None
        assert coordinator.client.post(url).status_code == 302
        partnership.refresh_from_db()
        assert partnership.until == clock.today()
        assert coordinator.client.post(url).status_code == 409

    def test_it_is_for_the_coordination_of_this_programme(
        self, adviser: Persona, coordinator: Persona, partnership: Partnership, other_programme: Programme
    ) -> None:
        theirs = PartnershipFactory(programme=other_programme)
        for act in ("modifier", "terminer"):
            assert adviser.client.get(f"/partenariats/{partnership.pk}/{act}/").status_code == 403
            assert coordinator.client.get(f"/partenariats/{theirs.pk}/{act}/").status_code == 404
        assert coordinator.client.get(f"/partenariats/{partnership.pk}/reprendre/").status_code == 405
        assert adviser.client.post(f"/partenariats/{partnership.pk}/reprendre/").status_code == 403
        assert coordinator.client.post(f"/partenariats/{theirs.pk}/reprendre/").status_code == 404


class TestTeam:
    def test_somebody_joins_and_leaves(
        self, coordinator: Persona, programme: Programme, organisation: Organisation
    ) -> None:
        url = f"{OURS}/equipe-projet/ajouter/"
        said = {"first_name": "Malik", "last_name": "Inventé", "function": "coordinator", "share": "0,8", "since": ""}
        assert coordinator.client.get(url).status_code == 200
        assert coordinator.client.post(url, {**said, "employer": organisation.pk}).status_code == 302
        page = coordinator.client.get(f"{OURS}/").content.decode()
        assert "Malik Inventé" in page
        assert "d’un temps plein" in page
        leave = f"/equipe-projet/{TeamMember.objects.get().pk}/terminer/"
        assert coordinator.client.get(leave).status_code == 200
        assert coordinator.client.post(leave).status_code == 302
        assert "Malik Inventé" not in coordinator.client.get(f"{OURS}/").content.decode()

    def test_a_copilot_begins_and_ends(
        self, coordinator: Persona, programme: Programme, organisation: Organisation
    ) -> None:
        url = f"{OURS}/copilotes/ajouter/"
        assert coordinator.client.get(url).status_code == 200
        assert coordinator.client.post(url, {"organisation": organisation.pk, "since": ""}).status_code == 302
        assert coordinator.client.post(url, {"organisation": organisation.pk, "since": ""}).status_code == 409
        end = f"/copilotes/{CoPilot.objects.get().pk}/terminer/"
        assert coordinator.client.get(end).status_code == 200
        assert coordinator.client.post(end).status_code == 302
        assert "jusqu’au" in coordinator.client.get(f"{OURS}/").content.decode()

    def test_it_is_for_the_coordination_of_this_programme(
        self, adviser: Persona, coordinator: Persona, programme: Programme, other_programme: Programme
    ) -> None:
        organisation = OrganisationFactory()
        rows = []
        for each in (programme, other_programme):
            names = {"first_name": "Malik", "last_name": "Inventé", "function": "coordinator"}
            member = add_team_member(each, actor="essai", **names)
            copilot = add_copilot(each, organisation=organisation, actor="essai")
            rows.append([f"/equipe-projet/{member.pk}/terminer/", f"/copilotes/{copilot.pk}/terminer/"])
        for url in (f"{OURS}/equipe-projet/ajouter/", f"{OURS}/copilotes/ajouter/"):
            assert adviser.client.get(url).status_code == 403
            assert coordinator.client.get(url.replace("trois-ponts", "bel-air")).status_code == 404
        assert [adviser.client.get(url).status_code for url in rows[0]] == [403, 403]
        assert [coordinator.client.get(url).status_code for url in rows[1]] == [404, 404]
        assert coordinator.client.put(rows[0][0]).status_code == 405
