from __future__ import annotations

import re
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.test import Client

from accounts.test_factors import confirmed, with_app
from accounts.test_services import PASSWORD
from accounts.test_views import KNOWN, sign_in
from factories import ProgrammeFactory, RoleGrantFactory
from personas import Persona, persona
from races import at_once
from sanscouture.access.enums import Role
from sanscouture.access.scope import scope_of
from sanscouture.accounts.models import Recovery
from sanscouture.accounts.services import open_recovery, use_recovery
from sanscouture.audit.models import JournalEntry
from sanscouture.core import clock
from sanscouture.core.errors import Conflict, Refused
from sanscouture.notifications.models import OutgoingMessage
from sanscouture.programmes.models import NationalRole, Programme
from sanscouture.programmes.services import reopen_access

WHY = "Téléphone perdu, rappelée au numéro de sa structure"
NEW = {"password": PASSWORD, "password_again": PASSWORD}


def link() -> str:
    message = OutgoingMessage.objects.filter(kind="accounts.recovery").latest("created_at")
    found = re.search(r"/acces/[^/\s]+/", message.body_text)
    assert found
    return found[0]


def issue(by: Persona, to: Persona) -> str:
    reopen_access(to.user.role_grants.get(), reason=WHY, actor=by.actor)
    return link()


def refused(by: Persona, to: Persona) -> None:
    with pytest.raises(Refused):
        reopen_access(to.user.role_grants.order_by("created_at").first(), reason=WHY, actor=by.actor)
    assert not Recovery.objects.exists()


@pytest.mark.django_db
class TestComingBack:
    def test_the_coordinator_opens_it_the_owner_takes_it(self, coordinator: Persona, adviser: Persona) -> None:
        with_app(adviser.user)
        page = f"/habilitations/{adviser.user.role_grants.get().pk}/rouvrir/"
        assert coordinator.client.get(page)["Location"].startswith("/compte/confirmer/")
        confirmed(coordinator.client)
        assert coordinator.client.get(page).status_code == 200
        assert coordinator.client.post(page, {"reason": " "}).status_code == 422
        assert coordinator.client.post(page, {"reason": WHY}).status_code == 302
        message = OutgoingMessage.objects.get(kind="accounts.recovery")
        assert message.to == adviser.user.email, "the link goes to its owner alone"
        entry = JournalEntry.objects.get(verb="role.reopen_access")
        assert (entry.actor_id, entry.note) == (coordinator.user.pk, WHY)
        assert Authenticator.objects.filter(user=adviser.user).exists(), "nothing changes until the link is used"
        client = Client()
        assert client.get(link()).status_code == 200
        assert client.post(link(), {**NEW, "password_again": "autre"}).status_code == 422
        assert client.post(link(), NEW)["Location"] == "/connexion/"
        assert not client.get("/compte/").wsgi_request.user.is_authenticated, "it signs nobody in"
        assert not Authenticator.objects.filter(user=adviser.user).exists()
        assert adviser.client.get("/compte/").status_code == 302, "the former sessions end"
        assert OutgoingMessage.objects.filter(kind="accounts.recovered", to=adviser.user.email).exists()
        assert client.post(link(), NEW).status_code == 410
        assert sign_in(client, adviser.user.email, KNOWN).status_code == 422
        assert sign_in(client, adviser.user.email, PASSWORD)["Location"] == "/"
        assert client.get("/")["Location"].startswith("/compte/securite/"), "a new factor comes first"

    def test_it_works_for_a_day_and_another_replaces_it(self, coordinator: Persona, adviser: Persona) -> None:
        first = issue(coordinator, adviser)
        second = issue(coordinator, adviser)
        assert Client().get(first).status_code == 410
        with clock.at(clock.now() + timedelta(hours=24, minutes=1)):
            assert Client().post(second, NEW).status_code == 410
        assert Client().get("/acces/inconnu/").status_code == 404


@pytest.mark.django_db
class TestWhoMayOpenIt:
    def test_a_manager_in_their_organisation_alone(
        self, manager: Persona, adviser: Persona, recipient: Persona
    ) -> None:
        issue(manager, adviser)
        Recovery.objects.all().delete()
        refused(manager, recipient)

    def test_not_an_adviser_nor_for_the_coordination_by_a_manager(
        self, adviser: Persona, manager: Persona, coordinator: Persona
    ) -> None:
        refused(adviser, manager)
        refused(manager, coordinator)

    def test_never_for_rights_held_elsewhere(
        self, coordinator: Persona, adviser: Persona, other_programme: Programme
    ) -> None:
        RoleGrantFactory(user=adviser.user, programme=other_programme, role=Role.COORDINATOR)
        refused(coordinator, adviser)

    def test_never_for_the_national_level(self, coordinator: Persona, adviser: Persona) -> None:
        NationalRole.objects.create(user=adviser.user)
        refused(coordinator, adviser)

    def test_never_for_oneself(self, coordinator: Persona) -> None:
        refused(coordinator, coordinator)
        with pytest.raises(Refused, match="propre accès"):
            open_recovery(coordinator.user, reason=WHY, actor=coordinator.actor)

    def test_not_without_a_reason(self, coordinator: Persona, adviser: Persona) -> None:
        with pytest.raises(Refused, match="pourquoi"):
            open_recovery(adviser.user, reason=" ", actor=coordinator.actor)

    def test_not_once_the_role_is_withdrawn(self, coordinator: Persona, adviser: Persona) -> None:
        grant = adviser.user.role_grants.get()
        type(grant).objects.filter(pk=grant.pk).update(revoked_at=clock.now())
        with pytest.raises(Conflict):
            reopen_access(grant, reason=WHY, actor=coordinator.actor)


def test_of_two_who_hold_the_link_the_first_wins(fresh_db: None) -> None:
    with transaction.atomic():
        programme = ProgrammeFactory()
        coordinator, member = (persona(Role.COORDINATOR, programme) for _ in range(2))
    with scope_of(coordinator.actor):
        issue(coordinator, member)
    recovery = Recovery.objects.get()
    ends = at_once(
        (member, lambda: use_recovery(recovery, password="la première phrase")),
        (member, lambda: use_recovery(recovery, password="la deuxième phrase")),
    )
    assert sorted(isinstance(end, Conflict) for end in ends) == [False, True]
