"""Where an account is signed in, and which devices it trusts: each listed, each ended by its owner."""

from __future__ import annotations

import secrets
from uuid import UUID

from django.conf import settings
from django.contrib.auth import login
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponseBase

from sanscouture.access.actor import Actor
from sanscouture.accounts.models import Connection, TrustedDevice, User
from sanscouture.accounts.rules import DEVICE_LIFE, browser_label, fingerprint
from sanscouture.audit.services import record
from sanscouture.core import clock
from sanscouture.core.verbs import verb

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
DEVICE_COOKIE = "appareil"


def sign_in(request: HttpRequest, user: User) -> None:
    """Open a session for an account that has proved itself (an invitation's link, the demonstration's button)."""
    login(request, user, backend=BACKEND)
    note_connection(request, user)


@verb
def note_connection(request: HttpRequest, user: User, *, by_proconnect: bool = False) -> Connection:
    """Keep that a session was opened, and by which way; those that have ended since are forgotten."""
    live = Session.objects.filter(expire_date__gt=clock.now()).order_by().values("session_key")
    Connection.objects.filter(user=user).exclude(session_key__in=live).delete()
    agent = request.META.get("HTTP_USER_AGENT", "")
    connection, _made = Connection.objects.update_or_create(
        session_key=request.session.session_key,
        defaults={"user": user, "browser": browser_label(agent), "by_proconnect": by_proconnect},
    )
    return connection


@verb
def password_changed(request: HttpRequest, user: User, *, before: str | None) -> None:
    """Follow a new password: this session, whose key was `before`, goes on; the others and all trust end."""
    Connection.objects.filter(session_key=before or "").update(session_key=request.session.session_key)
    end_connections(user, but=request.session.session_key)
    TrustedDevice.objects.filter(user=user).delete()


@verb
def end_connection(connection: Connection) -> None:
    """End one session of an account: that browser is signed out at its next page."""
    Session.objects.filter(session_key=connection.session_key).delete()
    connection.delete()
    record(Actor(connection.user_id), "connection.end", connection.user)


@verb
def end_connections(user: User, *, but: str | None = None) -> int:
    """End the sessions of an account, all or all but the one whose key is `but`; give how many were open."""
    found = Connection.objects.filter(user=user).exclude(session_key=but or "")
    keys = list(found.order_by().values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    found.delete()
    if keys:
        record(Actor(user.pk), "connection.end", user)
    return len(keys)


@verb
def trust_device(request: HttpRequest, user: User, response: HttpResponseBase) -> TrustedDevice:
    """Spare this browser the second step for 30 days (chapter 08). It holds the token, we keep its fingerprint."""
    token = secrets.token_urlsafe(32)
    device = TrustedDevice.objects.create(
        user=user,
        fingerprint=fingerprint(token),
        browser=browser_label(request.META.get("HTTP_USER_AGENT", "")),
        expires_at=clock.now() + DEVICE_LIFE,
    )
    TrustedDevice.objects.filter(user=user, expires_at__lte=clock.now()).delete()
    record(Actor(user.pk), "device.trust", user)
    response.set_cookie(
        DEVICE_COOKIE,
        token,
        max_age=DEVICE_LIFE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return device


def is_trusted(request: HttpRequest, user_id: UUID) -> bool:
    """Say whether this browser was trusted by this account, less than 30 days ago, and still is."""
    token = request.COOKIES.get(DEVICE_COOKIE, "")
    known = TrustedDevice.objects.filter(user_id=user_id, fingerprint=fingerprint(token), expires_at__gt=clock.now())
    return bool(token) and known.exists()


@verb
def forget_device(device: TrustedDevice) -> None:
    """Trust a device no more: it will be asked for the second step again."""
    device.delete()
    record(Actor(device.user_id), "device.forget", device.user)
