"""Appointments between the person and the receiving organisation."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from sanscouture.access.actor import Actor
from sanscouture.core import clock
from sanscouture.core.errors import Conflict, Refused
from sanscouture.core.verbs import verb
from sanscouture.pathways.enums import Act, AppointmentState, EventKind
from sanscouture.pathways.models import Appointment, Referral
from sanscouture.pathways.rules.referrals import Answerer
from sanscouture.pathways.selectors.referrals import AHEAD, local_day, next_appointment
from sanscouture.pathways.services.referrals.answering import accepted_now
from sanscouture.pathways.services.referrals.moving import doer_of, finish, lock, permit
from sanscouture.ui.dates import at_hour

FARTHEST = timedelta(days=365)
ICS_STATUS = {AppointmentState.PROPOSED: "TENTATIVE", AppointmentState.CANCELLED: "CANCELLED"}
"""Words of RFC 5545; whatever else is CONFIRMED."""


@verb
def propose_appointment(
    referral: Referral,
    *,
    by: Answerer,
    starts_at: datetime,
    minutes: int = 60,
    place: str,
    with_whom: str = "",
    with_sender: bool = False,
) -> Appointment:
    """Propose an appointment; it replaces the one ahead, and accepts a referral not answered yet.

    `minutes`: length; `with_sender`: the sender is invited, for a warm hand-over.
    Raises Refused for a past or far date, or outside the moment; Conflict when somebody else
    answered first, or proposed another that this person has not seen.
    """
    if not clock.now() < starts_at < clock.now() + FARTHEST:
        raise Refused(_("Le rendez-vous est dans les douze mois qui viennent."))
    if not place.strip():
        raise Refused(_("Dites où a lieu le rendez-vous."))
    locked = lock(referral)
    doer = doer_of(locked, by)
    standing = permit(locked, Act.PROPOSE, doer, seen=referral)
    _must_have_seen(referral, locked)
    accepted_now(locked, doer)
    locked.appointments.filter(state__in=AHEAD).update(state=AppointmentState.CANCELLED)
    appointment = Appointment.objects.create(
        programme_id=locked.programme_id,
        referral=locked,
        starts_at=starts_at,
        minutes=minutes,
        place=place.strip(),
        with_whom=with_whom.strip(),
        with_sender=with_sender,
    )
    kind, on = EventKind.APPOINTMENT_PROPOSED, local_day(starts_at)
    finish(locked, Act.PROPOSE, kind, doer, standing, note=at_hour(starts_at), appointment_on=on)
    return appointment


@verb
def confirm_appointment(appointment: Appointment, *, by: Actor | Answerer) -> Appointment:
    """Confirm that the person knows of the appointment and will come."""
    locked = lock(appointment.referral)
    doer = doer_of(locked, by)
    standing = permit(locked, Act.CONFIRM, doer, seen=appointment.referral)
    found = _ahead(appointment)
    found.state = AppointmentState.CONFIRMED
    found.save(update_fields=["state"])
    finish(locked, Act.CONFIRM, EventKind.APPOINTMENT_CONFIRMED, doer, standing, note=at_hour(found.starts_at))
    return found


@verb
def miss_appointment(appointment: Appointment, *, by: Answerer) -> Appointment:
    """Say that the person did not come: another appointment is to be set, within the usual days."""
    locked = lock(appointment.referral)
    doer = doer_of(locked, by)
    standing = permit(locked, Act.MISS, doer, seen=appointment.referral)
    found = _ahead(appointment)
    if found.starts_at > clock.now():
        raise Refused(_("Ce rendez-vous n’a pas encore eu lieu."))
    found.state = AppointmentState.MISSED
    found.save(update_fields=["state"])
    finish(locked, Act.MISS, EventKind.APPOINTMENT_MISSED, doer, standing, note=at_hour(found.starts_at))
    return found


def _must_have_seen(seen: Referral, locked: Referral) -> None:
    """Replace an appointment only knowingly: whoever read the referral before it was proposed is told."""
    ahead = next_appointment(locked)
    if ahead is not None and seen.version != locked.version:
        raise Conflict(
            _("Un rendez-vous vient d’être proposé, %(when)s : regardez-le avant d’en proposer un autre.")
            % {"when": at_hour(ahead.starts_at)}
        )


def _ahead(appointment: Appointment) -> Appointment:
    found = Appointment.objects.get_queryset().get(pk=appointment.pk)
    if found.state not in AHEAD:
        raise Refused(_("Ce rendez-vous n’est plus d’actualité."))
    return found


def calendar_file(appointment: Appointment) -> bytes:
    """Give the appointment as an iCalendar file (RFC 5545): when and where, and no name."""
    recipient = appointment.referral.recipient
    summary = _("Rendez-vous") if recipient.is_sensitive else f"{_('Rendez-vous')} – {recipient.name}"
    calendar, event = Calendar(), Event()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//Sans couture//FR")
    event.add("uid", f"{appointment.pk}@{settings.MAIL_DOMAIN}")
    event.add("dtstamp", clock.now())
    event.add("dtstart", appointment.starts_at.astimezone(UTC))
    event.add("duration", timedelta(minutes=appointment.minutes))
    event.add("summary", summary)
    event.add("location", appointment.place)
    event.add("status", ICS_STATUS.get(AppointmentState(appointment.state), "CONFIRMED"))
    calendar.add_component(event)
    return bytes(calendar.to_ical())
