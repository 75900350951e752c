"""Where invented people live: random points of real neighbourhoods, in streets that do not exist."""

from __future__ import annotations

from random import Random
from typing import Any, cast

import shapely
from shapely.geometry import Point, shape

from sanscouture.access.actor import Actor
from sanscouture.access.scope import scope
from sanscouture.people.models import Beneficiary
from sanscouture.people.services import set_place
from sanscouture.programmes.models import Perimeter, Programme
from sanscouture.territories.enums import PlaceKind
from sanscouture.territories.models import Commune, Qpv
from sanscouture.territories.rules import GeocodedAddress

STREETS = (
    "rue de la Bobine",
    "allée des Boutons-d’Or",
    "impasse du Dé",
    "rue du Fil à Plomb",
    "square de la Navette",
    "rue des Dentellières-Inventées",
    "allée du Point-de-Croix",
    "rue de l’Ourlet",
)
METRES_PER_DEGREE = 111_000
INSIDE_BY_M = 170
"""Deep enough for an indicative outline (150 m)."""
TRIES = 400


class Homes:
    """Gives homes inside a programme's neighbourhoods, near them, or nowhere sure."""

    def __init__(self, programme: Programme, luck: Random) -> None:
        self.luck = luck
        with scope(programmes=[programme.pk]):
            rows = Perimeter.objects.filter(programme=programme, until=None).order_by("qpv_id")
            self.quarters = list(Qpv.objects.filter(pk__in=rows.values("qpv_id")).order_by("pk"))
        self.communes = list(programme.communes.order_by("code"))
        self._areas: dict[str, tuple[Any, Commune]] = {}

    def inside(self) -> GeocodedAddress:
        """A home inside one of the neighbourhoods; nowhere sure when the programme has none."""
        if not self.quarters:
            return self.somewhere()
        area, commune = self._area(self.luck.choice(self.quarters))
        west, south, east, north = area.bounds
        point = area.representative_point()
        for _ in range(TRIES):
            tried = Point(self.luck.uniform(west, east), self.luck.uniform(south, north))
            if area.contains(tried):
                point = tried
                break
        return self._home(commune, point.x, point.y, PlaceKind.HOUSENUMBER)

    def _area(self, quarter: Qpv) -> tuple[Any, Commune]:
        """Where homes of a neighbourhood may be, well inside its outline, and its commune."""
        if quarter.pk not in self._areas:
            outline = shape(cast("Any", quarter.outline))
            deep = outline.buffer(-INSIDE_BY_M / METRES_PER_DEGREE)
            area = outline if deep.is_empty else deep
            shapely.prepare(area)
            self._areas[quarter.pk] = area, quarter.communes.order_by("code").first() or self.communes[0]
        return self._areas[quarter.pk]

    def outside(self) -> GeocodedAddress:
        """A home some kilometres from the centre of a commune of the programme."""
        commune = self.luck.choice(self.communes)
        return self._home(commune, commune.lon + 0.03, commune.lat - 0.028, PlaceKind.HOUSENUMBER)

    def somewhere(self) -> GeocodedAddress:
        """A commune, without a street: too coarse to say."""
        commune = self.luck.choice(self.communes)
        return self._home(commune, commune.lon, commune.lat, PlaceKind.MUNICIPALITY)

    def _home(self, commune: Commune, lon: float, lat: float, kind: PlaceKind) -> GeocodedAddress:
        postcode = next(iter(commune.postcodes), "")
        street = f"{self.luck.randrange(1, 80)} {self.luck.choice(STREETS)}, "
        label = f"{street if kind == PlaceKind.HOUSENUMBER else ''}{postcode} {commune.name}".strip()
        return GeocodedAddress(label, round(lon, 6), round(lat, 6), 0.96, kind, postcode, commune.pk, "demo")


def settle(person: Beneficiary, place: GeocodedAddress, *, actor: Actor) -> None:
    """Write where a person lives, as an adviser would who chose a proposed address."""
    set_place(person, address=place.label, place=place, actor=actor)
