"""The service itself: first meeting, start, pause, end and what became of the need."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from sanscouture.access.actor import Actor
from sanscouture.audit.services import record
from sanscouture.core import clock
from sanscouture.core.errors import Refused
from sanscouture.core.verbs import verb
from sanscouture.pathways.enums import (
    Act,
    AppointmentState,
    Delivery,
    EventKind,
    Evidence,
    NeedState,
    Outcome,
    ReferralState,
)
from sanscouture.pathways.models import Need, Referral
from sanscouture.pathways.rules import referrals as rules
from sanscouture.pathways.rules.delays import working_day
from sanscouture.pathways.rules.referrals import Answerer
from sanscouture.pathways.selectors.referrals import AHEAD
from sanscouture.pathways.services.referrals.moving import Doer, doer_of, finish, lock, permit
from sanscouture.people.enums import InvolvementKind
from sanscouture.people.models import Involvement
from sanscouture.ui.dates import day

NEED_AGAIN_DAYS = 14
"""A need that a service left open is taken up again within two weeks."""


@verb
def record_meeting(referral: Referral, *, by: Actor | Answerer, on: date) -> Referral:
    """Note that the first meeting has happened, on a day of the past. Either side may say it."""
    locked = lock(referral)
    doer = doer_of(locked, by)
    standing = permit(locked, Act.MEET, doer, seen=referral)
    if on > clock.today():
        raise Refused(_("Une rencontre faite ne peut pas être dans le futur."))
    if locked.sent_at and on < timezone.localtime(locked.sent_at).date():
        raise Refused(_("La première rencontre vient après l’envoi de l’orientation."))
    locked.met_at = _at(on)
    locked.appointments.filter(state__in=AHEAD).update(state=AppointmentState.HAPPENED)
    return finish(locked, Act.MEET, EventKind.MET, doer, standing, note=day(on), met_on=on)


@verb
def start_service(referral: Referral, *, by: Actor | Answerer) -> Referral:
    """Note that the service has begun; a person who starts has been met."""
    locked = lock(referral)
    doer = doer_of(locked, by)
    standing = permit(locked, Act.START, doer, seen=referral)
    locked.started_at = locked.started_at or clock.now()
    locked.met_at = locked.met_at or locked.started_at
    locked.appointments.filter(state__in=AHEAD).update(state=AppointmentState.HAPPENED)
    return finish(locked, Act.START, EventKind.STARTED, doer, standing, met_on=timezone.localtime(locked.met_at).date())


@verb
def pause_service(referral: Referral, *, by: Answerer, note: str = "") -> Referral:
    """Pause a service; it is resumed or ended within thirty days."""
    locked = lock(referral)
    doer = doer_of(locked, by)
    standing = permit(locked, Act.PAUSE, doer, seen=referral)
    return finish(locked, Act.PAUSE, EventKind.PAUSED, doer, standing, note=note)


@verb
def resume_service(referral: Referral, *, by: Answerer) -> Referral:
    """Take a paused service up again."""
    locked = lock(referral)
    doer = doer_of(locked, by)
    standing = permit(locked, Act.RESUME, doer, seen=referral)
    return finish(locked, Act.RESUME, EventKind.RESUMED, doer, standing)


@verb
def end_service(referral: Referral, *, by: Actor | Answerer, outcome: str, evidence: str, reason: str = "") -> Referral:
    """End a service and say what became of the need: covered closes it, anything else leaves it open (chapter 02).

    `outcome`: a code of `Outcome`; `evidence`: a code of `Evidence`; `reason`: required unless covered or lost.
    Raises Refused outside the moment, or when the reason is missing.
    """
    if outcome not in Outcome.values or evidence not in Evidence.values:
        raise Refused(_("Dites ce qu’est devenu le besoin, et comment vous le savez."))
    if fault := rules.outcome_fault(outcome, reason):
        raise Refused(fault)
    locked = lock(referral)
    doer = doer_of(locked, by)
    standing = permit(locked, Act.END, doer, seen=referral)
    locked.ended_at = clock.now()
    locked.outcome, locked.outcome_evidence, locked.outcome_reason = outcome, evidence, reason.strip()[:300]
    locked.appointments.filter(state__in=AHEAD).update(state=AppointmentState.CANCELLED)
    _settle_need(locked, doer)
    ended = finish(locked, Act.END, EventKind.ENDED, doer, standing, note=locked.get_outcome_display())
    _leave_person(ended)
    return ended


def _settle_need(locked: Referral, doer: Doer) -> None:
    need = Need.objects.get_queryset().select_for_update().get(pk=locked.need_id)
    if need.state != NeedState.OPEN:
        return
    need.reason = locked.outcome_reason
    if locked.outcome == Outcome.COVERED:
        need.state, need.closed_at = NeedState.COVERED, clock.now()
    else:
        need.due_on = max(need.due_on, working_day(clock.today() + timedelta(days=NEED_AGAIN_DAYS)))
    need.save()
    record(doer.signature, "need.close" if need.closed_at else "need.keep_open", need)


def _leave_person(ended: Referral) -> None:
    """The record that a sender had opened closes when nothing the organisation accepted for the person still runs."""
    running = (
        Referral.objects.get_queryset()
        .filter(beneficiary_id=ended.beneficiary_id, recipient_id=ended.recipient_id, state=ReferralState.ACCEPTED)
        .exclude(delivery=Delivery.ENDED)
    )
    if not running.exists():
        Involvement.objects.filter(
            beneficiary_id=ended.beneficiary_id,
            organisation_id=ended.recipient_id,
            kind=InvolvementKind.RECEIVES,
            until=None,
        ).update(until=clock.today())


def _at(on: date) -> datetime:
    return clock.now() if on == clock.today() else timezone.make_aware(datetime.combine(on, time(12)))
