"""Which services answer a need, for one person: ranked by the rules in memory, read from the database."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

import numpy as np

from sanscouture.core import clock
from sanscouture.directory.models import Service
from sanscouture.directory.rules.facts import PersonFacts, Wanted
from sanscouture.directory.rules.matching import RADIUS_KM, Match, Ranking, around, rank_each
from sanscouture.directory.rules.offers import Offers
from sanscouture.directory.selectors.offers import current_offer, row_of

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
    wanted: Wanted, person: PersonFacts, *, limit: int = 3, excluding: frozenset[UUID] = frozenset()
) -> ServiceMatches:
    """Give the best services for one need, in two queries.

    `excluding`: services already tried. See `matching_services_by`.
    """
    return matching_services_by({0: wanted}, person, limit=limit, excluding=excluding)[0]


def matching_services_by(
    wanted: Mapping[Key, Wanted], person: PersonFacts, *, limit: int = 3, excluding: frozenset[UUID] = frozenset()
) -> dict[Key, ServiceMatches]:
    """Give the best services for several needs of one person (the eight fields of a diagnosis), in two queries.

    On-site services within 50 km of the person, and remote ones; without a position, everywhere. `total` counts those
    that are eligible or to check; those not eligible come last, with each reason.
    """
    kept, today = current_offer(), clock.today()
    candidates = around(kept.offers, person.lon, person.lat, RADIUS_KM)
    candidates[[kept.position[pk] for pk in excluding if pk in kept.position]] = False
    offers = kept.offers.take(np.flatnonzero(candidates))
    rankings = rank_each(offers, [(person, each) for each in wanted.values()], today=today, limit=limit)
    return _read(dict(zip(wanted, rankings, strict=True)), limit)


def matching_services_of(
    asked: Mapping[Key, tuple[PersonFacts, Wanted]], *, limit: int = 3
) -> dict[Key, ServiceMatches]:
    """Give the best services for each of many people (a cohort), each with one need, in two queries.

    The rule is that of `matching_services_by`.
    """
    kept, today = current_offer(), clock.today()
    rankings = rank_each(kept.offers, list(asked.values()), today=today, limit=limit, radius_km=RADIUS_KM)
    return _read(dict(zip(asked, rankings, strict=True)), limit)


def verdicts_of(service: Service, people: Mapping[Key, PersonFacts]) -> dict[Key, Match]:
    """Say of each of many people whether they may enter one service, and why; no query."""
    row, today = row_of(service), clock.today()
    rankings = rank_each(Offers.of([row]), [(person, Wanted()) for person in people.values()], today=today, limit=1)
    return {key: one.explained({row.id: row}, 1)[0] for key, one in zip(people, rankings, strict=True)}


def _read(found: Mapping[Key, Ranking], limit: int) -> dict[Key, ServiceMatches]:
    """Read the services to show, once for all, and explain each."""
    shown = {pk for ranking in found.values() for pk in ranking.ids(limit)}
    services = Service.objects.select_related("organisation", "commune").order_by().in_bulk(shown)
    rows = {pk: row_of(service) for pk, service in services.items()}
    return {
        key: ServiceMatches(
            best=tuple(ServiceMatch(services[one.offer.id], one) for one in ranking.explained(rows, limit)),
            total=ranking.possible,
        )
        for key, ranking in found.items()
    }
