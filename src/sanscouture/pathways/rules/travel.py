"""What travels with a referral: the sender ticks, the recipient sees that and nothing else (chapter 02)."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from sanscouture.pathways.enums import Fact, ReferralState

HEALTH_FIELD = 8
LEAST = (Fact.FIRST_NAME, Fact.PHONE)
"""The least referral: a first name and a phone, a need, a service."""

IDENTITY = frozenset({Fact.FIRST_NAME, Fact.LAST_NAME, Fact.PHONE, Fact.EMAIL})
"""Facts that say who the person is: by link, hidden until the organisation accepts and gives its code."""

REACHING = frozenset({Fact.PHONE, Fact.EMAIL})


NOT_KEPT = frozenset({ReferralState.REFUSED, ReferralState.WITHDRAWN})


def offered(field: int, *, has_account: bool = True) -> tuple[Fact, ...]:
    """Facts that a sender may tick for a need. Health is offered only where the need is one of health.

    `field`: the need's action field, 1 to 8; `has_account`: False where nobody of the recipient could open a pathway.
    """
    left_out = set() if field == HEALTH_FIELD else {Fact.HEALTH}
    if not has_account:
        left_out.add(Fact.PATHWAY)
    return tuple(fact for fact in Fact if fact not in left_out)


NEVER_USUAL = frozenset({Fact.HEALTH, Fact.PATHWAY})
"""Facts that no organisation may tick once for all: each time, somebody decides."""


def ticked_at_first(*, has_phone: bool, has_email: bool, usual: Iterable[str] = ()) -> tuple[Fact, ...]:
    """Facts ticked before the sender changes anything: a first name and one way to reach the person, never health.

    `usual`: what the sender's organisation ticks as a rule, beside those.
    """
    least = LEAST if has_phone or not has_email else (Fact.FIRST_NAME, Fact.EMAIL)
    more = set(usual) - NEVER_USUAL
    return tuple(fact for fact in Fact if fact in least or fact in more)


def fault(travels: Iterable[str], *, field: int, has_phone: bool, has_email: bool) -> str:
    """Give what is wrong with what was ticked; empty when it is sound.

    Rule: known facts only, a first name, a way to reach the person, and health only for a need of health.
    """
    chosen = set(travels)
    if not chosen <= set(offered(field)):
        return _("Cette information ne peut pas voyager avec ce besoin.")
    if Fact.FIRST_NAME not in chosen:
        return _("Le prénom est nécessaire pour accueillir la personne.")
    reachable = (Fact.PHONE in chosen and has_phone) or (Fact.EMAIL in chosen and has_email)
    if not reachable:
        return _("Cochez un moyen de joindre la personne, renseigné sur sa fiche.")
    return ""


def shown(travels: Iterable[str], *, identity: bool) -> tuple[Fact, ...]:
    """Facts that a recipient sees, in the order of the vocabulary.

    `identity`: False hides who the person is (answer by link, before acceptance and code).
    """
    chosen = {Fact(fact) for fact in travels}
    return tuple(fact for fact in Fact if fact in chosen and (identity or fact not in IDENTITY))


def kept(travels: Iterable[str], state: ReferralState) -> tuple[str, ...]:
    """What a recipient still sees: nothing once it has refused, or the sender has taken the referral back."""
    return () if state in NOT_KEPT else tuple(travels)


def opens_pathway(travels: Iterable[str]) -> bool:
    """Say whether accepting opens the whole record: only where the sender ticked it (chapter 02, ADR 0011)."""
    return Fact.PATHWAY in set(travels)


def need_words(label: str, *, field: int, travels: Iterable[str]) -> str:
    """Say the need to the recipient: a need of health keeps its words unless “health” was ticked (chapter 02)."""
    if field == HEALTH_FIELD and Fact.HEALTH not in set(travels):
        return _("Un besoin que la personne dira elle-même")
    return label
