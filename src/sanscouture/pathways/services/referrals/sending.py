"""What the sender does with a referral: write it, send it, remind, reply, turn elsewhere, withdraw."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from django.db.models import Max, Q
from django.utils.translation import gettext as _

from sanscouture.access.actor import Actor
from sanscouture.core import clock
from sanscouture.core.errors import Refused
from sanscouture.core.verbs import verb
from sanscouture.directory.models import Service
from sanscouture.partners.models import Organisation
from sanscouture.pathways.enums import Act, Delivery, EventKind, NeedState, ReferralState
from sanscouture.pathways.models import Need, Referral, ReferralEvent
from sanscouture.pathways.rules import delays, travel
from sanscouture.pathways.rules import referrals as rules
from sanscouture.pathways.selectors.habits import habits_of
from sanscouture.pathways.selectors.referrals import address_of, local_day, members_answering, standing_of
from sanscouture.pathways.services.referrals import moving
from sanscouture.pathways.services.referrals.moving import MACHINE, doer_of, finish, lock, permit
from sanscouture.people.models import Beneficiary
from sanscouture.people.rules import may_share
from sanscouture.people.selectors import among_readers, is_restricted


@verb
def refer(
    need: Need,
    *,
    recipient: Organisation,
    service: Service | None = None,
    travels: Iterable[str] = travel.LEAST,
    message: str = "",
    deadline: date | None = None,
    parent: Referral | None = None,
    is_split: bool = False,
    meets_together: bool = False,
    actor: Actor,
) -> Referral:
    """Hand a need over to an organisation or one of its services, and send it at once (chapter 02).

    `travels`: codes of `Fact` the recipient will see, and no others; `deadline`: the day an answer is expected, by
    default the recipient's usual delay; `parent`: the referral this one follows, or goes beside when `is_split`;
    `meets_together`: the sender would introduce the person at a meeting of three.
    Raises Refused when the need is closed, the basis does not allow sharing, the recipient cannot be reached, the
    same hand-over is already on its way, or what was ticked is unsound.
    """
    draft = draft_referral(
        need,
        recipient=recipient,
        service=service,
        travels=travels,
        message=message,
        deadline=deadline,
        parent=parent,
        is_split=is_split,
        meets_together=meets_together,
        actor=actor,
    )
    return send_referral(draft, actor=actor)


@verb
def draft_referral(
    need: Need,
    *,
    recipient: Organisation,
    service: Service | None = None,
    travels: Iterable[str] = travel.LEAST,
    message: str = "",
    deadline: date | None = None,
    parent: Referral | None = None,
    is_split: bool = False,
    meets_together: bool = False,
    actor: Actor,
) -> Referral:
    """Write a referral without sending it; see `refer`."""
    need = Need.objects.get_queryset().select_for_update(of=("self",)).select_related("beneficiary").get(pk=need.pk)
    today, chosen = clock.today(), tuple(travels)
    deadline = deadline or default_deadline(need, recipient)
    _check(need, recipient, service, chosen, deadline)
    draft = Referral(
        programme_id=need.programme_id,
        beneficiary=need.beneficiary,
        need=need,
        parent=parent,
        is_split=is_split,
        meets_together=meets_together,
        service=service,
        recipient=recipient,
        sender_id=actor.user_id,
        sender_organisation_id=sender_organisation(need, actor),
        travels=[fact for fact in travel.offered(need.field) if fact in chosen],
        message=message.strip()[:1000],
        deadline=deadline,
    )
    moving.hold(draft, rules.Standing(ReferralState.DRAFT, deadline, today))
    draft.save()
    ReferralEvent.objects.create(
        programme_id=draft.programme_id,
        referral=draft,
        kind=EventKind.DRAFTED,
        at=clock.now(),
        by_id=actor.user_id,
        by_label=moving.label_of(actor, draft),
    )
    return draft


@verb
def send_referral(referral: Referral, *, actor: Actor) -> Referral:
    """Send a draft: the recipient holds it until the deadline."""
    locked = lock(referral)
    doer = doer_of(locked, actor)
    standing = permit(locked, Act.SEND, doer, seen=referral)
    _check(locked.need, locked.recipient, locked.service, tuple(locked.travels), locked.deadline, but=locked)
    if not (address_of(locked) or members_answering(locked.programme_id, locked.recipient_id)):
        raise Refused(
            _(
                "Cette structure n’a ni compte ni adresse électronique : elle ne verrait pas l’orientation."
                " Appelez-la, ou choisissez-en une autre."
            )
        )
    locked.sent_at = clock.now()
    return finish(locked, Act.SEND, EventKind.SENT, doer, standing)


@verb
def remind_recipient(referral: Referral, *, actor: Actor) -> Referral:
    """Remind the recipient, at most once a day."""
    locked = lock(referral)
    doer = doer_of(locked, actor)
    standing = permit(locked, Act.REMIND, doer, seen=referral)
    if last_reminder(locked) == clock.today():
        raise Refused(_("Un rappel est déjà parti aujourd’hui."))
    return finish(locked, Act.REMIND, EventKind.REMINDED, doer, standing)


@verb
def reply(referral: Referral, *, actor: Actor, text: str) -> Referral:
    """Reply to the recipient's question; it then has at least three days to answer."""
    if not text.strip():
        raise Refused(_("Écrivez votre réponse."))
    locked = lock(referral)
    doer = doer_of(locked, actor)
    standing = permit(locked, Act.REPLY, doer, seen=referral)
    return finish(locked, Act.REPLY, EventKind.REPLY, doer, standing, note=text.strip()[:1000])


