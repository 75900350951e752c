"""A fictitious offer for demos and benches: seeded, spread over programmes and fields, and marked as invented."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from itertools import islice
from random import Random
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.db import transaction
from django.utils.translation import gettext as _

from sanscouture.core import clock
from sanscouture.core.errors import Refused
from sanscouture.directory.enums import ActionField, Capacity, ResidenceRule, ServiceKind
from sanscouture.directory.models import Service
from sanscouture.directory.rules import vocabulary
from sanscouture.directory.services.upserts import upsert
from sanscouture.partners.enums import OrganisationKind
from sanscouture.partners.models import Organisation
from sanscouture.programmes.models import Programme
from sanscouture.territories.models import Commune
from sanscouture.territories.rules import search_key

SOURCE = "fictif"
BATCH = 2_000
CARRIERS_PER_AREA = len(ActionField)
KIND_OF_FIELD = {
    ActionField.NETWORK: OrganisationKind.EMPLOYMENT_HOUSE,
    ActionField.BASIC_SKILLS: OrganisationKind.TRAINING_BODY,
    ActionField.DIGITAL: OrganisationKind.ASSOCIATION,
    ActionField.FAMILY: OrganisationKind.SOCIAL_CENTRE,
    ActionField.MOBILITY: OrganisationKind.SIAE,
    ActionField.HOUSING: OrganisationKind.ASSOCIATION,
    ActionField.MONEY: OrganisationKind.SOCIAL_CENTRE,
    ActionField.HEALTH: OrganisationKind.CSAPA,
}
AGES = (*[(None, None)] * 12, (16, 25), (18, 29), (18, None), (18, None), (26, None), (45, None))
FRENCH = (*[""] * 14, "A1", "A1", "A2", "A2", "B1")
CAPACITIES = (
    *[Capacity.OPEN] * 8,
    *[Capacity.UNKNOWN] * 5,
    *[Capacity.WAITING] * 4,
    *[Capacity.ASSESSMENT] * 2,
    Capacity.CLOSED,
)
KINDS = (*[ServiceKind.MAINSTREAM] * 7, *[ServiceKind.CITY_CONTRACT] * 2, ServiceKind.SPECIFIC)
MODES = (*[[vocabulary.ON_SITE]] * 7, [vocabulary.ON_SITE, vocabulary.REMOTE], [vocabulary.REMOTE])
TALKED = frozenset({"accompagnement", "information"})
"""Types that can also be given by phone or video."""
HOURS = ("Mo-Fr 09:00-12:00,14:00-17:00; PH off", "Mo,Tu,Th 09:00-12:30", "Tu-Sa 10:00-18:00; PH off", "")
KEPT = frozenset({"id", "created_at", "external_id"})


@dataclass(frozen=True, slots=True)
class Area:
    """Where a share of the services is spread: the communes of one programme, or one commune."""

    key: str
    communes: Sequence[Commune]
    weights: Sequence[int]


@dataclass(frozen=True, slots=True)
class Generated:
    """How many rows the generator wrote or found already there."""

    organisations: int
    services: int


def generate_offer(
    services: int, *, seed: int = 1, around: Sequence[str] = (), advance: Callable[[int], None] = lambda count: None
) -> Generated:
    """Write fictitious organisations and services; the same seed, places and day give the same offer.

    `around`: INSEE codes of communes; by default the communes of every programme. Each area receives the eight fields
    in turn. Raises Refused when no commune is known. Source: chapter 03.
    """
    areas = _areas(around)
    if not areas:
        raise Refused(_("Aucune commune connue\u00a0: importez d’abord les territoires et les programmes."))
    maker = _Maker(seed, clock.today())
    with transaction.atomic():
        carriers = {(area.key, rank): maker.carrier(area, rank) for area in areas for rank in range(CARRIERS_PER_AREA)}
        _write(list(carriers.values()), Organisation)
        rows = (maker.service(index, areas, carriers) for index in range(services))
        for batch in _batches(rows):
            _write(batch, Service)
            advance(len(batch))
    return Generated(len(carriers), services)


@dataclass(frozen=True, slots=True)
class _Maker:
    seed: int
    today: date

    def carrier(self, area: Area, rank: int) -> Organisation:
        """An invented organisation, under a name that cannot be a real one's."""
        luck = Random(f"{self.seed}/{area.key}/{rank}")  # noqa: S311 a fiction, not a secret
        kind = KIND_OF_FIELD[ActionField(rank + 1)]
        commune = luck.choices(area.communes, area.weights)[0]
        named = _material()["places"]
        place = named[(Random(f"{self.seed}/{area.key}").randrange(len(named)) + 3 * rank) % len(named)]  # noqa: S311
        head = luck.choice(_material()["carriers"].get(kind, ["Atelier"]))
        domain = search_key(f"{place.split(' ', 1)[1]} {commune.name}").replace(" ", "-")
        organisation = Organisation(
            source=SOURCE,
            external_id=f"{SOURCE}--{self.seed}-{area.key}-{rank}",
            name=f"{head} {place} – {commune.name}",
            kind=kind,
            email=f"accueil@{domain}.example",
            website=f"https://{domain}.example",
            phone=_phone(luck),
            description="Structure inventée pour la démonstration.",
            opening_hours=luck.choice(HOURS),
            source_updated_on=self.today - timedelta(days=luck.randrange(200)),
            fictitious=True,
            **_somewhere(luck, commune),
        )
        organisation.id = uuid5(NAMESPACE_URL, organisation.external_id)
        organisation.derive()
        return organisation

    def service(self, index: int, areas: Sequence[Area], carriers: dict[tuple[str, int], Organisation]) -> Service:
        """The index-th invented service: areas in turn, then fields in turn."""
        luck = Random(f"{self.seed}/{index}")  # noqa: S311 a fiction, not a secret
        area, turn = areas[index % len(areas)], index // len(areas)
        model = luck.choice([each for each in _material()["services"] if each["field"] == turn % len(ActionField) + 1])
        carrier = carriers[area.key, turn % CARRIERS_PER_AREA]
        commune = luck.choices(area.communes, area.weights)[0]
        service = Service(
            organisation=carrier,
            source=SOURCE,
            external_id=f"{SOURCE}--{self.seed}-{index}",
            name=model["name"],
            summary=model["text"].split(". ")[0].rstrip(".") + ".",
            description=f"{model['text']}\n\nService inventé pour la démonstration.",
            type=model["type"],
            thematiques=sorted(model["thematiques"]),
            publics=sorted(model["publics"] if luck.random() < 0.7 else [vocabulary.EVERYONE]),
            kind=luck.choice(KINDS),
            fees=luck.choice(["gratuit", "gratuit", "gratuit", "payant", ""]),
            mobilisation_modes=luck.choice(
                [["envoyer-un-courriel"], ["telephoner"], ["envoyer-un-courriel", "telephoner"], ["se-presenter"]]
            ),
            mobilised_by=luck.choice([["professionnels"], ["professionnels", "usagers"], ["usagers"]]),
            contact_name="",
            phone=carrier.phone,
            email=carrier.email,
            opening_hours=carrier.opening_hours,
            source_updated_on=self.today - timedelta(days=int(500 * luck.random() ** 2)),
            quality=round(luck.uniform(0.6, 1.0), 2),
            fictitious=True,
            **_conditions(luck, commune),
            **_capacity(luck, self.today),
            **_somewhere(luck, commune),
        )
        service.reception_modes = luck.choice(MODES) if model["type"] in TALKED else [vocabulary.ON_SITE]
        if service.reception_modes == [vocabulary.REMOTE]:
            service.lon = service.lat = None
        service.id = uuid5(NAMESPACE_URL, service.external_id)
        service.derive(carrier.name)
        return service


