"""A small invented country in the layout of the official data."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Sequence
from io import StringIO
from pathlib import Path
from typing import Any

REGIONS = [{"code": "99", "nom": "Hautes-Terres"}]
DEPARTEMENTS = [{"code": "01", "nom": "Val-d'Ici", "region": "99"}]
EPCI = [{"siren": "200000001", "nom": "CA du Val", "type": "CA"}]
COMMUNE = {
    "type": "commune-actuelle",
    "dep": "01",
    "siren_epci": "200000001",
    "siren_ept": "",
    "population": "1200.0",
    "codes_postaux": "01000|01001",
}
COMMUNES = [
    {**COMMUNE, "code": "01001", "nom": "Saint-Étienne-d'Ici", "lon": "3.0", "lat": "46.0"},
    {**COMMUNE, "code": "01002", "nom": "Là-Haut", "lon": "3.2", "lat": "46.2", "codes_postaux": "01002"},
]


def square(west: float, south: float, side: float = 0.01) -> dict[str, Any]:
    """A square outline, its side in degrees."""
    east, north = west + side, south + side
    return {
        "type": "MultiPolygon",
        "coordinates": [[[[west, south], [east, south], [east, north], [west, north], [west, south]]]],
    }


def feature(code: str, name: str, communes: str, geometry: Any) -> dict[str, Any]:
    properties = {"code_qp": code, "nom": name, "insee_communes": communes}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


QPVS = [feature("QN00101M", "Les Prés", "01001", square(3.0, 46.0))]


def write_csv(path: Path, rows: Sequence[dict[str, str]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    content = text.getvalue().encode()
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)


def write_features(path: Path, features: Sequence[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with gzip.open(path, "wt", encoding="utf-8") as file:
        json.dump({"type": "FeatureCollection", "features": list(features)}, file)
