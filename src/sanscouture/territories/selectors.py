"""Reads of the geography: the index of QPV outlines kept in memory, and the answers drawn from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from threading import Lock
from typing import Any, NamedTuple

import numpy as np
import shapely
from django.contrib.postgres.aggregates import StringAgg
from django.db.models import F, Q, QuerySet, TextField, Value
from django.db.models.functions import MD5, Concat
from numpy.typing import NDArray
from shapely.geometry import shape

from sanscouture.core.clock import today
from sanscouture.territories.enums import Generation, PlaceKind
from sanscouture.territories.models import Commune, Qpv
from sanscouture.territories.rules import (
    INDICATIVE_PRECISION_M,
    MARGIN_M,
    OFFICIAL_PRECISION_M,
    GeocodedAddress,
    NearbyQpv,
    QpvAnswer,
    Surroundings,
    decide,
    point_shown,
    search_key,
)

Floats = NDArray[np.float64]
EARTH_RADIUS_M = 6_371_008.8
FIRST_LOOK_M = 300.0
"""How far the nearest QPV is looked for at first, then WIDER times farther, and so on."""
WIDER = 4


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
    generation: Generation
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
        lines = np.asarray(shapely.boundary(self.areas))
        shapely.prepare(lines)
        return lines

    @property
    def official(self) -> bool:
        """The official outlines are loaded: what is in none of them is outside (the list of 2015 has few)."""
        return self.generation is Generation.G2024 and not bool(self.indicative.all())

    @property
    def coarsest_m(self) -> float:
        """The precision, in metres, of the coarsest outline."""
        return INDICATIVE_PRECISION_M if bool(self.indicative.any()) else OFFICIAL_PRECISION_M

    def around(self, lons: Floats, lats: Floats, within_m: Floats) -> list[tuple[NearbyQpv, ...]]:
        """Give, for each point, the QPV that hold it or lie within so many metres, and the nearest one anyway."""
        found: list[tuple[NearbyQpv, ...]] = [()] * len(lons)
        if not len(self.codes):
            return found
        pairs = self.pairs(lons, lats, within_m)
        for point, qpv, inside, border_m in zip(*(column.tolist() for column in pairs), strict=True):
            found[point] += (
                NearbyQpv(
                    self._codes[qpv], self.names[qpv], self.generation.value, self._doubts[qpv], inside, border_m
                ),
            )
        return found

    @cached_property
    def _codes(self) -> list[str]:
        return [str(code) for code in self.codes]

    @cached_property
    def _doubts(self) -> list[bool]:
        return [bool(doubt) for doubt in self.indicative]

    def pairs(self, lons: Floats, lats: Floats, within_m: Floats) -> _Pairs:
        """Look around each point, wider and wider until something is found: boxes first, then true distances."""
        points, scale = np.asarray(shapely.points(project(np.column_stack((lons, lats))))), np.cos(np.radians(lats))
        left, radius = np.arange(len(points)), np.maximum(within_m, FIRST_LOOK_M) / scale
        kept: list[_Pairs] = []
        while len(left):
            centres = shapely.get_coordinates(points[left])
            reach = radius[left]
            boxes = shapely.box(*(centres - reach[:, None]).T, *(centres + reach[:, None]).T)
            rank, qpv = self.tree.query(boxes)
            point = left[rank]
            if reach.min(initial=np.inf) > EARTH_RADIUS_M:
                qpv, point = np.tile(np.arange(len(self.codes)), len(left)), np.repeat(left, len(self.codes))
            metres = np.asarray(shapely.distance(self.borders[qpv], points[point]))
            inside = np.asarray(shapely.intersects(self.areas[qpv], points[point]))
            seen = inside | (metres <= radius[point])
            pairs = _Pairs(point[seen], qpv[seen], inside[seen], metres[seen] * scale[point[seen]])
            kept.append(pairs.useful(within_m))
            left = np.setdiff1d(left, pairs.point, assume_unique=False)
            radius = radius * WIDER
        return _Pairs(*(np.concatenate(columns) for columns in zip(*kept, strict=True)))


class _Pairs(NamedTuple):
    """Point × outline, as aligned arrays: indexes, whether inside, metres to the border."""

    point: NDArray[np.intp]
    qpv: NDArray[np.intp]
    inside: NDArray[np.bool_]
    border_m: Floats

    def useful(self, within_m: Floats) -> _Pairs:
        """Leave out what no answer can need: neither holding the point, nor within reach, nor the nearest."""
        order = np.lexsort((self.border_m, self.point))
        point, qpv, inside = self.point[order], self.qpv[order], self.inside[order]
        border_m = self.border_m[order]
        nearest = np.ones(len(point), dtype=np.bool_)
        nearest[1:] = point[1:] != point[:-1]
        useful = nearest | inside | (border_m <= within_m[point])
        return _Pairs(point[useful], qpv[useful], inside[useful], border_m[useful])


_kept: dict[Generation, QpvIndex] = {}
_lock = Lock()


def outlines(generation: Generation = Generation.G2024) -> QuerySet[Qpv]:
    """The QPV of a list, today's by default, that have an outline."""
    return Qpv.objects.filter(generation=generation, outline__isnull=False)


