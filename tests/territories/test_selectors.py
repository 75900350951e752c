from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sanscouture.territories.enums import Answer, PlaceKind
from sanscouture.territories.models import Commune, Qpv
from sanscouture.territories.rules import GeocodedAddress, point_shown
from sanscouture.territories.selectors import (
    communes_matching,
    qpv_index,
    qpv_of_place,
    qpv_of_places,
    qpv_of_point,
)
from sanscouture.territories.services import import_territories, load_starter_set
from territories.country import square

pytestmark = pytest.mark.django_db

NEAR = st.tuples(st.floats(2.99, 3.02), st.floats(45.99, 46.02))


def test_a_point_in_the_square_is_inside_and_its_distance_is_in_metres(country: Path) -> None:
    import_territories(country)
    found = qpv_of_point(3.005, 46.009)
    assert (found.answer, found.qpv_code) == (Answer.INSIDE, "QN00101M")
    assert found.border_m == pytest.approx(111, abs=2)


@pytest.mark.parametrize(("lon", "lat", "metres"), [(3.02, 46.005, 773), (3.005, 46.02, 1112)])
def test_a_point_away_is_outside_and_its_distance_is_in_metres(
    country: Path, lon: float, lat: float, metres: int
) -> None:
    import_territories(country)
    found = qpv_of_point(lon, lat)
    assert (found.answer, found.border_m) == (Answer.OUTSIDE, pytest.approx(metres, abs=5))


def test_without_any_outline_nothing_is_sure() -> None:
    assert qpv_of_point(3, 46).answer is Answer.UNDETERMINED


def test_with_the_starter_set_inside_is_told_and_outside_only_where_every_qpv_is_known() -> None:
    load_starter_set()
    assert qpv_of_point(3.925, 50.263).qpv_name == "Sous-le-Bois"
    assert qpv_of_point(5.38, 43.30).answer is Answer.UNDETERMINED
    seyne = GeocodedAddress("x", 5.90, 43.07, 0.9, PlaceKind.HOUSENUMBER, commune_code="83126")
    assert qpv_of_place(seyne).answer is Answer.OUTSIDE
    unknown = GeocodedAddress("x", 5.90, 43.07, 0.9, PlaceKind.HOUSENUMBER, commune_code="99999")
    assert qpv_of_place(unknown).answer is Answer.UNDETERMINED


def test_a_commune_centre_is_outside_only_where_there_is_no_qpv(country: Path) -> None:
    import_territories(country)
    centre = {"score": 0.9, "kind": PlaceKind.MUNICIPALITY}
    assert qpv_of_place(GeocodedAddress("x", 3.2, 46.2, commune_code="01002", **centre)).answer is Answer.OUTSIDE
    assert qpv_of_place(GeocodedAddress("x", 3.0, 46.0, commune_code="01001", **centre)).answer is Answer.UNDETERMINED


def test_an_arrondissement_is_its_commune(country: Path) -> None:
    import_territories(country)
    held = Commune.objects.get(code="01001")
    Commune.objects.create(
        code="01901", name="Ici 1er", departement=held.departement, parent=held, lon=3, lat=46, qpv_complete=True
    )
    place = GeocodedAddress("x", 3.0, 46.0, 0.9, PlaceKind.MUNICIPALITY, commune_code="01901")
    assert qpv_of_place(place).answer is Answer.UNDETERMINED


def test_no_address_is_not_determined() -> None:
    assert qpv_of_place(None).answer is Answer.UNDETERMINED


def test_the_index_is_kept_until_an_outline_changes(country: Path) -> None:
    import_territories(country)
    first = qpv_index()
    assert qpv_index() is first
    qpv = Qpv.objects.get()
    qpv.outline = square(3.5, 46.5)
    qpv.save()
    assert qpv_index() is not first
    assert qpv_of_point(3.505, 46.505).answer is Answer.INSIDE


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(points=st.lists(NEAR, min_size=1, max_size=20), indicative=st.booleans())
def test_many_points_at_once_get_the_answers_of_each(
    country: Path, points: list[tuple[float, float]], indicative: bool
) -> None:
    import_territories(country)
    other = Qpv.objects.update_or_create(
        code="QN00102M",
        defaults={
            "name": "À côté",
            "departement_id": "01",
            "outline": square(3.008, 46.008),
            "indicative": indicative,
            "source": "test",
            "vintage": "2026",
        },
    )[0]
    assert other.outline_digest
    assert qpv_of_places([point_shown(*point) for point in points]) == [qpv_of_point(*point) for point in points]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("st etienne", ["01001"]),
        ("LA-HAUT", ["01002"]),
        ("01002", ["01002"]),
        ("01000", ["01001"]),
        ("", []),
        ("zz", []),
    ],
)
def test_communes_are_found_as_people_type_them(country: Path, typed: str, found: list[str]) -> None:
    import_territories(country)
    assert [commune.code for commune in communes_matching(typed)] == found
