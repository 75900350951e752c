from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from personas import persona
from sanscouture.territories.services import import_territories, unseal_place
from sanscouture.territories.services.geocoding import ADDRESSES
from territories.country import write_csv

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


@pytest.fixture
def somebody(country: Path, settings: Settings) -> Client:
    """An account without any role, in the small country."""
    write_csv(
        country / ADDRESSES,
        [
            {
                "adresse": "12 avenue des Prés",
                "code_postal": "01000",
                "commune": "Saint-Étienne-d'Ici",
                "code_insee": "01001",
                "lon": "3.005",
                "lat": "46.005",
            }
        ],
    )
    settings.REFERENCE_DATA, settings.GEOCODER = str(country), "local"
    import_territories(country)
    return persona(None).client


def test_the_page_answers_whether_an_address_is_in_a_qpv(somebody: Client) -> None:
    page = somebody.get("/territoires/adresses/", {"q": "12 avenue des prés 01000"}).content.decode()
    assert "Dans un QPV" in page
    assert "L’adresse est dans le QPV Les Prés" in page


def test_the_fragment_proposes_sealed_addresses(somebody: Client) -> None:
    asked = {"q": "12 avenue des prés 01000", "field": "address"}
    body = somebody.get("/territoires/adresses/", asked, headers=HTMX).content.decode()
    assert "<html" not in body
    assert 'name="address"' in body
    tokens = re.findall('value="([^"]+)"', body)
    assert [unseal_place(token).commune_code for token in tokens] == ["01001"]


def test_the_field_name_is_never_markup(somebody: Client) -> None:
    asked = {"q": "12 avenue des prés 01000", "field": '"><b'}
    assert 'name="place"' in somebody.get("/territoires/adresses/", asked, headers=HTMX).content.decode()


@pytest.mark.parametrize("path", ["/territoires/adresses/", "/territoires/communes/"])
def test_an_empty_or_fruitless_search_says_what_to_do(somebody: Client, path: str) -> None:
    assert somebody.get(path).status_code == 200
    assert "Aucune" in somebody.get(path, {"q": "zzzz yyyy"}).content.decode()


def test_communes_are_proposed_in_a_page_and_in_a_fragment(somebody: Client) -> None:
    page = somebody.get("/territoires/communes/", {"q": "st etienne"}).content.decode()
    fragment = somebody.get("/territoires/communes/", {"q": "st etienne"}, headers=HTMX).content.decode()
    assert "Saint-Étienne-d’Ici" in page
    assert fragment.startswith("<option")
    assert fragment.strip() in page


@pytest.mark.parametrize("path", ["/territoires/adresses/", "/territoires/communes/"])
def test_without_an_account_one_is_sent_to_sign_in(path: str) -> None:
    assert Client().get(path).status_code == 302


def test_nothing_is_posted_here(somebody: Client) -> None:
    for path in ("/territoires/adresses/", "/territoires/communes/", "/territoires/qpv.geojson"):
        assert somebody.post(path).status_code == 405


def test_outlines_are_given_once_and_then_not_modified(somebody: Client) -> None:
    anonymous = Client()
    first = anonymous.get("/territoires/qpv.geojson", {"codes": "QN00101M,QN99999X"})
    assert [feature["id"] for feature in first.json()["features"]] == ["QN00101M"]
    again = anonymous.get(
        "/territoires/qpv.geojson", {"codes": "QN00101M,QN99999X"}, headers={"If-None-Match": first["ETag"]}
    )
    assert again.status_code == 304
    assert anonymous.get("/territoires/qpv.geojson").json()["features"] == []
