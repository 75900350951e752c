from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sanscouture.pathways.enums import ClosingAct, Delivery, NeedState, Proposal, ReferralState, RuptureRule
from sanscouture.pathways.rules import ruptures as rules
from sanscouture.pathways.rules.delays import working_day
from sanscouture.pathways.rules.ruptures import (
    Asked,
    ClosedByHand,
    Found,
    Overdue,
    PathwayFacts,
    Planned,
    ReferralFacts,
    closing_act,
    is_quiet,
    no_first_meeting,
    no_future_step,
    unanswered,
)

patient = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
"""The first example alone is slow, on a busy machine."""

TODAY = date(2026, 6, 15)
IDS = [UUID(int=n) for n in range(1, 8)]


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def ahead(days: int) -> date:
    return TODAY + timedelta(days=days)


SENT = ReferralFacts(
    id=IDS[0],
    beneficiary_id=IDS[1],
    state=ReferralState.SENT,
    deadline=ago(1),
    sender_organisation_id=IDS[2],
    sender_id=IDS[3],
    recipient_id=IDS[4],
)
ACCEPTED = replace(SENT, state=ReferralState.ACCEPTED, delivery=Delivery.TO_SCHEDULE, decided_on=ago(16))
PATHWAY = PathwayFacts(
    id=IDS[0],
    beneficiary_id=IDS[1],
    opened_on=ago(15),
    referent_organisation_id=IDS[2],
    referent_id=IDS[3],
)

days = st.none() | st.dates(min_value=ago(60), max_value=ahead(60))
some_day = st.dates(min_value=ago(60), max_value=ahead(60))
referrals = st.builds(
    ReferralFacts,
    id=st.sampled_from(IDS),
    beneficiary_id=st.sampled_from(IDS),
    state=st.sampled_from(ReferralState),
    deadline=some_day,
    sender_organisation_id=st.sampled_from(IDS),
    sender_id=st.sampled_from(IDS),
    recipient_id=st.sampled_from(IDS),
    recipient_user_id=st.none() | st.sampled_from(IDS),
    delivery=st.sampled_from(Delivery),
    need=st.sampled_from(NeedState),
    is_rerouted=st.booleans(),
    question_open=st.booleans(),
    severity=st.integers(0, 3),
    decided_on=days,
    met_on=days,
    reminded_on=days,
    appointment_on=days,
    missed_on=days,
    waiting_weeks=st.integers(0, 52),
    sent_on=days,
    missed_times=st.integers(0, 4),
    shut_on=days,
    service_weeks=st.integers(0, 52),
    service_told_on=days,
)
pathways = st.builds(
    PathwayFacts,
    id=st.sampled_from(IDS),
    beneficiary_id=st.sampled_from(IDS),
    opened_on=some_day,
    referent_organisation_id=st.sampled_from(IDS),
    referent_id=st.sampled_from(IDS),
    is_closed=st.booleans(),
    last_act_on=days,
    step_on=days,
    appointment_on=days,
    referral_on=days,
    severity=st.integers(0, 3),
    contact_on=days,
    overdue=st.none() | st.builds(Overdue, some_day, st.sampled_from(IDS), st.none() | st.sampled_from(IDS)),
    referent_since=days,
    referent_seen_on=days,
    referent_left_on=days,
    shared_until=days,
    planned=st.lists(st.builds(Planned, some_day, some_day), max_size=8).map(tuple),
    asked=st.lists(st.builds(Asked, some_day, st.sampled_from(IDS), st.integers(1, 8)), max_size=6).map(tuple),
)


def every(
    facts: ReferralFacts | PathwayFacts, today: date, opened: Collection[tuple[RuptureRule, UUID]] = ()
) -> list[Found]:
    """Every rule on, the three and the others."""
    if isinstance(facts, ReferralFacts):
        return rules.look([facts], [], settings=rules.EVERY, opened=opened, today=today)
    return rules.look([], [facts], settings=rules.EVERY, opened=opened, today=today)


