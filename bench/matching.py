"""One person, then a cohort of 150, against 100,000 services: milliseconds of compute (chapter 03's targets: 20, 500).

Run with `.venv/bin/python bench/matching.py`.
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from time import perf_counter
from uuid import UUID

from django.conf import settings

settings.configure(USE_I18N=False)

from sanscouture.directory.enums import Capacity, FrenchLevel, ResidenceRule  # noqa: E402
from sanscouture.directory.rules import vocabulary  # noqa: E402
from sanscouture.directory.rules.facts import PersonFacts, Wanted  # noqa: E402
from sanscouture.directory.rules.matching import rank  # noqa: E402
from sanscouture.directory.rules.offers import OfferRow, Offers  # noqa: E402

SERVICES, PEOPLE, TODAY = 100_000, 150, date(2026, 11, 22)
luck = Random(1)  # noqa: S311 an invented offer, not a secret
THEMES = [slug for slug, _label in vocabulary.THEMATIQUES]
PUBLICS = [slug for slug, _label in vocabulary.PUBLICS]


def service(number: int) -> OfferRow:
    themes = luck.sample(THEMES, luck.randrange(1, 4))
    return OfferRow(
        id=UUID(int=number),
        thematiques=themes,
        action_fields=vocabulary.action_fields_of(themes),
        publics=luck.sample(PUBLICS, luck.randrange(0, 3)),
        age_min=luck.choice([None, 16, 18, 26]),
        french_level_min=luck.choice(["", "", *FrenchLevel.values]),
        job_seeker_required=luck.choice([None, True]),
        residence_rule=luck.choice(ResidenceRule.values),
        eligibility_zone=[f"{luck.randrange(1, 96):02d}"],
        reception_modes=luck.choice([["en-presentiel"], ["a-distance"]]),
        lon=luck.uniform(-4, 8),
        lat=luck.uniform(43, 51),
        capacity=luck.choice(Capacity.values),
        source_updated_on=TODAY - timedelta(days=luck.randrange(700)),
    )


def person() -> PersonFacts:
    return PersonFacts(
        age=luck.choice([None, 19, 34, 52]),
        commune=f"{luck.randrange(1, 96):02d}001",
        qpv=luck.choice([None, "inside", "outside"]),
        french_level=luck.choice([None, "A1", "B1"]),
        job_seeker=luck.choice([None, True, False]),
        lon=luck.uniform(-4, 8),
        lat=luck.uniform(43, 51),
    )


start = perf_counter()
made = [service(number) for number in range(SERVICES)]
rows = {row.id: row for row in made}
offers = Offers.of(made)
print(f"built in {perf_counter() - start:.1f} s")
times = []
for _ in range(PEOPLE):
    wanted = Wanted(frozenset({luck.choice(THEMES)}))
    who = person()
    start = perf_counter()
    rank(offers, who, wanted, today=TODAY).explained(rows, 3)
    times.append((perf_counter() - start) * 1000)
print(f"one person: median {sorted(times)[PEOPLE // 2]:.1f} ms; cohort of {PEOPLE}: {sum(times):.0f} ms")
