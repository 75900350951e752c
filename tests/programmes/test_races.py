"""Two coordinators at once: one wins, the other reads why."""

from __future__ import annotations

import pytest
from django.db import transaction

from factories import OrganisationFactory, ProgrammeFactory
from personas import Persona, persona
from races import at_once
from sanscouture.access.enums import Role
from sanscouture.access.scope import scope_of
from sanscouture.core.errors import Conflict
from sanscouture.programmes import services
from sanscouture.programmes.models import CoPilot, InvitedRole, Partnership, Programme

EMAIL = "attendue@mission.example"


@pytest.fixture
def two(fresh_db: None) -> tuple[Persona, Persona, Programme]:
    with transaction.atomic():
        programme = ProgrammeFactory()
        one, other = (persona(Role.COORDINATOR, programme) for _ in range(2))
    return one, other, programme


@pytest.mark.parametrize(
    ("verb", "model"),
    [(services.add_partner, Partnership), (services.add_copilot, CoPilot)],
    ids=["partner", "copilot"],
)
def test_an_organisation_joins_once(verb, model, two) -> None:
    one, other, programme = two
    organisation = OrganisationFactory()
    ends = at_once(
        *((who, lambda who=who: verb(programme, organisation=organisation, actor=who.actor)) for who in (one, other))
    )
    lost = next(end for end in ends if isinstance(end, Conflict))
    assert "déjà" in str(lost)
    with scope_of(one.actor):
        assert model.objects.filter(programme=programme, organisation=organisation).count() == 1


def test_a_colleague_invited_twice_at_once_waits_once_for_the_role(two) -> None:
    one, other, programme = two
    at_once(
        *(
            (
                who,
                lambda who=who: services.invite_member(programme, email=EMAIL, role=Role.COORDINATOR, actor=who.actor),
            )
            for who in (one, other)
        )
    )
    with scope_of(one.actor):
        assert InvitedRole.objects.filter(programme=programme, invitation__email=EMAIL).count() == 1