def qpv_version(found: QuerySet[Qpv]) -> str:
    """A digest of these outlines, made by the database: it changes when any of them, its name or nature does."""
    told = Concat(
        "code", Value(" "), "name", Value(" "), "indicative", Value(" "), "outline_digest", output_field=TextField()
    )
    text = StringAgg(told, delimiter="\n", order_by="code")
    return found.order_by().aggregate(version=MD5(text))["version"] or ""


def qpv_index(generation: Generation = Generation.G2024) -> QpvIndex:
    """The index of this process, rebuilt when the outlines have changed (one small query tells)."""
    version = qpv_version(outlines(generation))
    with _lock:
        kept = _kept.get(generation)
        if kept is None or kept.version != version:
            kept = _kept[generation] = _build(version, generation)
        return kept


def _build(version: str, generation: Generation) -> QpvIndex:
    rows = list(outlines(generation).order_by("code").values_list("code", "name", "indicative", "outline"))
    areas: NDArray[np.object_] = np.empty(len(rows), dtype=np.object_)
    areas[:] = [shape(row[3] or {}) for row in rows]
    return QpvIndex(
        version,
        generation,
        np.array([row[0] for row in rows], dtype=np.str_),
        tuple(row[1] for row in rows),
        np.array([row[2] for row in rows], dtype=np.bool_),
        np.asarray(shapely.transform(areas, project)) if rows else areas,
    )


def qpv_of_place(place: GeocodedAddress | None) -> QpvAnswer:
    """Answer whether a geocoded address is in a QPV, with its reason and provenance (four queries at most)."""
    return qpv_of_places([place])[0]


def qpv_of_point(lon: float, lat: float, *, source: str = "") -> QpvAnswer:
    """Answer whether a point (degrees, WGS84) shown by somebody who knows it is in a QPV."""
    return qpv_of_place(point_shown(lon, lat, source=source))


def qpv_of_places(
    places: Sequence[GeocodedAddress | None], *, generation: Generation = Generation.G2024
) -> list[QpvAnswer]:
    """Answer for many places at once: distances are measured together, then each place meets the one rule, `decide`.

    As many queries for a hundred thousand places as for one.
    """
    told = [place for place in places if place is not None]
    on = today()
    if not told:
        return [decide(None, Surroundings(), today=on) for _place in places]
    index = qpv_index(generation)
    known = _communes_known({place.commune_code for place in told} - {""}, generation)
    margins = {kind: max(index.coarsest_m, MARGIN_M.get(kind, 0.0)) for kind in PlaceKind}
    nearby = iter(
        index.around(
            np.array([place.lon for place in told]),
            np.array([place.lat for place in told]),
            np.array([margins[place.kind] for place in told]),
        )
    )
    official, unknown = index.official, (False, None)
    answers = []
    for place in places:
        if place is None:
            answers.append(decide(None, Surroundings(), today=on))
            continue
        complete, has_qpv = known.get(place.commune_code, unknown)
        answers.append(decide(place, Surroundings(next(nearby), official or complete, has_qpv), today=on))
    return answers


def _communes_known(codes: set[str], generation: Generation) -> dict[str, tuple[bool, bool]]:
    """Whether all the QPV of each commune are known, and whether it has any; an arrondissement is its commune."""
    if not codes:
        return {}
    found = Commune.objects.filter(Q(pk__in=codes) | Q(arrondissements__in=codes)).order_by()
    communes = {
        code: (complete, parent) for code, complete, parent in found.values_list("pk", "qpv_complete", "parent")
    }
    listed = Qpv.objects.filter(generation=generation)
    links = set(listed.filter(communes__in=communes).order_by().values_list("communes", "outline_digest"))
    held, undrawn = {code for code, _ in links}, {code for code, digest in links if digest is None}
    old = generation is Generation.G2015
    all_listed = old and listed.exists()
    known: dict[str, tuple[bool, bool]] = {}
    for code in codes & communes.keys():
        both = {code, communes[code][1] or code}
        complete = all_listed and not both & undrawn if old else any(communes[each][0] for each in both)
        known[code] = (complete, bool(both & held))
    return known


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
