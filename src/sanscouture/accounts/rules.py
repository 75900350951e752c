"""Links: how long they live, why one no longer works; what of ProConnect is believed; how a browser is named."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

INVITATION_LIFE = timedelta(days=14)
DEVICE_LIFE = timedelta(days=30)
RECOVERY_LIFE = timedelta(hours=24)
PENDING_LIFE = timedelta(minutes=15)
OWN_PROOF_LIFE = timedelta(minutes=15)


class InvitationState(StrEnum):
    OPEN = "open"
    ACCEPTED = "accepted"
    REVOKED = "revoked"
    EXPIRED = "expired"


def fingerprint(token: str) -> str:
    """Give what is stored of a link: its SHA-256. The token has 256 random bits, so no salt is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


def invitation_state(
    *, expires_at: datetime, accepted_at: datetime | None, revoked_at: datetime | None, now: datetime
) -> InvitationState:
    """Say whether an invitation still works at an instant, and why not."""
    if accepted_at is not None:
        return InvitationState.ACCEPTED
    if revoked_at is not None:
        return InvitationState.REVOKED
    return InvitationState.OPEN if now < expires_at else InvitationState.EXPIRED


BROWSERS = (("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def browser_label(agent: str) -> str:
    """Name a browser as its owner would, from its User-Agent (« Firefox, Windows »); nothing else of it is kept."""
    found = [next((name for mark, name in known if mark in agent), "") for known in (BROWSERS, SYSTEMS)]
    return ", ".join(filter(None, found))


WELL_KNOWN = "/.well-known/openid-configuration"
SUB_LENGTH = 191
TWO_FACTOR_LEVELS = frozenset(
    {
        "eidas0-mfa",
        "eidas1-mfa",
        "eidas2",
        "eidas3",
        "https://proconnect.gouv.fr/assurance/self-asserted-2fa",
        "https://proconnect.gouv.fr/assurance/consistency-checked-2fa",
    }
)
"""The values of `acr` by which ProConnect says that two factors of different kinds were used."""
TWO_FACTOR_METHOD = "mfa"
OWN_MEANS = frozenset({"password", "mfa"})
"""How allauth notes a password, and a passkey or a code of ours; a visit to ProConnect is neither."""


class Fault(StrEnum):
    """Why a return from ProConnect opens nothing."""

    CANCELLED = "cancelled"
    UNEXPECTED = "unexpected"
    SILENT = "silent"
    UNTRUSTED = "untrusted"
    WEAK = "weak"


def proconnect_apps(*, discovery: str, client_id: str, secret: str, levels: str) -> list[dict[str, Any]]:
    """Give what allauth must know of ProConnect: nothing when nothing is configured.

    `discovery` is the address of its discovery document, `levels` the values of `acr` to demand, separated by spaces.
    Raises `ImproperlyConfigured` when one of the three values lacks, or when the address could be listened to.
    """
    given = (discovery, client_id, secret)
    if not any(given):
        return []
    if not all(given):
        raise ImproperlyConfigured(
            "PROCONNECT_DISCOVERY_URL, PROCONNECT_CLIENT_ID and PROCONNECT_CLIENT_SECRET go together: give all three."
        )
    if not discovery.endswith(WELL_KNOWN) or not is_private(discovery):
        raise ImproperlyConfigured(f"PROCONNECT_DISCOVERY_URL begins with https:// and ends with {WELL_KNOWN}.")
    settings = {"server_url": discovery, "levels": levels.split()}
    return [
        {
            "provider_id": "proconnect",
            "name": "ProConnect",
            "client_id": client_id,
            "secret": secret,
            "settings": settings,
        }
    ]


def is_private(url: str) -> bool:
    """Say whether nobody listens on the way to an address: TLS, or this very machine (tests)."""
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in {"127.0.0.1", "localhost"})


def proves_two_factors(claims: Mapping[str, object]) -> bool:
    """Say whether a verified id_token proves two factors (docs/adr/0013).

    Rule: its `acr` is one of the levels that ProConnect defines by two factors, or its `amr` names `mfa`. Anything
    else, an unknown level or a single strong method, proves nothing: our own second factor is asked for.
    """
    methods = claims.get("amr")
    return _level(claims) in TWO_FACTOR_LEVELS or (isinstance(methods, list) and TWO_FACTOR_METHOD in methods)


def _level(claims: Mapping[str, object]) -> str:
    level = claims.get("acr")
    return level if isinstance(level, str) else ""


def identity_fault(
    claims: Mapping[str, Any], person: Mapping[str, Any], *, client_id: str, nonce: str, levels: Iterable[str]
) -> Fault | None:
    """Say why an id_token and a userinfo whose signatures, issuer and dates are good are not believed all the same.

    Rule: both are for us alone, the id_token carries the nonce of this very request, both name the same person, and
    the level demanded, if any, was reached (OpenID Connect Core 3.1.3.7 and 5.3.2).
    """
    sub = claims.get("sub")
    ours = all(each.get("aud") in (client_id, [client_id]) for each in (claims, person))
    fresh = bool(nonce) and hmac.compare_digest(str(claims.get("nonce")).encode(), nonce.encode())
    named = isinstance(sub, str) and 0 < len(sub) <= SUB_LENGTH and person.get("sub") == sub
    if not (ours and fresh and named):
        return Fault.UNTRUSTED
    wanted = frozenset(levels)
    return Fault.WEAK if wanted and _level(claims) not in wanted else None


def proved_lately(records: Iterable[Mapping[str, Any]], *, now: datetime) -> bool:
    """Say whether the session's owner used their own password, key or code less than 15 minutes ago.

    `records` are allauth's notes of the session: `method`, and `at` in seconds since 1970.
    """
    since = (now - OWN_PROOF_LIFE).timestamp()
    return any(each.get("method") in OWN_MEANS and each.get("at", 0) > since for each in records)
