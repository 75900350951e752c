"""What is known of a person and what is wanted, as the matching needs it. Every fact may be unknown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sanscouture.directory.enums import FrenchLevel
from sanscouture.territories.enums import Answer

YOUNG_BELOW, NO_LONGER_YOUNG_FROM = 26, 30
SENIOR_FROM, NOT_SENIOR_BELOW = 50, 45
JOB_SEEKERS, QPV_RESIDENTS, YOUNG, SENIORS = "demandeurs-emploi", "residents-qpv-frr", "jeunes", "seniors"
FRANCE = frozenset({"france", "99100"})
CITY_OF_ARRONDISSEMENTS = {"751": "75056", "6938": "69123", "132": "13055"}
CITIES = frozenset(CITY_OF_ARRONDISSEMENTS.values())
FRENCH_RANK: dict[str, int] = {level: rank for rank, level in enumerate(FrenchLevel.values)}


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """Facts about one person; None is « unknown », and unknown never excludes (chapter 03).

    `age` in years; `commune` an INSEE code, `epci` a SIREN; `publics` the data·inclusion publics that the person is
    known to belong to, `other_publics` those known not to; `lon` and `lat` in degrees (WGS84), where to start from.
    """

    age: int | None = None
    commune: str | None = None
    epci: str | None = None
    qpv: str | None = None
    french_level: str | None = None
    job_seeker: bool | None = None
    publics: frozenset[str] | None = None
    other_publics: frozenset[str] = frozenset()
    lon: float | None = None
    lat: float | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for: thématiques (or categories), an action field, a reception mode. Nothing given wants all."""

    thematiques: frozenset[str] = frozenset()
    action_field: int | None = None
    mode: str | None = None

    @property
    def everything(self) -> bool:
        return not self.thematiques and self.action_field is None


def known_publics(person: PersonFacts) -> tuple[frozenset[str], frozenset[str]]:
    """Give the publics a person surely belongs to, and those she surely does not; the rest is unknown.

    Young under 26 and no longer from 30; senior from 50 and not before 45: between the bounds, organisations differ.
    """
    inside, outside = set(person.publics or ()), set(person.other_publics)
    if person.age is not None:
        (inside if person.age < YOUNG_BELOW else outside if person.age >= NO_LONGER_YOUNG_FROM else set()).add(YOUNG)
        (inside if person.age >= SENIOR_FROM else outside if person.age < NOT_SENIOR_BELOW else set()).add(SENIORS)
    if person.job_seeker is not None:
        (inside if person.job_seeker else outside).add(JOB_SEEKERS)
    if person.qpv == Answer.INSIDE:
        inside.add(QPV_RESIDENTS)
    return frozenset(inside), frozenset(outside - inside)


def zones_of(commune: str, epci: str | None = None) -> frozenset[str]:
    """Give every code that covers a commune: itself, its city, département, EPCI when known, France."""
    departement = commune[:3] if commune.startswith(("97", "98")) else commune[:2]
    codes = {commune, departement, *FRANCE}
    if city := city_of(commune):
        codes.add(city)
    return frozenset(codes | ({epci} if epci else set()))


def city_of(commune: str) -> str | None:
    """Give the city of an arrondissement of Paris, Lyon or Marseille; None for any other commune."""
    found = (city for prefix, city in CITY_OF_ARRONDISSEMENTS.items() if commune.startswith(prefix))
    return next((city for city in found if city != commune), None)


def undecided(zone: str, commune: str, epci: str | None) -> bool:
    """Say whether a zone's code may cover a commune without our knowing: its EPCI, or an arrondissement of its city."""
    return (epci is None and len(zone) == 9) or (len(zone) == 5 and city_of(zone) == commune)


def is_whole_country(zone: Iterable[str]) -> bool:
    """Say whether an eligibility zone excludes nobody: empty, or all of France."""
    codes = set(zone)
    return not codes or not FRANCE.isdisjoint(codes)