def _areas(around: Sequence[str]) -> list[Area]:
    if around:
        found = Commune.objects.filter(code__in=around).order_by("code")
        return [_area(commune.code, [commune]) for commune in found]
    programmes = Programme.objects.order_by("slug").prefetch_related("communes")
    named = [(each.slug, sorted(each.communes.all(), key=lambda one: one.code)) for each in programmes]
    return [_area(slug, communes) for slug, communes in named if communes]


def _area(key: str, communes: Sequence[Commune]) -> Area:
    return Area(key, communes, [max(commune.population or 0, 1_000) for commune in communes])


def _somewhere(luck: Random, commune: Commune) -> dict[str, Any]:
    """A place within two kilometres or so of a commune's centre, at an address that does not exist."""
    return {
        "commune": commune,
        "city": commune.name,
        "postcode": next(iter(commune.postcodes), ""),
        "address": f"{luck.randrange(1, 90)} rue {luck.choice(_material()['places'])}",
        "lon": round(commune.lon + luck.gauss(0, 0.012), 5),
        "lat": round(commune.lat + luck.gauss(0, 0.008), 5),
    }


def _conditions(luck: Random, commune: Commune) -> dict[str, Any]:
    age_min, age_max = luck.choice(AGES)
    zone = luck.choice([[], [], [commune.departement_id], [commune.epci_id or commune.departement_id], [commune.code]])
    return {
        "age_min": age_min,
        "age_max": age_max,
        "french_level_min": luck.choice(FRENCH),
        "job_seeker_required": luck.choice([None, None, None, False, True]),
        "eligibility_zone": zone,
        "residence_rule": luck.choice(
            [ResidenceRule.QPV, *[ResidenceRule.ZONE if zone else ResidenceRule.ANYWHERE] * 5]
        ),
        "documents": luck.choice(
            ["", "", "Pièce d’identité", "Justificatif de domicile", "Attestation France Travail"]
        ),
    }


def _capacity(luck: Random, today: date) -> dict[str, Any]:
    capacity = luck.choice(CAPACITIES)
    return {
        "capacity": capacity,
        "places": luck.randrange(1, 13) if capacity == Capacity.OPEN else None,
        "waiting_weeks": luck.randrange(2, 13) if capacity == Capacity.WAITING else None,
        "capacity_until": today + timedelta(days=luck.randrange(20, 90)) if capacity == Capacity.CLOSED else None,
        "capacity_updated_on": None if capacity == Capacity.UNKNOWN else today - timedelta(days=luck.randrange(60)),
    }


def _phone(luck: Random) -> str:
    """A number of the range that ARCEP keeps for fiction."""
    return f"+3363998{luck.randrange(10_000):04d}"


def _write(rows: Sequence[Organisation] | Sequence[Service], model: type[Organisation] | type[Service]) -> None:
    refreshed = [field.name for field in model._meta.concrete_fields if field.name not in KEPT and not field.generated]
    upsert(rows, refreshed=refreshed)


def _batches(rows: Iterator[Service]) -> Iterator[list[Service]]:
    while batch := list(islice(rows, BATCH)):
        yield batch


@cache
def _material() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((files("sanscouture.directory") / "data" / "fictitious.json").read_text("utf-8"))
    return found
