"""The past played again: facts as they were on a day, and what a rule would have found."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sanscouture.pathways.enums import AppointmentState, Delivery, EventKind, ReferralState, RuptureRule
from sanscouture.pathways.rules import ruptures as rules
from sanscouture.pathways.rules.replay import (
    Episode,
    Happened,
    Met,
    PathwayPast,
    ReferralPast,
    StepPast,
    replay,
    summed,
)
from sanscouture.pathways.rules.ruptures import Overdue, PathwayFacts, ReferralFacts

START = date(2026, 1, 5)
END = START + timedelta(days=120)
A, B, C = (UUID(int=n) for n in (1, 2, 3))
patient = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)


def after(days: int) -> date:
    return START + timedelta(days=days)


def happened(*what: tuple[int, EventKind]) -> list[Happened]:
    return [Happened(after(days), kind, by_hand=kind != EventKind.UNANSWERED) for days, kind in what]


SENT = ReferralFacts(
    id=A,
    beneficiary_id=B,
    state=ReferralState.SENT,
    deadline=after(10),
    sender_organisation_id=C,
    sender_id=C,
    recipient_id=A,
    sent_on=START,
)
OPENED = PathwayFacts(id=C, beneficiary_id=B, opened_on=START, referent_organisation_id=C, referent_id=C)


def past(*what: tuple[int, EventKind], **more: object) -> ReferralPast:
    return ReferralPast(SENT, 5, happened((0, EventKind.SENT), *what), **more)  # type: ignore[arg-type]


def of(referral: ReferralPast | None = None, **more: object) -> PathwayPast:
    return PathwayPast(OPENED, referrals=[referral] if referral else [], **more)  # type: ignore[arg-type]


def caught(pathway: PathwayPast, rule: RuptureRule, threshold: int | None = None) -> list[Episode]:
    usual = rules.RULES[rule].threshold.usual if threshold is None else threshold
    return replay([pathway], rule, threshold=usual, since=START, until=END)


class TestAReferralAsItWas:
    def test_nothing_before_it_left(self) -> None:
        assert past().as_of(after(-1)) is None
        assert past().clock_on(after(-1)) is None

    @pytest.mark.parametrize(
        ("day", "state", "delivery"),
        [
            (0, ReferralState.SENT, Delivery.NONE),
            (3, ReferralState.RECEIVED, Delivery.NONE),
            (5, ReferralState.ACCEPTED, Delivery.TO_SCHEDULE),
            (20, ReferralState.ACCEPTED, Delivery.STARTED),
            (90, ReferralState.ACCEPTED, Delivery.ENDED),
        ],
    )
    def test_its_states_follow_what_happened(self, day: int, state: ReferralState, delivery: Delivery) -> None:
        kinds = ((2, EventKind.RECEIVED), (5, EventKind.ACCEPTED), (20, EventKind.STARTED), (80, EventKind.ENDED))
        facts = past(*kinds).as_of(after(day))
        assert facts is not None
        assert (facts.state, facts.delivery) == (state, delivery)

    def test_its_clock_was_the_deadline_then_the_recipients_then_nobodys(self) -> None:
        referral = past((5, EventKind.ACCEPTED), (20, EventKind.REFUSED))
        assert referral.clock_on(after(1)) == after(10)
        assert referral.clock_on(after(6)) == after(14)
        assert referral.clock_on(after(21)) is None

    def test_a_question_stopped_the_clock_until_its_reply(self) -> None:
        referral = past((2, EventKind.QUESTION), (30, EventKind.REPLY))
        assert [bool(one and one.question_open) for one in map(referral.as_of, (after(3), after(30)))] == [True, False]

    def test_a_list_waits_for_the_weeks_it_said(self) -> None:
        facts = past((2, EventKind.WAITING_LIST), waiting_weeks=6).as_of(after(3))
        assert facts is not None
        assert facts.waiting_weeks == 6


class TestWhatWouldHaveBeenCaught:
    def test_an_answer_that_came_late(self) -> None:
        found = caught(of(past((25, EventKind.ACCEPTED))), RuptureRule.UNANSWERED)
        assert [(one.found_on, one.ended_on) for one in found] == [(after(11), after(25))]

    def test_a_longer_threshold_catches_it_later_or_not(self) -> None:
        pathway = of(past((25, EventKind.ACCEPTED)))
        assert caught(pathway, RuptureRule.UNANSWERED, 10)[0].found_on == after(21)
        assert caught(pathway, RuptureRule.UNANSWERED, 15) == []

    def test_turning_elsewhere_or_closing_the_need_ended_it(self) -> None:
        for more in ({"rerouted_on": after(20)}, {"need_closed_on": after(20)}):
            assert caught(of(past(**more)), RuptureRule.UNANSWERED)[0].ended_on == after(20)

    def test_a_reminder_without_effect_makes_a_second(self) -> None:
        found = caught(of(past((12, EventKind.REMINDED))), RuptureRule.UNANSWERED)
        assert [one.ended_on is None for one in found] == [False, True]

    def test_two_missed_appointments_until_the_third_is_set(self) -> None:
        meetings = [
            Met(after(2), after(5), AppointmentState.MISSED),
            Met(after(6), after(9), AppointmentState.MISSED),
            Met(after(30), after(33), AppointmentState.HAPPENED),
        ]
        kinds = ((2, EventKind.APPOINTMENT_PROPOSED), (9, EventKind.APPOINTMENT_MISSED), (33, EventKind.MET))
        proposed = (30, EventKind.APPOINTMENT_PROPOSED)
        found = caught(of(past(*kinds[:2], proposed, kinds[2], appointments=meetings)), RuptureRule.MISSED_TWICE)
        assert [(one.ended_on) for one in found] == [after(30)]

    def test_a_silence_until_a_step_was_added(self) -> None:
        step = StepPast(after(40), Overdue(after(50), C, None), after(50))
        found = caught(of(steps=[step]), RuptureRule.NO_FUTURE_STEP)
        assert [(one.found_on, one.ended_on) for one in found] == [(after(15), after(40)), (after(65), None)]

    def test_a_step_done_late_and_a_call_that_was_a_contact(self) -> None:
        step = StepPast(after(1), Overdue(after(10), C, None), after(30))
        assert caught(of(steps=[step]), RuptureRule.STEP_OVERDUE)[0].ended_on == after(30)
        assert caught(of(calls=[after(40)]), RuptureRule.NO_CONTACT)[0].found_on == after(86)

    def test_three_questions_in_a_month_then_it_fades(self) -> None:
        asked = [
            replace(past((days, EventKind.QUESTION)), now=replace(SENT, id=UUID(int=days), recipient_id=UUID(int=days)))
            for days in (11, 12, 13)
        ]
        found = caught(PathwayPast(OPENED, referrals=asked), RuptureRule.ASKED_TWICE_OVER)
        assert [(one.found_on, one.ended_on) for one in found] == [(after(14), after(41))]

    def test_a_crowded_week_ends_with_it(self) -> None:
        meetings = [Met(after(1), after(7 + n), AppointmentState.HAPPENED) for n in range(4)]
        found = caught(of(past((1, EventKind.APPOINTMENT_PROPOSED), appointments=meetings)), RuptureRule.OVERLOAD)
        assert [(one.found_on, one.ended_on) for one in found] == [(after(2), after(8))]

    def test_a_closed_pathway_is_silent_and_its_referent_of_the_day_was_responsible(self) -> None:
        seats = [(START, after(5), A, A), (after(5), None, B, B)]
        pathway = of(closed_on=after(30), referents=seats)
        assert caught(pathway, RuptureRule.NO_FUTURE_STEP)[0].ended_on == after(30)
        before, later = pathway.as_of(after(1)), pathway.as_of(after(9))
        assert [one.referent_id for one in (before, later) if one] == [A, B]
        assert pathway.as_of(after(-1)) is None

    def test_what_ended_before_the_period_does_not_count(self) -> None:
        pathway = of(past((25, EventKind.ACCEPTED)))
        assert replay([pathway], RuptureRule.UNANSWERED, threshold=0, since=after(30), until=END) == []


class TestSum:
    def test_false_alarms_are_those_taken_up_within_three_days(self) -> None:
        ends = (after(12), after(14), after(30), None)
        episodes = [Episode(A, UUID(int=n // 2), after(11), end) for n, end in enumerate(ends)]
        total = summed(episodes, until=after(60))
        assert (total.caught, total.people, total.ended_alone, total.needed) == (4, 2, 2, 2)
        assert (total.still, total.longest) == (1, 49)

    def test_of_nothing(self) -> None:
        assert summed([], until=END).longest == 0


@patient
@given(
    st.lists(st.tuples(st.integers(1, 90), st.sampled_from(EventKind)), max_size=8),
    st.sampled_from(sorted(rule for rule, one in rules.RULES.items() if one.replays)),
)
def test_the_replay_finds_on_each_day_what_the_rule_finds_of_that_day(
    what: list[tuple[int, EventKind]], rule: RuptureRule
) -> None:
    pathway = of(past(*sorted(what)))
    episodes = caught(pathway, rule)
    subject = pathway.referrals[0] if rule in rules.ON_REFERRAL else pathway
    one = rules.RULES[rule]
    for day in range(0, 121, 3):
        facts = subject.as_of(after(day))
        found = facts is not None and one.find(facts, threshold=one.threshold.usual, today=after(day)) is not None
        assert found == any(
            e.found_on <= after(day) and (e.ended_on is None or after(day) < e.ended_on) for e in episodes
        )
