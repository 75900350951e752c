"""Where to search from: what people type, read as a programme, a neighbourhood or a commune."""

from __future__ import annotations

import re
from dataclasses import dataclass
from uuid import UUID

from sanscouture.programmes.models import Programme
from sanscouture.territories.models import Commune, Qpv
from sanscouture.territories.rules import search_key
from sanscouture.territories.selectors import communes_matching

PROPOSED = 5
CODE = re.compile(r"Q[NP][0-9A-Z]{6}")
"""How a QPV is named by the State."""


@dataclass(frozen=True, slots=True)
class Place:
    """A point to search from, in degrees; `text` finds it again; `commune` is an INSEE code when there is one."""

    text: str
    label: str
    lon: float
    lat: float
    commune: str | None = None
    epci: str | None = None


def places_named(text: str) -> list[Place]:
    """Give the places that a text may name, likeliest first: a QPV code, a programme, communes, QPV by name."""
    text = " ".join(text.split())
    if not text:
        return []
    programmes = Programme.objects.filter(name__iexact=text, lon__isnull=False, lat__isnull=False).order_by("slug")[:1]
    communes = communes_matching(text.partition(" (")[0], limit=PROPOSED)
    quarters = (
        Qpv.objects.filter(lon__isnull=False, lat__isnull=False).only("code", "name", "lon", "lat").order_by("code")
    )
    code = text.partition(" ")[0].upper()
    coded = quarters.filter(code=code)[:1] if CODE.fullmatch(code) else []
    key = search_key(text)
    named = quarters.filter(name_key__contains=key)[:PROPOSED] if len(key) >= 3 else []
    found = [
        *(_quarter(each) for each in coded),
        *(_programme(each) for each in programmes),
        *(_commune(each) for each in communes),
        *(_quarter(each) for each in named),
    ]
    return list({place.text: place for place in found}.values())[: PROPOSED + 1]


def place_of_programme(programme_ids: frozenset[UUID]) -> Place | None:
    """Give the centre of somebody's programme, the first by name; None without one."""
    if not programme_ids:
        return None
    found = (
        Programme.objects.filter(pk__in=programme_ids, lon__isnull=False, lat__isnull=False).order_by("name").first()
    )
    return _programme(found) if found else None


def _programme(programme: Programme) -> Place:
    return Place(programme.name, programme.name, float(programme.lon or 0), float(programme.lat or 0))


def _commune(commune: Commune) -> Place:
    text = f"{commune.name} ({commune.departement_id})"
    return Place(text, text, commune.lon, commune.lat, commune.code, commune.epci_id)


def _quarter(quarter: Qpv) -> Place:
    return Place(
        f"{quarter.code} {quarter.name}", f"QPV {quarter.name}", float(quarter.lon or 0), float(quarter.lat or 0)
    )
