"""Reading structures, services and sources for the API: which ones by arrays, what they say in one query each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from threading import Lock
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db import connection, transaction
from django.db.models import Count, F, Func, Q, QuerySet, Window
from django.db.models.functions import RowNumber
from django.utils.text import slugify

from sanscouture.api import rules
from sanscouture.api.models import AreaAsked, OfferAsked, SearchAsked, ServicesAsked, StructuresAsked, WordsAsked
from sanscouture.api.rules import Item
from sanscouture.directory.models import SEARCH_CONFIG, Service
from sanscouture.directory.rules.eligibility import NO, zone_states
from sanscouture.directory.rules.facts import PersonFacts
from sanscouture.directory.rules.filters import OfferFilter, filtered
from sanscouture.directory.rules.matching import RADIUS_KM, distances_km
from sanscouture.directory.rules.offers import MODE_BIT, Bools, Ints
from sanscouture.directory.rules.searching import words_of
from sanscouture.directory.rules.vocabulary import ON_SITE, PUBLICS
from sanscouture.directory.selectors.offers import KeptOffer, Version, active_services, current_offer
from sanscouture.directory.selectors.searching import words_said
from sanscouture.partners.models import Organisation
from sanscouture.territories.models import Commune, Departement, Region
from sanscouture.territories.rules import search_key

MOST_KEPT = 20_000
SERVICE_COLUMNS = tuple(sorted({*rules.SERVICE.values(), "pk", "quality", "created_at"}))
STRUCTURE_COLUMNS = sorted({*rules.STRUCTURE.values(), "pk", "created_at"})
CARRIER = {f"organisation__{column}": column for column in STRUCTURE_COLUMNS}


class Place(NamedTuple):
    """Where a commune is searched from, in degrees; `epci` a SIREN."""

    code: str
    epci: str | None
    lon: float
    lat: float


class Unknown(Exception):
    """A place that does not exist: `name` of the parameter, `value` given."""

    def __init__(self, name: str, value: str) -> None:
        super().__init__(name, value)
        self.name, self.value = name, value


class Said:
    """What was said of services and communes since the offer last changed, ready to be said again.

    At most `MOST_KEPT` services, about two thousand bytes each; the ones written first leave first.
    """

    def __init__(self, version: Version) -> None:
        self.version = version
        self._services: dict[UUID, bytes] = {}
        self._places: dict[str, Place] = {}
        self._writing = Lock()

    def place(self, code: str) -> Place:
        """Give a commune. Raises Unknown."""
        if (known := self._places.get(code)) is None:
            commune = _commune(code)
            known = self._places[code] = Place(commune.code, commune.epci_id, commune.lon, commune.lat)
        return known

    def services(self, ids: Sequence[UUID]) -> dict[UUID, bytes]:
        """Give services written with their structure: no query for those said before, one for all the others."""
        known = self._services
        missing = [pk for pk in ids if pk not in known]
        read = _rows(missing, (*SERVICE_COLUMNS, *CARRIER)) if missing else {}
        new = {pk: rules.written(_carried(row)) for pk, row in read.items()}
        found = {pk: text for pk in ids if (text := new.get(pk) or known.get(pk))}
        if new:
            with self._writing:
                known.update(new)
                for pk in list(known)[:-MOST_KEPT]:
                    del known[pk]
        return found


_said: Said | None = None


def _said_at(version: Version) -> Said:
    global _said  # noqa: PLW0603 one memory a process: that is the point
    if _said is None or _said.version != version:
        _said = Said(version)
    return _said


def structures(asked: StructuresAsked) -> Item:
    """Give a page of the active structures, by identifier, each with its twins."""
    found = _structures()
    if asked.sources:
        found = found.filter(source__in=asked.sources)
    if asked.reseaux_porteurs:
        found = found.filter(networks__overlap=[network.value for network in asked.reseaux_porteurs])
    if (communes := communes_of(asked)) is not None:
        found = found.filter(commune__in=communes)
    if asked.exclure_doublons:
        found = found.exclude(pk__in=_twins_left_out())
    total, first = found.count(), (asked.page - 1) * asked.size
    rows = list(found.order_by("external_id").values(*STRUCTURE_COLUMNS)[first : first + asked.size])
    twins = _twins_of(rows)
    items = [{**rules.structure(row), "doublons": twins[row["pk"]]} for row in rows]
    return rules.page_of(items, total=total, page=asked.page, size=asked.size)


def structure(external_id: str) -> Item | None:
    """Give one structure with its services and its twins in full."""
    row = _structures().filter(external_id=external_id).values(*STRUCTURE_COLUMNS).first()
    if row is None:
        return None
    carried = active_services().filter(organisation=row["pk"]).order_by("external_id").values(*SERVICE_COLUMNS)
    others = _structures().filter(siret=row["siret"]).exclude(pk=row["pk"]) if row["siret"] else _structures().none()
    return {
        **rules.structure(row),
        "services": [rules.service(one) for one in carried],
        "doublons": [rules.structure(one) for one in others.order_by("external_id").values(*STRUCTURE_COLUMNS)],
    }


def services(asked: ServicesAsked, version: Version) -> Item:
    """Give a page of the active services, each alone."""
    kept = current_offer(version)
    found = np.flatnonzero(_mask(kept, asked, communes_of(asked)))
    shown = _page(found, asked)
    rows = _rows(kept.offers.ids[shown], SERVICE_COLUMNS)
    items = [rules.service(rows[pk]) for pk in kept.offers.ids[shown] if pk in rows]
    return rules.page_of(items, total=len(found), page=asked.page, size=asked.size)


def service(external_id: str) -> Item | None:
    """Give one service with its structure."""
    row = active_services().filter(external_id=external_id).values(*SERVICE_COLUMNS, *CARRIER).first()
    return None if row is None else _carried(row)


def search(asked: SearchAsked, version: Version) -> bytes:
    """Write a page of the services that a place can use, nearest first (data·inclusion's semantics).

    With a commune: whose eligibility zone covers it, or is not said. From a commune or a point: on-site services
    within 50 km; the others have no distance and come last.
    """
    kept = current_offer(version)
    offers, said = kept.offers, _said_at(kept.version)
    mask = _mask(kept, asked, None)
    lon, lat, resident = asked.lon, asked.lat, None
    if asked.code_commune is not None:
        place = said.place(asked.code_commune)
        resident = PersonFacts(commune=place.code, epci=place.epci)
        lon, lat = (place.lon, place.lat) if lon is None else (lon, lat)
    if asked.exclure_doublons:
        mask &= ~kept.mask(Service.objects.filter(organisation__in=_twins_left_out()).values_list("pk", flat=True))
    found = np.flatnonzero(mask)
    on_site = (offers.modes[found] & MODE_BIT[ON_SITE]) != 0
    distance = np.where(on_site, distances_km(offers, lon, lat, found), np.nan)
    within = np.isnan(distance) | (distance <= RADIUS_KM)
    found, distance = found[within], np.rint(distance[within])
    if resident is not None:
        admitted = zone_states(offers, resident, found) != NO
        found, distance = found[admitted], distance[admitted]
    order = np.argsort(distance, kind="stable")  # unknown distances come last
    shown = _page(order, asked)
    ids = list(offers.ids[found[shown]])
    services = said.services(ids)
    kilometres = [None if np.isnan(km) else int(km) for km in distance[shown]]
    held = [(services[pk], km) for pk, km in zip(ids, kilometres, strict=True) if pk in services]
    return rules.found_page(held, total=len(found), page=asked.page, size=asked.size)


def search_words(asked: WordsAsked) -> bytes:
    """Write a page of the services that say some words, those that say them best first, then nearest.

    From a point: on-site services within `distance` km; the others have no distance.
    """
    with transaction.atomic():  # mistakes are forgiven for the length of one
        told = words_said(asked.q or "")
    kept, offers = told.kept, told.kept.offers
    found = np.flatnonzero(_mask(kept, asked, communes_of(asked)) & told.mask)
    on_site = (offers.modes[found] & MODE_BIT[ON_SITE]) != 0
    distance = np.where(on_site, distances_km(offers, asked.lon, asked.lat, found), np.nan)
    within = np.isnan(distance) | (distance <= asked.distance)
    found, distance = found[within], np.rint(distance[within])
    order = np.lexsort([distance, -told.relevance[found]])  # unknown distances come last
    shown = _page(order, asked)
    ids = list(offers.ids[found[shown]])
    services = _said_at(kept.version).services(ids)
    kilometres = [None if np.isnan(km) else int(km) for km in distance[shown]]
    scores = [min(float(score), 1.0) for score in told.relevance[found[shown]]]
    held = [(services[pk], km, score) for pk, km, score in zip(ids, kilometres, scores, strict=True) if pk in services]
    return rules.scored_page(held, total=len(found), page=asked.page, size=asked.size)


def sources() -> list[Item]:
    """Give the sources that the directory holds."""
    held = _structures().order_by("source").values("source").annotate(n=Count("pk"))
    return [{"slug": row["source"], "nom": row["source"], "description": f"{row['n']} structures"} for row in held]


def communes_of(asked: AreaAsked) -> list[str] | None:
    """Give the communes of the area asked for; None is anywhere. Raises Unknown for a place that does not exist."""
    asks: list[Q] = []
    if asked.code_commune is not None:
        code = _commune(asked.code_commune).code
        asks.append(Q(code=code) | Q(parent=code))
    if (departement := _place(Departement, asked, "departement")) is not None:
        asks.append(Q(departement=departement))
    if (region := _place(Region, asked, "region")) is not None:
        asks.append(Q(departement__region=region))
    return list(Commune.objects.filter(*asks).order_by().values_list("code", flat=True)) if asks else None


def _commune(code: str) -> Commune:
    found = Commune.objects.filter(code=code).first()
    if found is None:
        raise Unknown("code_commune", code)
    return found


def _place(model: type[Departement] | type[Region], asked: AreaAsked, what: str) -> str | None:
    """The code of a département or région, by its code or the slug of its name."""
    code, slug = getattr(asked, f"code_{what}"), getattr(asked, f"slug_{what}")
    if code is not None and not model.objects.filter(pk=code).exists():
        raise Unknown(f"code_{what}", code)
    if slug is None:
        return str(code) if code is not None else None
    named = [place.pk for place in model.objects.all() if slugify(place.name) == slug]
    if not named:
        raise Unknown(f"slug_{what}", slug)
    return str(named[0]) if code in (None, named[0]) else "-"


def _mask(kept: KeptOffer, asked: OfferAsked, communes: Collection[str] | None) -> Bools:
    mask = filtered(
        kept.offers,
        OfferFilter(
            sources=asked.sources,
            thematiques=[theme.value for theme in asked.thematiques],
            fees=[fee.value for fee in asked.frais],
            publics=[public.value for public in asked.publics],
            modes=[mode.value for mode in asked.modes_accueil],
            types=[kind.value for kind in asked.types],
            quality=asked.score_qualite_minimum,
            communes=communes,
        ),
    )
    if asked.recherche_public:
        mask &= kept.mask(_for_public(asked.recherche_public).values_list("pk", flat=True))
    return mask


def _for_public(text: str) -> QuerySet[Service]:
    """The services whose publics, or what is said of them, hold every word, in any of its French forms.

    The text index of the whole sheet narrows first: what is said of publics is read in few.
    """
    details = SearchVector(Func(F("publics_details"), function="unaccent"), config=SEARCH_CONFIG)
    found = active_services().annotate(details=details)
    for word in words_of(text):
        asked = SearchQuery(word, config=SEARCH_CONFIG) | SearchQuery(
            f"{word}:*", config=SEARCH_CONFIG, search_type="raw"
        )
        named = [slug for slug, label in PUBLICS if _names(label, word)]
        found = found.filter(Q(publics__overlap=named) | Q(search=asked, details=asked))
    return found


def _names(label: str, word: str) -> bool:
    """Say whether a label holds a word, singular or plural."""
    return any(said.rstrip("sx").startswith(word.rstrip("sx")) for said in search_key(label).split())


def _page(found: Ints, asked: OfferAsked) -> Ints:
    first = (asked.page - 1) * asked.size
    return found[first : first + asked.size]


def _rows(ids: Iterable[UUID], columns: tuple[str, ...]) -> dict[UUID, Mapping[str, Any]]:
    """Read services by identifier, as mappings: one query, whose words are built once for all."""
    place = columns.index("pk")
    with connection.cursor() as cursor:
        cursor.execute(_words(columns), [list(ids)])
        return {row[place]: dict(zip(columns, row, strict=True)) for row in cursor.fetchall()}


@cache
def _words(columns: tuple[str, ...]) -> str:
    sql, _none = Service.objects.order_by().values_list(*columns).query.sql_with_params()
    return f"{sql} WHERE {connection.ops.quote_name(Service._meta.db_table)}.id = ANY(%s)"


def _carried(row: Mapping[str, Any]) -> Item:
    carrier = rules.structure({column: row[path] for path, column in CARRIER.items()})
    return {**rules.service(row), "structure": carrier}


def _structures() -> QuerySet[Organisation]:
    return Organisation.objects.filter(is_active=True)


def _twins_left_out() -> QuerySet[Any, Any]:
    """The structures that share their SIRET with one told more recently: kept out when twins are not wanted."""
    latest = Window(
        RowNumber(),
        partition_by=F("siret"),
        order_by=[F("source_updated_on").desc(nulls_last=True), F("external_id").asc()],
    )
    return _structures().exclude(siret="").order_by().annotate(rank=latest).filter(rank__gt=1).values("pk")


def _twins_of(rows: list[dict[str, Any]]) -> Mapping[UUID, list[Item]]:
    """The other structures of the same SIRET, for those of a page."""
    sirets = {row["siret"] for row in rows} - {""}
    same = defaultdict(list)
    sharing = _structures().filter(siret__in=sirets).order_by("external_id")
    for one in sharing.values("pk", "siret", "source", "external_id"):
        same[one["siret"]].append(one)
    twins: dict[UUID, list[Item]] = {}
    for row in rows:
        others = [one for one in same[row["siret"]] if one["pk"] != row["pk"]]
        twins[row["pk"]] = [{"source": one["source"], "id": one["external_id"]} for one in others]
    return twins
