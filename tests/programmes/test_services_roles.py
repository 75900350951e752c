from __future__ import annotations

import re
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from factories import OrganisationFactory, RoleGrantFactory, UserFactory
from personas import Persona
from sanscouture.access.enums import Role
from sanscouture.accounts.models import Invitation
from sanscouture.accounts.selectors import invitation_of
from sanscouture.accounts.services import accept_invitation, accept_with_account, invite
from sanscouture.audit.models import JournalEntry
from sanscouture.core.errors import Conflict, Refused
from sanscouture.notifications.models import Notice, OutgoingMessage
from sanscouture.partners.models import Organisation
from sanscouture.programmes import services
from sanscouture.programmes.models import InvitedRole, Programme, RoleGrant

EMAIL = "nouvelle@structure.example"
PERSON = {"first_name": "Nadia", "last_name": "Inventée", "password": "une girafe au marché"}


def invited() -> Invitation:
    body = OutgoingMessage.objects.order_by("created_at", "pk").last().body_text  # type: ignore[union-attr]
    found = re.search(r"/invitation/([\w-]+)/", body)
    assert found
    return invitation_of(found[1])


def held(programme: Programme) -> set[tuple[str, str]]:
    rows = RoleGrant.objects.filter(programme=programme, revoked_at=None).select_related("user")
    return {(row.user.email, row.role) for row in rows}


class TestInviting:
    def test_a_manager_invites_a_colleague_whose_role_opens_when_she_accepts(
        self, manager: Persona, programme: Programme, organisation: Organisation
    ) -> None:
        promised = services.invite_member(
            programme, email=f" {EMAIL.upper()}", role=Role.ADVISER, organisation=organisation, actor=manager.actor
        )
        assert isinstance(promised, InvitedRole)
        assert (EMAIL, Role.ADVISER) not in held(programme)
        accept_invitation(invited(), **PERSON)
        assert (EMAIL, Role.ADVISER) in held(programme)

    def test_the_coordination_invites_to_any_role(self, coordinator: Persona, programme: Programme) -> None:
        services.invite_member(programme, email=EMAIL, role=Role.COPILOT, actor=coordinator.actor)
        accept_invitation(invited(), **PERSON)
        assert (EMAIL, Role.COPILOT) in held(programme)

    def test_an_account_that_exists_receives_the_role_at_once_and_is_told(
        self, coordinator: Persona, programme: Programme, stranger: Persona
    ) -> None:
        made = services.invite_member(
            programme, email=stranger.user.email, role=Role.PATHWAY_REFERENT, actor=coordinator.actor
        )
        assert isinstance(made, RoleGrant)
        assert Notice.objects.get(user_id=stranger.user.pk).kind == "programmes.role_granted"
        with pytest.raises(Conflict, match="déjà ce rôle"):
            services.invite_member(
                programme, email=stranger.user.email, role=Role.PATHWAY_REFERENT, actor=coordinator.actor
            )

    def test_a_role_that_is_held_already_is_not_given_twice(
        self, coordinator: Persona, programme: Programme, stranger: Persona
    ) -> None:
        first, again = (
            services.grant_role(programme, user=stranger.user, role=Role.COPILOT, actor=coordinator.actor)
            for _ in range(2)
        )
        assert first == again
        assert Notice.objects.filter(user=stranger.user).count() == 1

    def test_the_same_invitation_waits_once(self, coordinator: Persona, programme: Programme) -> None:
        services.invite_member(programme, email=EMAIL, role=Role.COPILOT, actor=coordinator.actor)
        with pytest.raises(Conflict, match="attend déjà"):
            services.invite_member(programme, email=EMAIL, role=Role.COPILOT, actor=coordinator.actor)

    def test_a_manager_stays_in_her_organisation(
        self, manager: Persona, programme: Programme, recipient_organisation: Organisation
    ) -> None:
        for role, organisation in ((Role.ADVISER, recipient_organisation), (Role.COORDINATOR, None)):
            with pytest.raises(Refused, match="votre structure seulement"):
                services.invite_member(
                    programme, email=EMAIL, role=role, organisation=organisation, actor=manager.actor
                )

    @pytest.mark.parametrize(
        ("role", "partner", "said"),
        [
            (Role.ADVISER, None, "Choisissez la structure"),
            (Role.COORDINATOR, True, "pas dans une structure"),
            (Role.ADVISER, False, "pas partenaire"),
            (Role.NATIONAL_ANIMATOR, None, "ne s’ouvre pas"),
        ],
    )
    def test_a_role_is_held_where_it_makes_sense(
        self,
        coordinator: Persona,
        programme: Programme,
        organisation: Organisation,
        role: Role,
        partner: bool | None,
        said: str,
    ) -> None:
        place = {True: organisation, False: OrganisationFactory(), None: None}[partner]
        with pytest.raises(Refused, match=said):
            services.invite_member(programme, email=EMAIL, role=role, organisation=place, actor=coordinator.actor)

    def test_an_invitation_is_sent_again_or_cancelled(self, coordinator: Persona, programme: Programme) -> None:
        promised = services.invite_member(programme, email=EMAIL, role=Role.COPILOT, actor=coordinator.actor)
        assert isinstance(promised, InvitedRole)
        services.resend_invitation(promised, actor=coordinator.actor)
        again = invited()
        services.cancel_invitation(promised, actor=coordinator.actor)
        with pytest.raises(Conflict):
            accept_invitation(again, **PERSON)

    def test_an_invitation_of_nothing_opens_nothing(self, db: None) -> None:
        user = UserFactory()
        invite(user.email, actor="essai")
        accept_with_account(invited(), user=user)
        assert not RoleGrant.objects.exists()


