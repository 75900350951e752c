from __future__ import annotations

import pytest

from factories import BeneficiaryFactory, PathwayFactory, RoleGrantFactory
from personas import Persona
from sanscouture.access.enums import Role
from sanscouture.access.scope import scope_of
from sanscouture.core.errors import Refused
from sanscouture.partners.models import Organisation
from sanscouture.pathways.selectors.handover import against_withdrawal
from sanscouture.programmes.models import Programme, RoleGrant
from sanscouture.programmes.services import withdraw_role


def test_a_referent_hands_over_before_leaving(
    coordinator: Persona, adviser: Persona, programme: Programme, organisation: Organisation
) -> None:
    for _ in range(2):
        person = BeneficiaryFactory(programme=programme, captured_by=organisation, created_by=adviser.user)
        PathwayFactory(beneficiary=person)
    grant = RoleGrant.objects.get(user=adviser.user)
    with scope_of(coordinator.actor), pytest.raises(Refused, match="2 parcours en cours"):
        withdraw_role(grant, actor=coordinator.actor)
    RoleGrantFactory(user=adviser.user, programme=programme, organisation=organisation, role=Role.ORGANISATION_MANAGER)
    assert against_withdrawal(grant) == ""


def test_nothing_holds_back_who_follows_nobody(adviser: Persona, coordinator: Persona) -> None:
    assert against_withdrawal(RoleGrant.objects.get(user=adviser.user)) == ""
    assert against_withdrawal(RoleGrant.objects.get(user=coordinator.user)) == ""
