from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from factories import MeetingFactory
from personas import Persona
from sanscouture.core import clock
from sanscouture.meetings.models import Meeting
from sanscouture.meetings.services import decide
from sanscouture.programmes.models import Programme

OURS = "/programmes/trois-ponts/reunions/"


@pytest.fixture
def meeting(programme: Programme) -> Meeting:
    return MeetingFactory(programme=programme)


def test_the_coordination_plans_a_meeting_and_everybody_reads_it(coordinator: Persona, copilot: Persona) -> None:
    assert "Prévoir une réunion" in coordinator.client.get(OURS).content.decode()
    said = {"kind": "steering", "held_on": clock.today().isoformat(), "place": "Mairie"}
    answer = coordinator.client.post(f"{OURS}prevoir/", said, follow=True)
    assert "La réunion est prévue" in answer.content.decode()
    page = copilot.client.get(OURS).content.decode()
    assert "Comité de pilotage" in page
    assert "Prévoir une réunion" not in page
    again = coordinator.client.post(f"{OURS}prevoir/", said)
    assert again.status_code == 409
    assert "Mairie" in again.content.decode()


def test_the_programme_leads_to_its_meetings(copilot: Persona) -> None:
    assert OURS in copilot.client.get("/programmes/trois-ponts/").content.decode()


def test_the_page_tells_who_came_and_what_was_decided(coordinator: Persona, meeting: Meeting) -> None:
    here = f"/reunions/{meeting.pk}/"
    coordinator.client.post(f"{here}decisions/nouvelle/", {"text": "On continue."})
    coordinator.client.post(f"{here}presents/", {"users": [coordinator.user.pk], "others": "Awa Fictif"})
    coordinator.client.post(f"{here}compte-rendu/", {"text": "Tout va bien."})
    page = coordinator.client.get(here).content.decode()
    for said in ("On continue.", "Awa Fictif", coordinator.user.full_name, "Tout va bien."):
        assert said in page
    assert "Awa Fictif" in coordinator.client.get(f"{here}presents/").content.decode()
    assert "notée tenue" in coordinator.client.post(f"{here}tenue/", follow=True).content.decode()
    assert "Écrire une décision" not in coordinator.client.get(here).content.decode()
    late = coordinator.client.post(f"{here}decisions/nouvelle/", {"text": "Trop tard."})
    assert late.status_code == 409


@pytest.mark.parametrize(("form", "start"), [("pdf", b"%PDF"), ("docx", b"PK")])
def test_minutes_are_files(copilot: Persona, meeting: Meeting, form: str, start: bytes) -> None:
    answer = copilot.client.get(f"/reunions/{meeting.pk}/compte-rendu.{form}")
    assert answer.content.startswith(start)
    assert copilot.client.get(f"/reunions/{meeting.pk}/compte-rendu.exe").status_code == 404


def test_cancelling_asks_first(coordinator: Persona, meeting: Meeting) -> None:
    where = f"/reunions/{meeting.pk}/annuler/"
    assert "Annuler la réunion du" in coordinator.client.get(where).content.decode()
    assert "annulée" in coordinator.client.post(where, follow=True).content.decode()


def test_who_does_not_hold_the_programme_writes_nothing(adviser: Persona, meeting: Meeting) -> None:
    assert adviser.client.post(f"/reunions/{meeting.pk}/decisions/nouvelle/", {"text": "Non."}).status_code == 403
    assert "Écrire" not in adviser.client.get(f"/reunions/{meeting.pk}/").content.decode()


def test_queries_do_not_grow(
    coordinator: Persona, programme: Programme, meeting: Meeting, assert_queries_do_not_grow: Callable[..., None]
) -> None:
    def grow() -> None:
        for days in range(1, 6):
            later = MeetingFactory(programme=programme, held_on=clock.today() + timedelta(days=days))
            decide(later, text="On continue.", actor=coordinator.actor)
            decide(meeting, text="On continue.", actor=coordinator.actor)

    assert_queries_do_not_grow(coordinator.client, OURS, grow, budget=25)