class TestEveryRule:
    @patient
    @given(referrals | pathways, some_day)
    def test_a_rupture_names_who_must_act_and_by_when(self, facts: ReferralFacts | PathwayFacts, today: date) -> None:
        for found in every(facts, today):
            assert found.since < today
            assert found.due_on == working_day(found.since + timedelta(days=3))
            assert 1 <= found.severity <= 3
            assert found.responsible_organisation_id in IDS
            assert found.proposal in rules.RULES[found.rule].proposals

    @patient
    @given(referrals | pathways, some_day, st.integers(0, 90))
    def test_a_rupture_whose_facts_do_not_change_never_vanishes(
        self, facts: ReferralFacts | PathwayFacts, today: date, later: int
    ) -> None:
        before = every(facts, today)
        opened = {(one.rule, one.subject) for one in before}
        after = every(facts, today + timedelta(days=later), opened)
        assert {(one.rule, one.since) for one in before} <= {(one.rule, one.since) for one in after}

    @patient
    @given(referrals)
    def test_a_referral_has_at_most_one_rupture_at_first_and_none_once_the_need_is_closed(
        self, facts: ReferralFacts
    ) -> None:
        assert facts.need == NeedState.OPEN or not every(facts, TODAY)
        found = rules.look([facts], [], today=TODAY)
        assert len(found) <= (facts.need == NeedState.OPEN)

    @patient
    @given(referrals | pathways, st.sampled_from(RuptureRule))
    def test_a_condition_that_is_gone_is_never_closed_as_if_by_hand(
        self, facts: ReferralFacts | PathwayFacts, rule: RuptureRule
    ) -> None:
        is_about = isinstance(facts, ReferralFacts) == (rule in rules.ON_REFERRAL)
        assert not is_about or closing_act(rule, facts, today=TODAY) not in rules.BY_HAND

    @patient
    @given(pathways, st.integers(1, 60), st.integers(0, 60))
    def test_a_longer_threshold_never_finds_more(self, facts: PathwayFacts, short: int, more: int) -> None:
        strict = no_future_step(facts, threshold=short, today=TODAY)
        patient = no_future_step(facts, threshold=short + more, today=TODAY)
        assert strict is not None or patient is None

    def test_a_person_whose_referral_is_broken_is_told_of_once(self) -> None:
        assert [one.rule for one in rules.look([SENT], [PATHWAY], today=TODAY)] == [RuptureRule.UNANSWERED]
        other = replace(PATHWAY, beneficiary_id=IDS[6])
        assert len(rules.look([SENT], [other], today=TODAY)) == 2


class TestUnanswered:
    def test_found_the_day_after_the_deadline_for_the_sender(self) -> None:
        assert unanswered(replace(SENT, deadline=TODAY), today=TODAY) is None
        found = unanswered(SENT, today=TODAY)
        assert found is not None
        assert (found.since, found.responsible_id, found.proposal) == (ago(1), IDS[3], Proposal.REMIND)

    @pytest.mark.parametrize(
        "facts",
        [
            replace(SENT, need=NeedState.COVERED),
            replace(SENT, is_rerouted=True),
            replace(SENT, question_open=True),
            replace(SENT, state=ReferralState.REFUSED),
            replace(SENT, state=ReferralState.DRAFT),
            replace(SENT, deadline=ago(5), reminded_on=ago(2)),
        ],
    )
    def test_silent_when_somebody_holds_the_thread(self, facts: ReferralFacts) -> None:
        assert unanswered(facts, today=TODAY) is None

    def test_a_reminder_without_effect_gives_three_days_then_proposes_to_turn_elsewhere(self) -> None:
        facts = replace(SENT, state=ReferralState.UNANSWERED, deadline=ago(9), reminded_on=ago(6))
        found = unanswered(facts, today=TODAY)
        assert found is not None
        assert (found.since, found.proposal) == (ago(3), Proposal.REROUTE)

    def test_a_reminder_before_the_deadline_changes_nothing(self) -> None:
        assert unanswered(replace(SENT, reminded_on=ago(2)), today=TODAY) is not None

    @pytest.mark.parametrize(
        ("facts", "act"),
        [
            (replace(SENT, is_rerouted=True, state=ReferralState.WITHDRAWN), ClosingAct.REROUTED),
            (ACCEPTED, ClosingAct.ANSWERED),
            (replace(SENT, question_open=True), ClosingAct.ANSWERED),
            (replace(SENT, reminded_on=TODAY), ClosingAct.REMINDED),
            (replace(SENT, state=ReferralState.WITHDRAWN), ClosingAct.RESOLVED),
            (replace(SENT, need=NeedState.WITHDRAWN), ClosingAct.RESOLVED),
            (replace(SENT, deadline=ahead(3)), ClosingAct.RESOLVED),
        ],
    )
    def test_closes_by_the_act_that_its_facts_tell(self, facts: ReferralFacts, act: ClosingAct) -> None:
        assert closing_act(RuptureRule.UNANSWERED, facts, today=TODAY) == act


