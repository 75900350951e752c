"""The offer as arrays: one column per condition, one row per service, so that matching loops over nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

import numpy as np
import numpy.typing as npt

from sanscouture.directory.enums import Capacity, ResidenceRule
from sanscouture.directory.rules import vocabulary
from sanscouture.directory.rules.facts import FRENCH_RANK, is_whole_country

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]

WORD = 64
THEME_PLACE = {slug: divmod(index, WORD) for index, (slug, _label) in enumerate(vocabulary.THEMATIQUES)}
"""Where a thématique is kept: which word, which bit of it."""
THEME_WORDS = -(-len(THEME_PLACE) // WORD)
CATEGORY_BIT = {slug: 1 << index for index, (slug, _label) in enumerate(vocabulary.CATEGORIES)}
PUBLIC_BIT = {slug: 1 << index for index, (slug, _label) in enumerate(vocabulary.PUBLICS)}
MODE_BIT = {slug: 1 << index for index, (slug, _label) in enumerate(vocabulary.RECEPTION_MODES)}
TYPE_INDEX = {slug: index for index, (slug, _label) in enumerate(vocabulary.SERVICE_TYPES)}
FEES_INDEX = {slug: index for index, (slug, _label) in enumerate(vocabulary.FEES)}
NOT_SAID = -1
NO_MINIMUM, NO_MAXIMUM = -1, 999
CAPACITY_RANK: dict[str, int] = {
    Capacity.OPEN: 0,
    Capacity.UNKNOWN: 1,
    Capacity.ASSESSMENT: 1,
    Capacity.WAITING: 2,
    Capacity.CLOSED: 3,
}


@dataclass(frozen=True, slots=True)
class OfferRow:
    """The conditions of one service, as plain values."""

    id: UUID
    thematiques: Sequence[str] = ()
    action_fields: Sequence[int] = ()
    publics: Sequence[str] = ()
    age_min: int | None = None
    age_max: int | None = None
    french_level_min: str = ""
    job_seeker_required: bool | None = None
    residence_rule: str = ResidenceRule.ANYWHERE
    eligibility_zone: Sequence[str] = ()
    reception_modes: Sequence[str] = ()
    lon: float | None = None
    lat: float | None = None
    capacity: str = Capacity.UNKNOWN
    source_updated_on: date | None = None
    source: str = ""
    type: str = ""
    fees: str = ""
    quality: float | None = None
    commune_id: str | None = None

    @property
    def zone_counts(self) -> bool:
        return self.residence_rule != ResidenceRule.ANYWHERE and not is_whole_country(self.eligibility_zone)


@dataclass(frozen=True, slots=True)
class Offers:
    """Services as arrays of the same length. Build with `Offers.of`; an empty offer is a valid one.

    `themes` has shape (words, services): the thématiques of a service are bits, 64 to a word. The zones of service
    i are `zone_code[zone_first[i] : zone_first[i + 1]]`; `zone_owner` names the service of each.
    """

    ids: npt.NDArray[np.object_]
    themes: Ints
    categories: Ints
    fields: Ints
    publics: Ints
    age_min: Ints
    age_max: Ints
    french_min: Ints
    job_seekers_only: Bools
    qpv_only: Bools
    zone_first: Ints
    zone_owner: Ints
    zone_code: Ints
    zone_codes: dict[str, int]
    on_site: Bools
    remote: Bools
    lon: Floats
    lat: Floats
    capacity: Ints
    updated: Ints
    modes: Ints
    source: Ints
    type: Ints
    fees: Ints
    quality: Floats
    sources: dict[str, int]
    commune: Ints
    communes: dict[str, int]

    def __len__(self) -> int:
        return len(self.ids)

    def with_any(self, thematiques: Iterable[str]) -> Bools:
        """Say which services have one of these thématiques."""
        asked = _theme_words([thematiques])
        return np.asarray((self.themes & asked).any(axis=0), dtype=np.bool_)

    def take(self, kept: Ints) -> Offers:
        """Keep some services, named by their positions in ascending order."""
        owner, zone_code = self.zones_of(kept)
        columns = {
            name: getattr(self, name)[kept]
            for name in (
                *("ids", "categories", "fields", "publics", "age_min", "age_max", "french_min", "job_seekers_only"),
                *("qpv_only", "on_site", "remote", "lon", "lat", "capacity", "updated", "modes", "source", "type"),
                *("fees", "quality", "commune"),
            )
        }
        return replace(
            self,
            themes=self.themes[:, kept],
            zone_first=_starts(owner, len(kept)),
            zone_owner=owner,
            zone_code=zone_code,
            **columns,
        )

    def zones_of(self, kept: Ints) -> tuple[Ints, Ints]:
        """Give the zones of some services: the place of each one's service among them, and its code."""
        first = self.zone_first[kept]
        count = self.zone_first[kept + 1] - first
        owner = np.repeat(np.arange(len(kept)), count)
        within = np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count)
        return owner, self.zone_code[np.repeat(first, count) + within]

    @classmethod
    def of(cls, rows: Sequence[OfferRow]) -> Offers:
        """Turn rows into arrays; linear in the rows and in their eligibility zones."""
        zone_codes: dict[str, int] = {}
        zones = [
            (i, zone_codes.setdefault(code, len(zone_codes)))
            for i, row in enumerate(rows)
            if row.zone_counts
            for code in row.eligibility_zone
        ]
        zone_owner, zone_code = np.array(zones, dtype=np.int64).reshape(-1, 2).T
        modes = [set(row.reception_modes) for row in rows]
        sources: dict[str, int] = {}
        communes: dict[str, int] = {}
        return cls(
            ids=np.fromiter((row.id for row in rows), dtype=np.object_, count=len(rows)),
            themes=_theme_words(row.thematiques for row in rows),
            categories=_integers(_category_mask(row.thematiques) for row in rows),
            fields=_integers(sum(1 << (field - 1) for field in set(row.action_fields)) for row in rows),
            publics=_integers(_mask(row.publics) for row in rows),
            age_min=_integers(NO_MINIMUM if row.age_min is None else row.age_min for row in rows),
            age_max=_integers(NO_MAXIMUM if row.age_max is None else row.age_max for row in rows),
            french_min=_integers(FRENCH_RANK.get(row.french_level_min, NO_MINIMUM) for row in rows),
            job_seekers_only=_booleans(row.job_seeker_required is True for row in rows),
            qpv_only=_booleans(row.residence_rule == ResidenceRule.QPV for row in rows),
            zone_first=_starts(zone_owner, len(rows)),
            zone_owner=zone_owner,
            zone_code=zone_code,
            zone_codes=zone_codes,
            on_site=_booleans(vocabulary.ON_SITE in mode or vocabulary.REMOTE not in mode for mode in modes),
            remote=_booleans(vocabulary.REMOTE in mode for mode in modes),
            lon=np.array([np.nan if row.lon is None else row.lon for row in rows], dtype=np.float64),
            lat=np.array([np.nan if row.lat is None else row.lat for row in rows], dtype=np.float64),
            capacity=_integers(CAPACITY_RANK[row.capacity] for row in rows),
            updated=_integers(row.source_updated_on.toordinal() if row.source_updated_on else 0 for row in rows),
            modes=_integers(sum(MODE_BIT.get(mode, 0) for mode in set(row.reception_modes)) for row in rows),
            source=_integers(sources.setdefault(row.source, len(sources)) for row in rows),
            type=_integers(TYPE_INDEX.get(row.type, NOT_SAID) for row in rows),
            fees=_integers(FEES_INDEX.get(row.fees, NOT_SAID) for row in rows),
            quality=np.array([np.nan if row.quality is None else row.quality for row in rows], dtype=np.float64),
            sources=sources,
            commune=_integers(
                NOT_SAID if row.commune_id is None else communes.setdefault(row.commune_id, len(communes))
                for row in rows
            ),
            communes=communes,
        )


