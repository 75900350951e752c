"""Reads of the geography: the index of QPV outlines kept in memory, and the answers drawn from it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from threading import Lock
from typing import Any

import numpy as np
import shapely
from django.contrib.postgres.aggregates import StringAgg
from django.db.models import F, Q, QuerySet, TextField, Value
from django.db.models.functions import MD5, Concat
from numpy.typing import NDArray
from shapely.geometry import shape

from sanscouture.core.clock import today
from sanscouture.territories.enums import Answer, Generation, PlaceKind
from sanscouture.territories.models import Commune, Qpv
from sanscouture.territories.rules import (
    INDICATIVE_PRECISION_M,
    OFFICIAL_PRECISION_M,
    GeocodedAddress,
    NearbyQpv,
    QpvAnswer,
    Surroundings,
    decide,
    search_key,
)

Floats = NDArray[np.float64]
EARTH_RADIUS_M = 6_371_008.8
WITHIN_M = 500.0
"""The coarsest place that is still believed (a hamlet) asks for no more."""


def project(degrees: Floats) -> Floats:
    """Mercator in metres of the equator: conformal, so a short true distance is the plane's times cos(latitude)."""
    radians = np.radians(degrees)
    return np.column_stack(
        (EARTH_RADIUS_M * radians[:, 0], EARTH_RADIUS_M * np.log(np.tan(np.pi / 4 + radians[:, 1] / 2)))
    )


@dataclass(frozen=True)
class QpvIndex:
    """Every outline of one generation, in metres, in a tree; arrays are aligned: row i is one QPV."""

    version: str
    codes: NDArray[np.str_]
    names: tuple[str, ...]
    indicative: NDArray[np.bool_]
    areas: NDArray[np.object_]

    @cached_property
    def tree(self) -> shapely.STRtree:
        shapely.prepare(self.areas)
        return shapely.STRtree(self.areas)

    @cached_property
    def borders(self) -> NDArray[np.object_]:
        return np.asarray(shapely.boundary(self.areas))

    @cached_property
    def precisions(self) -> Floats:
        return np.where(self.indicative, INDICATIVE_PRECISION_M, OFFICIAL_PRECISION_M)

    @property
    def official(self) -> bool:
        """The official outlines are loaded: what is in none of them is outside."""
        return not bool(self.indicative.all())

    def pairs(self, lons: Floats, lats: Floats, within_m: float) -> _Pairs:
        """Find which points lie in or near which outlines, all at once."""
        points = np.asarray(shapely.points(project(np.column_stack((lons, lats)))))
        scale = np.cos(np.radians(lats))
        point, qpv = self.tree.query(points, predicate="dwithin", distance=within_m / scale)
        near = points[point]
        inside = np.asarray(shapely.intersects(self.areas[qpv], near))
        border_m = np.asarray(shapely.distance(self.borders[qpv], near)) * scale[point]
        return _Pairs(point, qpv, inside, border_m)

    def around(self, lon: float, lat: float) -> tuple[NearbyQpv, ...]:
        """Give the QPV within 500 m of a point, and the nearest one wherever it is."""
        found = self.pairs(np.array([lon]), np.array([lat]), WITHIN_M)
        if not len(found.qpv) and len(self.codes):
            x_y = shapely.points(project(np.array([[lon, lat]])))
            (_, qpv), metres = self.tree.query_nearest(x_y, return_distance=True, all_matches=False)
            found = _Pairs(_, qpv, np.array([False]), metres * math.cos(math.radians(lat)))
        return tuple(
            NearbyQpv(
                str(self.codes[qpv]),
                self.names[qpv],
                Generation.G2024.value,
                bool(self.indicative[qpv]),
                bool(inside),
                float(border_m),
            )
            for qpv, inside, border_m in zip(found.qpv, found.inside, found.border_m, strict=True)
        )


@dataclass(frozen=True)
class _Pairs:
    """Point × outline, as aligned arrays: indexes, whether inside, metres to the border."""

    point: NDArray[np.intp]
    qpv: NDArray[np.intp]
    inside: NDArray[np.bool_]
    border_m: Floats


_kept: list[QpvIndex] = []
_lock = Lock()


def outlines() -> QuerySet[Qpv]:
    """The QPV of today's list that have an outline."""
    return Qpv.objects.filter(generation=Generation.G2024, outline__isnull=False)


def qpv_version(found: QuerySet[Qpv]) -> str:
    """A digest of these outlines, made by the database: it changes when any of them, its name or nature does."""
    told = Concat(
        "code", Value(" "), "name", Value(" "), "indicative", Value(" "), "outline_digest", output_field=TextField()
    )
    text = StringAgg(told, delimiter="\n", order_by="code")
    return found.order_by().aggregate(version=MD5(text))["version"] or ""


