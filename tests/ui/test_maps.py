"""A map is drawn without network, and every place on it is also in a list."""

from __future__ import annotations

import json
import re

import pytest
from django.template.loader import render_to_string

from sanscouture.ui.maps import Map, Outline, Point, rings

SQUARE = {"type": "Polygon", "coordinates": [[[3.9, 50.2], [4.0, 50.2], [4.0, 50.3], [3.9, 50.3], [3.9, 50.2]]]}


def town(**more: object) -> Map:
    return Map("Maubeuge", [Point("Mairie", 3.97, 50.28, "/mairie/")], [Outline("Quartier", SQUARE)], **more)


def test_the_frame_holds_everything() -> None:
    west, south, east, north = town().bounds
    assert (west, south, east, north) == pytest.approx((3.9, 50.2, 4.0, 50.3))


def test_a_lone_point_keeps_its_surroundings() -> None:
    lone = Map("Lieu", [Point("Ici", 2.0, 48.0)])
    assert lone.spots[0][1:] == (320.0, lone.height / 2)


def test_no_place_at_all_still_draws() -> None:
    assert Map("Vide").height > 0


def test_far_places_stay_in_the_list() -> None:
    country = Map(
        "France", [Point("Saint-Denis de La Réunion", 55.45, -20.88), Point("Sedan", 4.94, 49.7)], france=True
    )
    assert [point.name for point, _, _ in country.spots] == ["Sedan"]
    assert len(country.entries) == 2


def test_several_rings_and_other_kinds() -> None:
    assert len(rings({"type": "MultiPolygon", "coordinates": [SQUARE["coordinates"], SQUARE["coordinates"]]})) == 2
    assert rings({"type": "LineString", "coordinates": []}) == []


def test_the_page_holds_drawing_data_and_list() -> None:
    html = render_to_string("ui/components/map.html", {"map": town()})
    assert "<svg" in html
    assert '<a href="/mairie/">Mairie</a>' in html
    found = re.search(r'<script id="carte" type="application/json">(.*?)</script>', html, re.DOTALL)
    assert found is not None
    assert [feature["properties"]["name"] for feature in json.loads(found[1])["features"]["features"]] == [
        "Quartier",
        "Mairie",
    ]


def test_a_name_cannot_close_the_data() -> None:
    html = render_to_string("ui/components/map.html", {"map": Map("x", [Point("</script><b>", 1, 2)])})
    assert "</script><b>" not in html
