from __future__ import annotations

from datetime import date

import pytest

from sanscouture.core.errors import Conflict, Refused
from sanscouture.documents.rules.content import Section
from sanscouture.meetings import rules
from sanscouture.meetings.enums import MeetingState

ALLOWED = {(MeetingState.PLANNED, MeetingState.HELD), (MeetingState.PLANNED, MeetingState.CANCELLED)}
SAID = {"programme": "Cité", "body": "Commission", "held_on": date(2026, 3, 1), "place": "", "agenda": "", "text": ""}


@pytest.mark.parametrize("state", MeetingState)
@pytest.mark.parametrize("to", MeetingState)
def test_only_a_planned_meeting_is_held_or_cancelled(state: MeetingState, to: MeetingState) -> None:
    if (state, to) in ALLOWED:
        rules.must_move(state, to)
    else:
        with pytest.raises(Conflict, match=str(state.label)):
            rules.must_move(state, to)


def test_something_is_decided_while_the_meeting_is_open() -> None:
    rules.must_be_open(MeetingState.PLANNED)
    with pytest.raises(Conflict, match="plus rien"):
        rules.must_be_open(MeetingState.HELD)


def test_a_meeting_is_not_held_before_its_day() -> None:
    rules.must_have_come(date(2026, 3, 1), today=date(2026, 3, 1))
    with pytest.raises(Refused, match="pas encore"):
        rules.must_have_come(date(2026, 3, 2), today=date(2026, 3, 1))


def test_minutes_say_what_is_missing_and_that_they_name_nobody() -> None:
    made = rules.minutes(**SAID, present=[], decisions=[])
    assert made.subtitle == "Réunion du 1er mars 2026"
    assert [one.title for one in made.sections][-1] == "Noms"
    assert "Aucune décision." in str(made)


def test_minutes_with_names_hold_the_section_of_those_entitled() -> None:
    said = {**SAID, "place": "Mairie", "agenda": "Un point\n\nUn autre", "text": "On a parlé."}
    made = rules.minutes(**said, present=["Awa"], decisions=["On continue."], more=[Section("Par personne")])
    assert made.subtitle.endswith(", Mairie")
    assert [one.title for one in made.sections][-1] == "Par personne"
    assert "Un autre" in str(made)
    assert rules.NAMES_ASIDE not in str(made)
