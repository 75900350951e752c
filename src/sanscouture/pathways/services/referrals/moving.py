"""How any act moves a referral: lock the row, ask the rules, write, note, journal, tell, look for ruptures."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_noop

from sanscouture.access.actor import Actor
from sanscouture.access.enums import Perm, Reach
from sanscouture.accounts.models import User
from sanscouture.audit.services import record
from sanscouture.core import clock
from sanscouture.core.errors import Conflict, Refused
from sanscouture.pathways.enums import Act, EventKind, Side
from sanscouture.pathways.models import Referral, ReferralEvent
from sanscouture.pathways.rules import referrals as rules
from sanscouture.pathways.rules.referrals import Answerer, Standing
from sanscouture.pathways.selectors.referrals import standing_of
from sanscouture.pathways.services import ruptures
from sanscouture.pathways.services.referrals import telling
from sanscouture.ui.dates import at_hour

BY_LINK = gettext_noop("lien de réponse")


@dataclass(frozen=True)
class Doer:
    """Whoever acts, as the event and the journal know them."""

    user_id: UUID | None
    label: str
    sides: frozenset[Side]
    signature: Actor | str


MACHINE = Doer(None, "", frozenset(), gettext_noop("tâche de nuit"))


def doer_of(referral: Referral, by: Actor | Answerer) -> Doer:
    """Say who acts, and on which side of this referral."""
    if isinstance(by, Answerer):
        own = frozenset({by.organisation_id})
        sides = rules.sides_of(own, sender=referral.sender_organisation_id, recipient=referral.recipient_id)
        return Doer(by.user_id, by.label, sides, Actor(by.user_id) if by.user_id else BY_LINK)
    return Doer(by.user_id, label_of(by, referral), sides_of(by, referral), by)


def sides_of(actor: Actor, referral: Referral) -> frozenset[Side]:
    """Say on which side of a referral an account stands; coordination acts with the sender."""
    wide = any(
        grant.programme_id == referral.programme_id and reach >= Reach.PROGRAMME
        for grant, reach in actor.with_perm(Perm.REFERRAL_SEND)
    )
    return rules.sides_of(
        actor.organisations(referral.programme_id),
        sender=referral.sender_organisation_id,
        recipient=referral.recipient_id,
        for_the_sender=wide,
    )


def answerer_of(actor: Actor, referral: Referral) -> Answerer:
    """Name an account as the one who acts for its organisation: the recipient's first, else the sender's.

    Raises Refused when the account belongs to neither.
    """
    own = actor.organisations(referral.programme_id)
    for organisation in (referral.recipient, referral.sender_organisation):
        if organisation.pk in own:
            return Answerer(actor.user_id, organisation.pk, f"{_name(actor.user_id)}, {organisation.name}")
    raise Refused(rules.blocked(Act.ACCEPT, standing_of(referral), frozenset()))


def label_of(actor: Actor, referral: Referral) -> str:
    """Name an account with its organisation, as the other side reads it."""
    own = actor.organisations(referral.programme_id)
    parties = (referral.recipient, referral.sender_organisation)
    organisation = next((one.name for one in parties if one.pk in own), "")
    return ", ".join(part for part in (_name(actor.user_id), organisation) if part)


def _name(user_id: UUID) -> str:
    return User.objects.get(pk=user_id).full_name


def lock(referral: Referral) -> Referral:
    """Fetch the referral again, alone: whoever acts at the same time waits, then sees what was done."""
    return (
        Referral.objects.get_queryset()
        .select_for_update(of=("self",))
        .select_related("programme", "need", "beneficiary", "recipient", "sender_organisation", "sender", "service")
        .get(pk=referral.pk)
    )


def permit(locked: Referral, act: Act, doer: Doer, *, seen: Referral) -> Standing:
    """Let an act pass, or say why not.

    `seen` is the referral as the person saw it: an answer to one that somebody else answered meanwhile is a conflict.
    Raises Conflict (who did what, when) or Refused (the reason).
    """
    standing = standing_of(locked)
    overtaken = seen.state in rules.ANSWERABLE and standing.state in rules.DECIDED
    reason = rules.blocked(act, standing, doer.sides)
    if act in rules.ANSWERS and standing.state in rules.DECIDED and (overtaken or reason):
        said_at = at_hour(locked.decided_at)
        raise Conflict(rules.already_decided(standing.state, locked.decided_by_label, locked.decided_at, said_at))
    if reason:
        raise Refused(reason)
    return standing


def finish(
    locked: Referral, act: Act, kind: EventKind, doer: Doer, standing: Standing, *, note: str = "", **facts: Any
) -> Referral:
    """Write an act: both machines, the holder and the clock, the event, the journal, who is told, ruptures.

    `standing` is where the referral stood; `facts` are the fields of `Standing` that the act brings (an
    appointment's day, weeks of waiting, a new deadline).
    """
    today = clock.today()
    moved = replace(rules.after(act, standing, today), **facts)
    locked.state, locked.delivery, locked.deadline = moved.state, moved.delivery, moved.deadline
    if act != Act.REMIND or moved.since == today:
        hold(locked, moved, doer)
    locked.version += 1
    locked.save()
    event = ReferralEvent.objects.create(
        programme_id=locked.programme_id,
        referral=locked,
        kind=kind,
        at=clock.now(),
        by_id=doer.user_id,
        by_label=doer.label,
        note=note,
    )
    record(doer.signature, f"referral.{act}", locked)
    telling.tell(locked, event)
    ruptures.evaluate_person(locked.beneficiary, today=today, by=doer.user_id)
    return locked


def hold(referral: Referral, standing: Standing, doer: Doer = MACHINE) -> None:
    """Write who holds the referral now, and until when (chapter 02). At the end the last holder stays, unclocked."""
    held = rules.holder(standing)
    referral.clock_on = held.until if held else None
    if held is None:
        return
    if held.side == Side.SENDER:
        referral.owner_organisation_id, referral.owner_id = referral.sender_organisation_id, referral.sender_id
    else:
        referral.owner_organisation_id = referral.recipient_id
        referral.owner_id = doer.user_id if Side.RECIPIENT in doer.sides else None
