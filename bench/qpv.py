"""100,000 points around the QPV of 2024, file to file, against bare vectorised STRtree calls on the same points.

Run with `.venv/bin/python bench/qpv.py`; needs REFERENCE_DATA.
"""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import shapely

from house import best, own_database, reference, seconds, table

POINTS = 100_000


def main() -> None:
    from sanscouture.territories.models import Departement, Qpv, Region
    from sanscouture.territories.rules.quarters import project
    from sanscouture.territories.selectors import qpv_index, verdicts_of_points

    with gzip.open(reference() / "qpv/qpv_2024_anct_janv2026_4dec.geojson.gz") as file:
        features = json.load(file)["features"]
    Region.objects.create(code="99", name="Mesure")
    Departement.objects.create(code="99", name="Mesure", region_id="99")
    for rank, feature in enumerate(features):
        qpv = Qpv(code=f"QN{rank:05d}M", name=feature["properties"]["nom"], departement_id="99")
        qpv.outline, qpv.source, qpv.vintage = feature["geometry"], "mesure", "2026"
        qpv.save()
    luck = np.random.default_rng(1)
    centres = np.array(Qpv.objects.order_by("code").values_list("lon", "lat"))
    degrees = centres[luck.integers(0, len(centres), POINTS)] + luck.normal(0, 0.01, (POINTS, 2))
    built = seconds(lambda: prepared(qpv_index()))
    index = qpv_index()
    points = shapely.points(project(degrees))
    lines = shapely.STRtree(index.lines)
    lines.query(points[:1])
    segments = index.borders[0].tree
    inside = best(lambda: index.tree.query(points, predicate="intersects"))
    by_line = best(lambda: lines.query_nearest(points, return_distance=True, all_matches=False))
    by_segment = best(lambda: segments.query_nearest(points, return_distance=True, all_matches=False))
    lons, lats = degrees.T
    ours = best(lambda: index.pairs(lons, lats))
    decided = best(lambda: verdicts_of_points(lons, lats, index).sentences())
    base = inside + min(by_line, by_segment)
    rows = [
        ("STRtree over outlines, `intersects`: who is inside", f"{inside:.2f} s"),
        ("STRtree over borders, `query_nearest`: who is near, how far", f"{by_line:.2f} s"),
        ("the same over their segments", f"{by_segment:.2f} s"),
        ("base: inside, and the faster of the two", f"{base:.2f} s"),
        ("our geometric part: inside and nearest borders", f"{ours:.2f} s ({ours / base:.2f} ×)"),
        ("with the rule and its sentences", f"{decided:.2f} s ({decided / base:.2f} ×)"),
    ]
    with TemporaryDirectory() as folder:
        rows += files(Path(folder), lons, lats)
    table(f"{POINTS:,} points, {len(features):,} QPV", [*rows, ("index built", f"{built:.2f} s")])


def prepared(index: Any) -> None:
    """Build what is built at the first question."""
    index.pairs(np.array([3.0]), np.array([46.0]))


def files(folder: Path, lons: Any, lats: Any) -> list[tuple[str, str]]:
    """Answer for whole files: plain numbers, then with the decimal comma of a French spreadsheet."""
    from sanscouture.territories.services import Columns, answer_file

    columns, rows = Columns(lat="lat", lon="lon"), []
    for name, separator, mark in (("file to file", ",", "."), ("the same, decimal commas", ";", ",")):
        source, target = folder / "points.csv", folder / "answers.csv"
        with source.open("w", newline="") as file:
            lines = ((n, *(f"{axis[n]}".replace(".", mark) for axis in (lats, lons))) for n in range(POINTS))
            csv.writer(file, delimiter=separator).writerows([("id", "lat", "lon"), *lines])
        took = best(lambda: answer_file(source, target, columns=columns, overwrite=True))  # noqa: B023 run at once
        rows.append((name, f"{took:.2f} s"))
    told = answer_file(source, target, columns=columns, overwrite=True).as_dict()
    counts = ("inside", "outside", "undetermined")
    return [*rows, (", ".join(counts), ", ".join(f"{told[each]:,}" for each in counts))]


if __name__ == "__main__":
    with own_database():
        main()
