from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404

from sanscouture.accounts.models import Invitation, User
from sanscouture.accounts.rules import InvitationState, fingerprint


@dataclass(frozen=True)
class InvitationPage:
    """What the holder of a link sees."""

    invitation: Invitation
    state: InvitationState
    account_exists: bool
    """Whether the invited address already has an account: then one signs in to accept."""


def invitation_of(token: str) -> Invitation:
    """Give the invitation of a link. Raises `Http404` for a link that was never sent, or was replaced by another."""
    found = Invitation.objects.select_related("invited_by").filter(fingerprint=fingerprint(token)).first()
    if found is None:
        raise Http404
    return found


def invitation_page(token: str) -> InvitationPage:
    """Give what a link shows. Raises `Http404` for an unknown link."""
    invitation = invitation_of(token)
    exists = User.objects.filter(email=invitation.email).exists()
    return InvitationPage(invitation, invitation.state, exists)
