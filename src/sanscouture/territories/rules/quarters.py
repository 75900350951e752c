"""Every outline of one list of QPV in trees, in metres: which hold a place, and how far their borders are. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from sanscouture.territories.enums import Generation
from sanscouture.territories.rules.verdicts import Bools, Floats, Ints, Pairs, Quarters

EARTH_RADIUS_M = 6_371_008.8
MERCATOR_ENDS = 85
"""Degrees of latitude beyond which the plane grows without end."""
CELL_M = 2_000.0
"""Places are looked up cell after cell, so that neighbours walk the same branches of a tree."""
BRANCHES = 4
"""Of each node of the tree of border segments; more makes the nearest slower to find, by measure."""


def project(degrees: Floats) -> Floats:
    """Mercator in metres of the equator: conformal, so a short true distance is the plane's times cos(latitude)."""
    radians = np.radians(degrees)
    with np.errstate(invalid="ignore", divide="ignore"):
        northing = np.log(np.tan(np.pi / 4 + radians[:, 1] / 2))
    return np.column_stack((EARTH_RADIUS_M * radians[:, 0], EARTH_RADIUS_M * northing))


class Border(NamedTuple):
    """The borders of some QPV, cut into segments: a tree of them, and the QPV of each."""

    tree: shapely.STRtree
    owner: Ints


@dataclass(frozen=True)
class QpvIndex:
    """Every outline of one generation, in metres, in trees; arrays are aligned: row i is one QPV."""

    version: str
    generation: Generation
    codes: tuple[str, ...]
    names: tuple[str, ...]
    indicative: Bools
    areas: NDArray[np.object_]

    @cached_property
    def quarters(self) -> Quarters:
        return Quarters.of(self.codes, self.names, self.indicative, self.generation.value)

    @cached_property
    def tree(self) -> shapely.STRtree:
        shapely.prepare(self.areas)
        return shapely.STRtree(self.areas)

    @cached_property
    def lines(self) -> NDArray[np.object_]:
        lines = np.asarray(shapely.boundary(self.areas))
        shapely.prepare(lines)
        return lines

    @cached_property
    def borders(self) -> tuple[Border, ...]:
        """The borders of the official outlines, and those of the indicative ones: each has its own precision."""
        parts, qpv = shapely.get_parts(self.lines, return_index=True)
        ends, part = shapely.get_coordinates(parts, return_index=True)
        joined = part[1:] == part[:-1]
        segments = np.asarray(shapely.linestrings(np.stack((ends[:-1][joined], ends[1:][joined]), axis=1)))
        owner = qpv[part[:-1][joined]]
        doubtful = self.indicative[owner]
        kinds = [np.flatnonzero(doubtful == kind) for kind in (False, True)]
        return tuple(Border(shapely.STRtree(segments[kind], BRANCHES), owner[kind]) for kind in kinds if len(kind))

    @property
    def official(self) -> bool:
        """The official outlines are loaded: what is in none of them is outside (the list of 2015 has few)."""
        return self.generation is Generation.G2024 and not bool(self.indicative.all())

    def pairs(self, lons: Floats, lats: Floats) -> Pairs:
        """Give the QPV that hold each place (degrees), and the nearest border of each precision.

        A place without degrees, or near a pole, is near nothing.
        """
        plane = project(np.column_stack((lons, lats)))
        kept = np.flatnonzero(np.isfinite(plane).all(axis=1) & (np.abs(lats) <= MERCATOR_ENDS))
        row, column = np.floor(plane[kept].T / CELL_M)
        kept = kept[np.lexsort((row, column))]
        points = np.asarray(shapely.points(plane[kept]))
        count = len(self.codes)
        point, qpv = self.tree.query(points, predicate="intersects")
        held = _keys(point, qpv, count)
        nearest = [_nearest(border, points, count) for border in self.borders]
        keys = np.concatenate([held, *(key for key, _metres in nearest)])
        metres = np.concatenate([np.full(len(held), np.nan), *(metres for _key, metres in nearest)])
        keys, metres = _known_first(keys, metres)
        rank, qpv = np.divmod(keys, max(count, 1))
        unknown = np.isnan(metres)
        metres[unknown] = shapely.distance(self.lines[qpv[unknown]], points[rank[unknown]])
        place = kept[rank]
        return Pairs(place, qpv, np.isin(keys, held), metres * np.cos(np.radians(lats[place])))


def _keys(point: Ints, qpv: Ints, count: int) -> Ints:
    """One number for a point and a QPV, so that pairs are compared at once."""
    return np.asarray(point * max(count, 1) + qpv)


def _nearest(border: Border, points: NDArray[np.object_], count: int) -> tuple[Ints, Floats]:
    """The QPV of the nearest segment, as keys, and the metres to it; several when borders touch there."""
    (point, segment), metres = border.tree.query_nearest(points, return_distance=True)
    return _keys(point, border.owner[segment], count), metres


def _known_first(keys: Ints, metres: Floats) -> tuple[Ints, Floats]:
    """Keep each pair once, with its distance where one is known (unknown sorts last)."""
    order = np.lexsort((metres, keys))
    keys, metres = keys[order], metres[order]
    first = np.ones(len(keys), dtype=np.bool_)
    first[1:] = keys[1:] != keys[:-1]
    return keys[first], metres[first]
