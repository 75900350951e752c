from __future__ import annotations

from collections.abc import Callable

import pytest

from factories import RoleGrantFactory
from personas import Persona
from sanscouture.access.enums import Role
from sanscouture.partners.models import Organisation
from sanscouture.programmes.models import InvitedRole, Programme, RoleGrant
from sanscouture.programmes.services import invite_member

MEMBERS = "/programmes/trois-ponts/equipe/"
INVITE = f"{MEMBERS}inviter/"
EMAIL = "nouvelle@structure.example"


@pytest.fixture
def promised(coordinator: Persona, programme: Programme) -> InvitedRole:
    made = invite_member(programme, email=EMAIL, role=Role.COPILOT, actor=coordinator.actor)
    assert isinstance(made, InvitedRole)
    return made


class TestList:
    def test_members_see_who_holds_which_role_and_no_act(self, adviser: Persona, promised: InvitedRole) -> None:
        page = adviser.client.get(MEMBERS).content.decode()
        assert adviser.user.full_name in page
        assert EMAIL not in page
        assert "Retirer" not in page
        assert "Inviter une personne" not in page

    def test_the_coordination_sees_what_waits(self, coordinator: Persona, promised: InvitedRole) -> None:
        page = coordinator.client.get(MEMBERS).content.decode()
        assert EMAIL in page
        assert "Retirer" in page

    def test_a_manager_withdraws_in_her_organisation_only(
        self, manager: Persona, adviser: Persona, recipient: Persona, promised: InvitedRole
    ) -> None:
        page = manager.client.get(MEMBERS).content.decode()
        assert EMAIL not in page
        assert f"/habilitations/{RoleGrant.objects.get(user=adviser.user).pk}/" in page
        assert f"/habilitations/{RoleGrant.objects.get(user=recipient.user).pk}/" not in page

    @pytest.mark.parametrize(("text", "found"), [("trois-ponts", True), ("personne", False)])
    def test_it_is_searched_by_name_and_organisation(self, adviser: Persona, text: str, found: bool) -> None:
        page = adviser.client.get(f"{MEMBERS}?q={text}&tri=-depuis").content.decode()
        assert (adviser.user.full_name in page) is found

    def test_it_is_for_members(self, stranger: Persona, other_programme_adviser: Persona, programme) -> None:
        assert stranger.client.get(MEMBERS).status_code == 403
        assert other_programme_adviser.client.get(MEMBERS).status_code == 404
        assert other_programme_adviser.client.post(MEMBERS).status_code == 405

    def test_queries_do_not_grow(
        self, coordinator: Persona, programme: Programme, assert_queries_do_not_grow: Callable[..., None]
    ) -> None:
        def grow() -> None:
            for rank in range(5):
                RoleGrantFactory(programme=programme, role=Role.COPILOT)
                invite_member(programme, email=f"{rank}@a.example", role=Role.COPILOT, actor=coordinator.actor)

        invite_member(programme, email=EMAIL, role=Role.COPILOT, actor=coordinator.actor)
        assert_queries_do_not_grow(coordinator.client, MEMBERS, grow, budget=25)


class TestInviting:
    def test_a_manager_invites_in_her_organisation(
        self, manager: Persona, organisation: Organisation, recipient_organisation: Organisation
    ) -> None:
        page = manager.client.get(INVITE).content.decode()
        assert organisation.name in page
        assert recipient_organisation.name not in page
        assert 'value="coordinator"' not in page
        said = {"email": EMAIL, "role": Role.ADVISER, "organisation": organisation.pk, "language": "fr"}
        answer = manager.client.post(INVITE, said, follow=True)
        assert f"envoyée à {EMAIL}" in answer.content.decode()
        assert manager.client.post(INVITE, said).status_code == 409
        other = {**said, "organisation": recipient_organisation.pk}
        assert manager.client.post(INVITE, other).status_code == 422

    def test_the_coordination_invites_anybody_and_is_told_of_an_account(
        self, coordinator: Persona, stranger: Persona
    ) -> None:
        said = {"email": stranger.user.email, "role": Role.COORDINATOR, "organisation": "", "language": "fr"}
        answer = coordinator.client.post(INVITE, said, follow=True)
        assert "avait déjà un compte" in answer.content.decode()
        wrong = coordinator.client.post(INVITE, {**said, "role": Role.ADVISER})
        assert wrong.status_code == 422
        assert "Choisissez la structure" in wrong.content.decode()

    def test_it_is_for_those_who_may(self, adviser: Persona, manager: Persona, other_programme: Programme) -> None:
        assert adviser.client.get(INVITE).status_code == 403
        assert manager.client.get(INVITE.replace("trois-ponts", "bel-air")).status_code == 404
        assert manager.client.put(INVITE).status_code == 405


class TestWaiting:
    def test_an_invitation_is_sent_again_and_cancelled(self, coordinator: Persona, promised: InvitedRole) -> None:
        answer = coordinator.client.post(f"/invitations/{promised.pk}/renvoyer/", follow=True)
        assert "repartie" in answer.content.decode()
        cancel = f"/invitations/{promised.pk}/annuler/"
        assert EMAIL in coordinator.client.get(cancel).content.decode()
        assert coordinator.client.post(cancel).status_code == 302
        assert EMAIL not in coordinator.client.get(MEMBERS).content.decode()
        answer = coordinator.client.post(f"/invitations/{promised.pk}/renvoyer/", follow=True)
        assert "acceptée ou annulée" in answer.content.decode()

    def test_it_is_for_who_may_invite_there(self, manager: Persona, adviser: Persona, promised: InvitedRole) -> None:
        for act in ("renvoyer", "annuler"):
            url = f"/invitations/{promised.pk}/{act}/"
            assert manager.client.post(url).status_code == 404
            assert adviser.client.post(url).status_code == 403
        assert manager.client.get(f"/invitations/{promised.pk}/renvoyer/").status_code == 405
        assert manager.client.put(f"/invitations/{promised.pk}/annuler/").status_code == 405


class TestWithdrawing:
    def test_it_asks_first_and_says_what_is_lost(self, manager: Persona, adviser: Persona) -> None:
        url = f"/habilitations/{RoleGrant.objects.get(user=adviser.user).pk}/retirer/"
        assert "se ferme aussitôt" in manager.client.get(url).content.decode()
        assert adviser.actor.grants
        assert manager.client.post(url).status_code == 302
        assert not adviser.actor.grants
        assert manager.client.post(url).status_code == 409

    def test_the_last_coordinator_is_told_why_not(self, coordinator: Persona) -> None:
        url = f"/habilitations/{RoleGrant.objects.get(user=coordinator.user).pk}/retirer/"
        answer = coordinator.client.post(url)
        assert answer.status_code == 422
        assert "dernière personne" in answer.content.decode()

    def test_it_is_for_who_may_invite_there(self, manager: Persona, adviser: Persona, recipient: Persona) -> None:
        url = f"/habilitations/{RoleGrant.objects.get(user=recipient.user).pk}/retirer/"
        assert manager.client.get(url).status_code == 404
        assert adviser.client.get(url).status_code == 403
        assert manager.client.put(url).status_code == 405
