from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from sanscouture.core.errors import Refused
from sanscouture.territories.enums import Answer, PlaceKind
from sanscouture.territories.rules import GeocodedAddress
from sanscouture.territories.services import (
    find_addresses,
    geocoder,
    import_territories,
    qpv_of_address,
    seal_place,
    unseal_place,
)
from sanscouture.territories.services import geocoding as geocoding_module
from sanscouture.territories.services.ban import BanGeocoder, GeocoderUnavailable, fetch
from sanscouture.territories.services.geocoding import ADDRESSES, CommuneCentres
from territories.country import write_csv

pytestmark = pytest.mark.django_db

LINE = {
    "origine": "SIAE",
    "code_postal": "01000",
    "commune": "Saint-Étienne-d'Ici",
    "code_insee": "01001",
    "qpv_2024": "",
}


@pytest.fixture
def town(country: Path, settings: Settings) -> Path:
    """The small country with its addresses, one of them well inside the QPV."""
    write_csv(
        country / ADDRESSES,
        [
            {**LINE, "adresse": "12 avenue des Prés", "lon": "3.005", "lat": "46.005"},
            {**LINE, "adresse": "Place du Marché", "lon": "3.05", "lat": "46.05"},
            {**LINE, "adresse": "Kerbellec", "lon": "3.06", "lat": "46.06"},
            {**LINE, "adresse": "", "lon": "3.06", "lat": "46.06"},
            {**LINE, "adresse": "1 rue sans lieu", "lon": "?", "lat": "46.06"},
        ],
    )
    settings.REFERENCE_DATA, settings.GEOCODER = str(country), "local"
    import_territories(country)
    return country


def test_an_address_as_people_type_it_is_found_and_its_qpv_told(town: Path) -> None:
    place = find_addresses("12 AV DES PRES, 01000 st etienne d'ici")[0]
    assert (place.label, place.kind, place.score) == (
        "12 avenue des Prés 01000 Saint-Étienne-d’Ici",
        PlaceKind.HOUSENUMBER,
        1.0,
    )
    found = qpv_of_address("12 av des prés 01000 Saint-Étienne-d’Ici")
    assert (found.answer, found.qpv_code, found.source) == (Answer.INSIDE, "QN00101M", "local")


@pytest.mark.parametrize(
    "typed",
    [
        "14 avenue des prés 01000 saint-étienne-d’ici",
        "12 avenue des prés 75001 paris",
        "avenue des prés",
        "12 place du marché 01000",
    ],
)
def test_a_wrong_number_or_postcode_never_gives_a_sure_answer(town: Path, typed: str) -> None:
    assert qpv_of_address(typed).answer is Answer.UNDETERMINED


@pytest.mark.parametrize(
    ("typed", "kind"), [("place du marché 01000", PlaceKind.STREET), ("kerbellec 01000", PlaceKind.LOCALITY)]
)
def test_a_place_without_a_number_is_a_street_or_a_locality(town: Path, typed: str, kind: PlaceKind) -> None:
    places = geocoder().search(f"{typed} saint etienne d ici")
    assert [place.kind for place in places[:1]] == [kind]


def test_when_no_address_is_close_the_commune_is_proposed(town: Path) -> None:
    place = find_addresses("5 rue inconnue 01002 Là-Haut")[0]
    assert (place.label, place.kind, place.score) == ("01002 Là-Haut", PlaceKind.MUNICIPALITY, 0.95)
    assert find_addresses("5") == []
    assert find_addresses("xyz abc") == []


@pytest.mark.parametrize(
    ("typed", "score"), [("Là-Haut", 0.85), ("01002", 0.6), ("rue x 01002 Là-Haut", 0.95), ("rue x 75001 là haut", 0.5)]
)
def test_a_commune_scores_what_was_said_of_it(town: Path, typed: str, score: float) -> None:
    assert CommuneCentres().search(typed)[0].score == score


def test_without_the_file_only_communes_are_known(settings: Settings) -> None:
    settings.REFERENCE_DATA = ""
    assert isinstance(geocoder(), CommuneCentres)


FEATURE: dict[str, Any] = {
    "geometry": {"type": "Point", "coordinates": [3.005, 46.005]},
    "properties": {
        "label": "12 Avenue des Prés 01000 Ici",
        "score": 0.93,
        "type": "housenumber",
        "postcode": "01000",
        "citycode": "01001",
    },
}


def test_the_ban_service_is_read_as_it_writes() -> None:
    asked: list[str] = []

    def get(url: str, timeout: float) -> bytes:
        asked.append(url)
        return json.dumps({"features": [FEATURE]}).encode()

    places = BanGeocoder("https://ban.example/search", 3, get=get).search("12 av des prés", limit=2)
    assert asked == ["https://ban.example/search?q=12+av+des+pr%C3%A9s&limit=2&index=address"]
    assert places == [
        GeocodedAddress(
            "12 Avenue des Prés 01000 Ici", 3.005, 46.005, 0.93, PlaceKind.HOUSENUMBER, "01000", "01001", "ban"
        )
    ]


@pytest.mark.parametrize("answer", [b"<html>", b"{}", b'{"features": [{}]}', TimeoutError()])
def test_a_ban_service_that_fails_leaves_the_communes(
    town: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch, answer: bytes | Exception
) -> None:
    def get(url: str, timeout: float) -> bytes:
        if isinstance(answer, Exception):
            raise answer
        return answer

    settings.GEOCODER = "ban"
    monkeypatch.setattr(geocoding_module, "BanGeocoder", lambda url, timeout: BanGeocoder(url, timeout, get=get))
    with pytest.raises(GeocoderUnavailable):
        geocoder().search("5 rue inconnue")
    assert find_addresses("5 rue inconnue 01002 Là-Haut")[0].kind is PlaceKind.MUNICIPALITY


def test_only_a_secure_service_is_asked() -> None:
    with pytest.raises(GeocoderUnavailable, match="https"):
        fetch("ftp://ban.example", 1)


def test_a_proposed_place_travels_sealed() -> None:
    place = GeocodedAddress("12 avenue des Prés", 3.0, 46.0, 0.9, PlaceKind.HOUSENUMBER, "01000", "01001", "local")
    token = seal_place(place)
    assert unseal_place(token) == place
    with pytest.raises(Refused, match="cherchez-la de nouveau"):
        unseal_place(token[:-3] + "xyz")
