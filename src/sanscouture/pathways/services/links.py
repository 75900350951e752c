"""Answer links: one referral, one address, one secret of which only the fingerprint is kept (chapters 02 and 08).

The token says which programme it belongs to, signed, so that the row-level scope opens for that programme alone
before the link is looked up. Reading changes nothing: a mail scanner that opens a link leaves no trace.
"""

from __future__ import annotations

import hashlib
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from datetime import datetime, time, timedelta
from uuid import UUID

from django.core.cache import cache
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from sanscouture.access.actor import Actor
from sanscouture.audit.services import record
from sanscouture.core import clock
from sanscouture.core.errors import Refused
from sanscouture.core.verbs import verb
from sanscouture.notifications.services import Address, notify
from sanscouture.pathways.models import AnswerLink, Referral
from sanscouture.pathways.rules import delays
from sanscouture.pathways.rules.referrals import Answerer
from sanscouture.pathways.selectors.referrals import address_of
from sanscouture.people.selectors import is_restricted
from sanscouture.programmes.models import Programme

PROGRAMME_BYTES, SECRET_BYTES, SIGNATURE_BYTES = 16, 32, 16
SALT = "sanscouture.pathways.links"
CODE_LIFE = timedelta(minutes=10)
CODE_ATTEMPTS = 5
HOUR = 3600
POSTS_PER_LINK, POSTS_PER_ADDRESS, CODES_PER_LINK = 40, 120, 5


def make_link(referral: Referral) -> str:
    """Make a link to answer a referral, and give its token: the only time it is known.

    It lives until thirty days after the deadline, or until it is revoked. Raises Refused without an address.
    """
    address = address_of(referral)
    if not address:
        raise Refused(_("Cette structure n’a pas d’adresse électronique."))
    token = _token(referral.programme_id)
    last_day = delays.link_expiry(referral.deadline)
    AnswerLink.objects.create(
        programme_id=referral.programme_id,
        referral=referral,
        email=address,
        token_hash=_fingerprint(token),
        expires_at=timezone.make_aware(datetime.combine(last_day, time.max)),
    )
    return token


def programme_of(token: str) -> UUID | None:
    """Read the programme of a token: None when it was not signed here, or its names are closed (chapter 08)."""
    try:
        raw = urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (Error, ValueError):
        return None
    body, signature = raw[:-SIGNATURE_BYTES], raw[-SIGNATURE_BYTES:]
    if len(raw) != PROGRAMME_BYTES + SECRET_BYTES + SIGNATURE_BYTES:
        return None
    if not constant_time_compare(signature.hex(), _signature(body).hex()):
        return None
    programme = Programme.objects.get_queryset().filter(pk=UUID(bytes=body[:PROGRAMME_BYTES])).first()
    return programme.pk if programme and programme.names_open else None


def resolve(token: str) -> AnswerLink | None:
    """Find the link of a token, in the scope of its programme; an expired or revoked one is found too."""
    return (
        AnswerLink.objects.get_queryset()
        .filter(token_hash=_fingerprint(token))
        .select_related(
            "referral__programme",
            "referral__need__barrier",
            "referral__beneficiary__commune",
            "referral__beneficiary__qpv",
            "referral__recipient",
            "referral__sender_organisation",
            "referral__sender",
            "referral__service",
        )
        .first()
    )


def is_open(link: AnswerLink) -> bool:
    """Say whether a link still opens its referral: nobody who holds one is a named reader of a restricted record."""
    is_live = link.revoked_at is None and clock.now() < link.expires_at
    return is_live and not is_restricted(link.referral.beneficiary_id)


def answerer_by(link: AnswerLink) -> Answerer:
    """Name whoever holds a link: the organisation, without an account."""
    recipient = link.referral.recipient
    return Answerer(None, recipient.pk, recipient.name)


def note_opening(link: AnswerLink) -> None:
    """Keep the first time somebody acted by a link; reading it leaves no trace."""
    if link.opened_at is None:
        link.opened_at = clock.now()
        link.save(update_fields=["opened_at"])


@verb
def revoke_links(referral: Referral, *, actor: Actor) -> int:
    """Close every link of a referral: a message went to the wrong place. The next reminder carries a new one."""
    closed = referral.answer_links.filter(revoked_at=None).update(revoked_at=clock.now())
    record(actor, "referral.revoke_links", referral)
    return closed


def send_code(link: AnswerLink) -> None:
    """Send six digits to the organisation's address, valid ten minutes, in place of any earlier ones.

    Raises Refused after five codes in an hour.
    """
    if _count(f"link-code:{link.pk}") > CODES_PER_LINK:
        raise Refused(_("Trop de codes demandés. Réessayez dans une heure."))
    code = f"{secrets.randbelow(1_000_000):06}"
    link.code_hash = _code_hash(link, code)
    link.code_expires_at = clock.now() + CODE_LIFE
    link.code_attempts = 0
    link.save(update_fields=["code_hash", "code_expires_at", "code_attempts"])
    notify(
        "pathways.referral_code_recipient",
        to=[Address(link.email)],
        programme_id=link.programme_id,
        context={"code": code, "minutes": CODE_LIFE.seconds // 60},
    )


def check_code(link: AnswerLink, code: str) -> str:
    """Check the six digits; empty when they are right, else the reason to show.

    A code serves once, for ten minutes and five attempts; each attempt is counted, so nothing is raised here.
    """
    locked = AnswerLink.objects.get_queryset().select_for_update().get(pk=link.pk)
    if not locked.code_hash or locked.code_expires_at is None or locked.code_expires_at < clock.now():
        return _("Ce code n’est plus valable. Demandez-en un autre.")
    if locked.code_attempts >= CODE_ATTEMPTS:
        return _("Trop d’essais. Demandez un autre code.")
    locked.code_attempts += 1
    right = constant_time_compare(locked.code_hash, _code_hash(locked, code.strip()))
    if right:
        locked.code_hash, locked.code_expires_at = "", None
        locked.identity_shown_at = locked.identity_shown_at or clock.now()
        record("lien de réponse", "referral.identity", link.referral, read=True)
    locked.save(update_fields=["code_attempts", "code_hash", "code_expires_at", "identity_shown_at"])
    if right:
        return ""
    left = CODE_ATTEMPTS - locked.code_attempts
    return _("Ce n’est pas le bon code. Essais restants : %(n)d.") % {"n": left}


def is_throttled(address: str, link_id: UUID) -> bool:
    """Count an act by link, and say whether there are too many in this hour from this address or on this link.

    `address` is the caller's network address; only its keyed fingerprint is kept.
    """
    caller = salted_hmac(SALT, address).hexdigest()[:32]
    from_address, on_link = _count(f"link-address:{caller}"), _count(f"link:{link_id}")
    return from_address > POSTS_PER_ADDRESS or on_link > POSTS_PER_LINK


def _count(key: str) -> int:
    cache.add(key, 0, HOUR)
    try:
        return int(cache.incr(key))
    except ValueError:  # it has just expired
        cache.set(key, 1, HOUR)
        return 1


def _token(programme_id: UUID) -> str:
    body = programme_id.bytes + secrets.token_bytes(SECRET_BYTES)
    return urlsafe_b64encode(body + _signature(body)).decode().rstrip("=")


def _signature(body: bytes) -> bytes:
    digest: bytes = salted_hmac(SALT, body, algorithm="sha256").digest()
    return digest[:SIGNATURE_BYTES]


def _fingerprint(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _code_hash(link: AnswerLink, code: str) -> str:
    return str(salted_hmac(f"{SALT}.{link.pk}", code, algorithm="sha256").hexdigest())
