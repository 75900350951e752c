"""Pure rules of cohorts: criteria over facts, seats, the share from outside the quarters, the moves of a candidate."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import Any

from django.utils.translation import gettext as _

from sanscouture.core.errors import Conflict, Refused
from sanscouture.pathways.enums import AdmissionState, CriterionFact, Verdict
from sanscouture.people.enums import FrenchLevel, Known, QpvState

MOVES: Mapping[AdmissionState, frozenset[AdmissionState]] = {
    AdmissionState.FLAGGED: frozenset(
        {AdmissionState.ADMITTED, AdmissionState.RESERVE, AdmissionState.NOT_NOW, AdmissionState.WITHDRAWN}
    ),
    AdmissionState.RESERVE: frozenset(
        {AdmissionState.ADMITTED, AdmissionState.NOT_NOW, AdmissionState.WITHDRAWN, AdmissionState.FLAGGED}
    ),
    AdmissionState.ADMITTED: frozenset({AdmissionState.WITHDRAWN, AdmissionState.FLAGGED}),
    AdmissionState.NOT_NOW: frozenset({AdmissionState.FLAGGED}),
    AdmissionState.WITHDRAWN: frozenset(),
}
"""What the commission may decide of a candidate, and come back on while it sits; who leaves is flagged anew."""
WITH_REASON = frozenset({AdmissionState.RESERVE, AdmissionState.NOT_NOW, AdmissionState.WITHDRAWN})
SMALL = 5
"""Under so many people, a figure is not said to those who may not read the people (chapter 05: inside a committee)."""
SILENT = frozenset({Known.UNKNOWN, Known.WITHHELD, Known.NOT_ASKED, QpvState.UNDETERMINED, "", None})
LEVELS = (FrenchLevel.NONE, FrenchLevel.A1, FrenchLevel.A2, FrenchLevel.B1, FrenchLevel.B2, FrenchLevel.C1)

Facts = Mapping[CriterionFact, Any]
"""What is known of a person, by fact: a number of years, or the code of a vocabulary."""


@dataclass(frozen=True)
class Criterion:
    """One condition on one fact: between two values, or among some codes. An absent bound does not narrow."""

    fact: CriterionFact
    least: int | None = None
    most: int | None = None
    among: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    """What a cohort is for. `outside_share`: per cent of the seats, for residents from outside the quarters."""

    name: str
    purpose: str
    seats: int
    outside_share: int
    starts_on: date
    ends_on: date | None = None
    criteria: tuple[Criterion, ...] = ()


@dataclass(frozen=True)
class Judged:
    """What a criterion says of one person."""

    criterion: Criterion
    verdict: Verdict


def plain(criteria: Iterable[Criterion]) -> list[dict[str, Any]]:
    """Give criteria as JSON values."""
    return [{"fact": str(one.fact), "least": one.least, "most": one.most, "among": list(one.among)} for one in criteria]


def read(values: Iterable[Mapping[str, Any]]) -> list[Criterion]:
    """Give back the criteria that `plain` gave."""
    return [Criterion(CriterionFact(one["fact"]), one["least"], one["most"], tuple(one["among"])) for one in values]


def judge(criterion: Criterion, facts: Facts) -> Verdict:
    """Say whether a person meets a criterion. What is not known is neither yes nor no (chapter 02).

    >>> judge(Criterion(CriterionFact.AGE, 16, 25), {CriterionFact.AGE: 26})
    <Verdict.UNMET: 'unmet'>
    """
    value: Any = facts.get(criterion.fact)
    if value in SILENT:
        return Verdict.UNKNOWN
    if criterion.among:
        return Verdict.MET if value in criterion.among else Verdict.UNMET
    low = criterion.least is None or value >= criterion.least
    high = criterion.most is None or value <= criterion.most
    return Verdict.MET if low and high else Verdict.UNMET


def judged(criteria: Iterable[Criterion], facts: Facts) -> list[Judged]:
    """Judge every criterion of a cohort for one person, in their order."""
    return [Judged(one, judge(one, facts)) for one in criteria]


def unmet(criteria: Iterable[Criterion], facts: Facts) -> list[str]:
    """Give the facts whose criterion a person does not meet."""
    return [str(one.criterion.fact) for one in judged(criteria, facts) if one.verdict is Verdict.UNMET]


def said(criterion: Criterion) -> str:
    """Say a criterion in words."""
    match criterion.fact:
        case CriterionFact.AGE:
            return _said_age(criterion)
        case CriterionFact.JOB_SEEKER:
            return _("inscrit·e à France Travail") if Known.YES in criterion.among else _("pas inscrit·e")
        case CriterionFact.FRENCH_LEVEL:
            levels = [str(FrenchLevel(one).value).upper() for one in criterion.among]
            return _("français parlé : %(levels)s") % {"levels": ", ".join(levels)}
    return _("habite un quartier prioritaire")


def _said_age(criterion: Criterion) -> str:
    least, most = criterion.least, criterion.most
    if least is not None and most is not None:
        return _("de %(least)d à %(most)d ans") % {"least": least, "most": most}
    if most is not None:
        return _("%(most)d ans au plus") % {"most": most}
    return _("%(least)d ans au moins") % {"least": least or 0}


def must_explain(facts_unmet: Sequence[str], exception: str) -> None:
    """Ask why, when a criterion is not met: exceptions are free, and explained (chapter 02). Raises Refused."""
    if facts_unmet and not exception.strip():
        labels = ", ".join(str(CriterionFact(one).label) for one in facts_unmet)
        raise Refused(_("Un critère n’est pas rempli (%(facts)s) : dites pourquoi une exception.") % {"facts": labels})


def must_move(state: str, to: AdmissionState) -> None:
    """Let a candidate pass from a state to another. Raises Conflict when somebody decided before."""
    if to not in MOVES[AdmissionState(state)]:
        raise Conflict(_("Cette personne est déjà notée « %(state)s ».") % {"state": AdmissionState(state).label})


def must_say_why(to: AdmissionState, reason: str) -> None:
    """Ask the reason of a reserve, a « not now » and a withdrawal. Raises Refused."""
    if to in WITH_REASON and not reason.strip():
        raise Refused(_("Cette décision demande un motif."))


def seats_left(seats: int, admitted: int) -> int:
    """Give how many seats are left, never less than none."""
    return max(0, seats - admitted)


def outside_allowed(seats: int, share: int) -> int:
    """Give how many residents from outside the quarters a cohort may admit; `share` in per cent, rounded down.

    >>> outside_allowed(50, 15)
    7
    """
    return seats * share // 100


def must_have_room(*, seats: int, admitted: int, share: int, outside: int, is_outside: bool) -> None:
    """Let one more be admitted (chapter 02: seats; residents from outside the quarters up to a share).

    `admitted` and `outside`: how many are in already. An address that is not determined is never « outside ».
    Raises Refused.
    """
    if seats_left(seats, admitted) == 0:
        raise Refused(_("Les %(seats)d places sont prises : mettez la personne en réserve.") % {"seats": seats})
    if is_outside and outside >= outside_allowed(seats, share):
        raise Refused(
            _("La part hors quartier est atteinte : %(n)d personnes sur %(seats)d places (%(share)d %%).")
            % {"n": outside, "seats": seats, "share": share}
        )


def must_hold(seats: int, admitted: int) -> None:
    """Refuse fewer seats than people already admitted. Raises Refused."""
    if seats < admitted:
        raise Refused(_("%(n)d personnes sont déjà admises : gardez au moins autant de places.") % {"n": admitted})


def swapped(ranks: Sequence[Any], one: Any, *, up: bool) -> list[Any]:
    """Give an order where one item has passed its neighbour; the same at either end.

    >>> swapped(["a", "b", "c"], "c", up=True)
    ['a', 'c', 'b']
    """
    order = list(ranks)
    here = order.index(one)
    there = here - 1 if up else here + 1
    if 0 <= there < len(order):
        order[here], order[there] = order[there], order[here]
    return order


def shown_count(n: int, *, entitled: bool) -> str:
    """Say a number of people; a small one is kept from whoever may not read them.

    >>> shown_count(3, entitled=False), shown_count(3, entitled=True), shown_count(0, entitled=False)
    ('moins de 5', '3', '0')
    """
    return str(n) if entitled or n == 0 or n >= SMALL else _("moins de %(n)d") % {"n": SMALL}


def middle(days: Sequence[int]) -> int | None:
    """Give the median of delays in days, none without any."""
    return round(median(days)) if days else None
