"""For any sequence of what really happens to a need, somebody holds it, with a day (chapter 02).

A small machine plays the site's own transitions: the acts that the rules allow, the nights, the days that go by. It
keeps what the services keep, and looks for ruptures after each act as they do.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from sanscouture.pathways.enums import Act, ClosingAct, NeedState, ReferralState, RuptureRule
from sanscouture.pathways.rules import referrals as life
from sanscouture.pathways.rules import ruptures as rules
from sanscouture.pathways.rules.delays import working_day
from sanscouture.pathways.rules.referrals import Standing
from sanscouture.pathways.rules.ruptures import ClosedByHand, Found, Overdue, PathwayFacts, ReferralFacts

START = date(2026, 3, 2)
PERSON, PATHWAY, SENDER, RECIPIENT, REFERENT = (UUID(int=n) for n in range(1, 6))
NEED_DAYS = 15
BY_HAND = [act for act in Act if act not in {Act.SEND, Act.EXPIRE, Act.REROUTE}]


@dataclass
class Sent:
    """A referral as the services keep it: where it stands, and the days that the rules ask for."""

    id: UUID
    standing: Standing
    sent_on: date
    decided_on: date | None = None
    reminded_on: date | None = None
    missed_on: date | None = None
    missed_times: int = 0
    is_rerouted: bool = False

    def facts(self, need: NeedState) -> ReferralFacts:
        at = self.standing
        return ReferralFacts(
            id=self.id,
            beneficiary_id=PERSON,
            state=at.state,
            deadline=at.deadline,
            sender_organisation_id=SENDER,
            sender_id=SENDER,
            recipient_id=RECIPIENT,
            delivery=at.delivery,
            need=need,
            is_rerouted=self.is_rerouted,
            question_open=at.question_open,
            sent_on=self.sent_on,
            decided_on=self.decided_on,
            met_on=at.met_on,
            reminded_on=self.reminded_on,
            appointment_on=at.appointment_on,
            missed_on=self.missed_on,
            missed_times=self.missed_times,
            waiting_weeks=at.waiting_weeks,
        )


class Life(RuleBasedStateMachine):
    """One person, one need, its referrals, the steps of the pathway, and the ruptures found."""

    @initialize()
    def open_need(self) -> None:
        self.today = START
        self.need, self.need_due = NeedState.OPEN, working_day(START + timedelta(days=NEED_DAYS))
        self.sent: list[Sent] = []
        self.steps: list[date] = []
        self.acted_on = START
        self.opened: dict[tuple[RuptureRule, UUID], Found] = {}
        self.quiet: dict[tuple[RuptureRule, UUID], list[ClosedByHand]] = {}
        self.first_snooze: dict[tuple[RuptureRule, UUID, date], date] = {}

    # What happens

    @rule(days=st.integers(1, 20))
    def days_go_by(self, days: int) -> None:
        """Each night expires what nobody answered, then looks. Time alone never closes a rupture."""
        for _ in range(days):
            self.today += timedelta(days=1)
            late = [one for one in self.sent if life.is_expired(one.standing, self.today)]
            for one in late:
                self._move(one, Act.EXPIRE, by_hand=False)
            before = set(self.opened)
            self._look()
            assert late or before <= set(self.opened)

    @precondition(lambda self: self.need == NeedState.OPEN and len(self.sent) < 4)
    @rule(days=st.integers(1, 30))
    def refer(self, days: int) -> None:
        if self.sent and life.is_live(self.sent[-1].standing.state, self.sent[-1].standing.delivery):
            return
        self._send(days)

    @precondition(lambda self: self.need == NeedState.OPEN and self.sent and len(self.sent) < 4)
    @rule(days=st.integers(1, 30))
    def turn_elsewhere(self, days: int) -> None:
        last = self.sent[-1]
        if life.untimely(Act.REROUTE, last.standing):
            return
        last.is_rerouted = True
        if last.standing.state in life.ANSWERABLE:
            self._move(last, Act.WITHDRAW)
        self._send(days)

    @precondition(lambda self: self.sent)
    @rule(act=st.sampled_from(BY_HAND), which=st.integers(0, 3), days=st.integers(1, 40), covered=st.booleans())
    def somebody_acts(self, act: Act, which: int, days: int, covered: bool) -> None:
        one = self.sent[which % len(self.sent)]
        if life.untimely(act, one.standing):
            return
        self._move(one, act, days=days)
        if act == Act.END and self.need == NeedState.OPEN:
            if covered:
                self.need = NeedState.COVERED
            else:
                self.need_due = max(self.need_due, working_day(self.today + timedelta(days=14)))
        self._look()

    @rule(days=st.integers(0, 40))
    def plan_a_step(self, days: int) -> None:
        self.steps.append(self.today + timedelta(days=days))
        self._acted()

    @precondition(lambda self: self.steps)
    @rule()
    def settle_a_step(self) -> None:
        self.steps.remove(min(self.steps))
        self._acted()

    @precondition(lambda self: self.opened)
    @rule(act=st.sampled_from([ClosingAct.CALLED, ClosingAct.REASON]))
    def catch_up_by_hand(self, act: ClosingAct) -> None:
        self._silence(next(iter(self.opened)), self.today + timedelta(days=rules.QUIET_DAYS))

    @precondition(lambda self: self.opened)
    @rule(days=st.integers(1, 40))
    def put_off(self, days: int) -> None:
        key, found = next(iter(self.opened.items()))
        until, same = self.today + timedelta(days=days), (*key, found.since)
        first = self.first_snooze.get(same)
        if not rules.snooze_fault(until, first_on=first, today=self.today):
            self.first_snooze.setdefault(same, self.today)
            assert until <= self.first_snooze[same] + timedelta(days=60)
            self._silence(key, until)

    # What must always hold

    @invariant()
    def a_live_need_has_an_owner_and_a_clock(self) -> None:
        """Either a referral is held by one side until a day, or the need is its owner's, with its own day."""
        if self.need != NeedState.OPEN:
            return
        assert self.need_due is not None
        for one in self.sent:
            held = life.holder(one.standing)
            assert (held is not None) == life.is_live(one.standing.state, one.standing.delivery)
            assert held is None or (held.task and held.until >= one.sent_on)

    @invariant()
    def a_clock_that_has_long_run_out_on_a_live_need_is_a_rupture(self) -> None:
        """Nobody is lost: past every clock and every delay, something is open, or was put off until a day to come."""
        if self.need != NeedState.OPEN or not self._is_long_silent():
            return
        key_quiet = any(one.quiet_until >= self.today for rows in self.quiet.values() for one in rows)
        assert self.opened or key_quiet

    @invariant()
    def every_rupture_open_still_holds_and_names_who_and_when(self) -> None:
        wanted = {(one.rule, one.subject): one for one in self._found()}
        for key, found in self.opened.items():
            assert wanted[key].since == found.since
            assert found.responsible_organisation_id in {SENDER, RECIPIENT, REFERENT}
            assert found.due_on > found.since

    # How the services do it

    def _send(self, days: int) -> None:
        deadline = working_day(self.today + timedelta(days=days))
        identifier = UUID(int=100 + len(self.sent))
        self.sent.append(Sent(identifier, Standing(ReferralState.SENT, deadline, self.today), self.today))
        self._acted()

    def _move(self, one: Sent, act: Act, *, days: int = 1, by_hand: bool = True) -> None:
        moved = life.after(act, one.standing, self.today)
        if act == Act.PROPOSE:
            moved = replace(moved, appointment_on=self.today + timedelta(days=days))
        elif act == Act.WAIT:
            moved = replace(moved, waiting_weeks=days)
        if act in life.ANSWERS and one.decided_on is None:
            one.decided_on = self.today
        if act == Act.REMIND:
            one.reminded_on = self.today
        if act == Act.MISS:
            one.missed_on, one.missed_times = self.today, one.missed_times + 1
        one.standing = moved
        if by_hand:
            self.acted_on = self.today

    def _acted(self) -> None:
        self.acted_on = self.today
        self._look()

    def _silence(self, key: tuple[RuptureRule, UUID], until: date) -> None:
        found = self.opened.pop(key)
        self.quiet.setdefault(key, []).append(ClosedByHand(found.since, found.severity, until))

    def _pathway(self) -> PathwayFacts:
        live = [one for one in self.sent if one.standing.state in {*life.AWAITING, ReferralState.ACCEPTED}]
        clocks = [held.until for one in live if (held := life.holder(one.standing))]
        ahead = [one.standing.appointment_on for one in self.sent if one.standing.appointment_on]
        oldest = min(self.steps, default=None)
        return PathwayFacts(
            id=PATHWAY,
            beneficiary_id=PERSON,
            opened_on=START,
            referent_organisation_id=REFERENT,
            referent_id=REFERENT,
            last_act_on=self.acted_on,
            step_on=max(self.steps, default=None),
            appointment_on=max(ahead, default=None),
            referral_on=max(clocks, default=None),
            overdue=Overdue(oldest, SENDER, None) if oldest else None,
        )

    def _found(self) -> list[Found]:
        facts = [one.facts(self.need) for one in self.sent]
        return rules.look(facts, [self._pathway()], settings=rules.EVERY, opened=self.opened, today=self.today)

    def _look(self) -> None:
        """As the services: what no longer holds closes by an act its facts tell; what is new opens if not quiet."""
        wanted = {(one.rule, one.subject): one for one in self._found()}
        known = {PATHWAY: self._pathway(), **{one.id: one.facts(self.need) for one in self.sent}}
        for key in [key for key in self.opened if key not in wanted]:
            assert rules.closing_act(key[0], known[key[1]], today=self.today) not in rules.BY_HAND
            del self.opened[key]
        for key, one in wanted.items():
            if key in self.opened or not rules.is_quiet(one, self.quiet.get(key, ()), today=self.today):
                self.opened[key] = one

    def _is_long_silent(self) -> bool:
        """Past every clock of every referral, every step, and the delay after the last act."""
        days = [self.acted_on + timedelta(days=rules.DEFAULTS[RuptureRule.NO_FUTURE_STEP]), *self.steps]
        days += [held.until for one in self.sent if (held := life.holder(one.standing))]
        days += [one.standing.appointment_on for one in self.sent if one.standing.appointment_on]
        return self.today > max(days)


TestLife = Life.TestCase
TestLife.settings = settings(
    max_examples=60, stateful_step_count=30, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
