"""Maps without tiles or network: outlines and points drawn on the server, and the same data for Leaflet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import cos, radians
from typing import Any

Position = tuple[float, float]
Bounds = tuple[float, float, float, float]  # west, south, east, north, in degrees

WIDTH, TALLEST, MARGIN = 640.0, 620.0, 24.0
SMALLEST = 0.02  # degrees: a lone point still shows its surroundings

# Metropolitan France, a hand-made silhouette: enough to see where one is, nothing to measure on.
FRANCE: tuple[tuple[Position, ...], ...] = (
    (
        (2.55, 51.08), (1.85, 50.96), (1.6, 50.72), (1.55, 50.22), (1.08, 49.93), (0.1, 49.6), (0.2, 49.43),
        (-0.3, 49.3), (-1.15, 49.38), (-1.26, 49.69), (-1.95, 49.72), (-1.6, 48.85), (-1.5, 48.63), (-2.02, 48.66),
        (-2.7, 48.53), (-3.1, 48.86), (-3.98, 48.73), (-4.77, 48.52), (-4.76, 48.33), (-4.3, 48.3), (-4.73, 48.04),
        (-4.37, 47.8), (-3.36, 47.7), (-3.12, 47.48), (-2.5, 47.5), (-2.2, 47.27), (-2.0, 47.03), (-1.8, 46.5),
        (-1.17, 46.15), (-1.03, 45.62), (-1.15, 45.47), (-1.25, 44.65), (-1.45, 43.65), (-1.78, 43.36),
        (-0.75, 42.95), (0.0, 42.7), (0.7, 42.83), (1.45, 42.6), (1.75, 42.5), (2.5, 42.35), (3.17, 42.43),
        (3.04, 42.9), (3.5, 43.28), (4.1, 43.55), (4.6, 43.38), (5.3, 43.3), (5.95, 43.05), (6.68, 43.2), (7.53, 43.78),
        (7.7, 44.17), (6.95, 44.4), (7.0, 44.85), (6.65, 45.1), (7.1, 45.45), (6.85, 45.85), (6.8, 46.4), (6.25, 46.3),
        (6.1, 46.2), (6.1, 46.55), (6.8, 47.1), (7.0, 47.45), (7.55, 47.58), (7.6, 48.0), (7.8, 48.6), (8.2, 48.97),
        (7.4, 49.17), (6.6, 49.2), (6.35, 49.47), (5.8, 49.53), (5.4, 49.6), (4.85, 49.8), (4.85, 50.15), (4.2, 49.97),
        (4.1, 50.3), (3.3, 50.5), (3.1, 50.78), (2.6, 50.85), (2.55, 51.08),
    ),
    (
        (9.4, 43.0), (9.34, 42.72), (8.75, 42.57), (8.58, 42.38), (8.7, 42.1), (8.65, 41.9), (8.9, 41.5), (9.22, 41.37),
        (9.4, 41.7), (9.55, 42.1), (9.5, 42.6), (9.4, 43.0),
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Outline:
    """An area. `geometry` is a GeoJSON Polygon or MultiPolygon in degrees; `indicative` draws it dashed."""

    name: str
    geometry: dict[str, Any]
    href: str = ""
    text: str = ""
    indicative: bool = False


@dataclass(frozen=True)
class Point:
    """A place, in degrees; `here` is the place the page is about."""

    name: str
    lon: float
    lat: float
    href: str = ""
    text: str = ""
    here: bool = False


@dataclass(frozen=True)
class Map:
    """What a map shows; `france` draws the country's silhouette and frames it."""

    label: str
    points: Sequence[Point] = ()
    outlines: Sequence[Outline] = field(default=())
    france: bool = False
    id: str = "carte"

    @cached_property
    def bounds(self) -> Bounds:
        """The frame, in degrees."""
        if self.france:
            positions = [position for ring in FRANCE for position in ring]
        else:
            positions = [(point.lon, point.lat) for point in self.points]
            positions += [p for outline in self.outlines for ring in rings(outline.geometry) for p in ring]
        if not positions:
            return (-5.2, 41.3, 9.6, 51.1)
        lons, lats = [lon for lon, _ in positions], [lat for _, lat in positions]
        middle = (min(lons) + max(lons)) / 2, (min(lats) + max(lats)) / 2
        half_lon = max((max(lons) - min(lons)) / 2, SMALLEST)
        half_lat = max((max(lats) - min(lats)) / 2, SMALLEST / 1.5)
        return middle[0] - half_lon, middle[1] - half_lat, middle[0] + half_lon, middle[1] + half_lat

    @cached_property
    def projection(self) -> Projection:
        return Projection(self.bounds)

    @property
    def height(self) -> float:
        return self.projection.height

    @cached_property
    def land(self) -> list[str]:
        """The silhouette as paths of the drawing."""
        return [self.projection.path([ring]) for ring in FRANCE] if self.france else []

    @cached_property
    def shapes(self) -> list[tuple[Outline, str]]:
        """Each outline with its path."""
        return [(outline, self.projection.path(rings(outline.geometry))) for outline in self.outlines]

    @cached_property
    def spots(self) -> list[tuple[Point, float, float]]:
        """Each point inside the frame with its place; the one the page is about comes last, on top."""
        west, south, east, north = self.bounds
        inside = [p for p in self.points if west <= p.lon <= east and south <= p.lat <= north]
        return [(p, *self.projection.place(p.lon, p.lat)) for p in sorted(inside, key=lambda p: p.here)]

    @cached_property
    def entries(self) -> list[Outline | Point]:
        """Everything by name: the twin of the map."""
        return sorted([*self.outlines, *self.points], key=lambda each: each.name)

    @cached_property
    def data(self) -> dict[str, Any]:
        """What Leaflet needs: features, land, corners."""
        west, south, east, north = self.bounds
        features = [_feature(o, o.geometry, indicative=o.indicative) for o in self.outlines]
        features += [_feature(p, {"type": "Point", "coordinates": [p.lon, p.lat]}, here=p.here) for p in self.points]
        land = {"type": "MultiPolygon", "coordinates": [[list(ring)] for ring in FRANCE]} if self.france else None
        return {
            "features": {"type": "FeatureCollection", "features": features},
            "land": land,
            "bounds": [[south, west], [north, east]],
        }


