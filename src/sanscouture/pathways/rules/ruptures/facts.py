"""What the seam detector knows, and what it finds. Values only."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from sanscouture.pathways.enums import Delivery, NeedState, Proposal, ReferralState, RuptureRule, Severity
from sanscouture.pathways.rules.delays import working_day

ACT_DAYS = 3
"""Whoever is responsible catches up within so many days of the break, or on the next working day."""


@dataclass(frozen=True)
class ReferralFacts:
    """What the rules know of a referral. Days, or None where it has not happened.

    `reminded_on`: last reminder; `appointment_on`: the appointment proposed or confirmed last, past or coming;
    `missed_on`: the last one missed, of `missed_times`; `severity`: of the barrier behind the need; `shut_on`: since
    when the service receives nobody; `service_weeks`: the wait it announces, when it has a list.
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
    sent_on: date | None = None
    decided_on: date | None = None
    met_on: date | None = None
    reminded_on: date | None = None
    appointment_on: date | None = None
    missed_on: date | None = None
    missed_times: int = 0
    waiting_weeks: int = 0
    shut_on: date | None = None
    service_weeks: int = 0
    service_told_on: date | None = None


@dataclass(frozen=True)
class Overdue:
    """The step to do whose day is the oldest, and who carries it."""

    due_on: date
    organisation_id: UUID
    user_id: UUID | None


@dataclass(frozen=True)
class Asked:
    """A question about the person: which organisation asked it, in which of the eight fields, and when."""

    on: date
    organisation_id: UUID
    field: int


@dataclass(frozen=True)
class Planned:
    """An appointment ahead of the person: the day of it, and the day it was made."""

    on: date
    made_on: date


@dataclass(frozen=True)
class PathwayFacts:
    """What the rules know of a pathway.

    `last_act_on`: the last day that somebody did something for the person; `step_on`, `appointment_on`, `referral_on`:
    the latest day of a step to do, of an appointment, of the clock of a referral on its way, past or coming;
    `absences`: the days of the sessions missed since the last presence; `place_on`: the day from which a cohort expects
    somebody who has not come to it, nor done a step, since they were admitted. What
    follows `severity` is known only where a rule that asks for it is on (`selectors.rupture_facts`).
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
    contact_on: date | None = None
    overdue: Overdue | None = None
    referent_since: date | None = None
    referent_seen_on: date | None = None
    referent_left_on: date | None = None
    shared_until: date | None = None
    planned: tuple[Planned, ...] = ()
    asked: tuple[Asked, ...] = ()
    absences: tuple[date, ...] = ()
    place_on: date | None = None


Facts = ReferralFacts | PathwayFacts


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
    """A rupture that somebody closed or put off by hand, as it was."""

    since: date
    severity: int
    quiet_until: date


def found(
    rule: RuptureRule,
    facts: Facts,
    since: date,
    *,
    organisation: UUID,
    user: UUID | None,
    proposal: Proposal,
    least: Severity = Severity.LIGHT,
) -> Found:
    """A rupture since a day: to catch up within three, as grave as the barrier and at least as the rule says."""
    return Found(
        rule,
        facts.id,
        facts.beneficiary_id,
        since,
        working_day(since + timedelta(days=ACT_DAYS)),
        max(least.value, facts.severity),
        organisation,
        user,
        proposal,
    )


def or_never(day: date | None) -> date:
    """A day, or one that comes before any other."""
    return day or date.min


def days_after(day: date | None, days: int) -> date:
    """So many days after a day, or the next working day; before any other without a day."""
    return working_day(day + timedelta(days=days)) if day else date.min
