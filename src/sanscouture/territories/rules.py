"""Pure rules of places: search keys, outlines and, above all, the three-valued answer to « is this in a QPV? »."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Self

import shapely
from django.utils import formats
from django.utils.translation import gettext as _
from shapely.geometry import mapping, shape

from sanscouture.territories.enums import Answer, PlaceKind

METRES_PER_DEGREE = 111_320
OFFICIAL_PRECISION_M = 11.0
"""Outlines published with 4 decimals of a degree: nearer than this to the line, nobody can tell the side."""
INDICATIVE_PRECISION_M = 150.0
"""An indicative outline is drawn around an approximate centre."""
SCORE_ENOUGH = 0.8
"""Below this geocoding score (0 to 1) an address is not believed; the threshold of les-emplois."""
MARGIN_M = {
    PlaceKind.POINT: 0.0,
    PlaceKind.HOUSENUMBER: 0.0,
    PlaceKind.STREET: 300.0,
    PlaceKind.LOCALITY: 500.0,
}
"""How far, in metres, the true place may lie from the given point. A commune's centre is never believed."""

SPELLED = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "’": " ", "–": " "})
ABBREVIATIONS = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes"}


def search_key(text: str) -> str:
    """Reduce a name to what people type: no accent, no capital, no hyphen, « St » read « saint ».

    >>> search_key("Saint-Étienne-de-Bœuf"), search_key("ST OMER")
    ('saint etienne de boeuf', 'saint omer')
    """
    spelled = text.translate(SPELLED)
    plain = unicodedata.normalize("NFKD", spelled).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", " ", plain).split()
    return " ".join(ABBREVIATIONS.get(word, word) for word in words)


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


@dataclass(frozen=True)
class GeocodedAddress:
    """A place that a geocoder proposes: degrees (WGS84), score from 0 to 1."""

    label: str
    lon: float
    lat: float
    score: float
    kind: PlaceKind
    postcode: str = ""
    commune_code: str = ""
    source: str = ""


def point_shown(lon: float, lat: float, *, source: str = "") -> GeocodedAddress:
    """A point (degrees, WGS84) shown by somebody who knows it: exact."""
    return GeocodedAddress(f"{lat:.5f}, {lon:.5f}", lon, lat, 1.0, PlaceKind.POINT, source=source)


@dataclass(frozen=True)
class NearbyQpv:
    """A QPV near a point, and the distance in metres from the point to its border."""

    code: str
    name: str
    generation: str
    indicative: bool
    inside: bool
    border_m: float

    @property
    def precision_m(self) -> float:
        return INDICATIVE_PRECISION_M if self.indicative else OFFICIAL_PRECISION_M


@dataclass(frozen=True)
class Surroundings:
    """What is known around a place.

    `outlines_complete` says that every QPV hereabouts is among the outlines; `commune_has_qpv` is None when the
    commune is not known.
    """

    nearby: Sequence[NearbyQpv] = ()
    outlines_complete: bool = False
    commune_has_qpv: bool | None = None


@dataclass(frozen=True)
class QpvAnswer:
    """Whether a place is in a QPV, in a sentence, and all that the answer rests on."""

    answer: Answer
    reason: str
    decided_on: date
    qpv_code: str = ""
    qpv_name: str = ""
    generation: str = ""
    indicative: bool = False
    border_m: int | None = None
    address: str = ""
    source: str = ""
    score: float | None = None

    @property
    def distance(self) -> str:
        """The distance to the border, as people say it."""
        return "" if self.border_m is None else said_distance(self.border_m)

    @property
    def score_percent(self) -> int | None:
        """The geocoding score, from 0 to 100."""
        return None if self.score is None else math.floor(self.score * 100)

    @property
    def source_label(self) -> str:
        """Where the address came from, in words."""
        return {
            "ban": _("Base adresse nationale"),
            "local": _("adresses publiques géocodées"),
            "communes": _("centre de la commune"),
        }.get(self.source, self.source or _("non indiquée"))

    def as_json(self) -> dict[str, Any]:
        """Give the answer as plain values, to be stored beside the address."""
        return asdict(self) | {"answer": self.answer.value, "decided_on": self.decided_on.isoformat()}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        """Read an answer stored by `as_json`."""
        return cls(
            **values | {"answer": Answer(values["answer"]), "decided_on": date.fromisoformat(values["decided_on"])}
        )


