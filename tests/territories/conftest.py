"""The small country on disk, and the official data where they are."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from territories.country import COMMUNES, DEPARTEMENTS, EPCI, QPVS, REGIONS, write_csv, write_features


@pytest.fixture
def country(tmp_path: Path) -> Path:
    """The folder of the small country: one QPV, two communes."""
    write_csv(tmp_path / "cog/regions_2026.csv", REGIONS)
    write_csv(tmp_path / "cog/departements_2026.csv", DEPARTEMENTS)
    write_csv(tmp_path / "cog/epci_2026.csv", EPCI)
    write_csv(tmp_path / "cog/communes_2026.csv.gz", COMMUNES)
    write_csv(
        tmp_path / "cog/communes_deleguees_2026.csv",
        [{"code": "01009", "nom": "L’Ancienne", "type": "commune-deleguee", "commune_chef_lieu": "01001"}],
    )
    write_features(tmp_path / "qpv/qpv_2024_anct_janv2026_4dec.geojson.gz", QPVS)
    write_csv(
        tmp_path / "qpv_indicateurs/indicateurs_qpv2024.csv",
        [{"code_qp": "QN00101M", "pop_municipale": "1000", "taux_pauvrete_60": "45.5"}],
    )
    return tmp_path


@pytest.fixture(scope="session")
def reference_data() -> Path:
    """The folder of the official data; without it these tests are deselected, and on CI they fail."""
    return Path(os.environ.get("REFERENCE_DATA") or Path(__file__).parents[3] / "shared" / "data")
