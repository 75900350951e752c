"""Accounts: inviting, accepting, keeping one's own."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from sanscouture.access.actor import Actor
from sanscouture.accounts.models import Invitation, User
from sanscouture.accounts.rules import INVITATION_LIFE, InvitationState, fingerprint
from sanscouture.audit.services import record
from sanscouture.core import clock
from sanscouture.core.errors import Conflict, Refused
from sanscouture.core.verbs import verb
from sanscouture.notifications.services import Address, notify

Accepted = Callable[[Invitation, User], None]


@verb
def invite(
    email: str,
    *,
    actor: Actor | str,
    language: str = "fr",
    context_label: str = "",
    context_id: UUID | None = None,
) -> Invitation:
    """Invite somebody by e-mail; the link works for 14 days.

    Rule: an account is opened by an invitation only (chapter 08). What it will open (a role, an organisation) is kept
    by the caller, who is called back by the function that ACCOUNTS_INVITATION_ACCEPTED names:
    `(invitation, user) -> None`, in the transaction of the acceptance and without row-level scope. `context_label`
    says what is joined (« Mission locale, cité de l’emploi de Maubeuge »), without a person's name; `context_id` lets
    the caller find it again (the programme whose scope to open). `actor` is a label for a command without account.
    """
    invitation = Invitation(
        email=email.strip().lower(),
        language=language,
        invited_by_id=None if isinstance(actor, str) else actor.user_id,
        context_label=context_label,
        context_id=context_id,
    )
    _send(invitation)
    record(actor, "invitation.send", invitation)
    return invitation


@verb
def renew_invitation(invitation: Invitation, *, actor: Actor) -> Invitation:
    """Send a new link for another 14 days; the former one stops working.

    Raises `Conflict` when the invitation was accepted, cancelled or sent again meanwhile.
    """
    locked = _locked(invitation)
    if locked.state not in {InvitationState.OPEN, InvitationState.EXPIRED}:
        raise Conflict(_("Cette invitation a déjà été acceptée ou annulée."))
    if locked.fingerprint != invitation.fingerprint:
        raise Conflict(_("Cette invitation vient d’être renvoyée."))
    _send(locked)
    record(actor, "invitation.renew", locked)
    return locked


@verb
def revoke_invitation(invitation: Invitation, *, actor: Actor) -> Invitation:
    """Cancel an invitation: its link stops working. Raises `Conflict` when it was accepted meanwhile."""
    locked = _locked(invitation)
    if locked.state is InvitationState.ACCEPTED:
        raise Conflict(_("Cette invitation a déjà été acceptée."))
    if locked.revoked_at is None:
        locked.revoked_at = clock.now()
        locked.save(update_fields=["revoked_at"])
        record(actor, "invitation.revoke", locked)
    return locked


@verb
def accept_invitation(
    invitation: Invitation, *, first_name: str, last_name: str, password: str, phone: str = ""
) -> User:
    """Open the account an invitation promises.

    Rule: an invitation is accepted once; of two people who hold the link, the first wins. Raises `Conflict` when it
    no longer works, `Refused` when the address already has an account (then one signs in to accept).
    """
    locked = _open(invitation)
    if User.objects.filter(email=locked.email).exists():
        raise Refused(_("Un compte existe déjà à cette adresse : connectez-vous pour accepter l’invitation."))
    user = User.objects.create_user(
        locked.email, password, first_name=first_name, last_name=last_name, phone=phone, language=locked.language
    )
    _accepted(locked, user)
    return user


@verb
def accept_with_account(invitation: Invitation, *, user: User) -> None:
    """Accept with an account that exists already.

    Raises `Conflict` when the invitation no longer works, `Refused` when it was sent to another address.
    """
    locked = _open(invitation)
    if user.email != locked.email:
        raise Refused(_("Cette invitation a été envoyée à une autre adresse que celle de votre compte."))
    _accepted(locked, user)


@verb
def update_profile(user: User, *, first_name: str, last_name: str, phone: str, language: str) -> User:
    """Change what an account says of its owner."""
    user.first_name, user.last_name, user.phone, user.language = first_name, last_name, phone, language
    user.save(update_fields=["first_name", "last_name", "phone", "language"])
    record(Actor(user.pk), "account.update", user)
    return user


def _send(invitation: Invitation) -> None:
    token = secrets.token_urlsafe(32)
    invitation.fingerprint = fingerprint(token)
    invitation.expires_at = clock.now() + INVITATION_LIFE
    invitation.save()
    notify(
        "accounts.invitation",
        to=[Address(invitation.email, invitation.language)],
        programme_id=None,
        context={"label": invitation.context_label, "days": INVITATION_LIFE.days},
        url=reverse("accounts:invitation", args=[token]),
    )


def _locked(invitation: Invitation) -> Invitation:
    return Invitation.objects.select_for_update().get(pk=invitation.pk)


def _open(invitation: Invitation) -> Invitation:
    locked = _locked(invitation)
    if locked.fingerprint != invitation.fingerprint or locked.state is not InvitationState.OPEN:
        raise Conflict(_("Cette invitation a déjà servi, ou n’est plus valable."))
    return locked


def _accepted(invitation: Invitation, user: User) -> None:
    invitation.accepted_at, invitation.accepted_by = clock.now(), user
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    record(Actor(user.pk), "invitation.accept", invitation)
    if settings.ACCOUNTS_INVITATION_ACCEPTED:
        accepted: Accepted = import_string(settings.ACCOUNTS_INVITATION_ACCEPTED)
        accepted(invitation, user)
