"""The directory's search: words read by the database, filters and counts by arrays; never an empty answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db import connection
from django.db.models import F, Q

from sanscouture.directory.enums import ActionField, Capacity
from sanscouture.directory.models import SEARCH_CONFIG, Service
from sanscouture.directory.rules import vocabulary
from sanscouture.directory.rules.eligibility import NO, zone_states
from sanscouture.directory.rules.facts import PersonFacts
from sanscouture.directory.rules.matching import around, bands, distances_km, told_km
from sanscouture.directory.rules.offers import CAPACITY_RANK, CATEGORY_BIT, PUBLIC_BIT, Bools, Floats, Ints, Offers
from sanscouture.directory.rules.searching import words_of
from sanscouture.directory.selectors.offers import COLUMNS, KeptOffer, active_services, current_offer
from sanscouture.directory.selectors.places import Place

PER_PAGE = 20
SHOWN = (
    *(column for column in COLUMNS if column != "commune_id"),
    *("commune", "organisation__name", "name", "summary", "description", "city", "fictitious"),
    *("places", "waiting_weeks", "capacity_until"),
)
"""What a result is read for: the conditions, and what its card says."""
WIDER = 1.01
"""A box around a circle on the globe is a little wider than one on the plane."""
TYPO_FROM = 5
LIKENESS = "0.5"
"""Words of five letters and more are also found with a small mistake."""


@dataclass(frozen=True, slots=True)
class Search:
    """What is asked of the directory; an empty value asks nothing. `radius_km` counts only with a place."""

    text: str = ""
    place: Place | None = None
    radius_km: float = 25.0
    theme: str = ""
    field: int | None = None
    public: str = ""
    mode: str = ""
    only_places: bool = False

    @property
    def asked(self) -> tuple[str, ...]:
        """The filters in use, by name."""
        used = {
            "text": bool(words_of(self.text)),
            "place": self.place is not None,
            **{name: bool(getattr(self, name)) for name in ("theme", "field", "public", "mode", "only_places")},
        }
        return tuple(name for name, holds in used.items() if holds)


@dataclass(frozen=True, slots=True)
class FoundService:
    """One result; `km` is None for a remote service, one whose place is unknown, or one reached by its remote side."""

    service: Service
    km: float | None


@dataclass(frozen=True, slots=True)
class Found:
    """One page of results, the exact total, counts by filter value, and which filter to loosen when it is empty.

    `nearly`: no service says these words; those found say almost them.
    """

    results: Sequence[FoundService]
    total: int
    page: int
    pages: int
    counts: Mapping[str, Mapping[str, int]]
    loosened: Mapping[str, int]
    nearly: bool


@dataclass(frozen=True, slots=True)
class Said:
    """What the words of a search mark in the offer, and how well each service answers them."""

    kept: KeptOffer
    mask: Bools
    relevance: Floats
    nearly: bool


def search_services(search: Search, *, page: int = 1) -> Found:
    """Find services, nearest first: remote ones after 10 km and before 25, closed ones last.

    A number of queries that does not depend on the offer. `counts[filter][value]` says how many results that value
    would give, the other filters kept; `loosened[filter]` how many without that filter, when nothing is found.
    """
    said = words_said(search.text)
    offers = said.kept.offers
    distance = _distance(offers, search)
    masks = {**_masks(offers, search, distance), "text": said.mask}
    found = np.flatnonzero(_all(masks.values(), offers))
    ordered = found[_order(offers, found, search, distance, said.relevance)]
    pages = max(1, -(-len(ordered) // PER_PAGE))
    page = min(max(page, 1), pages)
    shown = ordered[(page - 1) * PER_PAGE : page * PER_PAGE]
    return Found(
        results=_results(offers, shown, distance, search),
        total=len(ordered),
        page=page,
        pages=pages,
        counts=_counts(offers, masks),
        loosened={} if len(ordered) else _loosened(search, masks, offers),
        nearly=said.nearly,
    )


def _distance(offers: Offers, search: Search) -> Floats:
    """Kilometres from the place, NaN where unknown; not measured beyond the radius (infinite), where nobody asks."""
    if search.place is None:
        return np.full(len(offers), np.nan)
    lon, lat = search.place.lon, search.place.lat
    distance = np.full(len(offers), np.inf)
    near = np.flatnonzero(around(offers, lon, lat, search.radius_km * WIDER))
    distance[near] = distances_km(offers, lon, lat, near)
    return distance


def _loosened(search: Search, masks: Mapping[str, Bools], offers: Offers) -> dict[str, int]:
    """Say how many services a search would find without each of its filters, the most useful first."""
    totals = {
        name: int(_all((mask for other, mask in masks.items() if other != name), offers).sum()) for name in search.asked
    }
    return {name: total for name, total in sorted(totals.items(), key=lambda pair: -pair[1]) if total}


def _forgive() -> None:
    """Let a word be found at half its trigrams, for this transaction: « gardre » is « garde »."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pg_trgm.word_similarity_threshold', %s, true)", [LIKENESS])