def decide(place: GeocodedAddress | None, around: Surroundings, *, today: date) -> QpvAnswer:
    """Answer inside, outside or undetermined for a place; never « outside » from a poor address.

    Undetermined when the address is unknown, its score below 0.8, its precision coarser than the distance to a border,
    the border nearer than the outline's own precision (11 m; 150 m for an indicative outline), or the outlines of the
    place incomplete. Only a commune that has no QPV at all makes a coarse address safe. Source: chapter 02.
    """
    if place is None:
        return QpvAnswer(Answer.UNDETERMINED, _("L’adresse n’a pas été trouvée."), today)
    nearest = min(around.nearby, key=lambda qpv: qpv.border_m, default=None)
    held = _holding(place, around.nearby)
    answer, reason = _verdict(place, around, held, nearest)
    told = held if held and answer is Answer.INSIDE else nearest
    inside = told if told and answer is Answer.INSIDE else None
    return QpvAnswer(
        answer,
        reason,
        today,
        qpv_code=inside.code if inside else "",
        qpv_name=inside.name if inside else "",
        generation=told.generation if told else "",
        indicative=told.indicative if told else False,
        border_m=round(told.border_m) if told else None,
        address=place.label,
        source=place.source,
        score=place.score,
    )


def said_distance(metres: float) -> str:
    """Say a distance as people do: 152 m, 2,4 km.

    >>> said_distance(152.4), said_distance(2440)
    ('152\\xa0m', '2,4\\xa0km')
    """
    if metres < 1000:
        return f"{round(metres)}\u00a0m"
    return f"{formats.number_format(metres / 1000, 1)}\u00a0km"


def _needed_m(place: GeocodedAddress, qpv: NearbyQpv) -> float:
    return max(qpv.precision_m, MARGIN_M.get(place.kind, math.inf))


def _holding(place: GeocodedAddress, nearby: Sequence[NearbyQpv]) -> NearbyQpv | None:
    """The QPV that surely holds the place; the one it is deepest in when outlines overlap."""
    sure = [qpv for qpv in nearby if qpv.inside and qpv.border_m >= _needed_m(place, qpv)]
    return max(sure, key=lambda qpv: qpv.border_m, default=None)


def _verdict(
    place: GeocodedAddress, around: Surroundings, held: NearbyQpv | None, nearest: NearbyQpv | None
) -> tuple[Answer, str]:
    return _by_address(place, around) or _by_outlines(place, around, held, nearest)


def _by_address(place: GeocodedAddress, around: Surroundings) -> tuple[Answer, str] | None:
    """What the address settles by itself, before any outline is looked at."""
    if place.score < SCORE_ENOUGH:
        return Answer.UNDETERMINED, _("L’adresse est trop incertaine (score de %(score)d sur 100).") % {
            "score": math.floor(place.score * 100)
        }
    if around.outlines_complete and around.commune_has_qpv is False:
        return Answer.OUTSIDE, _("Cette commune n’a aucun QPV.")
    if place.kind is PlaceKind.MUNICIPALITY:
        return Answer.UNDETERMINED, _("Seule la commune est connue : il faut le numéro et la rue.")
    return None


def _by_outlines(
    place: GeocodedAddress, around: Surroundings, held: NearbyQpv | None, nearest: NearbyQpv | None
) -> tuple[Answer, str]:
    if held:
        return Answer.INSIDE, _("L’adresse est dans le QPV %(name)s, à %(distance)s de sa limite.") % _told(held)
    near = [qpv for qpv in around.nearby if qpv.border_m < _needed_m(place, qpv)]
    if near:
        return Answer.UNDETERMINED, _near_sentence(place, min(near, key=lambda qpv: qpv.border_m))
    if not around.outlines_complete:
        return Answer.UNDETERMINED, _("Les contours officiels des QPV de ce territoire ne sont pas chargés.")
    if nearest is None:
        return Answer.OUTSIDE, _("Aucun QPV n’est proche de cette adresse.")
    return Answer.OUTSIDE, _("Le QPV le plus proche, %(name)s, est à %(distance)s.") % _told(nearest)


def _told(qpv: NearbyQpv) -> dict[str, str]:
    return {"name": qpv.name, "distance": said_distance(qpv.border_m)}


def _near_sentence(place: GeocodedAddress, qpv: NearbyQpv) -> str:
    values = _told(qpv)
    if MARGIN_M[place.kind] > qpv.precision_m:
        return _("Le QPV %(name)s commence à %(distance)s : il faut le numéro dans la rue.") % values
    if qpv.indicative:
        return _("La limite du QPV %(name)s est à %(distance)s, et son contour n’est qu’indicatif.") % values
    return _("La limite du QPV %(name)s est à %(distance)s, trop près pour trancher.") % values
