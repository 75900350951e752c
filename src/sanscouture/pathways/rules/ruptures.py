"""The seam detector (chapter 02): who is falling between two organisations, who must act, and by when.

Each rule gives the day on which the thread breaks if nothing happens; there is a rupture from the day after. So a
rupture whose facts do not change never vanishes, and one whose facts change is looked at again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from sanscouture.pathways.enums import (
    ClosingAct,
    Delivery,
    NeedState,
    Proposal,
    ReferralState,
    RuptureRule,
    Severity,
)
from sanscouture.pathways.rules.delays import working_day
from sanscouture.pathways.rules.referrals import (
    AFTER_APPOINTMENT_DAYS,
    ANSWERABLE,
    BEFORE_START,
    REROUTE_DAYS,
    SCHEDULE_DAYS,
)

ACT_DAYS = 3
"""Whoever is responsible catches up within so many days of the break, or on the next working day."""
QUIET_DAYS = 7
"""A rupture closed by hand is not raised again for so many days, unless its facts change."""

ON_REFERRAL = frozenset({RuptureRule.UNANSWERED, RuptureRule.NO_FIRST_MEETING})
"""Rules about a referral; the others are about a pathway."""

BY_HAND = frozenset({ClosingAct.CALLED, ClosingAct.ENTRUSTED, ClosingAct.REASON})
"""Acts that close a rupture though its condition still holds. Each is told in words."""

LEAST: Mapping[RuptureRule, Severity] = {
    RuptureRule.UNANSWERED: Severity.SERIOUS,
    RuptureRule.NO_FIRST_MEETING: Severity.SERIOUS,
    RuptureRule.NO_FUTURE_STEP: Severity.LIGHT,
}
"""How serious a rupture is at least; a graver barrier makes it graver."""

P = Proposal
PROPOSALS: Mapping[RuptureRule, tuple[Proposal, ...]] = {
    RuptureRule.UNANSWERED: (P.REMIND, P.REROUTE, P.CALL, P.ENTRUST, P.CLOSE),
    RuptureRule.NO_FIRST_MEETING: (P.REMIND, P.CALL, P.ENTRUST, P.CLOSE),
    RuptureRule.NO_FUTURE_STEP: (P.ADD_STEP, P.CALL, P.ENTRUST, P.CLOSE),
}
"""What each rupture proposes, the first being the obvious one."""


@dataclass(frozen=True)
class Thresholds:
    """Days left before a rule finds that the thread is broken."""

    meeting_days: int = 15
    """From an acceptance to the first meeting."""
    step_days: int = 14
    """From the opening, or the last act, to something planned."""


DEFAULTS = Thresholds()


@dataclass(frozen=True)
class ReferralFacts:
    """What the rules know of a referral. Days, or None where it has not happened.

    `reminded_on`: last reminder; `appointment_on`: the appointment proposed or confirmed last, past or coming;
    `missed_on`: the last one missed; `severity`: of the barrier behind the need.
    """

    id: UUID
    beneficiary_id: UUID
    state: ReferralState
    deadline: date
    sender_organisation_id: UUID
    sender_id: UUID
    recipient_id: UUID
    recipient_user_id: UUID | None = None
    delivery: Delivery = Delivery.NONE
    need: NeedState = NeedState.OPEN
    is_rerouted: bool = False
    question_open: bool = False
    severity: int = 0
    decided_on: date | None = None
    met_on: date | None = None
    reminded_on: date | None = None
    appointment_on: date | None = None
    missed_on: date | None = None
    waiting_weeks: int = 0


@dataclass(frozen=True)
class PathwayFacts:
    """What the rules know of a pathway.

    `last_act_on`: the last day that somebody did something for the person; `step_on`, `appointment_on`, `referral_on`:
    the latest day of a step to do, of an appointment, of the clock of a referral on its way, past or coming.
    """

    id: UUID
    beneficiary_id: UUID
    opened_on: date
    referent_organisation_id: UUID
    referent_id: UUID
    is_closed: bool = False
    last_act_on: date | None = None
    step_on: date | None = None
    appointment_on: date | None = None
    referral_on: date | None = None
    severity: int = 0


@dataclass(frozen=True)
class Found:
    """A rupture as a rule finds it. `subject`: the referral or the pathway, as the rule says."""

    rule: RuptureRule
    subject: UUID
    beneficiary_id: UUID = field(compare=False)
    since: date
    due_on: date
    severity: int
    responsible_organisation_id: UUID
    responsible_id: UUID | None
    proposal: Proposal


@dataclass(frozen=True)
class ClosedByHand:
    """A rupture that somebody closed by hand, as it was."""

    since: date
    severity: int
    quiet_until: date


def unanswered(facts: ReferralFacts, *, today: date) -> Found | None:
    """No answer past the deadline, while the need is open and nobody turned elsewhere.

    A question from the recipient stops the clock. A reminder sent after the deadline gives three more days. The sender
    must act.
    """
    if facts.state not in ANSWERABLE or facts.question_open or facts.need != NeedState.OPEN or facts.is_rerouted:
        return None
    since = _reminded(facts, facts.deadline)
    if today <= since:
        return None
    has_reminded = facts.reminded_on is not None and facts.reminded_on > facts.deadline
    return Found(
        RuptureRule.UNANSWERED,
        facts.id,
        facts.beneficiary_id,
        since,
        working_day(since + timedelta(days=ACT_DAYS)),
        _severity(RuptureRule.UNANSWERED, facts.severity),
        facts.sender_organisation_id,
        facts.sender_id,
        Proposal.REROUTE if has_reminded else Proposal.REMIND,
    )


def no_first_meeting(facts: ReferralFacts, *, thresholds: Thresholds = DEFAULTS, today: date) -> Found | None:
    """Accepted, and no first meeting so many days later, with no appointment coming.

    A waiting list gives the weeks it announced; a missed appointment, the usual days to fix another; a reminder, three.
    The recipient must act.
    """
    waits = facts.state == ReferralState.ACCEPTED and facts.delivery in BEFORE_START and facts.met_on is None
    if not waits or facts.decided_on is None or facts.need != NeedState.OPEN:
        return None
    since = max(
        facts.decided_on + timedelta(days=max(thresholds.meeting_days, 7 * facts.waiting_weeks)),
        _days_after(facts.appointment_on, AFTER_APPOINTMENT_DAYS),
        _days_after(facts.missed_on, SCHEDULE_DAYS),
    )
    since = _reminded(facts, since)
    if today <= since:
        return None
    return Found(
        RuptureRule.NO_FIRST_MEETING,
        facts.id,
        facts.beneficiary_id,
        since,
        working_day(since + timedelta(days=ACT_DAYS)),
        _severity(RuptureRule.NO_FIRST_MEETING, facts.severity),
        facts.recipient_id,
        facts.recipient_user_id,
        Proposal.REMIND,
    )


def no_future_step(facts: PathwayFacts, *, thresholds: Thresholds = DEFAULTS, today: date) -> Found | None:
    """A live pathway with nothing ahead: no step, no appointment, no referral on its way.

    Silence is allowed for so many days after the opening and after each act. The pathway's referent must act.
    """
    if facts.is_closed:
        return None
    silent_from = max(facts.opened_on, facts.last_act_on or facts.opened_on)
    since = max(silent_from + timedelta(days=thresholds.step_days), *map(_or_never, _ahead(facts)))
    if today <= since:
        return None
    return Found(
        RuptureRule.NO_FUTURE_STEP,
        facts.id,
        facts.beneficiary_id,
        since,
        working_day(since + timedelta(days=ACT_DAYS)),
        _severity(RuptureRule.NO_FUTURE_STEP, facts.severity),
        facts.referent_organisation_id,
        facts.referent_id,
        Proposal.ADD_STEP,
    )


def look(
    referrals: Iterable[ReferralFacts],
    pathways: Iterable[PathwayFacts],
    *,
    thresholds: Thresholds = DEFAULTS,
    today: date,
) -> list[Found]:
    """Apply every rule; at most one rupture per rule and subject.

    A referral that is broken says more than a pathway without a step: the person is then told of once, not twice.
    """
    found: list[Found | None] = []
    for referral in referrals:
        found += [unanswered(referral, today=today), no_first_meeting(referral, thresholds=thresholds, today=today)]
    broken = {one.beneficiary_id for one in found if one is not None}
    found += [
        no_future_step(pathway, thresholds=thresholds, today=today)
        for pathway in pathways
        if pathway.beneficiary_id not in broken
    ]
    return [one for one in found if one is not None]


def closing_act(rule: RuptureRule, facts: ReferralFacts | PathwayFacts | None, *, today: date) -> ClosingAct:
    """Say by which act a rupture closes whose condition no longer holds; without facts, it has no reason to be."""
    if isinstance(facts, ReferralFacts):
        return _unanswered_closes(facts) if rule == RuptureRule.UNANSWERED else _meeting_closes(facts, today)
    if facts is None or facts.is_closed:
        return ClosingAct.RESOLVED
    acts = (ClosingAct.STEP_ADDED, ClosingAct.APPOINTMENT, ClosingAct.REFERRED)
    return next(
        (act for act, day in zip(acts, _ahead(facts), strict=True) if day and day >= today), ClosingAct.RESOLVED
    )


def _unanswered_closes(facts: ReferralFacts) -> ClosingAct:
    if facts.is_rerouted:
        return ClosingAct.REROUTED
    if facts.question_open or facts.state in {ReferralState.ACCEPTED, ReferralState.REFUSED}:
        return ClosingAct.ANSWERED
    if facts.need != NeedState.OPEN or facts.state == ReferralState.WITHDRAWN:
        return ClosingAct.RESOLVED
    return ClosingAct.REMINDED if facts.reminded_on and facts.reminded_on > facts.deadline else ClosingAct.RESOLVED


def _meeting_closes(facts: ReferralFacts, today: date) -> ClosingAct:
    if facts.met_on is not None:
        return ClosingAct.MET
    if facts.need != NeedState.OPEN or facts.delivery not in BEFORE_START:
        return ClosingAct.RESOLVED
    if _days_after(facts.appointment_on, AFTER_APPOINTMENT_DAYS) >= today:
        return ClosingAct.APPOINTMENT
    if _days_after(facts.reminded_on, REROUTE_DAYS) >= today:
        return ClosingAct.REMINDED
    return ClosingAct.RESOLVED


def is_quiet(found: Found, closed: Iterable[ClosedByHand], *, today: date) -> bool:
    """Say whether a rupture stays silent: the same, no graver, was closed by hand less than seven days ago."""
    return any(
        one.quiet_until >= today and one.since == found.since and found.severity <= one.severity for one in closed
    )


def days_late(since: date, *, today: date) -> int:
    """How many days the thread has been broken."""
    return max(0, (today - since).days)


def urgency(since: date, severity: int, *, today: date) -> int:
    """Days late × severity: what orders the coordinator's morning (chapter 10)."""
    return days_late(since, today=today) * severity


def proposals(rule: RuptureRule, first: Proposal | None = None) -> tuple[Proposal, ...]:
    """What may be done about a rupture, the obvious one first."""
    usual = PROPOSALS[rule]
    return usual if first is None else (first, *(one for one in usual if one != first))


def _severity(rule: RuptureRule, of_barrier: int) -> int:
    return max(LEAST[rule].value, of_barrier)


def _ahead(facts: PathwayFacts) -> tuple[date | None, date | None, date | None]:
    return facts.step_on, facts.appointment_on, facts.referral_on


def _or_never(day: date | None) -> date:
    return day or date.min


def _days_after(day: date | None, days: int) -> date:
    return working_day(day + timedelta(days=days)) if day else date.min


def _reminded(facts: ReferralFacts, since: date) -> date:
    """A reminder sent after the break gives a few more days."""
    if facts.reminded_on is None or facts.reminded_on <= since:
        return since
    return working_day(facts.reminded_on + timedelta(days=REROUTE_DAYS))
