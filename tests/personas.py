"""Personas of one programme and its neighbours, ready to act."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from factories import OrganisationFactory, PartnershipFactory, ProgrammeFactory, RoleGrantFactory, UserFactory
from sanscouture.access.actor import Actor
from sanscouture.access.decorators import actor_of
from sanscouture.access.enums import Role
from sanscouture.accounts.models import User
from sanscouture.accounts.services.factors import PROVED
from sanscouture.partners.models import Organisation
from sanscouture.programmes.models import NationalRole, Programme


@dataclass(frozen=True)
class Persona:
    """An account with its role, the actor it makes, and a browser signed in as it."""

    user: User
    client: Client
    organisation: Organisation | None = None
    programme: Programme | None = None

    @property
    def actor(self) -> Actor:
        return actor_of(self.user.pk)


def persona(role: Role | None, programme: Programme | None = None, organisation: Organisation | None = None) -> Persona:
    """Make an account, give it a role, sign it in."""
    user = UserFactory()
    if role is Role.NATIONAL_ANIMATOR:
        NationalRole.objects.create(user=user)
    elif role is not None:
        RoleGrantFactory(user=user, programme=programme, role=role, organisation=organisation)
    client = Client()
    client.force_login(user)
    proved(client, user)
    return Persona(user, client, organisation, programme)


def proved(client: Client, user: User) -> None:
    """Let a signed-in browser be one that has passed its second factor."""
    session = client.session
    session[PROVED] = str(user.pk)
    session.save()


@pytest.fixture
def programme(db: None) -> Any:
    return ProgrammeFactory(name="Cité des Trois-Ponts", slug="trois-ponts")


@pytest.fixture
def other_programme(db: None) -> Any:
    return ProgrammeFactory(name="Cité du Bel-Air", slug="bel-air")


@pytest.fixture
def organisation(programme: Programme) -> Any:
    partnership = PartnershipFactory(programme=programme, organisation__name="Mission locale des Trois-Ponts")
    return partnership.organisation


@pytest.fixture
def recipient_organisation(programme: Programme) -> Any:
    return PartnershipFactory(programme=programme, organisation__name="Mobil’Emploi").organisation


@pytest.fixture
def coordinator(programme: Programme) -> Persona:
    return persona(Role.COORDINATOR, programme)


@pytest.fixture
def pathway_referent(programme: Programme) -> Persona:
    return persona(Role.PATHWAY_REFERENT, programme)


@pytest.fixture
def copilot(programme: Programme) -> Persona:
    return persona(Role.COPILOT, programme)


@pytest.fixture
def adviser(programme: Programme, organisation: Organisation) -> Persona:
    return persona(Role.ADVISER, programme, organisation)


@pytest.fixture
def manager(programme: Programme, organisation: Organisation) -> Persona:
    return persona(Role.ORGANISATION_MANAGER, programme, organisation)


@pytest.fixture
def outreach_worker(programme: Programme, organisation: Organisation) -> Persona:
    return persona(Role.OUTREACH_WORKER, programme, organisation)


@pytest.fixture
def recipient(programme: Programme, recipient_organisation: Organisation) -> Persona:
    """An adviser of the organisation that receives referrals."""
    return persona(Role.ADVISER, programme, recipient_organisation)


@pytest.fixture
def other_programme_adviser(other_programme: Programme) -> Persona:
    organisation = OrganisationFactory(name="Mission locale du Bel-Air")
    return persona(Role.ADVISER, other_programme, organisation)


@pytest.fixture
def national_animator(db: None) -> Persona:
    return persona(Role.NATIONAL_ANIMATOR)


@pytest.fixture
def stranger(db: None) -> Persona:
    """An account without any role."""
    return persona(None)
