"""A place, and the answer that is kept of it: is it in a QPV, and on what that rests."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Self

import numpy as np
from django.utils import formats
from django.utils.translation import gettext as _

from sanscouture.territories.enums import Answer, PlaceKind

SCORE_ENOUGH = 0.8
"""Below this geocoding score (0 to 1) an address is not believed; the threshold of les-emplois."""
MARGIN_M = {
    PlaceKind.POINT: 0.0,
    PlaceKind.HOUSENUMBER: 0.0,
    PlaceKind.STREET: 300.0,
    PlaceKind.LOCALITY: 500.0,
    PlaceKind.MUNICIPALITY: math.inf,
}
"""How far, in metres, the true place may lie from the given point. A commune's centre is never believed."""
KM = 1000


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
    kind: str = ""

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


def said_distance(metres: float) -> str:
    """Say a distance as people do: 152 m, 2,4 km.

    >>> said_distance(152.4), said_distance(2440)
    ('152\\xa0m', '2,4\\xa0km')
    """
    return said_step(int(distance_step(metres)))


def distance_step(metres: Any) -> Any:
    """Round distances (one or an array) to what is said of them: metres, then, below zero, tenths of kilometres."""
    return np.where(np.less(metres, KM), np.rint(metres), -np.floor(np.divide(metres, KM / 10))).astype(np.int64)


def said_step(step: int) -> str:
    """Say a distance rounded by `distance_step`."""
    return f"{step}\u00a0m" if step >= 0 else f"{formats.number_format(-step / 10, 1)}\u00a0km"
