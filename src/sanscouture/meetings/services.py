"""Acts on meetings: plan, note who came, decide, write the minutes, close."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext as _

from sanscouture.access.actor import Actor
from sanscouture.accounts.models import User
from sanscouture.audit.services import record
from sanscouture.core import clock
from sanscouture.core.errors import Conflict, Refused
from sanscouture.core.verbs import verb
from sanscouture.meetings import rules
from sanscouture.meetings.enums import BodyKind, MeetingState
from sanscouture.meetings.models import Attendee, Body, Decision, Meeting
from sanscouture.programmes.models import Programme


@verb
def plan_meeting(
    programme: Programme, *, kind: str, name: str = "", held_on: date, place: str = "", agenda: str = "", actor: Actor
) -> Meeting:
    """Plan a meeting of a body, which is made the first time it meets.

    `name`: of the body, that of its kind unless told. Raises Conflict when it meets that day already.
    """
    body, _made = Body.objects.get_or_create(
        programme=programme, kind=kind, name=" ".join(name.split()) or _as_title(BodyKind(kind))
    )
    if body.meetings.filter(held_on=held_on).exclude(state=MeetingState.CANCELLED).exists():
        raise Conflict(_("Cette instance se réunit déjà ce jour-là."))
    meeting = Meeting.objects.create(
        programme=programme, body=body, held_on=held_on, place=place, agenda=agenda, created_by_id=actor.user_id
    )
    record(actor, "meeting.plan", meeting)
    return meeting


@verb
def note_attendance(meeting: Meeting, *, users: Iterable[User], others: Iterable[str], actor: Actor) -> None:
    """Write who was there, in place of what was written: accounts of the programme, and other names."""
    live = _locked(meeting)
    if live.state == MeetingState.CANCELLED:
        raise Conflict(_("Cette réunion est annulée."))
    accounts = {user.full_name: user for user in users}
    names = [*accounts, *(name for name in others if name not in accounts)]
    Attendee.objects.get_queryset().filter(meeting=live).delete()
    Attendee.objects.bulk_create(
        Attendee(programme_id=live.programme_id, meeting=live, user=accounts.get(name), name=name) for name in names
    )
    record(actor, "meeting.attendance", live)


@verb
def decide(meeting: Meeting, *, text: str, actor: Actor) -> Decision:
    """Write one decision of a meeting. Raises Refused without words, Conflict when it is held or cancelled."""
    live = _locked(meeting)
    rules.must_be_open(live.state)
    said = " ".join(text.split())
    if not said:
        raise Refused(_("Écrivez ce qui est décidé."))
    made = Decision.objects.create(programme_id=live.programme_id, meeting=live, text=said, decided_by_id=actor.user_id)
    record(actor, "meeting.decide", live)
    return made


@verb
def write_minutes(meeting: Meeting, *, text: str, actor: Actor) -> None:
    """Write what was said, before or after the meeting is closed. Raises Conflict when it was cancelled."""
    live = _locked(meeting)
    if live.state == MeetingState.CANCELLED:
        raise Conflict(_("Cette réunion est annulée."))
    live.minutes = text.strip()
    live.save(update_fields=["minutes"])
    record(actor, "meeting.minutes", live)


@verb
def hold_meeting(meeting: Meeting, *, actor: Actor) -> None:
    """Note that a meeting was held: nothing is decided in it any more. Raises Refused before its day."""
    live = _locked(meeting)
    rules.must_move(live.state, MeetingState.HELD)
    rules.must_have_come(live.held_on, today=clock.today())
    live.state = MeetingState.HELD
    live.save(update_fields=["state"])
    record(actor, "meeting.hold", live)


@verb
def cancel_meeting(meeting: Meeting, *, actor: Actor) -> None:
    """Cancel a meeting that has decided nothing. Raises Refused when it has, Conflict when it is settled."""
    live = _locked(meeting)
    rules.must_move(live.state, MeetingState.CANCELLED)
    if live.decisions.exists():
        raise Refused(_("Cette réunion a déjà pris des décisions : notez-la tenue."))
    live.state = MeetingState.CANCELLED
    live.save(update_fields=["state"])
    record(actor, "meeting.cancel", live)


def _locked(meeting: Meeting) -> Meeting:
    return Meeting.objects.get_queryset().select_for_update().get(pk=meeting.pk)


def _as_title(kind: BodyKind) -> str:
    label = str(kind.label)
    return label[:1].upper() + label[1:]
