"""Reads of people shared by several views."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from sanscouture.access.actor import Actor
from sanscouture.access.enums import Perm, Reach
from sanscouture.access.where import NOTHING
from sanscouture.core import clock
from sanscouture.people.enums import AttachmentState
from sanscouture.people.models import AttachmentRequest


def requests_for(actor: Actor) -> QuerySet[AttachmentRequest]:
    """Requests whose decision is this actor's, decided or not.

    Rule: the organisation that captured the record decides; so does the coordination while a basis holds, for it does
    not see the record otherwise (chapter 02).
    """
    condition = NOTHING
    for grant, reach in actor.with_perm(Perm.PERSON_EDIT):
        captured = Q(beneficiary__captured_by_id=grant.organisation_id)
        whose = {
            Reach.OWN: Q(beneficiary__created_by_id=actor.user_id) & captured,
            Reach.ORGANISATION: captured,
        }.get(reach, Q(beneficiary__shared_until__gte=clock.today()))
        condition |= Q(programme_id=grant.programme_id) & whose
    return AttachmentRequest.objects.get_queryset().filter(condition)


def requests_to_decide(actor: Actor) -> QuerySet[AttachmentRequest]:
    """Requests that wait for this actor's decision, the oldest first."""
    waiting = requests_for(actor).filter(state=AttachmentState.PENDING)
    related = waiting.select_related("beneficiary", "organisation", "requested_by", "programme")
    return related.order_by("created_at", "id")


def requests_made(actor: Actor) -> QuerySet[AttachmentRequest]:
    """Requests that this actor sent, the newest first. Never shows the record: its name is not loaded."""
    sent = AttachmentRequest.objects.get_queryset().filter(requested_by_id=actor.user_id)
    return sent.select_related("organisation", "programme").order_by("-created_at", "id")
