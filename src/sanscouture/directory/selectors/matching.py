"""Which services answer a need, for one person: candidates cut by the database, ranked by the rules."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import TypeVar

from django.db.models import Q

from sanscouture.core import clock
from sanscouture.directory.models import Service
from sanscouture.directory.rules import vocabulary
from sanscouture.directory.rules.facts import PersonFacts, Wanted
from sanscouture.directory.rules.matching import Match, rank
from sanscouture.directory.selectors.offers import active_services, around, offers_of

RADIUS_KM = 50.0
"""How far on-site services are looked for, as data·inclusion's own search does."""

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class ServiceMatch:
    """A service with what the rules say of it for one person."""

    service: Service
    match: Match


@dataclass(frozen=True, slots=True)
class ServiceMatches:
    """The best services for a need, and how many there are in all that the person may enter."""

    best: tuple[ServiceMatch, ...]
    total: int


def matching_services(
    wanted: Wanted, person: PersonFacts, *, limit: int = 3, excluding: frozenset[str] = frozenset()
) -> ServiceMatches:
    """Give the best services for one need, in two queries.

    `excluding`: external identifiers of services already tried. See `matching_services_by`.
    """
    return matching_services_by({0: wanted}, person, limit=limit, excluding=excluding)[0]


def matching_services_by(
    wanted: Mapping[Key, Wanted], person: PersonFacts, *, limit: int = 3, excluding: frozenset[str] = frozenset()
) -> dict[Key, ServiceMatches]:
    """Give the best services for several needs of one person (the eight fields of a diagnosis), in two queries.

    On-site services within 50 km of the person, and remote ones; without a position, everywhere. `total` counts those
    that are eligible or to check; those not eligible come last, with each reason.
    """
    candidates = active_services().filter(_concerned(wanted)).exclude(external_id__in=excluding)
    if person.lon is not None and person.lat is not None:
        candidates = candidates.filter(around(person.lon, person.lat, RADIUS_KM))
    offers, today = offers_of(candidates), clock.today()
    found = {key: rank(offers, person, each, today=today) for key, each in wanted.items()}
    best = {key: ranking.first(limit) for key, ranking in found.items()}
    shown = {row.offer.id for rows in best.values() for row in rows}
    services = Service.objects.select_related("organisation", "commune").order_by().in_bulk(shown)
    return {
        key: ServiceMatches(
            best=tuple(ServiceMatch(services[row.offer.id], row) for row in best[key]), total=ranking.possible
        )
        for key, ranking in found.items()
    }


def _concerned(wanted: Mapping[Key, Wanted]) -> Q:
    """Services that share a thématique or an action field with something wanted."""
    if not wanted or any(each.everything for each in wanted.values()):
        return Q()
    themes = sorted({slug for each in wanted.values() for slug in vocabulary.expand(each.thematiques)})
    fields = sorted({each.action_field for each in wanted.values() if each.action_field})
    return reduce(or_, [Q(thematiques__overlap=themes), Q(action_fields__overlap=fields)])
