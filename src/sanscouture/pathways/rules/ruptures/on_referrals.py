"""Rules about a referral. Each gives the day on which the thread breaks if nothing happens."""

from __future__ import annotations

from datetime import date, timedelta

from sanscouture.pathways.enums import ClosingAct, NeedState, Proposal, ReferralState, RuptureRule, Severity
from sanscouture.pathways.rules.delays import working_day
from sanscouture.pathways.rules.referrals import (
    AFTER_APPOINTMENT_DAYS,
    ANSWERABLE,
    BEFORE_START,
    REROUTE_DAYS,
    SCHEDULE_DAYS,
)
from sanscouture.pathways.rules.ruptures.facts import Found, ReferralFacts, days_after, found


def unanswered(facts: ReferralFacts, *, threshold: int = 0, today: date) -> Found | None:
    """No answer so many days past the deadline, while the need is open and nobody turned elsewhere.

    A question from the recipient stops the clock. A reminder sent after the deadline gives three more days. The sender
    must act.
    """
    if facts.state not in ANSWERABLE or facts.question_open or facts.need != NeedState.OPEN or facts.is_rerouted:
        return None
    since = _reminded(facts, facts.deadline + timedelta(days=threshold))
    if today <= since:
        return None
    has_reminded = facts.reminded_on is not None and facts.reminded_on > facts.deadline
    return found(
        RuptureRule.UNANSWERED,
        facts,
        since,
        organisation=facts.sender_organisation_id,
        user=facts.sender_id,
        proposal=Proposal.REROUTE if has_reminded else Proposal.REMIND,
        least=Severity.SERIOUS,
    )


def no_first_meeting(facts: ReferralFacts, *, threshold: int = 15, today: date) -> Found | None:
    """Accepted, and no first meeting so many days later, with no appointment coming.

    A waiting list gives the weeks it announced; a missed appointment, the usual days to fix another; a reminder, three.
    The recipient must act.
    """
    if not _waits_for_meeting(facts) or facts.decided_on is None:
        return None
    since = max(
        facts.decided_on + timedelta(days=max(threshold, 7 * facts.waiting_weeks)),
        days_after(facts.appointment_on, AFTER_APPOINTMENT_DAYS),
        days_after(facts.missed_on, SCHEDULE_DAYS),
    )
    since = _reminded(facts, since)
    if today <= since:
        return None
    return found(
        RuptureRule.NO_FIRST_MEETING,
        facts,
        since,
        organisation=facts.recipient_id,
        user=facts.recipient_user_id,
        proposal=Proposal.REMIND,
        least=Severity.SERIOUS,
    )


def missed_twice(facts: ReferralFacts, *, threshold: int = 2, today: date) -> Found | None:
    """So many appointments missed, and none coming: the person may not come back by themselves.

    The sender, who knows the person, must act.
    """
    if not _waits_for_meeting(facts) or facts.missed_on is None or facts.missed_times < threshold:
        return None
    since = max(facts.missed_on, days_after(facts.appointment_on, AFTER_APPOINTMENT_DAYS))
    if today <= since:
        return None
    return found(
        RuptureRule.MISSED_TWICE,
        facts,
        since,
        organisation=facts.sender_organisation_id,
        user=facts.sender_id,
        proposal=Proposal.CALL,
        least=Severity.SERIOUS,
    )


def service_closed(facts: ReferralFacts, *, threshold: int = 8, today: date) -> Found | None:
    """The service has closed, or waits longer than so many weeks, while somebody is headed there.

    What was known before sending does not count: the sender chose it. Whoever is already on the list knows the wait.
    The sender must act.
    """
    if facts.need != NeedState.OPEN or facts.is_rerouted or facts.met_on is not None:
        return None
    if facts.state not in ANSWERABLE and not _waits_for_meeting(facts):
        return None
    is_full = facts.service_weeks > threshold and not facts.waiting_weeks
    told_on = facts.shut_on or (facts.service_told_on if is_full else None)
    if told_on is None or facts.sent_on is None or told_on < facts.sent_on or today <= told_on:
        return None
    return found(
        RuptureRule.SERVICE_CLOSED,
        facts,
        told_on,
        organisation=facts.sender_organisation_id,
        user=facts.sender_id,
        proposal=Proposal.REROUTE if facts.state in ANSWERABLE else Proposal.CALL,
        least=Severity.SERIOUS,
    )


def unanswered_closes(facts: ReferralFacts, *, today: date) -> ClosingAct:
    """The act that ended an unanswered referral."""
    if facts.is_rerouted:
        return ClosingAct.REROUTED
    if facts.question_open or facts.state in {ReferralState.ACCEPTED, ReferralState.REFUSED}:
        return ClosingAct.ANSWERED
    if facts.need != NeedState.OPEN or facts.state == ReferralState.WITHDRAWN:
        return ClosingAct.RESOLVED
    return ClosingAct.REMINDED if facts.reminded_on and facts.reminded_on > facts.deadline else ClosingAct.RESOLVED


def meeting_closes(facts: ReferralFacts, *, today: date) -> ClosingAct:
    """The act that brought a first meeting nearer."""
    if facts.met_on is not None:
        return ClosingAct.MET
    if facts.need != NeedState.OPEN or facts.delivery not in BEFORE_START:
        return ClosingAct.RESOLVED
    if days_after(facts.appointment_on, AFTER_APPOINTMENT_DAYS) >= today:
        return ClosingAct.APPOINTMENT
    if days_after(facts.reminded_on, REROUTE_DAYS) >= today:
        return ClosingAct.REMINDED
    return ClosingAct.RESOLVED


def service_closes(facts: ReferralFacts, *, today: date) -> ClosingAct:
    """The act that took somebody away from a closed door, or the door that opened again."""
    if facts.is_rerouted:
        return ClosingAct.REROUTED
    return ClosingAct.MET if facts.met_on is not None else ClosingAct.RESOLVED


def _waits_for_meeting(facts: ReferralFacts) -> bool:
    waits = facts.state == ReferralState.ACCEPTED and facts.delivery in BEFORE_START and facts.met_on is None
    return waits and facts.need == NeedState.OPEN


def _reminded(facts: ReferralFacts, since: date) -> date:
    """A reminder sent after the break gives a few more days."""
    if facts.reminded_on is None or facts.reminded_on <= since:
        return since
    return working_day(facts.reminded_on + timedelta(days=REROUTE_DAYS))