@verb
def withdraw_referral(referral: Referral, *, actor: Actor, reason: str = "") -> Referral:
    """Take a referral back before its answer; the need stays open."""
    return _withdraw(referral, actor=actor, act=Act.WITHDRAW, kind=EventKind.WITHDRAWN, note=reason)


def _withdraw(referral: Referral, *, actor: Actor, act: Act, kind: EventKind, note: str) -> Referral:
    locked = lock(referral)
    doer = doer_of(locked, actor)
    standing = permit(locked, act, doer, seen=referral)
    locked.decided_at, locked.decided_by_label = clock.now(), doer.label[:160]
    return finish(locked, Act.WITHDRAW, kind, doer, standing, note=note.strip()[:1000])


@verb
def reroute(
    referral: Referral,
    *,
    recipient: Organisation,
    service: Service | None = None,
    travels: Iterable[str] | None = None,
    message: str | None = None,
    deadline: date | None = None,
    actor: Actor,
) -> Referral:
    """Turn elsewhere: a new referral that follows this one; what waited for an answer is taken back.

    What travels and the message are those of the first one unless given.
    """
    locked = lock(referral)
    permit(locked, Act.REROUTE, doer_of(locked, actor), seen=referral)
    following = refer(
        locked.need,
        recipient=recipient,
        service=service,
        travels=locked.travels if travels is None else travels,
        message=locked.message if message is None else message,
        deadline=deadline,
        parent=locked,
        actor=actor,
    )
    if locked.state in rules.ANSWERABLE:
        _withdraw(referral, actor=actor, act=Act.REROUTE, kind=EventKind.REROUTED, note="")
    return following


@verb
def split_referral(
    referral: Referral, *, recipient: Organisation, service: Service | None = None, actor: Actor
) -> Referral:
    """Hand the same need to one more service: the first referral goes on, the second names it (chapter 02, lineage).

    Each has its own owner and clock; the same facts and message travel. Raises Refused when the first no longer runs.
    """
    locked = lock(referral)
    if fault := rules.split_fault(standing_of(locked), doer_of(locked, actor).sides):
        raise Refused(fault)
    return refer(
        locked.need,
        recipient=recipient,
        service=service,
        travels=locked.travels,
        message=locked.message,
        parent=locked,
        is_split=True,
        actor=actor,
    )


def expire_unanswered(programme_id: UUID, *, today: date) -> int:
    """Mark as unanswered what passed its deadline in a programme, and give it back to the senders. Gives how many."""
    late = (
        Referral.objects.get_queryset()
        .filter(programme_id=programme_id, state__in=rules.AWAITING, deadline__lt=today)
        .order_by("deadline", "pk")
    )
    return sum(_expire(referral, today) for referral in late)


@verb
def _expire(referral: Referral, today: date) -> bool:
    locked = lock(referral)
    standing = standing_of(locked)
    if not rules.is_expired(standing, today):
        return False
    finish(locked, Act.EXPIRE, EventKind.UNANSWERED, MACHINE, standing)
    return True


