from __future__ import annotations

from collections.abc import Callable

import pytest

from factories import PartnershipFactory, ProgrammeFactory
from personas import Persona
from programmes.places import country, facts
from sanscouture.partners.enums import OrganisationKind
from sanscouture.programmes.models import Perimeter, Programme
from sanscouture.programmes.services import import_programmes
from sanscouture.territories.models import Qpv

FRANCE = "/programmes/"
OURS = "/programmes/trois-ponts/"


class TestFrance:
    def test_every_account_sees_every_programme_on_a_map_and_in_a_list(self, stranger: Persona) -> None:
        country()
        import_programmes([facts()])
        page = stranger.client.get(FRANCE).content.decode()
        assert "Val d’Ici" in page
        assert "Hautes-Terres" in page
        assert "1 cité de l’emploi" in page

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("q=ici", True),
            ("q=ailleurs", False),
            ("region=99", True),
            ("annee=2021", True),
            ("forme=pacte", False),
            ("region=inconnue", True),
            ("tri=-qpv&page=9", True),
        ],
    )
    def test_filters_are_in_the_address_and_a_bad_one_is_left_aside(
        self, stranger: Persona, query: str, found: bool
    ) -> None:
        country()
        import_programmes([facts()])
        answer = stranger.client.get(f"{FRANCE}?{query}")
        assert answer.status_code == 200
        assert ("/programmes/val-d-ici/" in answer.content.decode()) is found

    def test_it_asks_to_sign_in_and_only_reads(self, client, stranger: Persona) -> None:
        assert client.get(FRANCE).status_code == 302
        assert stranger.client.post(FRANCE).status_code == 405

    def test_queries_do_not_grow(self, stranger: Persona, assert_queries_do_not_grow: Callable[..., None]) -> None:
        ProgrammeFactory()
        assert_queries_do_not_grow(stranger.client, FRANCE, lambda: ProgrammeFactory.create_batch(5), budget=20)


class TestProgramme:
    def test_a_member_sees_partners_by_category_and_who_is_missing(
        self, adviser: Persona, programme: Programme
    ) -> None:
        PartnershipFactory(programme=programme, organisation__kind=OrganisationKind.PREFECTURE, organisation__email="")
        page = adviser.client.get(OURS).content.decode()
        assert "2 structures partenaires" in page
        assert "Personne encore dans" in page
        assert "ne peut pas recevoir d’orientation" in page

    def test_others_see_its_identity_and_who_to_ask(
        self, other_programme_adviser: Persona, organisation: object
    ) -> None:
        page = other_programme_adviser.client.get(OURS).content.decode()
        assert "Cité des Trois-Ponts" in page
        assert "demandez une invitation" in page
        assert "Mission locale des Trois-Ponts" not in page
        assert "structures partenaires" not in page

    def test_each_quarter_says_whether_it_is_confirmed_and_drawn(self, stranger: Persona) -> None:
        country()
        import_programmes([facts()])
        page = stranger.client.get("/programmes/val-d-ici/").content.decode()
        assert "Les Prés de Ici" in page
        assert "à confirmer" in page
        assert "contour indicatif" in page

    def test_closed_names_are_said_to_members_only(
        self, adviser: Persona, stranger: Persona, programme: Programme
    ) -> None:
        said = "Fiches nominatives fermées"
        assert said not in adviser.client.get(OURS).content.decode()
        Programme.objects.update(agreement_signed_on=None)
        assert said in adviser.client.get(OURS).content.decode()
        assert said not in stranger.client.get(OURS).content.decode()

    def test_it_is_nowhere_or_only_read(self, client, stranger: Persona) -> None:
        assert client.get(OURS).status_code == 302
        assert stranger.client.get("/programmes/nulle-part/").status_code == 404
        assert stranger.client.post(OURS).status_code == 405

    def test_queries_do_not_grow(
        self, adviser: Persona, programme: Programme, assert_queries_do_not_grow: Callable[..., None]
    ) -> None:
        country()
        first, second = Qpv.objects.order_by("code")
        Perimeter.objects.create(programme=programme, qpv=first)

        def grow() -> None:
            Perimeter.objects.create(programme=programme, qpv=second)
            PartnershipFactory.create_batch(5, programme=programme)

        assert_queries_do_not_grow(adviser.client, OURS, grow, budget=25)
