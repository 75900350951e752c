"""Reads of people shared by several views."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from sanscouture.access.actor import Actor
from sanscouture.access.enums import Perm, Reach
from sanscouture.access.where import NOTHING
from sanscouture.people.enums import AttachmentState
from sanscouture.people.models import AttachmentRequest


def requests_to_decide(actor: Actor) -> QuerySet[AttachmentRequest]:
    """Requests that wait for this actor's decision, the oldest first. Same rule as `may_decide`."""
    condition = NOTHING
    for grant, reach in actor.with_perm(Perm.PERSON_EDIT):
        mine = Q(programme_id=grant.programme_id)
        if reach < Reach.PROGRAMME:
            mine &= Q(beneficiary__captured_by_id=grant.organisation_id)
        condition |= mine
    waiting = AttachmentRequest.objects.get_queryset().filter(condition, state=AttachmentState.PENDING)
    related = waiting.select_related("beneficiary", "organisation", "requested_by", "programme")
    return related.order_by("created_at", "id")


def requests_made(actor: Actor) -> QuerySet[AttachmentRequest]:
    """Requests that this actor sent, the newest first. Never shows the record: its name is not loaded."""
    sent = AttachmentRequest.objects.get_queryset().filter(requested_by_id=actor.user_id)
    return sent.select_related("organisation", "programme").order_by("-created_at", "id")
