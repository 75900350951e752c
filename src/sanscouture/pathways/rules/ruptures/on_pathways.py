"""Rules about a pathway. Each gives the day on which the thread breaks if nothing happens."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from uuid import UUID

from sanscouture.pathways.enums import ClosingAct, Proposal, RuptureRule, Severity
from sanscouture.pathways.rules.ruptures.facts import Found, PathwayFacts, found, or_never


def no_future_step(facts: PathwayFacts, *, threshold: int = 14, today: date) -> Found | None:
    """A live pathway with nothing ahead: no step, no appointment, no referral on its way.

    Silence is allowed for so many days after the opening and after each act. The pathway's referent must act.
    """
    silent_from = max(facts.opened_on, facts.last_act_on or facts.opened_on)
    since = max(silent_from + timedelta(days=threshold), *map(or_never, _ahead(facts)))
    return _for_referent(RuptureRule.NO_FUTURE_STEP, facts, since, Proposal.ADD_STEP, today)


def no_contact(facts: PathwayFacts, *, threshold: int = 45, today: date) -> Found | None:
    """Nobody has met or called the person for so many days, whatever is planned.

    A contact is a meeting, an appointment that took place, a call noted, a step done. The referent must act.
    """
    since = max(facts.opened_on, or_never(facts.contact_on)) + timedelta(days=threshold)
    return _for_referent(RuptureRule.NO_CONTACT, facts, since, Proposal.CALL, today)


def step_overdue(facts: PathwayFacts, *, threshold: int = 7, today: date) -> Found | None:
    """A step is still to do so many days after its date. Whoever carries it must act."""
    step = facts.overdue
    if step is None:
        return None
    since = step.due_on + timedelta(days=threshold)
    if facts.is_closed or today <= since:
        return None
    return found(
        RuptureRule.STEP_OVERDUE,
        facts,
        since,
        organisation=step.organisation_id,
        user=step.user_id,
        proposal=Proposal.SEE_STEPS,
    )


def referent_gone(facts: PathwayFacts, *, threshold: int = 45, today: date) -> Found | None:
    """The referent's account is closed, or their role has ended, or they have not signed in for so many days.

    Somebody who has left cannot act: their organisation must. Somebody who is away is named.
    """
    begun = or_never(facts.referent_since)
    left = facts.referent_left_on
    if left is None and facts.referent_since is None:
        return None
    since = (
        max(left, begun)
        if left is not None
        else max(begun, or_never(facts.referent_seen_on)) + timedelta(days=threshold)
    )
    if facts.is_closed or today <= since:
        return None
    return found(
        RuptureRule.REFERENT_GONE,
        facts,
        since,
        organisation=facts.referent_organisation_id,
        user=facts.referent_id if left is None else None,
        proposal=Proposal.HAND_OVER,
        least=Severity.SERIOUS,
    )


def basis_ending(facts: PathwayFacts, *, threshold: int = 30, today: date) -> Found | None:
    """What allows sharing ends in so many days, or has ended: then partners no longer see the record (chapter 02).

    A record that was never shared is nobody's rupture. The referent must act.
    """
    if facts.shared_until is None:
        return None
    since = max(facts.opened_on, facts.shared_until - timedelta(days=threshold))
    return _for_referent(RuptureRule.BASIS_ENDING, facts, since, Proposal.INFORM, today)


def overload(facts: PathwayFacts, *, threshold: int = 4, today: date) -> Found | None:
    """The person is expected so many times in one week: some will be missed. The referent must lighten it."""
    weeks: defaultdict[date, list[date]] = defaultdict(list)
    for one in facts.planned:
        weeks[one.on - timedelta(days=one.on.weekday())].append(one.made_on)
    full = [sorted(made)[threshold - 1] for made in weeks.values() if len(made) >= threshold]
    if not full:
        return None
    return _for_referent(RuptureRule.OVERLOAD, facts, min(full), Proposal.CALL, today)


def asked_twice_over(facts: PathwayFacts, *, threshold: int = 3, today: date) -> Found | None:
    """So many organisations asked about the person in one field: each makes them tell it again.

    The referent must answer for all.
    """
    first: defaultdict[int, dict[UUID, date]] = defaultdict(dict)
    for one in sorted(facts.asked, key=lambda asked: asked.on):
        first[one.field].setdefault(one.organisation_id, one.on)
    full = [sorted(days.values())[threshold - 1] for days in first.values() if len(days) >= threshold]
    if not full:
        return None
    return _for_referent(RuptureRule.ASKED_TWICE_OVER, facts, min(full), Proposal.CALL, today)


def sessions_missed(facts: PathwayFacts, *, threshold: int = 2, today: date) -> Found | None:
    """The person missed so many sessions in a row, none excused, and came to none since. The referent must call."""
    if len(facts.absences) < threshold:
        return None
    return _for_referent(RuptureRule.SESSIONS_MISSED, facts, facts.absences[threshold - 1], Proposal.CALL, today)


def place_not_taken(facts: PathwayFacts, *, threshold: int = 14, today: date) -> Found | None:
    """A cohort gave the person a place, and nothing has started so many days later. The referent must act."""
    if facts.place_on is None:
        return None
    since = max(facts.opened_on, facts.place_on) + timedelta(days=threshold)
    return _for_referent(RuptureRule.PLACE_NOT_TAKEN, facts, since, Proposal.CALL, today)


def step_closes(facts: PathwayFacts, *, today: date) -> ClosingAct:
    """The act that put something ahead."""
    acts = (ClosingAct.STEP_ADDED, ClosingAct.APPOINTMENT, ClosingAct.REFERRED)
    return next(
        (act for act, day in zip(acts, _ahead(facts), strict=True) if day and day >= today), ClosingAct.RESOLVED
    )


def basis_closes(facts: PathwayFacts, *, today: date) -> ClosingAct:
    """The person was told again; or nothing is shared any more, and nothing ends."""
    return ClosingAct.INFORMED if facts.shared_until else ClosingAct.RESOLVED


def _ahead(facts: PathwayFacts) -> tuple[date | None, date | None, date | None]:
    return facts.step_on, facts.appointment_on, facts.referral_on


def _for_referent(rule: RuptureRule, facts: PathwayFacts, since: date, proposal: Proposal, today: date) -> Found | None:
    if facts.is_closed or today <= since:
        return None
    return found(
        rule,
        facts,
        since,
        organisation=facts.referent_organisation_id,
        user=facts.referent_id,
        proposal=proposal,
    )
