"""Two who correct one sheet: one wins, the other reads what was written meanwhile."""

from __future__ import annotations

import pytest
from django.db import transaction

from factories import ProgrammeFactory, ServiceFactory
from personas import Persona, persona
from races import at_once
from sanscouture.access.enums import Role
from sanscouture.access.scope import scope_of
from sanscouture.core.errors import Conflict
from sanscouture.directory.models import Service
from sanscouture.directory.services.corrections import StaleSheet, correct_sheet, restore_source


@pytest.fixture
def two(fresh_db: None) -> tuple[Persona, Persona, Service]:
    with transaction.atomic():
        programme = ProgrammeFactory()
        one, other = (persona(Role.COORDINATOR, programme) for _ in range(2))
        sheet = ServiceFactory(source="essai", fees="gratuit")
    return one, other, sheet


def test_the_second_to_correct_a_field_is_told(two) -> None:
    one, other, sheet = two
    seen = {"fees": "gratuit"}
    ends = at_once(
        (one, lambda: correct_sheet(sheet, {"fees": "payant"}, actor=one.actor, seen=seen)),
        (other, lambda: correct_sheet(sheet, {"fees": ""}, actor=other.actor, seen=seen)),
    )
    [stale] = [end for end in ends if isinstance(end, StaleSheet)]
    assert [end for end in ends if end == ["fees"]]
    sheet.refresh_from_db()
    assert sheet.fees == stale.saved.fees in {"payant", ""}
    assert "Relisez" in str(stale)
    assert [correction.source_value for correction in sheet.corrections.order_by("pk")] == ["gratuit"]


def test_a_field_is_given_back_once(two) -> None:
    one, other, sheet = two
    with scope_of(one.actor):
        correct_sheet(sheet, {"fees": "payant"}, actor=one.actor)
    correction = sheet.corrections.get()
    ends = at_once(*((who, lambda who=who: restore_source(correction, actor=who.actor)) for who in (one, other)))
    [late] = [end for end in ends if isinstance(end, Conflict)]
    assert "déjà" in str(late)
    sheet.refresh_from_db()
    assert (sheet.fees, sheet.corrections.count()) == ("gratuit", 0)
