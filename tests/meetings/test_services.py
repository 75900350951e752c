from __future__ import annotations

from datetime import timedelta

import pytest

from factories import MeetingFactory
from personas import Persona
from sanscouture.audit.models import JournalEntry
from sanscouture.core import clock
from sanscouture.core.errors import Conflict, Refused
from sanscouture.meetings import services
from sanscouture.meetings.enums import BodyKind, MeetingState
from sanscouture.meetings.models import Body, Meeting
from sanscouture.programmes.models import Programme


@pytest.fixture
def meeting(programme: Programme) -> Meeting:
    return MeetingFactory(programme=programme)


def test_a_body_is_made_the_first_time_it_meets(programme: Programme, coordinator: Persona) -> None:
    said = {"kind": BodyKind.STEERING, "held_on": clock.today(), "actor": coordinator.actor}
    services.plan_meeting(programme, **said)
    services.plan_meeting(programme, **{**said, "held_on": clock.today() + timedelta(days=30)})
    assert [body.name for body in Body.objects.filter(kind=BodyKind.STEERING)] == ["Comité de pilotage"]
    with pytest.raises(Conflict, match="ce jour-là"):
        services.plan_meeting(programme, **said)


def test_who_was_there_replaces_what_was_written(meeting: Meeting, coordinator: Persona) -> None:
    for others in (["Awa Fictif", coordinator.user.full_name], ["Théo Fictif"]):
        services.note_attendance(meeting, users=[coordinator.user], others=others, actor=coordinator.actor)
    found = meeting.attendees.order_by("name").values_list("name", "user_id")
    assert set(found) == {(coordinator.user.full_name, coordinator.user.pk), ("Théo Fictif", None)}


def test_decisions_are_written_until_the_meeting_is_held(meeting: Meeting, coordinator: Persona) -> None:
    services.decide(meeting, text="  On   continue. ", actor=coordinator.actor)
    assert meeting.decisions.get().text == "On continue."
    with pytest.raises(Refused, match="ce qui est décidé"):
        services.decide(meeting, text=" ", actor=coordinator.actor)
    services.hold_meeting(meeting, actor=coordinator.actor)
    with pytest.raises(Conflict, match="plus rien"):
        services.decide(meeting, text="Trop tard.", actor=coordinator.actor)
    services.write_minutes(meeting, text=" Dit. ", actor=coordinator.actor)
    meeting.refresh_from_db()
    assert (meeting.state, meeting.minutes) == (MeetingState.HELD, "Dit.")


def test_a_meeting_that_decided_is_not_cancelled(meeting: Meeting, coordinator: Persona) -> None:
    services.decide(meeting, text="On continue.", actor=coordinator.actor)
    with pytest.raises(Refused, match="notez-la tenue"):
        services.cancel_meeting(meeting, actor=coordinator.actor)


def test_a_cancelled_meeting_is_left_as_it_is(meeting: Meeting, coordinator: Persona) -> None:
    services.cancel_meeting(meeting, actor=coordinator.actor)
    with pytest.raises(Conflict, match="annulée"):
        services.note_attendance(meeting, users=[], others=[], actor=coordinator.actor)
    with pytest.raises(Conflict, match="annulée"):
        services.write_minutes(meeting, text="Dit.", actor=coordinator.actor)
    assert JournalEntry.objects.filter(verb="meeting.cancel").count() == 1
