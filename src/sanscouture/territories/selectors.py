"""Reads of the geography: the index of QPV outlines kept in memory, and the answers drawn from it."""

from __future__ import annotations

from collections.abc import Sequence
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
from sanscouture.territories.enums import Generation
from sanscouture.territories.models import Commune, Qpv
from sanscouture.territories.rules import GeocodedAddress, QpvAnswer, point_shown, search_key
from sanscouture.territories.rules.quarters import QpvIndex, project
from sanscouture.territories.rules.verdicts import Bools, Floats, Places, Verdicts, decide

UNKNOWN: tuple[bool, bool | None] = (False, None)
"""Of a commune: not all its QPV are known, nor whether it has any."""

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
        tuple(row[0] for row in rows),
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
    """Answer for many places at once: distances are measured together, and one rule, `decide`, answers for all.

    As many queries for a hundred thousand places as for one.
    """
    return verdicts_of_places(places, qpv_index(generation)).answers(places, today=today())


def verdicts_of_places(places: Sequence[GeocodedAddress | None], index: QpvIndex) -> Verdicts:
    """Answer for many geocoded places as arrays: what is known of their communes counts."""
    known = _communes_known({place.commune_code for place in places if place} - {""}, index.generation)
    told = [known.get(place.commune_code, UNKNOWN) if place else UNKNOWN for place in places]
    complete, has_qpv = np.array(told, dtype=np.object_).reshape(-1, 2).T
    return _verdicts(Places.of(places, _marked(complete, True) | index.official, _marked(has_qpv, False)), index)


def verdicts_of_points(lons: Floats, lats: Floats, index: QpvIndex) -> Verdicts:
    """Answer for many points (degrees, WGS84) as arrays; NaN is a point that could not be read. No query."""
    return _verdicts(Places.points(lons, lats, complete=index.official), index)


def _verdicts(places: Places, index: QpvIndex) -> Verdicts:
    return decide(places, index.pairs(places.lon, places.lat), index.quarters)


def _marked(column: NDArray[np.object_], value: bool) -> Bools:
    return np.array([each is value for each in column], dtype=np.bool_)


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
