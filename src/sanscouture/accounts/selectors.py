from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.contrib.sessions.models import Session
from django.http import Http404

from sanscouture.accounts.models import Connection, Invitation, Recovery, TrustedDevice, User
from sanscouture.accounts.rules import InvitationState, fingerprint
from sanscouture.core import clock


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


@dataclass(frozen=True)
class Passkey:
    """A passkey as its owner sees it."""

    pk: int
    name: str
    since: datetime
    used: datetime | None


@dataclass(frozen=True)
class Factors:
    """The second factors of an account."""

    totp: Authenticator | None
    passkeys: list[Passkey]
    codes_left: int | None
    """Recovery codes not yet used, None without any."""
    codes_shown: bool

    @property
    def any(self) -> bool:
        return self.totp is not None or bool(self.passkeys)


def factors_of(user: User) -> Factors:
    """Give the second factors of an account, in one query."""
    held = list(Authenticator.objects.filter(user=user).order_by("created_at", "pk"))
    by_type = {one.type: one for one in held}
    codes = by_type.get(Authenticator.Type.RECOVERY_CODES)
    wrapped = codes.wrap() if codes else None
    return Factors(
        totp=by_type.get(Authenticator.Type.TOTP),
        passkeys=[
            Passkey(one.pk, one.data["name"], one.created_at, one.last_used_at)
            for one in held
            if one.type == Authenticator.Type.WEBAUTHN
        ],
        codes_left=len(wrapped.get_unused_codes()) if wrapped else None,
        codes_shown=bool(wrapped and wrapped.did_view),
    )


def connections_of(user: User) -> list[Connection]:
    """Give the sessions of an account that are open now, the latest first."""
    live = Session.objects.filter(expire_date__gt=clock.now()).order_by().values("session_key")
    return list(Connection.objects.filter(user=user, session_key__in=live))


def devices_of(user: User) -> list[TrustedDevice]:
    """Give the devices that an account trusts today, the latest first."""
    return list(TrustedDevice.objects.filter(user=user, expires_at__gt=clock.now()))


def recovery_of(token: str) -> Recovery:
    """Give the way back of a link. Raises `Http404` for a link that was never sent."""
    found = Recovery.objects.select_related("user").filter(fingerprint=fingerprint(token)).first()
    if found is None:
        raise Http404
    return found


def identity_of(user: User) -> SocialAccount | None:
    """Give what links an account to ProConnect, if it is linked."""
    return SocialAccount.objects.filter(user=user).order_by("pk").first()
