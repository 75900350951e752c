"""100,000 points around the QPV of 2024, file to file, against one vectorised STRtree call on the same points.

Run with `.venv/bin/python bench/qpv.py`; needs REFERENCE_DATA.
"""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import numpy as np
import shapely

from house import own_database, reference, table

POINTS = 100_000
ROUNDS = 3


def main() -> None:
    from django.db import connection

    from sanscouture.territories.models import Departement, Qpv, Region
    from sanscouture.territories.selectors import project, qpv_index
    from sanscouture.territories.services import Columns, answer_file

    with gzip.open(reference() / "qpv/qpv_2024_anct_janv2026_4dec.geojson.gz") as file:
        features = json.load(file)["features"]
    Region.objects.create(code="99", name="Mesure")
    Departement.objects.create(code="99", name="Mesure", region_id="99")
    for rank, feature in enumerate(features):
        qpv = Qpv(code=f"QN{rank:05d}M", name=feature["properties"]["nom"], departement_id="99")
        qpv.outline, qpv.source, qpv.vintage = feature["geometry"], "mesure", "2026"
        qpv.save()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    luck = np.random.default_rng(1)
    centres = np.array(Qpv.objects.order_by("code").values_list("lon", "lat"))
    degrees = centres[luck.integers(0, len(centres), POINTS)] + luck.normal(0, 0.01, (POINTS, 2))
    index = qpv_index()
    points = shapely.points(project(degrees))
    index.tree.query(points[:10], predicate="intersects")
    _ = index.borders
    bare = best(lambda: index.tree.query(points, predicate="intersects"))
    nearest = best(lambda: index.tree.query_nearest(points, return_distance=True, all_matches=False))
    lons, lats = degrees.T
    ours = best(lambda: index.pairs(lons, lats, np.full(POINTS, index.coarsest_m)))
    with TemporaryDirectory() as folder:
        source, target = Path(folder) / "points.csv", Path(folder) / "answers.csv"
        with source.open("w", newline="") as file:
            csv.writer(file).writerows([("id", "lat", "lon"), *((n, lats[n], lons[n]) for n in range(POINTS))])
        columns = Columns(lat="lat", lon="lon")
        whole = best(lambda: answer_file(source, target, columns=columns, overwrite=True))
        answers = answer_file(source, target, columns=columns, overwrite=True).as_dict()
    table(
        f"{POINTS} points, {len(features)} QPV",
        [
            ("one STRtree call, `intersects` (who is inside)", f"{bare:.2f} s"),
            ("one STRtree call, `query_nearest` (who is near, how far)", f"{nearest:.2f} s"),
            ("our geometric part: inside and distance to the border", f"{ours:.2f} s"),
            ("ratio to `query_nearest`", f"{ours / nearest:.2f}"),
            ("ratio to `intersects`", f"{ours / bare:.2f}"),
            ("file to file", f"{whole:.2f} s"),
            ("inside, outside, undetermined", f"{answers['inside']}, {answers['outside']}, {answers['undetermined']}"),
        ],
    )


def best(act: object) -> float:
    """The shortest of a few runs, in seconds."""
    times = []
    for _ in range(ROUNDS):
        start = perf_counter()
        act()  # type: ignore[operator]
        times.append(perf_counter() - start)
    return min(times)


if __name__ == "__main__":
    with own_database():
        main()
