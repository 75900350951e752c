from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanscouture.territories.enums import Answer, PlaceKind
from sanscouture.territories.rules import (
    SCORE_ENOUGH,
    GeocodedAddress,
    QpvAnswer,
    draw_indicative,
    measure_outline,
    said_distance,
    search_key,
)
from sanscouture.territories.rules.verdicts import (
    INDICATIVE_PRECISION_M,
    OFFICIAL_PRECISION_M,
    Pairs,
    Places,
    Quarters,
    decide,
)

TODAY = date(2026, 11, 22)
HOUSE = GeocodedAddress("3 rue des Prés 01000 Ici", 3.0, 46.0, 0.95, PlaceKind.HOUSENUMBER, "01000", "01001", "ban")


@dataclass(frozen=True)
class NearbyQpv:
    """A QPV near the place that a test decides about."""

    code: str
    name: str
    indicative: bool
    inside: bool
    border_m: float


DEEP = NearbyQpv("QN00101M", "Les Prés", indicative=False, inside=True, border_m=80)
AWAY = replace(DEEP, inside=False, border_m=2440)


def answer(
    place: GeocodedAddress | None, *nearby: NearbyQpv, complete: bool = True, has_qpv: bool | None = True
) -> QpvAnswer:
    """Decide about one place: arrays of one."""
    quarters = Quarters.of(
        [each.code for each in nearby],
        [each.name for each in nearby],
        np.array([each.indicative for each in nearby], dtype=np.bool_),
        "2024",
    )
    pairs = Pairs(
        np.zeros(len(nearby), dtype=np.int64),
        np.arange(len(nearby)),
        np.array([each.inside for each in nearby], dtype=np.bool_),
        np.array([each.border_m for each in nearby], dtype=np.float64),
    )
    places = Places.of([place], np.array([complete]), np.array([has_qpv is False]))
    return decide(places, pairs, quarters).answers([place], today=TODAY)[0]


def test_a_house_well_inside_is_inside_with_all_that_the_answer_rests_on() -> None:
    assert answer(HOUSE, DEEP) == QpvAnswer(
        Answer.INSIDE,
        "L’adresse est dans le QPV Les Prés, à 80\u00a0m de sa limite.",
        TODAY,
        qpv_code="QN00101M",
        qpv_name="Les Prés",
        generation="2024",
        border_m=80,
        address=HOUSE.label,
        source="ban",
        score=0.95,
        kind="housenumber",
    )


def test_a_house_well_outside_is_outside_and_the_nearest_is_named() -> None:
    found = answer(HOUSE, AWAY)
    assert (found.answer, found.qpv_code) == (Answer.OUTSIDE, "")
    assert found.reason == "Le QPV le plus proche, Les Prés, est à 2,4\u00a0km."
    assert answer(HOUSE).reason == "Aucun QPV n’est proche de cette adresse."


@pytest.mark.parametrize(
    ("place", "nearby", "reason"),
    [
        (None, DEEP, "n’a pas été trouvée"),
        (replace(HOUSE, score=0.79), DEEP, "trop incertaine (score de 79 sur 100)"),
        (replace(HOUSE, kind=PlaceKind.MUNICIPALITY), DEEP, "Seule la commune est connue"),
        (replace(HOUSE, kind=PlaceKind.STREET), DEEP, "il faut le numéro dans la rue"),
        (replace(HOUSE, kind=PlaceKind.STREET), replace(AWAY, border_m=299), "il faut le numéro dans la rue"),
        (HOUSE, replace(DEEP, border_m=10), "trop près pour trancher"),
        (HOUSE, replace(AWAY, border_m=10), "trop près pour trancher"),
        (HOUSE, replace(DEEP, indicative=True, border_m=149), "n’est qu’indicatif"),
    ],
)
def test_a_poor_address_or_a_near_border_is_not_determined(
    place: GeocodedAddress | None, nearby: NearbyQpv, reason: str
) -> None:
    found = answer(place, nearby)
    assert found.answer is Answer.UNDETERMINED
    assert reason in found.reason
    assert found.qpv_code == ""


def test_where_outlines_are_missing_nothing_is_outside() -> None:
    assert "contours officiels" in answer(HOUSE, AWAY, complete=False).reason
    assert answer(HOUSE, DEEP, complete=False).answer is Answer.INSIDE


