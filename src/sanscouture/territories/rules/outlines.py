"""Outlines as they are written: measured, or drawn for want of better."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import shapely
from shapely.geometry import mapping, shape

METRES_PER_DEGREE = 111_320


@dataclass(frozen=True)
class OutlineMeasure:
    """Where an outline lies: bounding box and a point surely inside, in degrees (WGS84)."""

    west: float
    south: float
    east: float
    north: float
    lon: float
    lat: float


def measure_outline(outline: dict[str, Any]) -> OutlineMeasure:
    """Measure a GeoJSON Polygon or MultiPolygon.

    Raises ValueError when the outline is not a valid area within the world's bounds.
    """
    try:
        area = shape(outline)
    except (AttributeError, KeyError, TypeError, IndexError, shapely.errors.ShapelyError) as error:
        raise ValueError(str(error)) from error
    if area.geom_type not in {"Polygon", "MultiPolygon"} or area.is_empty or not area.is_valid:
        raise ValueError(area.geom_type)
    west, south, east, north = area.bounds
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise ValueError("bounds")
    point = area.representative_point()
    return OutlineMeasure(west, south, east, north, round(point.x, 6), round(point.y, 6))


def draw_indicative(lon: float, lat: float, radius_m: float) -> dict[str, Any]:
    """Draw the octagon of that radius (metres) around a centre (degrees), as a GeoJSON MultiPolygon."""
    height = radius_m / METRES_PER_DEGREE
    width = height / math.cos(math.radians(lat))
    ring = [
        (
            round(lon + width * math.cos(math.pi * k / 4), 5),
            round(lat + height * math.sin(math.pi * k / 4), 5),
        )
        for k in range(8)
    ]
    return dict(mapping(shapely.MultiPolygon([shapely.Polygon(ring)])))
