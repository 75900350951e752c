"""The public API: data·inclusion's shape, parameters, errors and semantics."""

from __future__ import annotations

from typing import Any

import pytest
from data_inclusion.schema import v1
from django.core.cache import caches

from factories import OrganisationFactory, ServiceFactory
from sanscouture.api import selectors
from sanscouture.api.models import FoundByWordsPage, ServiceWhole, StructureListed
from sanscouture.api.views import THROTTLE
from sanscouture.directory.models import Service
from sanscouture.partners.models import Organisation
from sanscouture.territories.models import Commune
from sanscouture.territories.services import load_starter_set

pytestmark = pytest.mark.django_db

MAUBEUGE = {"lon": 3.973, "lat": 50.278}


def asked(client: Any, path: str, status: int = 200, **params: Any) -> Any:
    answer = client.get(f"/api/v1{path}", params)
    assert answer.status_code == status, answer.content
    return answer.json()


@pytest.fixture
def maubeuge(db: None) -> Commune:
    load_starter_set()
    Commune.objects.filter(code="59392").update(**MAUBEUGE)
    return Commune.objects.get(code="59392")


@pytest.fixture
def service(maubeuge: Any) -> Any:
    return ServiceFactory(
        name="Location de voitures",
        description="Des voitures à petit prix pour aller travailler, même très tôt le matin.",
        commune=maubeuge,
        thematiques=["mobilite--acceder-a-un-vehicule"],
        reception_modes=["en-presentiel"],
        quality=0.8,
        **MAUBEUGE,
    )


def test_a_page_of_structures_is_theirs(client: Any) -> None:
    one = OrganisationFactory(siret="13000548100015")
    twin = OrganisationFactory(siret="13000548100015", source_updated_on="2026-01-01")
    found = asked(client, "/structures", size=1)
    assert {name: found[name] for name in ("total", "page", "size", "pages")} == {
        "total": 2,
        "page": 1,
        "size": 1,
        "pages": 2,
    }
    items = asked(client, "/structures")["items"]
    for item in items:
        StructureListed.model_validate(item)
    assert items[0]["doublons"] == [{"source": items[1]["source"], "id": items[1]["id"]}]
    kept = asked(client, "/structures", exclure_doublons="true")["items"]
    assert [item["id"] for item in kept] == [twin.external_id]
    whole = asked(client, f"/structures/{one.external_id}")
    assert [other["id"] for other in whole["doublons"]] == [twin.external_id]
    assert whole["services"] == []


def test_a_service_is_theirs_with_its_structure(client: Any, service: Any) -> None:
    whole = asked(client, f"/services/{service.external_id}")
    ServiceWhole.model_validate(whole)
    v1.Service.model_validate({name: whole[name] for name in v1.Service.model_fields})
    assert whole["structure"]["id"] == service.organisation.external_id == whole["structure_id"]
    assert whole["score_qualite"] == 0.8
    assert whole["adresse_certifiee"]
    listed = asked(client, "/services")["items"]
    assert "structure" not in listed[0]
    assert asked(client, "/services/rien--du-tout", status=404) == {"detail": "Introuvable."}
    assert asked(client, "/structures/rien--du-tout", status=404)


@pytest.mark.parametrize(
    ("path", "params"),
    [
        ("/services", {"thematiques": "manger"}),
        ("/services", {"frais": "cher"}),
        ("/services", {"page": 0}),
        ("/services", {"size": 100_000}),
        ("/services", {"score_qualite_minimum": 2}),
        ("/structures", {"reseaux_porteurs": "inconnu"}),
        ("/structures", {"code_commune": "00000"}),
        ("/structures", {"code_departement": "999"}),
        ("/structures", {"slug_region": "atlantide"}),
        ("/search/services", {"code_commune": "99999"}),
        ("/search/services", {"lat": 50}),
        ("/search/services", {"lon": 3}),
        ("/search/services", {"lat": 500, "lon": 3}),
    ],
)
def test_what_means_nothing_is_answered_422(client: Any, path: str, params: dict[str, Any]) -> None:
    fault, *_others = asked(client, path, status=422, **params)["detail"]
    assert fault["loc"][0] == "query"
    assert fault["loc"][1] in {*params, "lat", "lon"}
    assert fault["msg"]


