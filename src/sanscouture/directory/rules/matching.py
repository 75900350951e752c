"""In which order to propose services, and why. Pure, vectorised and deterministic (chapter 03)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import numpy as np
from django.utils.functional import Promise

from sanscouture.directory.enums import Capacity, Criterion, Verdict
from sanscouture.directory.rules import vocabulary, wording
from sanscouture.directory.rules.eligibility import NO, UNKNOWN, VERDICT_OF_STATE, States, overall, states
from sanscouture.directory.rules.facts import PersonFacts, Wanted
from sanscouture.directory.rules.offers import CAPACITY_RANK, Bools, Floats, Ints, OfferRow, Offers

EARTH_RADIUS_KM = 6371.0088
KM_PER_DEGREE = 111.195
NEAR_KM = 10.0
FAR_KM = 25.0
RADIUS_KM = 50.0
"""How far on-site services are looked for, as data·inclusion's own search does."""
NEAR, MIDDLE, REMOTE, FAR = range(4)
"""Distance bands: remote services come after on-site ones within 10 km, before those farther than 25 (chapter 03)."""

EXACT, IN_FIELD, UNRELATED = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Finding:
    """What one criterion says of one person: unmet, or to check because a fact is missing."""

    criterion: Criterion
    verdict: Verdict
    sentence: str | Promise


@dataclass(frozen=True, slots=True)
class Match:
    """One service proposed: its verdict with each reason, its distance in kilometres, and its rank in a sentence."""

    offer: OfferRow
    verdict: Verdict
    findings: tuple[Finding, ...]
    distance_km: float | None
    explanation: str | Promise

    @property
    def missing(self) -> tuple[Criterion, ...]:
        return tuple(finding.criterion for finding in self.findings if finding.verdict is Verdict.TO_CHECK)

    @property
    def reasons(self) -> tuple[str | Promise, ...]:
        return tuple(finding.sentence for finding in self.findings)


@dataclass(frozen=True, slots=True)
class Ranking:
    """The services that help one person with one thing; arrays are those of `offers`, `order` names the first ones."""

    offers: Offers
    order: Ints
    found: Mapping[Criterion, States]
    verdict: States
    fit: Ints
    distance: Floats
    located: bool
    today: date

    @property
    def possible(self) -> int:
        """How many are eligible or to check."""
        return int((self.verdict != NO).sum())

    def ids(self, limit: int | None = None) -> list[UUID]:
        """Name the first ones."""
        return list(self.offers.ids[self.order[:limit]])

    def explained(self, rows: Mapping[UUID, OfferRow], limit: int | None = None) -> list[Match]:
        """Give the first ones, explained from their rows."""
        return [_explained(self, int(index), rows[self.offers.ids[index]]) for index in self.order[:limit]]


def rank(offers: Offers, person: PersonFacts, wanted: Wanted, *, today: date, limit: int | None = None) -> Ranking:
    """Rank the services that help with what is wanted, for one person. See `rank_each`."""
    return rank_each(offers, [(person, wanted)], today=today, limit=limit)[0]


def rank_each(
    offers: Offers,
    asked: Sequence[tuple[PersonFacts, Wanted]],
    *,
    today: date,
    limit: int | None = None,
    radius_km: float | None = None,
) -> list[Ranking]:
    """Rank the services that help each person with one thing; people who want the same share what follows from it.

    Order: verdict, closed last, fit with the thématiques, distance band, capacity, distance, freshness, row.
    Services unrelated to what is wanted, or without the wanted mode, are left out; nobody is left out for a verdict.
    `limit`: how many are put in order. `radius_km`: only those to look at from where the person is (see `around`).
    """
    related: dict[Wanted, tuple[Offers, Ints]] = {}
    rankings = []
    for person, wanted in asked:
        if wanted not in related:
            related[wanted] = _related(offers, wanted)
        near, fit = related[wanted]
        if radius_km is not None and person.lon is not None and person.lat is not None:
            kept = np.flatnonzero(around(near, person.lon, person.lat, radius_km))
            near, fit = near.take(kept), fit[kept]
        rankings.append(_ranked(near, fit, person, today, limit))
    return rankings


def _related(offers: Offers, wanted: Wanted) -> tuple[Offers, Ints]:
    """The services that have to do with what is wanted, and how each fits."""
    fit = fit_of(offers, wanted)
    kept = np.flatnonzero((fit != UNRELATED) & _in_mode(offers, wanted.mode))
    return (offers, fit) if len(kept) == len(offers) else (offers.take(kept), fit[kept])


def _ranked(offers: Offers, fit: Ints, person: PersonFacts, today: date, limit: int | None) -> Ranking:
    found = states(offers, person)
    verdict = overall(found)
    distance = distances_km(offers, person.lon, person.lat)
    order = _order(offers, verdict, fit, distance, limit)
    located = person.lon is not None and person.lat is not None
    return Ranking(offers, order, found, verdict, fit, distance, located, today)


def match(
    rows: Sequence[OfferRow], person: PersonFacts, wanted: Wanted, *, today: date, limit: int | None = None
) -> list[Match]:
    """Give the first of these services for one person, explained. See `rank`."""
    found = rank(Offers.of(rows), person, wanted, today=today, limit=limit)
    return found.explained({row.id: row for row in rows}, limit)