class TestWithdrawing:
    def test_what_the_role_opened_is_closed_and_its_owner_told(self, coordinator: Persona, adviser: Persona) -> None:
        grant = RoleGrant.objects.get(user=adviser.user)
        services.withdraw_role(grant, actor=coordinator.actor)
        assert not adviser.actor.grants
        assert Notice.objects.get(user_id=adviser.user.pk).kind == "programmes.role_withdrawn"
        assert JournalEntry.objects.filter(verb="role.withdraw").count() == 1
        with pytest.raises(Conflict, match="déjà été retiré"):
            services.withdraw_role(grant, actor=coordinator.actor)

    def test_the_last_coordinator_stays(self, coordinator: Persona, programme: Programme) -> None:
        grant = RoleGrant.objects.get(user=coordinator.user)
        with pytest.raises(Refused, match="dernière personne"):
            services.withdraw_role(grant, actor=coordinator.actor)
        RoleGrantFactory(programme=programme, role=Role.COORDINATOR)
        assert services.withdraw_role(grant, actor=coordinator.actor).revoked_at is not None

    def test_another_part_of_the_program_may_object(
        self, coordinator: Persona, adviser: Persona, settings: Any
    ) -> None:
        settings.ROLE_WITHDRAWAL_CHECKS = [f"{__name__}.objection"]
        with pytest.raises(Refused, match="deux parcours"):
            services.withdraw_role(RoleGrant.objects.get(user=adviser.user), actor=coordinator.actor)


def objection(grant: RoleGrant) -> str:
    return "Cette personne tient deux parcours."


class TestCommand:
    def call(self, *words: str) -> str:
        out = StringIO()
        call_command("invite", *words, stdout=out)
        return out.getvalue()

    def test_the_first_coordinator_is_invited_without_any_account(self, programme: Programme) -> None:
        words = ("--programme", "trois-ponts", "--role", "coordinator", "--email", EMAIL)
        assert "Invitation envoyée" in self.call(*words)
        accept_invitation(invited(), **PERSON)
        assert (EMAIL, Role.COORDINATOR) in held(programme)

    def test_an_organisation_is_named_by_its_identifier(self, programme: Programme, organisation: Organisation) -> None:
        user = UserFactory()
        words = ["--programme", "trois-ponts", "--role", "adviser", "--email", user.email]
        assert "Le compte existait" in self.call(*words, "--organisation", organisation.external_id)

    @pytest.mark.parametrize(
        ("words", "said"),
        [
            (("--programme", "nulle-part", "--role", "copilot", "--email", EMAIL), "Aucun programme"),
            (("--programme", "trois-ponts", "--role", "copilot", "--email", "rien"), "valide"),
            (("--programme", "trois-ponts", "--role", "adviser", "--email", EMAIL), "Choisissez la structure"),
            (
                ("--programme", "trois-ponts", "--role", "adviser", "--email", EMAIL, "--organisation", "x"),
                "Aucune structure",
            ),
        ],
    )
    def test_what_is_wrong_is_said(self, programme: Programme, words: tuple[str, ...], said: str) -> None:
        with pytest.raises(CommandError, match=said):
            self.call(*words)
