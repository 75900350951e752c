"""The rules that a programme may switch on, one by one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest

from sanscouture.pathways.enums import ClosingAct, Delivery, NeedState, Proposal, ReferralState, RuptureRule
from sanscouture.pathways.rules import ruptures as rules
from sanscouture.pathways.rules.ruptures import Asked, Found, Overdue, PathwayFacts, Planned, ReferralFacts

TODAY = date(2026, 6, 15)
SENDER, SENDING, RECIPIENT, CARRIER, REFERENT, SEAT = (UUID(int=n) for n in range(10, 16))


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


SENT = ReferralFacts(
    id=UUID(int=1),
    beneficiary_id=UUID(int=2),
    state=ReferralState.SENT,
    deadline=ago(-5),
    sender_organisation_id=SENDING,
    sender_id=SENDER,
    recipient_id=RECIPIENT,
    sent_on=ago(9),
)
MISSED = replace(
    SENT,
    state=ReferralState.ACCEPTED,
    delivery=Delivery.TO_SCHEDULE,
    decided_on=ago(8),
    missed_on=ago(1),
    missed_times=2,
)
SHUT = replace(SENT, shut_on=ago(2))
PATHWAY = PathwayFacts(
    id=UUID(int=3),
    beneficiary_id=UUID(int=2),
    opened_on=ago(100),
    referent_organisation_id=SEAT,
    referent_id=REFERENT,
)


def seen(rule: RuptureRule, facts: ReferralFacts | PathwayFacts, threshold: int | None = None) -> Found | None:
    one = rules.RULES[rule]
    return one.find(facts, threshold=one.threshold.usual if threshold is None else threshold, today=TODAY)


class TestTheBook:
    def test_three_rules_start_on_and_each_rule_has_its_line(self) -> None:
        assert set(rules.RULES) == set(RuptureRule)
        assert set(rules.DEFAULTS) == {
            RuptureRule.UNANSWERED,
            RuptureRule.NO_FIRST_MEETING,
            RuptureRule.NO_FUTURE_STEP,
        }

    @pytest.mark.parametrize("rule", RuptureRule)
    def test_each_has_sane_bounds_and_proposes_to_put_off_then_to_close(self, rule: RuptureRule) -> None:
        one = rules.RULES[rule]
        assert one.threshold.least <= one.threshold.usual <= one.threshold.most
        assert one.proposals[-2:] == (Proposal.SNOOZE, Proposal.CLOSE)

    def test_what_is_open_stays_when_something_graver_is_found(self) -> None:
        silent = replace(PATHWAY, overdue=Overdue(ago(30), CARRIER, None), step_on=ago(30))
        key = (RuptureRule.NO_FUTURE_STEP, silent.id)
        both = rules.look([], [silent], settings=rules.EVERY, opened=[key], today=TODAY)
        first = rules.look([], [silent], settings=rules.EVERY, today=TODAY)
        assert {one.rule for one in both} - {one.rule for one in first} == {RuptureRule.NO_FUTURE_STEP}


class TestMissedTwice:
    def test_the_sender_must_call_the_day_after_the_second(self) -> None:
        assert seen(RuptureRule.MISSED_TWICE, replace(MISSED, missed_on=TODAY)) is None
        found = seen(RuptureRule.MISSED_TWICE, MISSED)
        assert found is not None
        assert (found.responsible_id, found.proposal, found.severity) == (SENDER, Proposal.CALL, 2)

    @pytest.mark.parametrize(
        "facts",
        [
            replace(MISSED, missed_times=1),
            replace(MISSED, appointment_on=TODAY),
            replace(MISSED, need=NeedState.COVERED),
            replace(MISSED, delivery=Delivery.STARTED),
            replace(MISSED, met_on=ago(1)),
        ],
    )
    def test_silent_when_the_person_may_still_come(self, facts: ReferralFacts) -> None:
        assert seen(RuptureRule.MISSED_TWICE, facts) is None


class TestServiceClosed:
    def test_the_sender_is_told_the_day_after_it_closed_and_turns_elsewhere(self) -> None:
        assert seen(RuptureRule.SERVICE_CLOSED, replace(SHUT, shut_on=TODAY)) is None
        found = seen(RuptureRule.SERVICE_CLOSED, SHUT)
        assert found is not None
        assert (found.since, found.responsible_id, found.proposal) == (ago(2), SENDER, Proposal.REROUTE)

    def test_once_accepted_nobody_can_reroute_so_somebody_calls(self) -> None:
        found = seen(RuptureRule.SERVICE_CLOSED, replace(MISSED, shut_on=ago(2)))
        assert found is not None
        assert found.proposal == Proposal.CALL

    def test_a_wait_beyond_the_threshold_is_a_full_service(self) -> None:
        full = replace(SENT, service_weeks=9, service_told_on=ago(2))
        assert seen(RuptureRule.SERVICE_CLOSED, full) is not None
        assert seen(RuptureRule.SERVICE_CLOSED, full, threshold=9) is None

    @pytest.mark.parametrize(
        "facts",
        [
            SENT,
            replace(SHUT, sent_on=ago(1)),
            replace(SHUT, sent_on=None),
            replace(SHUT, need=NeedState.COVERED),
            replace(SHUT, is_rerouted=True),
            replace(SHUT, met_on=ago(1)),
            replace(SHUT, state=ReferralState.REFUSED),
            replace(SENT, service_weeks=20, waiting_weeks=6, service_told_on=ago(2)),
        ],
    )
    def test_silent_when_it_was_known_or_no_longer_matters(self, facts: ReferralFacts) -> None:
        assert seen(RuptureRule.SERVICE_CLOSED, facts) is None

    @pytest.mark.parametrize(
        ("facts", "act"),
        [
            (replace(SHUT, is_rerouted=True), ClosingAct.REROUTED),
            (replace(SHUT, met_on=TODAY), ClosingAct.MET),
            (SENT, ClosingAct.RESOLVED),
        ],
    )
    def test_closes_by_the_act_that_its_facts_tell(self, facts: ReferralFacts, act: ClosingAct) -> None:
        assert rules.closing_act(RuptureRule.SERVICE_CLOSED, facts, today=TODAY) == act


class TestNoContact:
    def test_counted_from_the_last_contact_whatever_is_planned(self) -> None:
        planned = replace(PATHWAY, step_on=ago(-20), contact_on=ago(46))
        found = seen(RuptureRule.NO_CONTACT, planned)
        assert found is not None
        assert (found.since, found.responsible_id, found.proposal) == (ago(1), REFERENT, Proposal.CALL)
        assert seen(RuptureRule.NO_CONTACT, replace(planned, contact_on=ago(45))) is None
        assert seen(RuptureRule.NO_CONTACT, replace(planned, is_closed=True)) is None

    def test_closes_as_a_meeting(self) -> None:
        facts = replace(PATHWAY, contact_on=TODAY)
        assert rules.closing_act(RuptureRule.NO_CONTACT, facts, today=TODAY) == ClosingAct.MET


class TestStepOverdue:
    def test_whoever_carries_it_must_act(self) -> None:
        late = replace(PATHWAY, overdue=Overdue(ago(8), CARRIER, None))
        found = seen(RuptureRule.STEP_OVERDUE, late)
        assert found is not None
        assert (found.since, found.responsible_organisation_id, found.responsible_id) == (ago(1), CARRIER, None)

    @pytest.mark.parametrize(
        "facts",
        [
            PATHWAY,
            replace(PATHWAY, overdue=Overdue(ago(7), CARRIER, None)),
            replace(PATHWAY, overdue=Overdue(ago(30), CARRIER, None), is_closed=True),
        ],
    )
    def test_silent_before_and_once_closed(self, facts: PathwayFacts) -> None:
        assert seen(RuptureRule.STEP_OVERDUE, facts) is None


class TestReferentGone:
    def test_somebody_away_is_named(self) -> None:
        away = replace(PATHWAY, referent_since=ago(90), referent_seen_on=ago(46))
        found = seen(RuptureRule.REFERENT_GONE, away)
        assert found is not None
        assert (found.since, found.responsible_id, found.proposal) == (ago(1), REFERENT, Proposal.HAND_OVER)
        assert seen(RuptureRule.REFERENT_GONE, replace(away, referent_seen_on=ago(45))) is None

    def test_of_somebody_who_left_the_organisation_must_act(self) -> None:
        left = replace(PATHWAY, referent_since=ago(90), referent_seen_on=ago(3), referent_left_on=ago(2))
        found = seen(RuptureRule.REFERENT_GONE, left)
        assert found is not None
        assert (found.since, found.responsible_organisation_id, found.responsible_id) == (ago(2), SEAT, None)

    @pytest.mark.parametrize(
        "facts", [PATHWAY, replace(PATHWAY, referent_since=ago(90), referent_left_on=ago(2), is_closed=True)]
    )
    def test_silent_when_nothing_is_known_or_left(self, facts: PathwayFacts) -> None:
        assert seen(RuptureRule.REFERENT_GONE, facts) is None


class TestBasisEnding:
    def test_told_before_it_ends_and_after(self) -> None:
        for until in (ago(-29), ago(10)):
            found = seen(RuptureRule.BASIS_ENDING, replace(PATHWAY, shared_until=until))
            assert found is not None
            assert found.proposal == Proposal.INFORM
        assert seen(RuptureRule.BASIS_ENDING, replace(PATHWAY, shared_until=ago(-30))) is None

    def test_what_was_never_shared_does_not_end(self) -> None:
        assert seen(RuptureRule.BASIS_ENDING, PATHWAY) is None

    @pytest.mark.parametrize(("until", "act"), [(ago(-300), ClosingAct.INFORMED), (None, ClosingAct.RESOLVED)])
    def test_closes_when_told_again_or_when_nothing_is_shared(self, until: date | None, act: ClosingAct) -> None:
        facts = replace(PATHWAY, shared_until=until)
        assert rules.closing_act(RuptureRule.BASIS_ENDING, facts, today=TODAY) == act


class TestOverload:
    def test_four_appointments_in_one_week_since_the_fourth_was_made(self) -> None:
        week = tuple(Planned(ago(-1 - day), ago(9 - day)) for day in range(4))
        found = seen(RuptureRule.OVERLOAD, replace(PATHWAY, planned=week))
        assert found is not None
        assert (found.since, found.responsible_id) == (ago(6), REFERENT)
        assert seen(RuptureRule.OVERLOAD, replace(PATHWAY, planned=week[:3])) is None

    def test_spread_over_two_weeks_they_are_bearable(self) -> None:
        spread = tuple(Planned(ago(-3 * day), ago(9)) for day in range(4))
        assert seen(RuptureRule.OVERLOAD, replace(PATHWAY, planned=spread)) is None


class TestAskedTwiceOver:
    def test_three_organisations_in_one_field_since_the_third(self) -> None:
        asked = tuple(Asked(ago(9 - n), UUID(int=n), 5) for n in (1, 2, 3))
        found = seen(RuptureRule.ASKED_TWICE_OVER, replace(PATHWAY, asked=asked))
        assert found is not None
        assert found.since == ago(6)

    @pytest.mark.parametrize(
        "asked",
        [
            (),
            tuple(Asked(ago(9 - n), UUID(int=1), 5) for n in (1, 2, 3)),
            tuple(Asked(ago(9 - n), UUID(int=n), n) for n in (1, 2, 3)),
        ],
    )
    def test_silent_for_one_organisation_or_several_fields(self, asked: tuple[Asked, ...]) -> None:
        assert seen(RuptureRule.ASKED_TWICE_OVER, replace(PATHWAY, asked=asked)) is None


class TestPuttingOff:
    def test_at_most_thirty_days_at_a_time(self) -> None:
        assert rules.snooze_fault(ago(-30), first_on=None, today=TODAY) == ""
        assert "Au plus tard" in rules.snooze_fault(ago(-31), first_on=None, today=TODAY)
        assert "à venir" in rules.snooze_fault(TODAY, first_on=None, today=TODAY)

    def test_never_for_ever(self) -> None:
        assert rules.snooze_fault(ago(-10), first_on=ago(50), today=TODAY) == ""
        assert "Au plus tard" in rules.snooze_fault(ago(-11), first_on=ago(50), today=TODAY)
        assert "deux mois" in rules.snooze_fault(ago(-1), first_on=ago(60), today=TODAY)

    def test_coordination_takes_over_on_a_working_day(self) -> None:
        assert rules.escalates_on(date(2026, 6, 5), 1) == date(2026, 6, 8)


class TestSessionsMissed:
    def test_two_in_a_row_break_the_thread_on_the_second(self) -> None:
        found = seen(RuptureRule.SESSIONS_MISSED, replace(PATHWAY, absences=(ago(20), ago(6), ago(2))))
        assert found
        assert (found.since, found.responsible_id, found.proposal) == (ago(6), REFERENT, Proposal.CALL)

    @pytest.mark.parametrize("absences", [(), (ago(3),), (ago(3), TODAY)])
    def test_one_or_one_of_today_is_not_enough(self, absences: tuple[date, ...]) -> None:
        assert seen(RuptureRule.SESSIONS_MISSED, replace(PATHWAY, absences=absences)) is None


class TestPlaceNotTaken:
    def test_a_place_given_that_starts_nothing_is_found_after_the_days_allowed(self) -> None:
        found = seen(RuptureRule.PLACE_NOT_TAKEN, replace(PATHWAY, place_on=ago(15)))
        assert found
        assert (found.since, found.responsible_id) == (ago(1), REFERENT)
        assert seen(RuptureRule.PLACE_NOT_TAKEN, replace(PATHWAY, place_on=ago(14))) is None

    def test_without_a_place_or_once_closed_nothing_is_waited_for(self) -> None:
        assert seen(RuptureRule.PLACE_NOT_TAKEN, PATHWAY) is None
        assert seen(RuptureRule.PLACE_NOT_TAKEN, replace(PATHWAY, place_on=ago(40), is_closed=True)) is None

    def test_it_closes_by_a_meeting(self) -> None:
        facts = replace(PATHWAY, place_on=None)
        assert rules.closing_act(RuptureRule.PLACE_NOT_TAKEN, facts, today=TODAY) == ClosingAct.MET
