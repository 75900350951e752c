"""One person, then a cohort of 150, against 100,000 services: milliseconds of compute (chapter 03: 20, 500).

Run with `.venv/bin/python bench/matching.py`.
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from uuid import UUID

from django.conf import settings

from house import best, percentile, table

settings.configure(USE_I18N=False)

from sanscouture.directory.enums import Capacity, FrenchLevel, ResidenceRule  # noqa: E402
from sanscouture.directory.rules import vocabulary  # noqa: E402
from sanscouture.directory.rules.facts import PersonFacts, Wanted  # noqa: E402
from sanscouture.directory.rules.matching import Ranking, rank, rank_each  # noqa: E402
from sanscouture.directory.rules.offers import OfferRow, Offers  # noqa: E402

SERVICES, PEOPLE, SHOWN, TODAY = 100_000, 150, 3, date(2026, 11, 22)
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


made = [service(number) for number in range(SERVICES)]
rows = {row.id: row for row in made}
offers = Offers.of(made)
asked = [(person(), Wanted(frozenset({luck.choice(THEMES)}))) for _ in range(PEOPLE)]
SAME = asked[0][1]


def told(times: list[float]) -> str:
    return f"{percentile(times, 0.5):.1f}, {max(times):.1f}"


def explained(rankings: list[Ranking]) -> None:
    for ranking in rankings:
        ranking.explained(rows, SHOWN)


alone = [best(lambda: explained([rank(offers, *each, today=TODAY, limit=SHOWN)])) * 1000 for each in asked]  # noqa: B023
whole = [best(lambda: rank(offers, *each, today=TODAY)) * 1000 for each in asked]  # noqa: B023 run at once
everything = [best(lambda: rank(offers, who, Wanted(), today=TODAY, limit=SHOWN)) * 1000 for who, _ in asked[:50]]  # noqa: B023
cohort = best(lambda: explained(rank_each(offers, asked, today=TODAY, limit=SHOWN))) * 1000
near = best(lambda: explained(rank_each(offers, asked, today=TODAY, limit=SHOWN, radius_km=50))) * 1000
same = best(lambda: explained(rank_each(offers, [(who, SAME) for who, _ in asked], today=TODAY, limit=SHOWN))) * 1000
table(
    f"{SERVICES:,} services, milliseconds of compute",
    [
        (f"one person, one need, {SHOWN} best explained: median, most", told(alone), "20"),
        ("one person, one need, all in order: median, most", told(whole), "20"),
        (f"one person, the whole offer, {SHOWN} best: median, most", told(everything), "20"),
        (f"cohort of {PEOPLE}, each wants another thing", f"{cohort:.0f}", "500"),
        ("the same, within 50 km of each", f"{near:.0f}", "500"),
        (f"cohort of {PEOPLE} who want the same", f"{same:.0f}", "500"),
    ],
    ("found", "aim"),
)