def _text(text: str) -> tuple[Q, bool]:
    """Every word is somewhere: exactly, as a beginning or in another form; when no service says so, nearly (True)."""
    exact, near = Q(), Q()
    for word in words_of(text):
        said = Q(search=SearchQuery(f"{word}:*", config=SEARCH_CONFIG, search_type="raw"))
        said |= Q(search=SearchQuery(word, config=SEARCH_CONFIG))
        exact &= said
        near &= (said | Q(keywords__trigram_word_similar=word)) if len(word) >= TYPO_FROM else said
    if not exact or active_services().filter(exact).exists():
        return exact, False
    _forgive()
    return near, True


def words_said(text: str) -> Said:
    """Mark the services that say the words; coarsely, the name and its themes weigh more than the description."""
    kept = current_offer()
    size, words = len(kept.offers), words_of(text)
    relevance = np.zeros(size)
    if not words:
        return Said(kept, np.ones(size, dtype=np.bool_), relevance, nearly=False)
    condition, nearly = _text(text)
    query = SearchQuery(" | ".join(f"{word}:*" for word in words), config=SEARCH_CONFIG, search_type="raw")
    mask = np.zeros(size, dtype=np.bool_)
    found = active_services().filter(condition).order_by().values_list("id", SearchRank(F("search"), query))
    for pk, rank in found:
        if (place := kept.position.get(pk)) is not None:
            mask[place], relevance[place] = True, round(rank, 1)
    return Said(kept, mask, relevance, nearly)


def _masks(offers: Offers, search: Search, distance: Floats) -> dict[str, Bools]:
    everything = np.ones(len(offers), dtype=np.bool_)
    masks = dict.fromkeys(("place", "theme", "field", "public", "mode", "only_places"), everything)
    if search.place:
        masks["place"] = _reachable(offers, search.place, distance <= search.radius_km)
    if search.theme:
        masks["theme"] = offers.with_any(vocabulary.expand([search.theme]))
    if search.field:
        masks["field"] = _in_field(offers.fields, search.field)
    if search.public:
        masks["public"] = _accepts(offers.publics, search.public)
    if search.mode:
        masks["mode"] = offers.remote if search.mode == vocabulary.REMOTE else offers.on_site
    if search.only_places:
        masks["only_places"] = offers.capacity == CAPACITY_RANK[Capacity.OPEN]
    return masks


def _reachable(offers: Offers, place: Place, near: Bools) -> Bools:
    """On site nearby, or remote; and, from a commune, only where its residents may enter."""
    reachable = (offers.on_site & near) | offers.remote
    admitted = zone_states(offers, PersonFacts(commune=place.commune, epci=place.epci)) != NO
    return np.asarray(reachable & admitted, dtype=np.bool_)


def _in_field(fields: Ints, field: int) -> Bools:
    return np.asarray((fields & (1 << (field - 1))) != 0, dtype=np.bool_)


def _accepts(publics: Ints, public: str) -> Bools:
    bit = PUBLIC_BIT.get(public, 0)
    return np.asarray((publics == 0) | ((publics & bit) != 0), dtype=np.bool_)


def _all(masks: Iterable[Bools], offers: Offers) -> Bools:
    kept = np.ones(len(offers), dtype=np.bool_)
    for mask in masks:
        kept &= mask
    return kept


def _counts(offers: Offers, masks: Mapping[str, Bools]) -> dict[str, dict[str, int]]:
    """For each filter, how many results each of its values would give, the other filters kept."""

    def kept_but(name: str) -> Ints:
        return np.flatnonzero(_all((mask for other, mask in masks.items() if other != name), offers))

    categories, fields = offers.categories[kept_but("theme")], offers.fields[kept_but("field")]
    publics, mode, places = offers.publics[kept_but("public")], kept_but("mode"), kept_but("only_places")
    return {
        "theme": {
            slug: int(np.count_nonzero(categories & CATEGORY_BIT[slug])) for slug, _label in vocabulary.CATEGORIES
        },
        "field": {str(value): int(_in_field(fields, value).sum()) for value in ActionField.values},
        "public": {slug: int(_accepts(publics, slug).sum()) for slug, _label in vocabulary.PUBLICS},
        "mode": {
            vocabulary.ON_SITE: int(offers.on_site[mode].sum()),
            vocabulary.REMOTE: int(offers.remote[mode].sum()),
        },
        "only_places": {"on": int((offers.capacity[places] == CAPACITY_RANK[Capacity.OPEN]).sum())},
    }


def _order(offers: Offers, kept: Ints, search: Search, distance: Floats, relevance: Floats) -> Ints:
    """Sort those kept; equal services keep their order."""
    capacity, km = offers.capacity[kept], distance[kept]
    on_site, blind = offers.on_site[kept], bool(np.isnan(distance).all())
    keys = (
        -offers.updated[kept],
        capacity,
        np.where(np.isnan(km) | ~on_site, np.inf, km),
        -relevance[kept],
        bands(on_site, offers.remote[kept], km, blind=blind),
        capacity == CAPACITY_RANK[Capacity.CLOSED],
    )
    return np.lexsort(keys)


def _results(offers: Offers, shown: Ints, distance: Floats, search: Search) -> list[FoundService]:
    ids = list(offers.ids[shown])
    services = Service.objects.select_related("organisation").only(*SHOWN).order_by().in_bulk(ids)
    return [
        FoundService(
            services[offers.ids[index]],
            told_km(offers, index, float(distance[index]), within=search.radius_km),
        )
        for index in shown
    ]
