"""The life of a referral: what may follow what, who must act and by when, who may do what (chapter 02).

Two machines, never one status: transport (sent, answered) and delivery (the service itself). At every moment of a
live referral one side holds it, with a day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from sanscouture.pathways.enums import Act, Delivery, ReferralState, RefusalClass, RefusalReason, Side
from sanscouture.pathways.rules.delays import working_day

S, D = ReferralState, Delivery

TRANSITIONS: Mapping[ReferralState, frozenset[ReferralState]] = {
    S.DRAFT: frozenset({S.SENT, S.WITHDRAWN}),
    S.SENT: frozenset({S.RECEIVED, S.ACCEPTED, S.REFUSED, S.UNANSWERED, S.WITHDRAWN}),
    S.RECEIVED: frozenset({S.ACCEPTED, S.REFUSED, S.UNANSWERED, S.WITHDRAWN}),
    S.UNANSWERED: frozenset({S.ACCEPTED, S.REFUSED, S.WITHDRAWN}),
    S.ACCEPTED: frozenset(),
    S.REFUSED: frozenset(),
    S.WITHDRAWN: frozenset(),
}
"""Transport. A late answer reopens an unanswered referral; an answer given is never given again."""

DELIVERIES: Mapping[Delivery, frozenset[Delivery]] = {
    D.NONE: frozenset({D.WAITING_LIST, D.TO_SCHEDULE, D.APPOINTMENT_SET}),
    D.WAITING_LIST: frozenset({D.TO_SCHEDULE, D.APPOINTMENT_SET, D.STARTED, D.ENDED}),
    D.TO_SCHEDULE: frozenset({D.APPOINTMENT_SET, D.STARTED, D.ENDED}),
    D.APPOINTMENT_SET: frozenset({D.TO_SCHEDULE, D.STARTED, D.ENDED}),
    D.STARTED: frozenset({D.PAUSED, D.ENDED}),
    D.PAUSED: frozenset({D.STARTED, D.ENDED}),
    D.ENDED: frozenset(),
}
"""Delivery, once accepted. It never goes back before the acceptance."""

ANSWERABLE = frozenset({S.SENT, S.RECEIVED, S.UNANSWERED})
DECIDED = frozenset({S.ACCEPTED, S.REFUSED, S.WITHDRAWN})
AWAITING = frozenset({S.SENT, S.RECEIVED})
ANSWERS = frozenset({Act.ACCEPT, Act.WAIT, Act.REFUSE, Act.PROPOSE})
"""Acts that answer a referral: the first wins, the others are told who did and when."""

BEFORE_START = frozenset({D.WAITING_LIST, D.TO_SCHEDULE, D.APPOINTMENT_SET})
BOTH = frozenset({Side.SENDER, Side.RECIPIENT})
WHO: Mapping[Act, frozenset[Side]] = {
    Act.SEND: frozenset({Side.SENDER}),
    Act.REPLY: frozenset({Side.SENDER}),
    Act.REMIND: frozenset({Side.SENDER}),
    Act.WITHDRAW: frozenset({Side.SENDER}),
    Act.REROUTE: frozenset({Side.SENDER}),
    Act.RECEIVE: frozenset({Side.RECIPIENT}),
    Act.ACCEPT: frozenset({Side.RECIPIENT}),
    Act.WAIT: frozenset({Side.RECIPIENT}),
    Act.REFUSE: frozenset({Side.RECIPIENT}),
    Act.ASK: frozenset({Side.RECIPIENT}),
    Act.PROPOSE: frozenset({Side.RECIPIENT}),
    Act.MISS: frozenset({Side.RECIPIENT}),
    Act.PAUSE: frozenset({Side.RECIPIENT}),
    Act.RESUME: frozenset({Side.RECIPIENT}),
    Act.CONFIRM: BOTH,
    Act.MEET: BOTH,
    Act.START: BOTH,
    Act.END: BOTH,
    Act.EXPIRE: frozenset(),
}
"""Which side may do what. Both may say what the person told them: met, started, ended. Time alone expires."""

STATE_AFTER: Mapping[Act, ReferralState] = {
    Act.SEND: S.SENT,
    Act.RECEIVE: S.RECEIVED,
    Act.ACCEPT: S.ACCEPTED,
    Act.WAIT: S.ACCEPTED,
    Act.PROPOSE: S.ACCEPTED,
    Act.REFUSE: S.REFUSED,
    Act.EXPIRE: S.UNANSWERED,
    Act.WITHDRAW: S.WITHDRAWN,
}
DELIVERY_AFTER: Mapping[Act, Delivery] = {
    Act.ACCEPT: D.TO_SCHEDULE,
    Act.WAIT: D.WAITING_LIST,
    Act.PROPOSE: D.APPOINTMENT_SET,
    Act.MISS: D.TO_SCHEDULE,
    Act.START: D.STARTED,
    Act.PAUSE: D.PAUSED,
    Act.RESUME: D.STARTED,
    Act.END: D.ENDED,
}

FACTS_AFTER: Mapping[Act, Mapping[str, Any]] = {
    Act.ASK: {"question_open": True},
    Act.CONFIRM: {"confirmed": True},
    Act.PROPOSE: {"confirmed": False},
    Act.MISS: {"appointment_on": None, "confirmed": False},
}

REFUSAL_CLASSES: Mapping[RefusalReason, RefusalClass] = {
    RefusalReason.OUT_OF_CRITERIA: RefusalClass.INELIGIBLE,
    RefusalReason.NO_PLACE: RefusalClass.NO_CAPACITY,
    RefusalReason.CLOSED: RefusalClass.NO_CAPACITY,
    RefusalReason.TOO_FAR: RefusalClass.UNSUITED,
    RefusalReason.TIMING: RefusalClass.UNSUITED,
    RefusalReason.COST: RefusalClass.UNSUITED,
    RefusalReason.PERSON_DECLINED: RefusalClass.PERSON_CHOICE,
    RefusalReason.UNREACHABLE: RefusalClass.UNREACHABLE,
    RefusalReason.DUPLICATE: RefusalClass.ADMINISTRATIVE,
    RefusalReason.MISSING_DOCUMENT: RefusalClass.ADMINISTRATIVE,
    RefusalReason.OTHER: RefusalClass.ADMINISTRATIVE,
}
FEEDING_GAPS = frozenset({RefusalClass.INELIGIBLE, RefusalClass.NO_CAPACITY, RefusalClass.UNSUITED})
"""Classes that say that the offer lacks something (chapter 01)."""

DRAFT_DAYS = 3
REPLY_DAYS = 3
REROUTE_DAYS = 3
SCHEDULE_DAYS = 7
AFTER_APPOINTMENT_DAYS = 1
START_DAYS = 14
REVIEW_DAYS = 90
PAUSE_DAYS = 30


@dataclass(frozen=True)
class Answerer:
    """Who answers for a receiving organisation: one of its accounts, or whoever holds its link (no account).

    `label` is shown to others and kept: “Claire Dubreuil, Mission locale du Bassin”, or the organisation's name.
    """

    user_id: UUID | None
    organisation_id: UUID
    label: str


@dataclass(frozen=True)
class Standing:
    """Where a referral stands: all that the rules need to know. `since` is the day of the last act that counts."""

    state: ReferralState
    deadline: date
    since: date
    delivery: Delivery = D.NONE
    question_open: bool = False
    appointment_on: date | None = None
    met_on: date | None = None
    waiting_weeks: int = 0
    confirmed: bool = False
    """Whether the appointment ahead is known to suit the person."""


@dataclass(frozen=True)
class Holder:
    """Who must act on a live referral, until when, and what is expected."""

    side: Side
    until: date
    task: str


def is_live(state: ReferralState, delivery: Delivery) -> bool:
    """Say whether somebody still has something to do: neither refused, withdrawn nor ended (chapter 02)."""
    return state not in {S.REFUSED, S.WITHDRAWN} and delivery != D.ENDED


def can_follow(state: ReferralState, other: ReferralState) -> bool:
    """Say whether transport may go from a state to another."""
    return other in TRANSITIONS[state]


def can_deliver(delivery: Delivery, other: Delivery) -> bool:
    """Say whether delivery may go from a stage to another."""
    return other in DELIVERIES[delivery]


def holder(standing: Standing) -> Holder | None:
    """Name who must act and by when; None only when nothing is left to do.

    Rule: every live state has an owner and a clock (chapter 02). Days: a draft leaves within 3; a question gets its
    reply within 3; the answer comes by the deadline; unanswered, the sender turns
    elsewhere within 3 days, counted again from a reminder. A clock that runs out on a day off runs to the next
    working day.
    """
    if not is_live(standing.state, standing.delivery):
        return None
    if standing.state == S.ACCEPTED:
        return _holder_of_delivery(standing)
    if standing.state == S.DRAFT:
        return Holder(Side.SENDER, _after(standing.since, DRAFT_DAYS), _("envoyer l’orientation"))
    if standing.question_open:
        return Holder(Side.SENDER, _after(standing.since, REPLY_DAYS), _("répondre à la question"))
    if standing.state == S.UNANSWERED:
        until = _after(max(standing.deadline, standing.since), REROUTE_DAYS)
        return Holder(Side.SENDER, until, _("relancer ou orienter ailleurs"))
    return Holder(Side.RECIPIENT, standing.deadline, _("répondre"))


def _holder_of_delivery(standing: Standing) -> Holder:
    since, recipient = standing.since, Side.RECIPIENT
    match standing.delivery:
        case D.WAITING_LIST:
            return Holder(recipient, _after(since, 7 * max(1, standing.waiting_weeks)), _("proposer une place"))
        case D.STARTED:
            return Holder(recipient, _after(since, REVIEW_DAYS), _("donner des nouvelles ou terminer"))
        case D.PAUSED:
            return Holder(recipient, _after(since, PAUSE_DAYS), _("reprendre ou terminer"))
    if standing.met_on is not None:
        return Holder(recipient, _after(standing.met_on, START_DAYS), _("commencer ou terminer le service"))
    if standing.delivery == D.APPOINTMENT_SET:
        met = _after(standing.appointment_on or since, AFTER_APPOINTMENT_DAYS)
        return Holder(recipient, met, _("dire si la rencontre a eu lieu"))
    return Holder(recipient, _after(since, SCHEDULE_DAYS), _("fixer un rendez-vous"))


def _after(day: date, days: int) -> date:
    return working_day(day + timedelta(days=days))


def sides_of(
    organisations: frozenset[UUID], *, sender: UUID, recipient: UUID, for_the_sender: bool = False
) -> frozenset[Side]:
    """Say on which side of a referral somebody stands.

    `organisations`: the reader's; `sender` and `recipient`: the referral's; `for_the_sender`: the reader follows the
    whole programme (coordination, pathway referent) and acts with the sender, never for the recipient.
    """
    found = set()
    if sender in organisations or for_the_sender:
        found.add(Side.SENDER)
    if recipient in organisations:
        found.add(Side.RECIPIENT)
    return frozenset(found)


def blocked(act: Act, standing: Standing, sides: frozenset[Side]) -> str:
    """Give the reason why somebody may not do an act now; empty when they may (chapter 09: narrow, with its reason)."""
    if WHO[act].isdisjoint(sides):
        if WHO[act] == {Side.SENDER}:
            return _("Seule la structure qui oriente peut le faire.")
        return _("Seule la structure destinataire peut le faire.")
    return untimely(act, standing)


def untimely(act: Act, standing: Standing) -> str:
    """Give the reason why an act does not fit the moment, whoever does it; empty when it does."""
    state, delivery = standing.state, standing.delivery
    accepted = state == S.ACCEPTED
    before_start = accepted and delivery in BEFORE_START
    fits = {
        Act.SEND: state == S.DRAFT,
        Act.RECEIVE: state == S.SENT,
        Act.ACCEPT: state in ANSWERABLE or (accepted and delivery == D.WAITING_LIST),
        Act.WAIT: state in ANSWERABLE,
        Act.REFUSE: state in ANSWERABLE,
        Act.ASK: state in ANSWERABLE and not standing.question_open,
        Act.REPLY: standing.question_open and state in ANSWERABLE,
        Act.REMIND: state in ANSWERABLE or before_start,
        Act.EXPIRE: state in AWAITING and not standing.question_open,
        Act.WITHDRAW: state in ANSWERABLE | {S.DRAFT},
        Act.REROUTE: state in ANSWERABLE | {S.REFUSED},
        Act.PROPOSE: state in ANSWERABLE or before_start,
        Act.CONFIRM: accepted and delivery == D.APPOINTMENT_SET and not (standing.met_on or standing.confirmed),
        Act.MISS: accepted and delivery == D.APPOINTMENT_SET and standing.met_on is None,
        Act.MEET: before_start and standing.met_on is None,
        Act.START: before_start,
        Act.PAUSE: accepted and delivery == D.STARTED,
        Act.RESUME: accepted and delivery == D.PAUSED,
        Act.END: accepted and delivery not in {D.NONE, D.ENDED},
    }[act]
    return "" if fits else _why_not(act, standing)


def _why_not(act: Act, standing: Standing) -> str:
    by_act = {
        Act.ASK: _("Une question attend déjà sa réponse."),
        Act.REPLY: _("Aucune question n’attend de réponse."),
        Act.CONFIRM: _("Ce rendez-vous est déjà confirmé."),
        Act.WITHDRAW: _("Cette orientation est acceptée : terminez-la, en disant ce qu’est devenu le besoin."),
        Act.REROUTE: _("Cette orientation est acceptée : terminez-la, en disant ce qu’est devenu le besoin."),
    }
    not_yet = _("Cette orientation n’est pas encore acceptée.")
    stage = _("Ce n’est plus le moment : le service en est à « %(stage)s ».") % {"stage": standing.delivery.label}
    confirmed = act == Act.CONFIRM and standing.confirmed
    ended = _("Le service est terminé.") if standing.delivery == D.ENDED else ""
    by_state = {
        S.DRAFT: _("Cette orientation n’est pas encore envoyée."),
        S.REFUSED: _("Cette orientation a été refusée."),
        S.WITHDRAWN: _("Cette orientation a été retirée."),
        S.ACCEPTED: ended or (by_act[act] if act in {Act.WITHDRAW, Act.REROUTE} or confirmed else stage),
    }
    return by_state.get(standing.state) or by_act.get(act, not_yet)


def allowed(standing: Standing, sides: frozenset[Side]) -> frozenset[Act]:
    """List what somebody may do now: what a page offers, and nothing else."""
    return frozenset(act for act in Act if WHO[act] and not blocked(act, standing, sides))


def after(act: Act, standing: Standing, today: date) -> Standing:
    """Say where a referral stands after an act, both machines at once.

    Meeting a person moves delivery to “appointment set” at most; a proposed appointment accepts by itself. The new
    appointment's day, the number of weeks and the deadline are the caller's to add.

    Raises ValueError when the act does not fit the moment: ask `blocked` first.
    """
    if untimely(act, standing):
        raise ValueError(f"{act} does not fit {standing.state}, {standing.delivery}.")
    state = STATE_AFTER.get(act, standing.state)
    delivery = DELIVERY_AFTER.get(act, standing.delivery)
    if act == Act.MEET:
        delivery = D.APPOINTMENT_SET
    moved = replace(standing, state=state, delivery=delivery, since=today, **FACTS_AFTER.get(act, {}))
    if act == Act.REPLY:
        # The question stopped the clock: the recipient gets back the time it took, and the answer is awaited again.
        return replace(moved, question_open=False, deadline=max(standing.deadline, _after(today, REPLY_DAYS)))
    if act == Act.REMIND and state != S.UNANSWERED:
        return replace(moved, since=standing.since)
    if act == Act.MEET:
        return replace(moved, met_on=today)
    return replace(moved, question_open=False) if state in DECIDED else moved


def split_fault(standing: Standing, sides: frozenset[Side]) -> str:
    """Give the reason why a need may not go to one more service beside this referral; empty when it may."""
    if Side.SENDER not in sides:
        return _("Seule la structure qui oriente peut le faire.")
    running = standing.state in ANSWERABLE or (standing.state == S.ACCEPTED and standing.delivery != D.ENDED)
    return "" if running else _("Cette orientation ne court plus : orientez de nouveau depuis le besoin.")


def is_expired(standing: Standing, today: date) -> bool:
    """Say whether nobody answered in time: the day after the deadline, unless the sender owes a reply."""
    return not untimely(Act.EXPIRE, standing) and today > standing.deadline


def refusal_class(reason: RefusalReason) -> RefusalClass:
    """Say what a refusal reason tells about the offer (chapter 01)."""
    return REFUSAL_CLASSES[reason]


def refusal_fault(reason: str, text: str) -> str:
    """Give what is wrong with a refusal: a reason of the list, and words for “other”. Empty when it is sound."""
    if reason not in RefusalReason.values:
        return _("Choisissez un motif.")
    if reason == RefusalReason.OTHER and not text.strip():
        return _("« Autre motif » demande une précision.")
    return ""


def outcome_fault(outcome: str, reason: str) -> str:
    """Give what is wrong with an outcome: “not covered” and “partly” say why. Empty when it is sound (chapter 02)."""
    if outcome in {"partly", "not_covered"} and not reason.strip():
        return _("Dites pourquoi le besoin n’est pas entièrement couvert : il reste ouvert.")
    return ""


def already_decided(state: ReferralState, by: str, at: datetime | None, said_at: str) -> str:
    """Word what somebody reads who answers second: who did what, and when (chapter 02).

    `by`: the label of who decided; `said_at`: the instant in words.
    """
    values = {"who": by or _("Une autre personne"), "when": said_at}
    if at is None:
        return _("Cette orientation a déjà reçu une réponse.")
    match state:
        case S.ACCEPTED:
            return _("%(who)s a déjà accepté cette orientation, %(when)s.") % values
        case S.REFUSED:
            return _("%(who)s a déjà refusé cette orientation, %(when)s.") % values
    return _("%(who)s a retiré cette orientation, %(when)s.") % values