@pytest.mark.parametrize(
    ("params", "kept"),
    [
        ({}, True),
        ({"thematiques": "mobilite--acceder-a-un-vehicule"}, True),
        ({"thematiques": "mobilite"}, True),
        ({"thematiques": ["numerique", "mobilite"]}, True),
        ({"thematiques": "numerique"}, False),
        ({"modes_accueil": "en-presentiel"}, True),
        ({"modes_accueil": "a-distance"}, False),
        ({"score_qualite_minimum": 0.8}, True),
        ({"score_qualite_minimum": 0.81}, False),
        ({"publics": "jeunes"}, True),
        ({"sources": "ailleurs"}, False),
        ({"frais": "gratuit"}, False),
        ({"types": "formation"}, False),
        ({"code_commune": "59392"}, True),
        ({"recherche_public": "jeunes mères"}, False),
    ],
)
def test_a_service_is_kept_when_it_has_one_of_the_values(
    client: Any, service: Any, params: dict[str, Any], kept: bool
) -> None:
    assert asked(client, "/services", **params)["total"] == int(kept)


def test_publics_are_searched_in_words(client: Any, maubeuge: Any) -> None:
    ServiceFactory(publics=["jeunes"], publics_details="Mères isolées")
    for words, total in (
        ("meres", 1),
        ("jeunes mères", 1),
        ("mère isolée", 1),
        ("de", 1),
        ("étudiants", 0),
        ("res", 0),
    ):
        assert asked(client, "/services", recherche_public=words)["total"] == total


def test_a_search_goes_from_near_to_far_and_remote_services_come_last(client: Any, maubeuge: Any) -> None:
    far = ServiceFactory(name="Loin", lon=MAUBEUGE["lon"], lat=MAUBEUGE["lat"] + 0.4, reception_modes=["en-presentiel"])
    ServiceFactory(name="Trop loin", lon=MAUBEUGE["lon"], lat=MAUBEUGE["lat"] + 0.6, reception_modes=["en-presentiel"])
    near = ServiceFactory(name="Près", **MAUBEUGE, reception_modes=["a-distance", "en-presentiel"])
    remote = ServiceFactory(name="Partout", lon=None, lat=None, reception_modes=["a-distance"])
    ServiceFactory(name="Réservé ailleurs", **MAUBEUGE, residence_rule="zone", eligibility_zone=["75"])
    found = asked(client, "/search/services", code_commune="59392")
    told = [(item["service"]["id"], item["distance"]) for item in found["items"]]
    assert told == [(near.external_id, 0), (far.external_id, 44), (remote.external_id, None)]
    ServiceWhole.model_validate(found["items"][0]["service"])
    assert asked(client, "/search/services", **MAUBEUGE)["total"] == 4
    assert asked(client, "/search/services")["items"][0]["distance"] is None


def test_a_service_found_is_the_one_that_its_address_gives_and_is_read_once(
    client: Any, service: Any, django_assert_num_queries: Any
) -> None:
    first = asked(client, "/search/services", code_commune="59392")
    assert {name: first[name] for name in ("total", "page", "size", "pages")} == {
        "total": 1,
        "page": 1,
        "size": 1,
        "pages": 1,
    }
    assert first["items"][0]["service"] == asked(client, f"/services/{service.external_id}")
    with django_assert_num_queries(1):
        assert asked(client, "/search/services", code_commune="59392") == first


def test_what_was_said_is_forgotten_when_a_service_its_structure_or_its_commune_changes(
    client: Any, service: Any, maubeuge: Commune
) -> None:
    def told() -> tuple[str, str, int]:
        item = asked(client, "/search/services", code_commune="59392")["items"][0]
        return item["service"]["nom"], item["service"]["structure"]["nom"], item["distance"]

    assert told() == ("Location de voitures", service.organisation.name, 0)
    service.name = "Location de vélos"
    service.save()
    service.organisation.name = "Mobil’Emploi"
    service.organisation.save()
    Commune.objects.filter(pk=maubeuge.pk).update(lat=MAUBEUGE["lat"] + 0.1)
    assert told() == ("Location de vélos", "Mobil’Emploi", 11)


