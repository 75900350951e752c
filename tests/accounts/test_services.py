from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.http import Http404
from django.test import RequestFactory

from factories import UserFactory
from sanscouture.access.actor import Actor
from sanscouture.accounts import services
from sanscouture.accounts.models import Invitation, User
from sanscouture.accounts.rules import INVITATION_LIFE, InvitationState
from sanscouture.accounts.selectors import invitation_of, invitation_page
from sanscouture.core import clock
from sanscouture.core.errors import Conflict, Refused
from sanscouture.notifications.models import OutgoingMessage

EMAIL = "nouvelle@structure.example"
PASSWORD = "une girafe au marché"
PERSON = {"first_name": "Nadia", "last_name": "Inventée", "password": PASSWORD}
joined: list[tuple[Invitation, User]] = []


def accepted(invitation: Invitation, user: User) -> None:
    joined.append((invitation, user))


@pytest.fixture(autouse=True)
def hook(settings: Any) -> Iterator[None]:
    settings.ACCOUNTS_INVITATION_ACCEPTED = f"{__name__}.accepted"
    joined.clear()
    return


def send(email: str = EMAIL, **options: Any) -> tuple[Invitation, str]:
    """An invitation and the token of its link, as its mail says it."""
    invitation = services.invite(email, actor=Actor(UserFactory().pk), **options)
    return invitation, last_token()


def last_token() -> str:
    body = OutgoingMessage.objects.order_by("created_at").last().body_text  # type: ignore[union-attr]
    found = re.search(r"/invitation/([\w-]+)/", body)
    assert found
    return found[1]


@pytest.mark.django_db
class TestInviting:
    def test_a_link_goes_by_mail_and_only_its_fingerprint_stays(self) -> None:
        invitation, token = send("  Nouvelle@Structure.example", context_label="Mission locale des Trois-Ponts")
        message = OutgoingMessage.objects.get()
        assert (message.to, message.kind) == (EMAIL, "accounts.invitation")
        assert "Mission locale des Trois-Ponts" in message.body_text
        assert token not in str(Invitation.objects.filter(pk=invitation.pk).values().get())
        assert timedelta() < invitation.expires_at - clock.now() <= INVITATION_LIFE
        assert invitation_of(token) == invitation

    def test_a_mail_names_nobody(self) -> None:
        invitation, _ = send()
        message = OutgoingMessage.objects.get()
        assert invitation.invited_by is not None
        assert invitation.invited_by.last_name not in message.subject + message.body_text + message.body_html

    def test_a_new_link_stops_the_former(self) -> None:
        invitation, first = send()
        renewed = services.renew_invitation(invitation, actor=Actor(UserFactory().pk))
        with pytest.raises(Http404):
            invitation_of(first)
        assert invitation_of(last_token()) == renewed == invitation

    def test_an_invitation_is_cancelled_once_and_not_renewed_after(self) -> None:
        invitation, token = send()
        actor = Actor(UserFactory().pk)
        services.revoke_invitation(invitation, actor=actor)
        services.revoke_invitation(invitation, actor=actor)
        assert invitation_of(token).state is InvitationState.REVOKED
        with pytest.raises(Conflict):
            services.renew_invitation(invitation, actor=actor)


@pytest.mark.django_db
class TestAccepting:
    def test_accepting_opens_the_account_and_calls_who_asked(self) -> None:
        invitation, token = send(language="en")
        user = services.accept_invitation(invitation_of(token), phone="+33639980001", **PERSON)
        assert (user.email, user.full_name, user.language) == (EMAIL, "Nadia Inventée", "en")
        assert user.check_password(PASSWORD)
        invitation.refresh_from_db()
        assert invitation.accepted_by == user
        assert joined == [(invitation, user)]

    def test_an_invitation_serves_once(self) -> None:
        _, token = send()
        services.accept_invitation(invitation_of(token), **PERSON)
        with pytest.raises(Conflict):
            services.accept_invitation(invitation_of(token), **PERSON)
        with pytest.raises(Conflict):
            services.revoke_invitation(invitation_of(token), actor=Actor(UserFactory().pk))
        assert len(joined) == 1

    def test_a_link_that_waited_too_long_is_refused(self) -> None:
        invitation, token = send()
        Invitation.objects.filter(pk=invitation.pk).update(expires_at=clock.now())
        with pytest.raises(Conflict):
            services.accept_invitation(invitation_of(token), **PERSON)

    def test_an_address_that_has_an_account_signs_in_to_accept(self) -> None:
        user = UserFactory(email=EMAIL)
        _, token = send()
        assert invitation_page(token).account_exists
        with pytest.raises(Refused):
            services.accept_invitation(invitation_of(token), **PERSON)
        services.accept_with_account(invitation_of(token), user=user)
        assert [one for _, one in joined] == [user]

    def test_an_invitation_sent_to_another_is_refused(self) -> None:
        _, token = send()
        with pytest.raises(Refused):
            services.accept_with_account(invitation_of(token), user=UserFactory())

    def test_nobody_may_be_called_back(self, settings: Any) -> None:
        settings.ACCOUNTS_INVITATION_ACCEPTED = ""
        _, token = send()
        services.accept_invitation(invitation_of(token), **PERSON)
        assert joined == []


@pytest.mark.usefixtures("fresh_db")
def test_of_two_who_accept_at_once_one_wins() -> None:
    _, token = send()
    held = invitation_of(token)

    def accept(name: str) -> str:
        try:
            services.accept_invitation(held, first_name=name, last_name="Inventée", password=PASSWORD)
        except Conflict:
            return "conflict"
        finally:
            connections.close_all()
        return name

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(accept, ["Nadia", "Malik"]))
    assert sorted(outcomes).count("conflict") == 1
    assert User.objects.get(email=EMAIL).first_name in outcomes


@pytest.mark.django_db
def test_a_mail_that_we_did_not_word_is_not_sent() -> None:
    services.AccountAdapter().send_mail("account/email/account_already_exists", EMAIL, {})
    assert not OutgoingMessage.objects.exists()


def test_nobody_signs_up_without_an_invitation(rf: RequestFactory) -> None:
    assert services.AccountAdapter().is_open_for_signup(rf.get("/")) is False