def send_due_reminders(programme_id: UUID, *, today: date) -> int:
    """Remind the recipients halfway and the day before the deadline, once each. Gives how many.

    Rule: one query tells which are due; only those are locked and looked at again.
    """
    awaiting = (
        Referral.objects.get_queryset()
        .filter(programme_id=programme_id, state__in=rules.AWAITING, deadline__gte=today)
        .annotate(reminded_at=Max("events__at", filter=Q(events__kind=EventKind.REMINDED)))
        .order_by("deadline", "pk")
    )
    due = [one for one in awaiting if _is_due(one, _day(one.reminded_at), today)]
    return sum(_remind(referral, today) for referral in due)


@verb
def _remind(referral: Referral, today: date) -> bool:
    locked = lock(referral)
    standing = standing_of(locked)
    awaited = locked.state in rules.AWAITING and not standing.question_open
    if not awaited or not _is_due(locked, last_reminder(locked), today):
        return False
    finish(locked, Act.REMIND, EventKind.REMINDED, replace(MACHINE, label=_("Rappel automatique")), standing)
    return True


def _is_due(referral: Referral, reminded_on: date | None, today: date) -> bool:
    sent_on = local_day(referral.sent_at or referral.created_at)
    return delays.is_reminder_due(sent_on, referral.deadline, reminded_on=reminded_on, today=today)


def last_reminder(referral: Referral) -> date | None:
    """The day of the last reminder, if any."""
    return _day(referral.events.filter(kind=EventKind.REMINDED).aggregate(last=Max("at"))["last"])


def _day(at: datetime | None) -> date | None:
    return local_day(at) if at else None


def default_deadline(need: Need, recipient: Organisation) -> date:
    """The day an answer is expected when the sender says nothing: the recipient's usual days, else the programme's."""
    said = habits_of(need.programme_id, recipient.pk).answer_days
    return delays.default_deadline(
        clock.today(),
        organisation_days=said or recipient.default_deadline_days,
        programme_days=need.programme.answer_days,
    )


def sender_organisation(need: Need, actor: Actor) -> UUID:
    """The organisation in whose name an account sends: its own if it accompanies the person, else the need's."""
    own = actor.organisations(need.programme_id)
    involved = need.beneficiary.involvements.filter(organisation_id__in=own, until=None).order_by("since", "pk")
    first = involved.values_list("organisation_id", flat=True).first()
    return first or min(own, default=need.owner_organisation_id)


def _check(
    need: Need,
    recipient: Organisation,
    service: Service | None,
    travels: tuple[str, ...],
    deadline: date,
    *,
    but: Referral | None = None,
) -> None:
    """Refuse what must not leave: when it is written, and again when it is sent (`but`: the draft itself)."""
    person: Beneficiary = need.beneficiary
    today = clock.today()
    if need.state != NeedState.OPEN:
        raise Refused(_("Ce besoin est clos. Rouvrez-le avant d’orienter."))
    if not may_share(person.shared_until, today=today):
        raise Refused(_("Avant d’orienter, notez l’information donnée à la personne et sur quoi repose le partage."))
    if not recipient.is_active or (service and (service.organisation_id != recipient.pk or not service.is_active)):
        raise Refused(_("Ce service n’est plus proposé par cette structure."))
    if is_restricted(person.pk) and not among_readers(members_answering(need.programme_id, recipient.pk), person.pk):
        raise Refused(_("Cette fiche est réservée\u00a0: nommez d’abord parmi ses lecteurs qui recevra l’orientation."))
    unsound = travel.fault(travels, field=need.field, has_phone=bool(person.phone), has_email=bool(person.email))
    if unsound := unsound or delays.deadline_fault(deadline, today):
        raise Refused(unsound)
    running = need.referrals.filter(recipient=recipient, service=service).exclude(delivery=Delivery.ENDED)
    running = running.exclude(pk=but.pk) if but else running
    if running.exclude(state__in=(ReferralState.REFUSED, ReferralState.WITHDRAWN, ReferralState.UNANSWERED)).exists():
        raise Refused(_("Ce besoin est déjà orienté vers ce service."))
