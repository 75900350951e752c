"""The answer of many places at once against a slow reading of the rule: every outline, one place, plain loops."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import shape

from sanscouture.territories.enums import Answer, Generation, PlaceKind
from sanscouture.territories.rules import MARGIN_M, GeocodedAddress, QpvAnswer
from sanscouture.territories.rules.quarters import QpvIndex, project
from sanscouture.territories.rules.verdicts import Places, decide
from territories.country import square

TODAY = date(2026, 11, 22)
TWO_PARTS = {
    "type": "MultiPolygon",
    "coordinates": [*square(3.04, 46.0, 0.004)["coordinates"], *square(3.05, 46.0)["coordinates"]],
}
HOLED = {
    "type": "Polygon",
    "coordinates": [
        square(55.45, -20.9, 0.02)["coordinates"][0][0],
        square(55.455, -20.895)["coordinates"][0][0][::-1],
    ],
}
OUTLINES: dict[str, tuple[dict[str, Any], bool]] = {
    "square": (square(3.0, 46.0), False),
    "touching": (square(3.01, 46.0), False),
    "overlapping": (square(3.004, 46.004), False),
    "drawn over it": (square(3.006, 46.006), True),
    "in two parts": (TWO_PARTS, False),
    "with a hole, in La Réunion": (HOLED, False),
    "drawn, alone": (square(2.9, 46.0, 0.005), True),
    "empty": ({"type": "Polygon", "coordinates": []}, False),
}


def index_of(names: list[str]) -> QpvIndex:
    areas: Any = np.empty(len(names), dtype=np.object_)
    areas[:] = [shape(OUTLINES[name][0]) for name in names]
    return QpvIndex(
        "test",
        Generation.G2024,
        tuple(f"QN{number:05d}M" for number in range(len(names))),
        tuple(names),
        np.array([OUTLINES[name][1] for name in names], dtype=np.bool_),
        np.asarray(shapely.transform(areas, project)) if names else areas,
    )


WHOLE = index_of(list(OUTLINES))
GRID = [2.9, 2.905, 3.0, 3.004, 3.006, 3.01, 3.014, 3.016, 3.02, 3.04, 3.044, 3.05, 3.06, 55.45, 55.455, 55.465, 55.47]
ROWS = [46.0, 46.004, 46.006, 46.01, 46.014, 46.016, -20.9, -20.895, -20.885, -20.88]
NEARLY = st.floats(-0.004, 0.004) | st.sampled_from([0.0, 0.00005, 0.0001, 0.00013, 0.00014, 0.0013, 0.0014, 0.0036])
KNOWN = st.builds(
    GeocodedAddress,
    label=st.just("x"),
    lon=st.builds(float.__add__, st.sampled_from(GRID), NEARLY),
    lat=st.builds(float.__add__, st.sampled_from(ROWS), NEARLY),
    score=st.sampled_from([0.0, 0.5, 0.79, 0.799999, 0.8, 1.0]),
    kind=st.sampled_from(PlaceKind),
)
CASE = st.tuples(st.none() | KNOWN, st.booleans(), st.booleans())


def answers(index: QpvIndex, cases: list[tuple[GeocodedAddress | None, bool, bool]]) -> list[QpvAnswer]:
    told, complete, without = zip(*cases, strict=True)
    places = Places.of(told, np.array(complete), np.array(without))
    return decide(places, index.pairs(places.lon, places.lat), index.quarters).answers(told, today=TODAY)


def slowly(index: QpvIndex, place: GeocodedAddress | None, complete: bool, without: bool) -> tuple[Answer, set[str]]:
    """The rule as a person reads it: the answer, and the QPV that may be named when it is inside."""
    undetermined, outside = (Answer.UNDETERMINED, {""}), (Answer.OUTSIDE, {""})
    if place is None or place.score < 0.8:
        return undetermined
    if complete and without:
        return outside
    if place.kind is PlaceKind.MUNICIPALITY:
        return undetermined
    point, scale = shapely.points(project(np.array([[place.lon, place.lat]])))[0], math.cos(math.radians(place.lat))
    held, near = {}, False
    for code, area, indicative in zip(index.codes, index.areas, index.indicative, strict=True):
        border = shapely.distance(shapely.boundary(area), point) * scale
        needed = max(150.0 if indicative else 11.0, MARGIN_M[place.kind])
        if not math.isnan(border):
            near |= border < needed
            if area.intersects(point) and border >= needed:
                held[code] = border
    if held:
        return Answer.INSIDE, {code for code, border in held.items() if border > max(held.values()) - 0.01}
    return outside if complete and not near else undetermined


@settings(max_examples=150, deadline=None)
@given(st.lists(CASE, min_size=1, max_size=12))
def test_many_places_get_the_answer_of_each_alone_and_that_of_the_rule_read_slowly(
    cases: list[tuple[GeocodedAddress | None, bool, bool]],
) -> None:
    together = answers(WHOLE, cases)
    assert together == [answers(WHOLE, [case])[0] for case in cases]
    for found, case in zip(together, cases, strict=True):
        answer, codes = slowly(WHOLE, *case)
        assert (found.answer, found.qpv_code in codes) == (answer, True), case


@settings(max_examples=50, deadline=None)
@given(KNOWN)
def test_the_distance_is_that_of_the_nearest_border_in_metres(place: GeocodedAddress) -> None:
    found = answers(WHOLE, [(place, True, False)])[0]
    point = shapely.points(project(np.array([[place.lon, place.lat]])))[0]
    metres = shapely.distance(shapely.boundary(WHOLE.areas), point) * math.cos(math.radians(place.lat))
    if found.answer is not Answer.INSIDE:
        assert found.border_m == pytest.approx(float(np.nanmin(metres)), abs=0.51)


@pytest.mark.parametrize("names", [[], ["empty"]])
def test_without_an_outline_nothing_is_near(names: list[str]) -> None:
    found = answers(index_of(names), [(GeocodedAddress("x", 3.0, 46.0, 1.0, PlaceKind.POINT), True, False)])[0]
    assert (found.answer, found.border_m, found.generation) == (Answer.OUTSIDE, None, "2024")
    assert "Aucun QPV" in found.reason


def test_a_place_at_a_pole_or_without_degrees_is_near_nothing() -> None:
    pairs = WHOLE.pairs(np.array([3.0, np.nan, 3.005]), np.array([90.0, 46.0, 46.005]))
    assert set(pairs.place.tolist()) == {2}
