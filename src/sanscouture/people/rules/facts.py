"""The facts of a person's situation: how they are read, what cannot be, and the publics that follow from them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from sanscouture.core.errors import Refused
from sanscouture.people.enums import (
    Education,
    FrenchLevel,
    Gender,
    Guardian,
    Known,
    MinimumIncome,
    Public,
    SeekingLength,
)

ADULT_AT = 18
YOUNG_BELOW, GRADUATE_BELOW, SENIOR_FROM = 26, 30, 50
MOST_CHILDREN, OLDEST_CHILD = 20, 60
UNTOLD = frozenset({"unknown", "withheld", "not_asked"})
"""The three ways of not knowing a fact, kept apart everywhere and alike for rules."""
SITUATION = (
    *("gender", "job_seeker", "seeking_length", "minimum_income", "education", "french_level", "french_written"),
    *("digital", "has_children", "child_years", "lone_parent", "relatives", "guardian", "driving_licence", "vehicle"),
    *("housing", "disability", "right_to_work"),
)
"""The facts of a situation, in the order in which they are asked and read."""
VALUELESS = frozenset({"phone", "email", "address"})
"""What the history says was changed without repeating it: ways to reach somebody are written in one place."""


def read_years(text: str, *, today: date) -> list[int] | None:
    """Read years of birth as people write them, the eldest first; None when nothing is written.

    A year does not age, an age does. Raises Refused with a sentence.

    >>> read_years("2019 ; 2015", today=date(2026, 11, 25))
    [2015, 2019]
    """
    words = re.split(r"[\s,;/]+", text.strip())
    if words == [""]:
        return None
    years = [int(word) if re.fullmatch(r"[12]\d{3}", word, re.ASCII) else 0 for word in words]
    if not all(today.year - OLDEST_CHILD <= year <= today.year for year in years):
        raise Refused(_("Écrivez les années de naissance, par exemple\u00a0: 2015, 2019."))
    if len(years) > MOST_CHILDREN:
        raise Refused(_("Cela fait beaucoup d’enfants\u00a0: vérifiez la liste."))
    return sorted(years)


def ages_in(years: Iterable[int] | None, *, today: date) -> list[int]:
    """Give the ages reached this year, the eldest first."""
    return [today.year - year for year in years or ()]


def situation_fault(facts: Mapping[str, Any]) -> dict[str, str]:
    """Say which facts contradict each other, by field; empty when they may all be true."""
    faults = {}
    without = facts.get("has_children") == Known.NO
    if without and facts.get("child_years"):
        faults["child_years"] = _("Des années sont écrites, mais la personne n’a pas d’enfant à charge.")
    if without and facts.get("lone_parent") == Known.YES:
        faults["lone_parent"] = _("Élever seul ses enfants, c’est en avoir à charge.")
    return faults


def guardian_missing(age: int | None, guardian: str) -> bool:
    """Say whether somebody under 18 is followed without a word on their guardian (chapter 02)."""
    return age is not None and age < ADULT_AT and guardian == Guardian.NOT_ASKED


@dataclass(frozen=True)
class Situation:
    """What publics are computed from. `age` in years, None when the birth date is not known."""

    age: int | None = None
    gender: str = Gender.NOT_ASKED
    education: str = Education.NOT_ASKED
    job_seeker: str = Known.NOT_ASKED
    seeking_length: str = SeekingLength.NOT_ASKED
    minimum_income: str = MinimumIncome.NOT_ASKED
    has_children: str = Known.NOT_ASKED
    lone_parent: str = Known.NOT_ASKED
    french_level: str = FrenchLevel.NOT_ASKED
    disability: str = Known.NOT_ASKED


@dataclass(frozen=True)
class Belonging:
    """A public that a person belongs to, and why in a sentence."""

    public: Public
    reason: str


LEARNING_FRENCH = (FrenchLevel.NONE, FrenchLevel.A1, FrenchLevel.A2)
LONG = (SeekingLength.UNDER_2_YEARS, SeekingLength.OVER_2_YEARS)
GRADUATE = (Education.BAC2, Education.BAC3)


def publics_of(person: Situation) -> list[Belonging]:
    """Compute the publics that follow from the facts, in the order of the vocabulary, each with its reason.

    Rule: a fact that is not known puts nobody in a public, nor out of it (chapter 01). Part time, retraining, business
    creation and employment follow from no fact: somebody adds them.
    """
    reasons = {**_by_age(person), **_by_work(person), **_by_family(person)}
    if person.french_level in LEARNING_FRENCH:
        level = FrenchLevel(person.french_level).label
        reasons[Public.ALLOPHONES] = _("Français parlé\u00a0: %(level)s.") % {"level": level}
    if person.disability == Known.YES:
        reasons[Public.DISABILITY] = _("Un handicap est reconnu.")
    return [Belonging(public, reasons[public]) for public in Public if public in reasons]


def _by_age(person: Situation) -> dict[Public, str]:
    age, found = person.age, {}
    if age is None:
        return {}
    said = {"n": age, "diploma": Education(person.education).label}
    if age < YOUNG_BELOW and person.education == Education.NONE:
        found[Public.YOUNG_UNQUALIFIED] = _("%(n)s ans, %(diploma)s.") % said
    if age < GRADUATE_BELOW and person.education in GRADUATE:
        found[Public.YOUNG_GRADUATES] = _("%(n)s ans, %(diploma)s.") % said
    if age >= SENIOR_FROM:
        found[Public.SENIORS] = _("%(n)s ans.") % said
        if person.gender == Gender.WOMAN:
            found[Public.SENIOR_WOMEN] = _("Femme de %(n)s ans.") % said
    return found


def _by_work(person: Situation) -> dict[Public, str]:
    found = {}
    if person.minimum_income not in {*UNTOLD, MinimumIncome.NONE}:
        income = MinimumIncome(person.minimum_income).label
        found[Public.LONG_UNEMPLOYED] = _("Minimum social\u00a0: %(income)s.") % {"income": income}
    elif person.seeking_length in LONG:
        length = SeekingLength(person.seeking_length).label
        found[Public.LONG_UNEMPLOYED] = _("Cherche un emploi depuis\u00a0: %(length)s.") % {"length": length}
    if person.job_seeker == Known.NO and person.minimum_income == MinimumIncome.NONE:
        found[Public.INVISIBLE] = _("Ni inscription à France Travail, ni minimum social.")
    return found


def _by_family(person: Situation) -> dict[Public, str]:
    found = {}
    if person.lone_parent == Known.YES:
        found[Public.LONE_PARENTS] = _("Élève seul·e ses enfants.")
    if person.gender == Gender.WOMAN and Known.YES in {person.has_children, person.lone_parent}:
        found[Public.WOMEN_WITH_FAMILY] = _("Femme avec des enfants à charge.")
    return found


@dataclass(frozen=True)
class Standing:
    """Where a person stands with one public: computed or not, and what somebody said of it."""

    public: Public
    belongs: bool
    reason: str
    by_hand: bool


def standing_in(computed: Sequence[Belonging], marks: Mapping[str, bool]) -> list[Standing]:
    """Join what is computed with what people said, each kept apart: a word of a person outweighs a computation.

    `marks`: by public, True where somebody added it, False where somebody took it away.
    """
    reasons = {one.public: one.reason for one in computed}
    rows = []
    for public in Public:
        if public in marks:
            said = _("Ajouté à la main.") if marks[public] else _("Retiré à la main.")
            reason = f"{said} {reasons[public]}" if public in reasons else said
            rows.append(Standing(public, marks[public], reason, by_hand=True))
        elif public in reasons:
            rows.append(Standing(public, True, reasons[public], by_hand=False))
    return rows