def qpv_index() -> QpvIndex:
    """The index of this process, rebuilt when the outlines have changed (one small query tells)."""
    version = qpv_version(outlines())
    with _lock:
        if not _kept or _kept[0].version != version:
            _kept[:] = [_build(version)]
        return _kept[0]


def _build(version: str) -> QpvIndex:
    rows = list(outlines().order_by("code").values_list("code", "name", "indicative", "outline"))
    areas: NDArray[np.object_] = np.empty(len(rows), dtype=np.object_)
    areas[:] = [shape(row[3] or {}) for row in rows]
    return QpvIndex(
        version,
        np.array([row[0] for row in rows], dtype=np.str_),
        tuple(row[1] for row in rows),
        np.array([row[2] for row in rows], dtype=np.bool_),
        np.asarray(shapely.transform(areas, project)) if rows else areas,
    )


def qpv_of_place(place: GeocodedAddress | None) -> QpvAnswer:
    """Answer whether a geocoded address is in a QPV, with its reason and provenance (three queries at most)."""
    if place is None:
        return decide(None, Surroundings(), today=today())
    index = qpv_index()
    complete, has_qpv = _commune_knowledge(place.commune_code)
    around = Surroundings(index.around(place.lon, place.lat), index.official or complete, has_qpv)
    return decide(place, around, today=today())


def qpv_of_point(lon: float, lat: float, *, source: str = "") -> QpvAnswer:
    """Answer whether a point (degrees, WGS84) shown by somebody who knows it is in a QPV."""
    label = f"{lat:.5f}, {lon:.5f}"
    return qpv_of_place(GeocodedAddress(label, lon, lat, 1.0, PlaceKind.POINT, source=source))


def _commune_knowledge(code: str) -> tuple[bool, bool | None]:
    """Whether all the QPV of a commune are known, and whether it has any; an arrondissement is its commune."""
    if not code:
        return False, None
    communes = Commune.objects.filter(Q(pk=code) | Q(arrondissements=code))
    completes = list(communes.values_list("qpv_complete", flat=True))
    if not completes:
        return False, None
    has_qpv = Qpv.objects.filter(generation=Generation.G2024, communes__in=communes).exists()
    return any(completes), has_qpv


def qpv_of_points(lons: Floats, lats: Floats) -> tuple[NDArray[np.str_], NDArray[np.str_]]:
    """Answer for arrays of exact points (degrees, WGS84), shape (n,): the answers and the codes of the QPV.

    Same rule as `qpv_of_point`, vectorised: a code is given only where the answer is « inside ».
    """
    index = qpv_index()
    answers = np.full(len(lons), Answer.OUTSIDE if index.official else Answer.UNDETERMINED, dtype="U12")
    codes = np.full(len(lons), "", dtype="U8")
    if not len(index.codes):
        return answers, codes
    found = index.pairs(lons, lats, INDICATIVE_PRECISION_M)
    sure = found.border_m >= index.precisions[found.qpv]
    answers[found.point[~sure]] = Answer.UNDETERMINED
    held = np.flatnonzero(sure & found.inside)
    held = held[np.argsort(found.border_m[held], kind="stable")]
    answers[found.point[held]] = Answer.INSIDE
    codes[found.point[held]] = index.codes[found.qpv[held]]
    return answers, codes


def qpv_with_codes(codes: Sequence[str]) -> QuerySet[Qpv]:
    """The QPV of these codes that have an outline; unknown codes are left out."""
    return Qpv.objects.filter(code__in=codes, outline__isnull=False)


def qpv_features(found: QuerySet[Qpv]) -> list[dict[str, Any]]:
    """Give QPV as GeoJSON features, in the order of their codes."""
    return [
        {
            "type": "Feature",
            "id": code,
            "properties": {"code": code, "name": name, "indicative": indicative},
            "geometry": outline,
        }
        for code, name, indicative, outline in found.order_by("code").values_list(
            "code", "name", "indicative", "outline"
        )
    ]


def communes_matching(text: str, *, limit: int = 10) -> QuerySet[Commune]:
    """Communes whose name begins with a text (accents, capitals, hyphens apart) or that have a code; big ones first."""
    key = search_key(text)
    if not key:
        return Commune.objects.none()
    wanted = (
        Q(postcodes__contains=[key]) | Q(code=text.strip().upper()) if key.isdigit() else Q(name_key__startswith=key)
    )
    return (
        Commune.objects.filter(wanted)
        .select_related("departement")
        .order_by(F("population").desc(nulls_last=True), "name", "code")[:limit]
    )