class TestNoFirstMeeting:
    def test_found_sixteen_days_after_the_acceptance_for_the_recipient(self) -> None:
        assert no_first_meeting(replace(ACCEPTED, decided_on=ago(15)), today=TODAY) is None
        found = no_first_meeting(ACCEPTED, today=TODAY)
        assert found is not None
        assert (found.since, found.responsible_organisation_id, found.responsible_id) == (ago(1), IDS[4], None)

    @pytest.mark.parametrize(
        "facts",
        [
            replace(ACCEPTED, met_on=ago(2)),
            replace(ACCEPTED, appointment_on=ahead(3)),
            replace(ACCEPTED, appointment_on=ago(1)),
            replace(ACCEPTED, missed_on=ago(7)),
            replace(ACCEPTED, reminded_on=TODAY),
            replace(ACCEPTED, delivery=Delivery.WAITING_LIST, waiting_weeks=3),
            replace(ACCEPTED, delivery=Delivery.STARTED),
        ],
    )
    def test_silent_when_the_meeting_is_under_way(self, facts: ReferralFacts) -> None:
        assert no_first_meeting(facts, today=TODAY) is None

    def test_an_appointment_that_went_by_in_silence_is_a_rupture(self) -> None:
        assert no_first_meeting(replace(ACCEPTED, appointment_on=ago(4)), today=TODAY) is not None

    def test_an_appointment_of_a_friday_leaves_the_monday_to_tell(self) -> None:
        assert no_first_meeting(replace(ACCEPTED, appointment_on=ago(3)), today=TODAY) is None

    @pytest.mark.parametrize(
        ("facts", "act"),
        [
            (replace(ACCEPTED, met_on=TODAY), ClosingAct.MET),
            (replace(ACCEPTED, appointment_on=ahead(2)), ClosingAct.APPOINTMENT),
            (replace(ACCEPTED, reminded_on=TODAY), ClosingAct.REMINDED),
            (replace(ACCEPTED, delivery=Delivery.ENDED), ClosingAct.RESOLVED),
            (replace(ACCEPTED, decided_on=TODAY), ClosingAct.RESOLVED),
        ],
    )
    def test_closes_by_the_act_that_its_facts_tell(self, facts: ReferralFacts, act: ClosingAct) -> None:
        assert closing_act(RuptureRule.NO_FIRST_MEETING, facts, today=TODAY) == act


class TestNoFutureStep:
    def test_found_after_fourteen_days_of_silence_for_the_referent(self) -> None:
        assert no_future_step(replace(PATHWAY, opened_on=ago(14)), today=TODAY) is None
        found = no_future_step(PATHWAY, today=TODAY)
        assert found is not None
        assert (found.since, found.responsible_id, found.severity) == (ago(1), IDS[3], 1)

    @pytest.mark.parametrize("name", ["step_on", "appointment_on", "referral_on"])
    def test_whatever_lies_ahead_holds_the_thread_until_its_day(self, name: str) -> None:
        assert no_future_step(replace(PATHWAY, opened_on=ago(90), **{name: TODAY}), today=TODAY) is None  # type: ignore[arg-type]
        assert no_future_step(replace(PATHWAY, opened_on=ago(90), **{name: ago(1)}), today=TODAY) is not None  # type: ignore[arg-type]

    def test_silent_after_an_act_and_once_closed(self) -> None:
        assert no_future_step(replace(PATHWAY, opened_on=ago(90), last_act_on=ago(14)), today=TODAY) is None
        assert no_future_step(replace(PATHWAY, is_closed=True), today=TODAY) is None

    @pytest.mark.parametrize(
        ("facts", "act"),
        [
            (replace(PATHWAY, step_on=ahead(1)), ClosingAct.STEP_ADDED),
            (replace(PATHWAY, appointment_on=ahead(1)), ClosingAct.APPOINTMENT),
            (replace(PATHWAY, referral_on=ahead(1)), ClosingAct.REFERRED),
            (replace(PATHWAY, last_act_on=TODAY), ClosingAct.RESOLVED),
            (replace(PATHWAY, is_closed=True), ClosingAct.RESOLVED),
            (None, ClosingAct.RESOLVED),
        ],
    )
    def test_closes_by_the_act_that_its_facts_tell(self, facts: PathwayFacts | None, act: ClosingAct) -> None:
        assert closing_act(RuptureRule.NO_FUTURE_STEP, facts, today=TODAY) == act


class TestQuietAndOrder:
    def test_quiet_for_the_same_rupture_only_and_for_a_week(self) -> None:
        found = unanswered(SENT, today=TODAY)
        assert found is not None
        closed = ClosedByHand(found.since, found.severity, TODAY)
        assert is_quiet(found, [closed], today=TODAY)
        assert not is_quiet(found, [closed], today=ahead(1))
        assert not is_quiet(replace(found, since=ago(3)), [closed], today=TODAY)
        assert not is_quiet(replace(found, severity=3), [closed], today=TODAY)

    @patient
    @given(some_day, some_day, st.integers(1, 3), st.integers(0, 2))
    def test_the_later_and_the_graver_are_never_less_urgent(
        self, since: date, today: date, severity: int, more: int
    ) -> None:
        least = rules.urgency(since, severity, today=today)
        assert 0 <= least <= rules.urgency(since, min(3, severity + more), today=today)
        assert least <= rules.urgency(since - timedelta(days=more), severity, today=today)

    def test_the_obvious_proposal_comes_first_and_only_once(self) -> None:
        usual = rules.proposals(RuptureRule.UNANSWERED)
        turned = rules.proposals(RuptureRule.UNANSWERED, Proposal.REROUTE)
        assert turned[0] == Proposal.REROUTE
        assert sorted(turned) == sorted(usual)
