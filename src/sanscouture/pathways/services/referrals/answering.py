"""What the recipient does with a referral: receive, accept, refuse, put on a list, ask."""

from __future__ import annotations

from django.utils.translation import gettext as _

from sanscouture.core import clock
from sanscouture.core.errors import Refused
from sanscouture.core.verbs import verb
from sanscouture.pathways.enums import Act, EventKind, ReferralState
from sanscouture.pathways.models import Referral
from sanscouture.pathways.rules import referrals as rules
from sanscouture.pathways.rules import travel
from sanscouture.pathways.rules.referrals import Answerer
from sanscouture.pathways.services.referrals.moving import Doer, doer_of, finish, lock, permit
from sanscouture.people.enums import InvolvementKind
from sanscouture.people.models import Involvement

LONGEST_WAIT = 52


@verb
def receive_referral(referral: Referral, *, by: Answerer) -> Referral:
    """Acknowledge a referral; again, it changes nothing."""
    locked = lock(referral)
    if locked.state not in {ReferralState.DRAFT, ReferralState.SENT}:
        return locked
    doer = doer_of(locked, by)
    standing = permit(locked, Act.RECEIVE, doer, seen=referral)
    locked.received_at = clock.now()
    return finish(locked, Act.RECEIVE, EventKind.RECEIVED, doer, standing)


@verb
def accept_referral(referral: Referral, *, by: Answerer, comment: str = "") -> Referral:
    """Accept a referral, in time or late; from a waiting list, say that a place has opened.

    It sees what was ticked and no others; the record itself only where the sender ticked the pathway (ADR 0011).
    Raises Conflict when somebody else answered first, Refused outside the moment or from the other side.
    """
    locked = lock(referral)
    doer = doer_of(locked, by)
    standing = permit(locked, Act.ACCEPT, doer, seen=referral)
    accepted_now(locked, doer)
    return finish(locked, Act.ACCEPT, EventKind.ACCEPTED, doer, standing, note=comment.strip())


@verb
def put_on_waiting_list(referral: Referral, *, by: Answerer, weeks: int) -> Referral:
    """Answer that the person must wait about so many weeks: an acceptance, not a refusal (chapter 01)."""
    if not 1 <= weeks <= LONGEST_WAIT:
        raise Refused(_("L’attente va de 1 à 52 semaines."))
    locked = lock(referral)
    doer = doer_of(locked, by)
    standing = permit(locked, Act.WAIT, doer, seen=referral)
    accepted_now(locked, doer)
    locked.waiting_weeks = weeks
    note = _("%(n)d semaines environ") % {"n": weeks}
    return finish(locked, Act.WAIT, EventKind.WAITING_LIST, doer, standing, note=note, waiting_weeks=weeks)


@verb
def refuse_referral(referral: Referral, *, by: Answerer, reason: str, text: str = "") -> Referral:
    """Refuse a referral, with a reason. The need stays open, with its owner and its date.

    `text`: words, required for “other”. Raises Conflict when somebody else answered first.
    """
    if fault := rules.refusal_fault(reason, text):
        raise Refused(fault)
    locked = lock(referral)
    doer = doer_of(locked, by)
    standing = permit(locked, Act.REFUSE, doer, seen=referral)
    locked.refusal_reason, locked.refusal_text = reason, text.strip()[:300]
    _decide(locked, doer)
    said = " : ".join(part for part in (locked.get_refusal_reason_display(), locked.refusal_text) if part)
    return finish(locked, Act.REFUSE, EventKind.REFUSED, doer, standing, note=said)


@verb
def ask_question(referral: Referral, *, by: Answerer, text: str) -> Referral:
    """Ask the sender something; the answer's clock stops until the reply."""
    if not text.strip():
        raise Refused(_("Écrivez votre question."))
    locked = lock(referral)
    doer = doer_of(locked, by)
    if locked.state == ReferralState.SENT:
        locked = receive_referral(locked, by=by)
    standing = permit(locked, Act.ASK, doer, seen=referral)
    return finish(locked, Act.ASK, EventKind.QUESTION, doer, standing, note=text.strip()[:1000])


def accepted_now(locked: Referral, doer: Doer) -> None:
    """Write what an acceptance brings, the first time: who decided, when, and the record where the sender opened it."""
    if locked.state == ReferralState.ACCEPTED:
        return
    _decide(locked, doer)
    if not travel.opens_pathway(locked.travels):
        return
    Involvement.objects.get_or_create(
        programme_id=locked.programme_id,
        beneficiary_id=locked.beneficiary_id,
        organisation_id=locked.recipient_id,
        kind=InvolvementKind.RECEIVES,
        until=None,
        defaults={"since": clock.today()},
    )


def _decide(locked: Referral, doer: Doer) -> None:
    locked.decided_at = clock.now()
    locked.received_at = locked.received_at or locked.decided_at
    locked.decided_by_label = doer.label[:160]