class Projection:
    """Degrees to units of the drawing: plane, true in proportion at the middle of the frame."""

    def __init__(self, bounds: Bounds) -> None:
        self.west, south, east, self.north = bounds
        self.squeeze = cos(radians((south + self.north) / 2))
        wide, tall = (east - self.west) * self.squeeze, self.north - south
        self.scale = min((WIDTH - 2 * MARGIN) / wide, (TALLEST - 2 * MARGIN) / tall)
        self.left = (WIDTH - wide * self.scale) / 2
        self.height = round(tall * self.scale + 2 * MARGIN, 1)

    def place(self, lon: float, lat: float) -> Position:
        x = self.left + (lon - self.west) * self.squeeze * self.scale
        return round(x, 1), round(MARGIN + (self.north - lat) * self.scale, 1)

    def path(self, outline: Sequence[Sequence[Position]]) -> str:
        """Rings as one SVG path; points closer than half a unit to the last one are left out."""
        return "".join(f"M{'L'.join(f'{x},{y}' for x, y in self._thinned(ring))}Z" for ring in outline)

    def _thinned(self, ring: Sequence[Position]) -> Iterator[Position]:
        last: Position | None = None
        for lon, lat, *_ in ring:
            x, y = self.place(lon, lat)
            if last is None or abs(x - last[0]) + abs(y - last[1]) > 0.5:
                last = (x, y)
                yield last


def rings(geometry: dict[str, Any]) -> list[Sequence[Position]]:
    """The rings of a GeoJSON Polygon or MultiPolygon; nothing for another kind."""
    coordinates = geometry.get("coordinates", [])
    if geometry.get("type") == "Polygon":
        return list(coordinates)
    if geometry.get("type") == "MultiPolygon":
        return [ring for polygon in coordinates for ring in polygon]
    return []


def _feature(thing: Outline | Point, geometry: dict[str, Any], **more: bool) -> dict[str, Any]:
    properties = {"name": thing.name, "href": thing.href, "text": thing.text, **more}
    return {"type": "Feature", "geometry": geometry, "properties": properties}
