from __future__ import annotations

import pytest

from sanscouture.core.errors import Conflict, Refused
from sanscouture.pathways.enums import AdmissionState, CriterionFact, Presence, Verdict
from sanscouture.pathways.rules import attendance, cohorts
from sanscouture.pathways.rules.cohorts import Criterion

S = AdmissionState
ALLOWED = {
    *((S.FLAGGED, to) for to in (S.ADMITTED, S.RESERVE, S.NOT_NOW, S.WITHDRAWN)),
    *((S.RESERVE, to) for to in (S.ADMITTED, S.NOT_NOW, S.WITHDRAWN, S.FLAGGED)),
    *((S.ADMITTED, to) for to in (S.WITHDRAWN, S.FLAGGED)),
    (S.NOT_NOW, S.FLAGGED),
}
AGE = Criterion(CriterionFact.AGE, 16, 25)


@pytest.mark.parametrize("state", S)
@pytest.mark.parametrize("to", S)
def test_a_candidate_moves_only_as_the_commission_may_decide(state: S, to: S) -> None:
    if (state, to) in ALLOWED:
        cohorts.must_move(state, to)
    else:
        with pytest.raises(Conflict, match="déjà notée"):
            cohorts.must_move(state, to)


@pytest.mark.parametrize(
    ("criterion", "value", "verdict"),
    [
        (AGE, 16, Verdict.MET),
        (AGE, 25, Verdict.MET),
        (AGE, 15, Verdict.UNMET),
        (AGE, 26, Verdict.UNMET),
        (AGE, None, Verdict.UNKNOWN),
        (Criterion(CriterionFact.AGE, least=45), 80, Verdict.MET),
        (Criterion(CriterionFact.JOB_SEEKER, among=("yes",)), "no", Verdict.UNMET),
        (Criterion(CriterionFact.JOB_SEEKER, among=("yes",)), "not_asked", Verdict.UNKNOWN),
        (Criterion(CriterionFact.FRENCH_LEVEL, among=("a1", "a2")), "a2", Verdict.MET),
        (Criterion(CriterionFact.QPV, among=("inside",)), "undetermined", Verdict.UNKNOWN),
    ],
)
def test_what_is_not_known_is_never_a_no(criterion: Criterion, value: object, verdict: Verdict) -> None:
    assert cohorts.judge(criterion, {criterion.fact: value}) is verdict


def test_criteria_survive_json() -> None:
    kept = [AGE, Criterion(CriterionFact.QPV, among=("inside",))]
    assert cohorts.read(cohorts.plain(kept)) == kept


@pytest.mark.parametrize(
    ("criterion", "words"),
    [
        (AGE, "de 16 à 25 ans"),
        (Criterion(CriterionFact.AGE, most=25), "25 ans au plus"),
        (Criterion(CriterionFact.AGE, least=45), "45 ans au moins"),
        (Criterion(CriterionFact.JOB_SEEKER, among=("yes",)), "inscrit·e à France Travail"),
        (Criterion(CriterionFact.JOB_SEEKER, among=("no",)), "pas inscrit·e"),
        (Criterion(CriterionFact.FRENCH_LEVEL, among=("a0", "a1")), "A0, A1"),
        (Criterion(CriterionFact.QPV, among=("inside",)), "quartier prioritaire"),
    ],
)
def test_criteria_are_said_in_words(criterion: Criterion, words: str) -> None:
    assert words in cohorts.said(criterion)


def test_an_exception_is_explained() -> None:
    cohorts.must_explain([], "")
    cohorts.must_explain(["age"], "Elle a 26 ans depuis hier.")
    with pytest.raises(Refused, match="âge"):
        cohorts.must_explain(["age"], " ")


def test_a_reserve_and_a_not_now_have_a_reason() -> None:
    cohorts.must_say_why(S.ADMITTED, "")
    with pytest.raises(Refused, match="motif"):
        cohorts.must_say_why(S.NOT_NOW, " ")


def test_room_is_seats_then_the_share_from_outside() -> None:
    room = {"seats": 10, "share": 20}
    cohorts.must_have_room(**room, admitted=9, outside=1, is_outside=True)
    cohorts.must_have_room(**room, admitted=9, outside=2, is_outside=False)
    with pytest.raises(Refused, match="places sont prises"):
        cohorts.must_have_room(**room, admitted=10, outside=0, is_outside=False)
    with pytest.raises(Refused, match="hors quartier"):
        cohorts.must_have_room(**room, admitted=5, outside=2, is_outside=True)


def test_a_cohort_keeps_the_seats_that_are_taken() -> None:
    cohorts.must_hold(3, 3)
    with pytest.raises(Refused, match="3 personnes"):
        cohorts.must_hold(2, 3)


def test_an_order_does_not_move_past_its_ends() -> None:
    assert cohorts.swapped(["a", "b"], "a", up=True) == ["a", "b"]
    assert cohorts.swapped(["a", "b"], "b", up=False) == ["a", "b"]
    assert cohorts.swapped(["a", "b"], "a", up=False) == ["b", "a"]


def test_delays_are_medians_and_say_nothing_of_nobody() -> None:
    assert cohorts.middle([]) is None
    assert cohorts.middle([1, 30, 3]) == 3


def test_an_excuse_neither_counts_nor_interrupts() -> None:
    said = [Presence.ABSENT, Presence.PRESENT, Presence.ABSENT, Presence.EXCUSED, Presence.ABSENT]
    assert attendance.missed_in_a_row(said) == 2
    assert attendance.missed_in_a_row([*said, Presence.PRESENT]) == 0
    assert attendance.rate([Presence.EXPECTED]) is None