def test_a_commune_without_any_qpv_makes_a_coarse_address_safe() -> None:
    centre = replace(HOUSE, kind=PlaceKind.MUNICIPALITY)
    assert answer(centre, has_qpv=False).answer is Answer.OUTSIDE
    assert answer(centre, has_qpv=None).answer is Answer.UNDETERMINED
    assert answer(centre, has_qpv=False, complete=False).answer is Answer.UNDETERMINED
    assert answer(replace(centre, score=0.5), has_qpv=False).answer is Answer.UNDETERMINED


def test_where_outlines_overlap_the_deepest_holds() -> None:
    other = replace(DEEP, code="QN00102M", name="Le Lac", border_m=200)
    assert answer(HOUSE, DEEP, other).qpv_code == "QN00102M"


places = st.builds(
    GeocodedAddress,
    label=st.just("x"),
    lon=st.floats(-5, 9),
    lat=st.floats(42, 51),
    score=st.floats(0, 1),
    kind=st.sampled_from(PlaceKind),
)
neighbours = st.lists(
    st.builds(
        NearbyQpv,
        code=st.sampled_from(["QN00101M", "QN00102M"]),
        name=st.just("Q"),
        indicative=st.booleans(),
        inside=st.booleans(),
        border_m=st.floats(0, 5000),
    ),
    max_size=4,
)


@given(places, neighbours, st.booleans(), st.sampled_from([None, True, False]))
def test_a_sure_answer_never_comes_from_a_poor_address_or_a_near_border(
    place: GeocodedAddress, nearby: list[NearbyQpv], complete: bool, has_qpv: bool | None
) -> None:
    found = answer(place, *nearby, complete=complete, has_qpv=has_qpv)
    assert found.reason
    assert QpvAnswer.from_json(found.as_json()) == found
    assert bool(found.qpv_code) == (found.answer is Answer.INSIDE)
    if found.answer is not Answer.UNDETERMINED:
        assert place.score >= SCORE_ENOUGH
    if found.answer is Answer.OUTSIDE:
        assert complete
    if found.answer is Answer.OUTSIDE and has_qpv is not False:
        assert place.kind is not PlaceKind.MUNICIPALITY
        assert not any(qpv.inside and qpv.border_m >= OFFICIAL_PRECISION_M for qpv in nearby)
        assert all(
            qpv.border_m >= (INDICATIVE_PRECISION_M if qpv.indicative else OFFICIAL_PRECISION_M) for qpv in nearby
        )


def test_an_answer_says_its_provenance_in_words() -> None:
    found = answer(HOUSE, DEEP)
    assert (found.distance, found.score_percent, found.source_label) == ("80\u00a0m", 95, "Base adresse nationale")
    bare = answer(None)
    assert (bare.distance, bare.score_percent, bare.source_label) == ("", None, "non indiquée")


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Saint-Étienne-de-Bœuf", "saint etienne de boeuf"),
        ("L’Haÿ-les-Roses", "l hay les roses"),
        ("ST OMER", "saint omer"),
        ("Ste-Marie", "sainte marie"),
        ("", ""),
    ],
)
def test_names_are_searched_as_people_type_them(name: str, key: str) -> None:
    assert search_key(name) == key


@given(st.text())
def test_a_search_key_is_its_own_key(text: str) -> None:
    assert search_key(search_key(text)) == search_key(text)


@given(st.floats(-60, 60), st.floats(-60, 60), st.floats(50, 2000))
def test_an_indicative_outline_surrounds_its_centre(lon: float, lat: float, radius: float) -> None:
    found = measure_outline(draw_indicative(lon, lat, radius))
    assert found.west < lon < found.east
    assert found.south < lat < found.north
    assert (found.north - found.south) * 111_320 == pytest.approx(2 * radius, abs=5)


@pytest.mark.parametrize(
    "outline",
    [
        {},
        None,
        {"type": "Point", "coordinates": [3, 46]},
        {"type": "Polygon", "coordinates": []},
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]},
        {"type": "Polygon", "coordinates": [[[0, 0], [999, 0], [999, 1], [0, 0]]]},
    ],
)
def test_what_is_not_an_area_on_earth_is_not_an_outline(outline: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"Polygon|Point|bounds|."):
        measure_outline(outline)


def test_distances_are_said_as_people_say_them() -> None:
    said = [said_distance(metres) for metres in (0, 152.4, 999.7, 1000, 2440, 41_000)]
    assert said == ["0\u00a0m", "152\u00a0m", "1000\u00a0m", "1,0\u00a0km", "2,4\u00a0km", "41,0\u00a0km"]
