"""What the official data must give, when they are there."""

from __future__ import annotations

from pathlib import Path

import pytest

from sanscouture.territories.enums import Answer, Generation, Passage
from sanscouture.territories.models import Commune, Departement, Qpv, QpvPassage, Region
from sanscouture.territories.rules import point_shown
from sanscouture.territories.selectors import qpv_of_places, qpv_of_point
from sanscouture.territories.services import (
    import_territories,
    load_starter_set,
    read_programmes,
    starter_programmes,
)
from sanscouture.territories.services.geocoding import ADDRESSES
from sanscouture.territories.services.readers import read_csv

pytestmark = [pytest.mark.django_db, pytest.mark.reference]


@pytest.mark.timeout(300)
def test_the_whole_country_loads_over_the_starter_set_once(reference_data: Path) -> None:
    load_starter_set()
    import_territories(reference_data)
    assert Commune.objects.count() == 35_014
    assert Qpv.objects.filter(generation=Generation.G2024, indicative=False).count() == 1_584
    assert not Qpv.objects.filter(indicative=True).exists(), "A code of the starter set is not an official one."
    assert (Region.objects.count(), Departement.objects.count()) == (26, 109)
    assert qpv_of_point(2.387311, 48.917735).qpv_code == "QN09328M"
    assert Qpv.objects.filter(generation=Generation.G2015).count() > 1_490
    assert QpvPassage.objects.filter(status=Passage.UNCHANGED).count() == 342
    _published_addresses_agree(reference_data)
    assert not any(report.changed for report in import_territories(reference_data))


def _published_addresses_agree(folder: Path) -> None:
    """Where we answer inside or outside, the file that tells the QPV of each address says the same."""
    rows = [row.cells for row in read_csv(folder / ADDRESSES, ("lon", "lat", "qpv_2024"))]
    answers = qpv_of_places([point_shown(float(row["lon"]), float(row["lat"])) for row in rows])
    sure = [(found, row) for found, row in zip(answers, rows, strict=True) if found.answer is not Answer.UNDETERMINED]
    assert len(sure) > 0.95 * len(rows)
    assert all(found.qpv_code == row["qpv_2024"] for found, row in sure)


def test_the_84_programmes_are_read_with_their_communes_and_qpv(reference_data: Path) -> None:
    refused: list[tuple[int, str]] = []
    programmes = list(read_programmes(reference_data, refuse=lambda line, reason: refused.append((line, reason))))
    assert (len(programmes), refused) == (84, [])
    assert sum(len(facts.commune_codes) for facts in programmes) == 306
    assert sum(len(facts.candidate_qpv_codes) for facts in programmes) == 694
    official = {facts.id: facts for facts in programmes}
    for told in starter_programmes():
        assert told.region == official[told.id].region
        assert set(told.departements) <= set(official[told.id].departements), told.name
