from __future__ import annotations

from django.db.models import QuerySet

from sanscouture.access.actor import Actor
from sanscouture.access.scope import scope
from sanscouture.jobs.services import all_programmes
from sanscouture.notifications.enums import MessageState
from sanscouture.notifications.models import Notice, OutgoingMessage


def notices_of(actor: Actor) -> QuerySet[Notice]:
    """The notices of an account in the programmes it still belongs to, last first."""
    return Notice.objects.filter(user_id=actor.user_id, programme_id__in=actor.programmes)


def unread_count(actor: Actor) -> int:
    """How many notices an account has not read."""
    return notices_of(actor).filter(read_at=None).count()


def outbox() -> QuerySet[OutgoingMessage]:
    """Every message that the row-level scope lets through, last first: the demonstration's « boîte d’envoi ».

    Bodies may hold links that act: never show them outside the demonstration.
    """
    return OutgoingMessage.objects.order_by("-created_at", "-pk")


def in_doubt() -> QuerySet[OutgoingMessage]:
    """The messages that may have left and may not, first come first: an operator decides (ADR 0016)."""
    return OutgoingMessage.objects.filter(state=MessageState.UNCERTAIN).order_by("created_at", "pk")


def count_in_doubt() -> int:
    """How many messages of all programmes are in doubt, for /healthz."""
    with scope(programmes=all_programmes()):
        return in_doubt().count()