def _starts(owner: Ints, size: int) -> Ints:
    """Where the zones of each service begin, and where the last ones end."""
    return np.concatenate(([0], np.cumsum(np.bincount(owner, minlength=size))))


def _theme_words(services: Iterable[Iterable[str]]) -> Ints:
    """Give the thématiques of some services as bits, an array of shape (words, services); unknown words have none."""
    words = []
    for thematiques in services:
        bits = [0] * THEME_WORDS
        for slug in thematiques:
            if place := THEME_PLACE.get(slug):
                bits[place[0]] |= 1 << place[1]
        words.append(bits)
    return np.ascontiguousarray(np.array(words, dtype=np.uint64).reshape(-1, THEME_WORDS).T)


def _category_mask(thematiques: Iterable[str]) -> int:
    categories = {vocabulary.category_of(slug) for slug in thematiques if slug in THEME_PLACE}
    return sum(CATEGORY_BIT[slug] for slug in categories)


def public_mask(publics: Sequence[str] | frozenset[str]) -> int:
    """Give the bits of data·inclusion publics; unknown words have none."""
    return sum(PUBLIC_BIT.get(public, 0) for public in set(publics))


def _mask(publics: Sequence[str]) -> int:
    return 0 if vocabulary.EVERYONE in publics else public_mask(publics)


def _integers(values: Any) -> Ints:
    return np.fromiter(values, dtype=np.int32)


def _booleans(values: Any) -> Bools:
    return np.fromiter(values, dtype=np.bool_)