def test_few_services_are_kept_in_memory(client: Any, service: Any, monkeypatch: Any) -> None:
    other = ServiceFactory(**MAUBEUGE, reception_modes=["en-presentiel"])
    monkeypatch.setattr(selectors, "MOST_KEPT", 1)
    for _again in range(2):
        items = asked(client, "/search/services", **MAUBEUGE)["items"]
        assert {item["service"]["id"] for item in items} == {service.external_id, other.external_id}
    assert selectors._said is not None
    assert len(selectors._said._services) == 1


def test_areas_narrow_lists(client: Any, service: Any) -> None:
    departement = service.commune.departement
    for params in (
        {"code_departement": departement.pk},
        {"code_region": departement.region_id},
        {"code_departement": departement.pk, "code_region": departement.region_id},
    ):
        assert asked(client, "/services", **params)["total"] == 1
    elsewhere = Commune.objects.exclude(departement=departement).order_by("code")[0]
    assert asked(client, "/services", code_commune=elsewhere.code)["total"] == 0


def test_what_has_not_changed_is_not_sent_again(client: Any, service: Any) -> None:
    first = client.get("/api/v1/services")
    again = client.get("/api/v1/services", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    service.name = "Location de vélos"
    service.save()
    assert client.get("/api/v1/services", headers={"If-None-Match": first["ETag"]}).status_code == 200
    packed = client.get("/api/v1/services", headers={"Accept-Encoding": "gzip"})
    assert packed["Content-Encoding"] == "gzip"


def test_too_many_requests_wait(client: Any, monkeypatch: Any) -> None:
    caches["memory"].clear()
    monkeypatch.setattr(THROTTLE, "num_requests", 1)
    asked(client, "/sources")
    assert asked(client, "/sources", status=429)


def test_sources_and_the_description_of_the_api(client: Any, service: Any) -> None:
    assert [source["slug"] for source in asked(client, "/sources")] == [service.organisation.source]
    described = asked(client, "/openapi.json")
    assert set(described["paths"]) == {
        f"/api/v1{path}"
        for path in (
            "/structures",
            "/structures/{id}",
            "/services",
            "/services/{id}",
            "/search/services",
            "/search",
            "/sources",
        )
    }


def test_only_reading_is_offered(client: Any) -> None:
    assert client.post("/api/v1/services").status_code == 405


@pytest.mark.parametrize(
    ("path", "params"),
    [
        ("/structures", {"sources": "a\0b"}),
        ("/structures", {"code_commune": "a\0b"}),
        ("/structures/a%00b", {}),
        ("/services/a%00b", {}),
        ("/search/services", {"recherche_public": "a\0b"}),
    ],
)
def test_what_no_database_can_be_asked_is_refused(client: Any, path: str, params: dict[str, str]) -> None:
    asked(client, path, 422, **params)


def test_a_search_by_words_gives_the_best_first(client: Any, service: Any) -> None:
    ServiceFactory(name="Atelier", description="On y parle de voitures.", reception_modes=["a-distance"])
    found = asked(client, "/search", q="voitures")
    told = [(item["service"]["nom"], item["distance"]) for item in found["items"]]
    assert told == [("Location de voitures", None), ("Atelier", None)]
    scores = [item["score_recherche"] for item in found["items"]]
    assert 1 >= scores[0] >= scores[1] >= 0
    FoundByWordsPage.model_validate(found)
    near = asked(client, "/search", q="voiture", **MAUBEUGE)["items"]
    assert [item["distance"] for item in near] == [0, None]
    assert asked(client, "/search", q="voitures", lat=48, lon=2)["total"] == 1
    assert asked(client, "/search", code_commune="59392")["total"] == 1
    assert asked(client, "/search", status=422, lat=48)["detail"]


def test_codes_of_a_newer_vocabulary_are_not_sent_to_clients_of_this_one(client: Any, service: Any) -> None:
    newer = {"thematiques": ["mobilite--acceder-a-un-vehicule", "voler"], "publics": ["dragons"], "fees": "au-poids"}
    Service.objects.update(description="", **newer)
    Organisation.objects.update(networks=["reseau-neuf"])
    whole = asked(client, f"/services/{service.external_id}")
    found = v1.Service.model_validate({name: whole[name] for name in v1.Service.model_fields})
    assert [theme.value for theme in found.thematiques] == ["mobilite--acceder-a-un-vehicule"]
    assert (found.publics, found.frais, found.description) == (None, None, "Location de voitures.")
    assert whole["structure"]["reseaux_porteurs"] is None
