"""The machine of a referral: total tables, a holder and a clock at every moment, refusals in words."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import product
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanscouture.pathways.enums import Act, Delivery, Outcome, ReferralState, RefusalClass, RefusalReason, Side
from sanscouture.pathways.rules import referrals as rules
from sanscouture.pathways.rules.delays import working_day

S, D = ReferralState, Delivery
TODAY = date(2026, 3, 3)
STATES = {
    S.DRAFT: {S.SENT, S.WITHDRAWN},
    S.SENT: {S.RECEIVED, S.ACCEPTED, S.REFUSED, S.UNANSWERED, S.WITHDRAWN},
    S.RECEIVED: {S.ACCEPTED, S.REFUSED, S.UNANSWERED, S.WITHDRAWN},
    S.UNANSWERED: {S.ACCEPTED, S.REFUSED, S.WITHDRAWN},
}
STAGES = {
    D.NONE: {D.WAITING_LIST, D.TO_SCHEDULE, D.APPOINTMENT_SET},
    D.WAITING_LIST: {D.TO_SCHEDULE, D.APPOINTMENT_SET, D.STARTED, D.ENDED},
    D.TO_SCHEDULE: {D.APPOINTMENT_SET, D.STARTED, D.ENDED},
    D.APPOINTMENT_SET: {D.TO_SCHEDULE, D.STARTED, D.ENDED},
    D.STARTED: {D.PAUSED, D.ENDED},
    D.PAUSED: {D.STARTED, D.ENDED},
}


def standing(state: S, delivery: D = D.NONE, **more) -> rules.Standing:
    return rules.Standing(state, TODAY + timedelta(days=10), TODAY, delivery, **more)


@pytest.mark.parametrize(("state", "other"), list(product(S, S)))
def test_transport_is_total(state, other) -> None:
    assert rules.can_follow(state, other) == (other in STATES.get(state, set()))


@pytest.mark.parametrize(("stage", "other"), list(product(D, D)))
def test_delivery_is_total(stage, other) -> None:
    assert rules.can_deliver(stage, other) == (other in STAGES.get(stage, set()))


def test_every_act_either_moves_along_the_tables_or_says_why_not() -> None:
    for act, state, delivery, question in product(Act, S, D, [False, True]):
        if delivery != D.NONE and state != S.ACCEPTED:
            continue
        before = standing(state, delivery, question_open=question and state in rules.ANSWERABLE)
        if rules.untimely(act, before):
            with pytest.raises(ValueError, match="does not fit"):
                rules.after(act, before, TODAY)
            continue
        moved = rules.after(act, before, TODAY)
        assert moved.state == state or rules.can_follow(state, moved.state)
        assert moved.delivery == delivery or rules.can_deliver(delivery, moved.delivery)


@given(st.lists(st.sampled_from(Act), max_size=40), st.lists(st.integers(0, 20), min_size=40, max_size=40))
def test_no_sequence_of_acts_leaves_a_live_referral_without_owner_and_clock(acts, gaps) -> None:
    now, day = standing(S.DRAFT), TODAY
    for act, gap in zip(acts, gaps, strict=False):
        day += timedelta(days=gap)
        if not rules.untimely(act, now):
            now = rules.after(act, now, day)
        held = rules.holder(now)
        assert (held is not None) == rules.is_live(now.state, now.delivery)
        if held:
            assert held.side in Side
            assert isinstance(held.until, date)
            assert held.task


@pytest.mark.parametrize(
    ("where", "side", "days"),
    [
        (standing(S.DRAFT), Side.SENDER, 3),
        (standing(S.SENT), Side.RECIPIENT, 10),
        (standing(S.RECEIVED), Side.RECIPIENT, 10),
        (standing(S.RECEIVED, question_open=True), Side.SENDER, 3),
        (standing(S.UNANSWERED), Side.SENDER, 13),
        (standing(S.UNANSWERED, question_open=True), Side.SENDER, 3),
        (standing(S.ACCEPTED), Side.RECIPIENT, 7),
        (standing(S.ACCEPTED, D.TO_SCHEDULE), Side.RECIPIENT, 7),
        (standing(S.ACCEPTED, D.WAITING_LIST, waiting_weeks=6), Side.RECIPIENT, 42),
        (standing(S.ACCEPTED, D.APPOINTMENT_SET, appointment_on=TODAY + timedelta(days=5)), Side.RECIPIENT, 6),
        (standing(S.ACCEPTED, D.APPOINTMENT_SET, met_on=TODAY), Side.RECIPIENT, 14),
        (standing(S.ACCEPTED, D.STARTED), Side.RECIPIENT, 90),
        (standing(S.ACCEPTED, D.PAUSED), Side.RECIPIENT, 30),
    ],
)
def test_who_holds_and_until_when(where, side, days) -> None:
    held = rules.holder(where)
    assert held
    assert (held.side, held.until) == (side, TODAY + timedelta(days=days))


@pytest.mark.parametrize("where", [standing(S.REFUSED), standing(S.WITHDRAWN), standing(S.ACCEPTED, D.ENDED)])
def test_nothing_is_left_to_do_at_the_end(where) -> None:
    assert rules.holder(where) is None


ONE, TWO, THREE = UUID(int=1), UUID(int=2), UUID(int=3)


@pytest.mark.parametrize(
    ("organisations", "wide", "expected"),
    [
        ({ONE}, False, {Side.SENDER}),
        ({TWO}, False, {Side.RECIPIENT}),
        ({ONE, TWO}, False, {Side.SENDER, Side.RECIPIENT}),
        ({THREE}, False, set()),
        (set(), True, {Side.SENDER}),
    ],
)
def test_on_which_side_somebody_stands(organisations, wide, expected) -> None:
    found = rules.sides_of(frozenset(organisations), sender=ONE, recipient=TWO, for_the_sender=wide)
    assert found == expected


@pytest.mark.parametrize("act", list(Act))
def test_acts_belong_to_sides(act) -> None:
    assert rules.blocked(act, standing(S.SENT), frozenset())
    for side in set(Side) - rules.WHO[act]:
        assert rules.blocked(act, standing(S.SENT), frozenset({side})).startswith("Seule la structure")


def test_the_recipient_of_a_new_referral_has_four_answers() -> None:
    acts = rules.allowed(standing(S.SENT), frozenset({Side.RECIPIENT}))
    assert acts == {Act.RECEIVE, Act.ACCEPT, Act.WAIT, Act.REFUSE, Act.ASK, Act.PROPOSE}


def test_a_late_answer_reopens() -> None:
    assert rules.after(Act.ACCEPT, standing(S.UNANSWERED), TODAY).state == S.ACCEPTED
    assert rules.after(Act.REFUSE, standing(S.UNANSWERED), TODAY).state == S.REFUSED


def test_a_proposed_appointment_accepts() -> None:
    moved = rules.after(Act.PROPOSE, standing(S.SENT), TODAY)
    assert (moved.state, moved.delivery) == (S.ACCEPTED, D.APPOINTMENT_SET)


def test_a_question_gives_back_the_time_its_reply_took() -> None:
    asked = rules.after(Act.ASK, standing(S.SENT), TODAY)
    replied = rules.after(Act.REPLY, asked, TODAY + timedelta(days=9))
    assert replied.deadline == working_day(TODAY + timedelta(days=12))
    assert not replied.question_open


@pytest.mark.parametrize(
    ("act", "where", "words"),
    [
        (Act.REPLY, standing(S.SENT), "Aucune question"),
        (Act.ASK, standing(S.RECEIVED, question_open=True), "attend déjà"),
        (Act.START, standing(S.SENT), "pas encore acceptée"),
        (Act.ACCEPT, standing(S.DRAFT), "pas encore envoyée"),
        (Act.ACCEPT, standing(S.REFUSED), "refusée"),
        (Act.ACCEPT, standing(S.WITHDRAWN), "retirée"),
        (Act.WITHDRAW, standing(S.ACCEPTED, D.STARTED), "terminez-la"),
        (Act.PAUSE, standing(S.ACCEPTED, D.TO_SCHEDULE), "rendez-vous à fixer"),
        (Act.END, standing(S.ACCEPTED, D.ENDED), "terminé"),
    ],
)
def test_the_reason_is_said(act, where, words) -> None:
    assert words in rules.untimely(act, where)


def test_expiry_waits_for_the_end_of_the_deadline_and_for_the_sender() -> None:
    where = standing(S.SENT)
    assert not rules.is_expired(where, where.deadline)
    assert rules.is_expired(where, where.deadline + timedelta(days=1))
    asked = standing(S.RECEIVED, question_open=True)
    assert not rules.is_expired(asked, asked.deadline + timedelta(days=9))
    assert not rules.is_expired(standing(S.ACCEPTED), where.deadline + timedelta(days=9))


def test_each_refusal_reason_has_its_class() -> None:
    assert {rules.refusal_class(reason) for reason in RefusalReason} == set(RefusalClass)
    assert rules.refusal_class(RefusalReason.CLOSED) == RefusalClass.NO_CAPACITY
    assert RefusalClass.PERSON_CHOICE not in rules.FEEDING_GAPS


def test_refusals_and_outcomes_say_why() -> None:
    assert rules.refusal_fault("", "") == "Choisissez un motif."
    assert "précision" in rules.refusal_fault(RefusalReason.OTHER, " ")
    assert rules.refusal_fault(RefusalReason.NO_PLACE, "") == ""
    assert rules.outcome_fault(Outcome.NOT_COVERED, "")
    assert rules.outcome_fault(Outcome.PARTLY, "deux séances seulement") == ""
    assert rules.outcome_fault(Outcome.COVERED, "") == ""


@pytest.mark.parametrize(
    ("state", "verb"),
    [(S.ACCEPTED, "a déjà accepté"), (S.REFUSED, "a déjà refusé"), (S.WITHDRAWN, "a retiré")],
)
def test_the_second_answer_is_told_who_and_when(state, verb) -> None:
    at = datetime(2026, 3, 3, 9, tzinfo=UTC)
    said = rules.already_decided(state, "Claire Aubin, Mission locale", at, "mardi 3 mars à 10 h")
    assert said == f"Claire Aubin, Mission locale {verb} cette orientation, mardi 3 mars à 10 h."


def test_the_second_answer_without_a_time() -> None:
    assert "déjà reçu" in rules.already_decided(S.ACCEPTED, "", None, "")
