from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest

from factories import OrganisationFactory, PartnershipFactory
from personas import Persona
from sanscouture.partners.enums import OrganisationKind
from sanscouture.partners.models import Organisation
from sanscouture.programmes.models import Programme

LIST = "/structures/"
SIRET = "73282932000074"


class TestList:
    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("", True),
            ("q=mission trois", True),
            ("q=732 829 320 00074", True),
            ("q=00000000000000", False),
            ("categorie=associations", True),
            ("categorie=training", False),
            ("categorie=inconnue", True),
        ],
    )
    def test_organisations_are_found_by_name_siret_and_category(
        self, adviser: Persona, organisation: Organisation, query: str, found: bool
    ) -> None:
        Organisation.objects.filter(pk=organisation.pk).update(siret=SIRET)
        answer = adviser.client.get(f"{LIST}?{query}")
        assert answer.status_code == 200
        assert (organisation.name in answer.content.decode()) is found

    def test_it_is_for_those_who_read_the_directory(self, stranger: Persona, adviser: Persona) -> None:
        assert stranger.client.get(LIST).status_code == 403
        assert adviser.client.post(LIST).status_code == 405

    def test_queries_do_not_grow(self, adviser: Persona, assert_queries_do_not_grow: Callable[..., None]) -> None:
        OrganisationFactory()
        assert_queries_do_not_grow(adviser.client, LIST, lambda: OrganisationFactory.create_batch(5), budget=22)


class TestPage:
    def test_it_says_who_it_is_and_where_it_takes_part(
        self, adviser: Persona, programme: Programme, other_programme: Programme
    ) -> None:
        one = OrganisationFactory(kind=OrganisationKind.CIDFF, lon=3.9, lat=50.2, website="https://exemple.example")
        PartnershipFactory(programme=programme, organisation=one, role="Accès aux droits")
        PartnershipFactory(programme=other_programme, organisation=one, role="Autre rôle")
        page = adviser.client.get(f"{LIST}{one.pk}/").content.decode()
        assert one.name in page
        assert "Accès aux droits" in page
        assert "Autre rôle" not in page

    def test_one_that_takes_part_nowhere_says_so(self, adviser: Persona) -> None:
        assert "aucun de vos programmes" in adviser.client.get(f"{LIST}{OrganisationFactory().pk}/").content.decode()

    def test_it_is_nowhere_or_refused_or_only_read(
        self, adviser: Persona, stranger: Persona, organisation: Organisation
    ) -> None:
        assert adviser.client.get(f"{LIST}{uuid4()}/").status_code == 404
        assert stranger.client.get(f"{LIST}{organisation.pk}/").status_code == 403
        assert adviser.client.post(f"{LIST}{organisation.pk}/").status_code == 405

    def test_queries_do_not_grow(
        self, adviser: Persona, organisation: Organisation, assert_queries_do_not_grow: Callable[..., None]
    ) -> None:
        def grow() -> None:
            PartnershipFactory.create_batch(3, organisation=organisation)

        assert_queries_do_not_grow(adviser.client, f"{LIST}{organisation.pk}/", grow, budget=22)
