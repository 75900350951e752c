"""What a rule would have found in the past: facts as they were on a day, rebuilt from stored times. Pure.

Facts change only on the days when something happened; between two of them a rule gives the day on which the thread
breaks. So each pathway and referral is looked at once per such day, whatever the length of the past.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from sanscouture.pathways.enums import AppointmentState, Delivery, EventKind, NeedState, ReferralState, RuptureRule
from sanscouture.pathways.rules import referrals as life
from sanscouture.pathways.rules.ruptures import (
    ACT_DAYS,
    RULES,
    Asked,
    Facts,
    Overdue,
    PathwayFacts,
    Planned,
    ReferralFacts,
    Subject,
)

ASKED_DAYS = 30
E, S, D = EventKind, ReferralState, Delivery
MOVES: dict[EventKind, tuple[ReferralState, Delivery]] = {
    E.SENT: (S.SENT, D.NONE),
    E.RECEIVED: (S.RECEIVED, D.NONE),
    E.UNANSWERED: (S.UNANSWERED, D.NONE),
    E.REFUSED: (S.REFUSED, D.NONE),
    E.WITHDRAWN: (S.WITHDRAWN, D.NONE),
    E.REROUTED: (S.WITHDRAWN, D.NONE),
    E.ACCEPTED: (S.ACCEPTED, D.TO_SCHEDULE),
    E.WAITING_LIST: (S.ACCEPTED, D.WAITING_LIST),
    E.APPOINTMENT_PROPOSED: (S.ACCEPTED, D.APPOINTMENT_SET),
    E.APPOINTMENT_MISSED: (S.ACCEPTED, D.TO_SCHEDULE),
    E.MET: (S.ACCEPTED, D.APPOINTMENT_SET),
    E.STARTED: (S.ACCEPTED, D.STARTED),
    E.RESUMED: (S.ACCEPTED, D.STARTED),
    E.PAUSED: (S.ACCEPTED, D.PAUSED),
    E.ENDED: (S.ACCEPTED, D.ENDED),
}
"""Where each thing that happened left a referral."""


@dataclass(frozen=True)
class Happened:
    """One thing that happened to a referral. `by_hand`: somebody did it, time alone did not."""

    on: date
    kind: EventKind
    by_hand: bool = True


@dataclass(frozen=True)
class Met:
    """An appointment: when it was made, its day, and what became of it. One that was replaced held until its day."""

    made_on: date
    on: date
    state: AppointmentState = AppointmentState.CONFIRMED

    @property
    def missed(self) -> bool:
        return self.state == AppointmentState.MISSED

    @property
    def kept(self) -> bool:
        return self.state == AppointmentState.HAPPENED

    def holds(self, day: date) -> bool:
        """Whether it lay ahead on a day, or went by and nobody has said what became of it."""
        return self.on >= day or self.state in {AppointmentState.PROPOSED, AppointmentState.CONFIRMED}


@dataclass(frozen=True)
class ReferralPast:
    """A referral with its times. `now`: its facts today, from which what never changes is taken."""

    now: ReferralFacts
    field: int
    happened: Sequence[Happened]
    appointments: Sequence[Met] = ()
    need_closed_on: date | None = None
    rerouted_on: date | None = None
    waiting_weeks: int = 0

    def days(self) -> set[date]:
        """The days on which its facts changed."""
        own = {one.on for one in self.happened} | {day for one in self.appointments for day in (one.made_on, one.on)}
        return own | {day for day in (self.need_closed_on, self.rerouted_on) if day}

    def as_of(self, day: date) -> ReferralFacts | None:
        """Its facts at the end of a day; None before it was sent."""
        past = [one for one in self.happened if one.on <= day]
        moves = [one for one in past if one.kind in MOVES]
        if not moves:
            return None
        state, delivery = MOVES[moves[-1].kind]
        made = sorted((one for one in self.appointments if one.made_on <= day), key=lambda one: (one.made_on, one.on))
        missed = [one.on for one in made if one.missed and one.on <= day]
        last = made[-1] if made else None
        asked = [one.kind for one in past if one.kind in {E.QUESTION, E.REPLY}]
        return replace(
            self.now,
            state=state,
            delivery=delivery,
            need=NeedState.COVERED if self.need_closed_on and self.need_closed_on <= day else NeedState.OPEN,
            is_rerouted=bool(self.rerouted_on and self.rerouted_on <= day),
            question_open=state in life.ANSWERABLE and asked[-1:] == [E.QUESTION],
            decided_on=_last(past, E.ACCEPTED, E.WAITING_LIST, E.APPOINTMENT_PROPOSED),
            met_on=_last(past, E.MET, E.STARTED),
            reminded_on=_last(past, E.REMINDED),
            appointment_on=last.on if last and last.on not in missed else None,
            missed_on=max(missed, default=None),
            missed_times=len(missed),
            waiting_weeks=self.waiting_weeks if delivery == D.WAITING_LIST else 0,
        )

    def clock_on(self, day: date) -> date | None:
        """The day by which somebody had to act on it, as it stood; None when nothing was awaited."""
        facts = self.as_of(day)
        if facts is None or facts.state not in {S.SENT, S.RECEIVED, S.ACCEPTED}:
            return None
        counted = [one.on for one in self.happened if one.on <= day and one.kind != E.REMINDED]
        held = life.holder(
            life.Standing(
                facts.state,
                facts.deadline,
                max(counted),
                facts.delivery,
                facts.question_open,
                facts.appointment_on,
                facts.met_on,
                facts.waiting_weeks,
            )
        )
        return held.until if held else None


@dataclass(frozen=True)
class StepPast:
    """A step: when it was added, its day, when it was settled, and who carries it."""

    added_on: date
    overdue: Overdue
    settled_on: date | None = None


@dataclass(frozen=True)
class PathwayPast:
    """A pathway with its times, and the referrals of the same person."""

    now: PathwayFacts
    closed_on: date | None = None
    referents: Sequence[tuple[date, date | None, UUID, UUID]] = ()
    steps: Sequence[StepPast] = ()
    needs: Sequence[date] = ()
    calls: Sequence[date] = ()
    referrals: Sequence[ReferralPast] = ()

    def days(self) -> set[date]:
        """The days on which its facts changed."""
        settled = {one.settled_on for one in self.steps if one.settled_on}
        own = {self.now.opened_on, *self.needs, *self.calls, *settled, *(one.added_on for one in self.steps)}
        seats = {day for since, until, *_who in self.referents for day in (since, until) if day}
        met = {one.on + timedelta(days=1) for each in self.referrals for one in each.appointments}
        asked = {one.on + timedelta(days=ASKED_DAYS) for one in self._questions()}
        end = {self.closed_on} if self.closed_on else set()
        return own | seats | met | asked | end | {day for each in self.referrals for day in each.days()}

    def as_of(self, day: date) -> PathwayFacts | None:
        """Its facts at the end of a day; None before it was opened."""
        if day < self.now.opened_on:
            return None
        todo = [one for one in self.steps if one.added_on <= day and not (one.settled_on and one.settled_on <= day)]
        done = [one.settled_on for one in self.steps if one.settled_on and one.settled_on <= day]
        made = [one for each in self.referrals for one in each.appointments if one.made_on <= day]
        live = [one for one in made if one.holds(day)]
        acts = [one.on for each in self.referrals for one in each.happened if one.by_hand and one.on <= day]
        met = [one.on for each in self.referrals for one in each.happened if one.kind == E.MET and one.on <= day]
        kept = [one.on for one in made if one.kept and one.on <= day]
        added = [one.added_on for one in self.steps if one.added_on <= day]
        clocks = [clock for each in self.referrals if (clock := each.clock_on(day))]
        seat = max((one for one in self.referents if one[0] <= day), default=None, key=lambda one: one[0])
        facts = self.now if seat is None else replace(self.now, referent_organisation_id=seat[2], referent_id=seat[3])
        return replace(
            facts,
            is_closed=bool(self.closed_on and self.closed_on <= day),
            last_act_on=max([*acts, *added, *done, *_until(self.needs, day)], default=None),
            step_on=max((one.overdue.due_on for one in todo), default=None),
            appointment_on=max((one.on for one in live), default=None),
            referral_on=max(clocks, default=None),
            contact_on=max([*met, *kept, *done, *_until(self.calls, day)], default=None),
            overdue=min((one.overdue for one in todo), default=None, key=lambda one: one.due_on),
            planned=tuple(Planned(one.on, one.made_on) for one in live if one.on >= day),
            asked=tuple(one for one in self._questions() if one.on <= day < one.on + timedelta(days=ASKED_DAYS)),
        )

    def _questions(self) -> list[Asked]:
        return [
            Asked(one.on, each.now.recipient_id, each.field)
            for each in self.referrals
            for one in each.happened
            if one.kind == E.QUESTION
        ]


@dataclass(frozen=True)
class Episode:
    """A rupture that would have been found on a day, and the day on which the thread was taken up again, if it was."""

    subject: UUID
    beneficiary_id: UUID
    found_on: date
    ended_on: date | None

    @property
    def ended_alone(self) -> bool:
        """Whether somebody acted within the days that a rupture leaves to act: a false alarm."""
        return self.ended_on is not None and (self.ended_on - self.found_on).days <= ACT_DAYS


@dataclass(frozen=True)
class Replay:
    """What a rule would have found between two days."""

    caught: int
    people: int
    ended_alone: int
    still: int
    longest: int
    """Days of the longest, from the day it would have been found."""

    @property
    def needed(self) -> int:
        """Those that nobody had taken up within the days left to act."""
        return self.caught - self.ended_alone


def replay(
    pathways: Iterable[PathwayPast], rule: RuptureRule, *, threshold: int, since: date, until: date
) -> list[Episode]:
    """Each rupture that a rule would have found from a day to another, both included."""
    on_referrals = RULES[rule].subject == Subject.REFERRAL
    subjects = (one for each in pathways for one in ((*each.referrals,) if on_referrals else (each,)))
    return [
        one
        for past in subjects
        for one in _episodes(past, rule, threshold, until)
        if one.ended_on is None or one.ended_on > since
    ]


def summed(episodes: Sequence[Episode], *, until: date) -> Replay:
    """Count episodes."""
    return Replay(
        caught=len(episodes),
        people=len({one.beneficiary_id for one in episodes}),
        ended_alone=sum(one.ended_alone for one in episodes),
        still=sum(one.ended_on is None for one in episodes),
        longest=max((((one.ended_on or until) - one.found_on).days for one in episodes), default=0),
    )


def _episodes(past: ReferralPast | PathwayPast, rule: RuptureRule, threshold: int, until: date) -> Iterator[Episode]:
    find = RULES[rule].find
    days = sorted(day for day in past.days() if day <= until)
    found_on: date | None = None
    facts: Facts | None = None
    for start, following in zip(days, [*days[1:], until + timedelta(days=1)], strict=True):
        facts = past.as_of(start)
        broken = find(facts, threshold=threshold, today=following - timedelta(days=1)) if facts else None
        if broken is None or (found_on is not None and broken.since >= start):
            if found_on is not None:
                yield Episode(past.now.id, past.now.beneficiary_id, found_on, start)
            found_on = None
        if broken is not None and found_on is None:
            found_on = max(broken.since + timedelta(days=1), start)
    if found_on is not None:
        yield Episode(past.now.id, past.now.beneficiary_id, found_on, None)


def _last(past: Sequence[Happened], *kinds: EventKind) -> date | None:
    return max((one.on for one in past if one.kind in kinds), default=None)


def _until(days: Iterable[date], day: date) -> list[date]:
    return [one for one in days if one <= day]