def fit_of(offers: Offers, wanted: Wanted) -> Ints:
    """Give how each service fits: 0 a wanted thématique, 1 the wanted action field only, 2 unrelated."""
    if wanted.everything:
        return np.full(len(offers), EXACT, dtype=np.int8)
    fit = np.full(len(offers), UNRELATED, dtype=np.int8)
    if wanted.action_field:
        fit[(offers.fields & (1 << (wanted.action_field - 1))) != 0] = IN_FIELD if wanted.thematiques else EXACT
    if wanted.thematiques:
        fit[offers.with_any(vocabulary.expand(wanted.thematiques))] = EXACT
    return fit


def distances_km(offers: Offers, lon: float | None, lat: float | None, kept: Ints | None = None) -> Floats:
    """Give the great-circle distance in kilometres from a point to each service, or to those kept (positions).

    NaN where either is unknown.
    """
    lons, lats = (offers.lon, offers.lat) if kept is None else (offers.lon[kept], offers.lat[kept])
    if lon is None or lat is None:
        return np.full(len(lons), np.nan)
    return _haversine(lons, lats, lon, lat)


def distance_km(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    """Give the great-circle distance in kilometres between two points in degrees."""
    return float(_haversine(np.array([other_lon]), np.array([other_lat]), lon, lat)[0])


def around(offers: Offers, lon: float | None, lat: float | None, radius_km: float) -> Bools:
    """Mark the services to look at from a point: on site within the radius, of unknown place, or remote."""
    if lon is None or lat is None:
        return np.ones(len(offers), dtype=np.bool_)
    height = radius_km / KM_PER_DEGREE
    width = height / max(math.cos(math.radians(lat)), 0.01)
    with np.errstate(invalid="ignore"):
        inside = (np.abs(offers.lat - lat) <= height) & (np.abs(offers.lon - lon) <= width)
    marked: Bools = inside | np.isnan(offers.lat) | offers.remote
    return marked


def bands(on_site: Bools, remote: Bools, distance: Floats, *, blind: bool) -> Ints:
    """Give each service's distance band. An on-site service of unknown distance is far, unless all are (`blind`)."""
    on_site_band = np.full(len(distance), FAR)
    on_site_band[distance <= FAR_KM] = MIDDLE
    on_site_band[distance <= NEAR_KM] = NEAR
    if blind:
        on_site_band[:] = NEAR
    remote_band = np.where(remote, REMOTE, FAR)
    return np.where(on_site, np.minimum(on_site_band, remote_band), remote_band)


def told_km(offers: Offers, index: int, km: float, *, within: float = RADIUS_KM) -> float | None:
    """Give the kilometres that a person may travel: none where nobody is received, where nobody knows, or too far.

    A service received both ways is there, beyond the radius, by its remote side alone.
    """
    by_remote_alone = offers.remote[index] and km > within
    return None if math.isnan(km) or by_remote_alone or not offers.on_site[index] else km


def _haversine(lons: Floats, lats: Floats, lon: float, lat: float) -> Floats:
    here, there = np.radians(lat), np.radians(lats)
    half_lat, half_lon = (there - here) / 2, (np.radians(lons) - np.radians(lon)) / 2
    chord = np.sin(half_lat) ** 2 + np.cos(here) * np.cos(there) * np.sin(half_lon) ** 2
    distance: Floats = 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.minimum(chord, 1.0)))
    return distance


def _in_mode(offers: Offers, mode: str | None) -> Bools:
    if mode == vocabulary.ON_SITE:
        return offers.on_site
    if mode == vocabulary.REMOTE:
        return offers.remote
    return np.ones(len(offers), dtype=np.bool_)


def _order(offers: Offers, verdict: States, fit: Ints, distance: Floats, limit: int | None) -> Ints:
    """Sort by few keys: the small ones are digits of one number, and equal services keep their order.

    When few are asked for, only those whose number can be among the first are sorted.
    """
    closed = offers.capacity == CAPACITY_RANK[Capacity.CLOSED]
    coarse = (1 - verdict.astype(np.int32)) * 2 + closed
    band = bands(offers.on_site, offers.remote, distance, blind=bool(np.isnan(distance).all()))
    for digit, base in ((fit, UNRELATED), (band, FAR + 1), (offers.capacity, len(CAPACITY_RANK))):
        coarse = coarse * base + digit
    kept = np.arange(len(coarse))
    if limit is not None and 0 < limit < len(coarse):
        kept = np.flatnonzero(coarse <= np.partition(coarse, limit - 1)[limit - 1])
    near_first = np.where(np.isnan(distance[kept]) | ~offers.on_site[kept], np.inf, distance[kept])
    return kept[np.lexsort((-offers.updated[kept], near_first, coarse[kept]))][:limit]


def _explained(ranking: Ranking, index: int, row: OfferRow) -> Match:
    offers = ranking.offers
    findings = tuple(
        Finding(criterion, VERDICT_OF_STATE[state], wording.finding(criterion, row, unmet=state == NO))
        for criterion, column in ranking.found.items()
        if (state := int(column[index])) in {NO, UNKNOWN}
    )
    km = told_km(offers, index, float(ranking.distance[index]))
    explanation = wording.explanation(
        row,
        exact=bool(ranking.fit[index] == EXACT),
        km=km,
        remote=bool(offers.remote[index]),
        located=ranking.located,
        today=ranking.today,
    )
    return Match(row, VERDICT_OF_STATE[int(ranking.verdict[index])], findings, km, explanation)
