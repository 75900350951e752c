"""How an organisation refers and answers in a programme, and how it did: its own figures, and the coordinator's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from statistics import median
from uuid import UUID

from django.db.models import Count, Q

from sanscouture.access.actor import Actor
from sanscouture.access.enums import Perm
from sanscouture.core import clock
from sanscouture.directory.models import Service
from sanscouture.partners.models import Organisation
from sanscouture.pathways.enums import Delivery, ReferralState
from sanscouture.pathways.models import Referral, ReferralHabits
from sanscouture.pathways.rules.delays import ENOUGH_ANSWERS
from sanscouture.pathways.selectors.referrals import answered_in
from sanscouture.programmes.models import Partnership, Programme

YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Figures:
    """What an organisation did with the referrals of the last year in one programme.

    `median_days` is None under five answers.
    """

    received: int
    accepted: int
    refused: int
    unanswered: int
    waiting: int
    median_days: int | None


def habits_of(programme_id: UUID, organisation_id: UUID) -> ReferralHabits:
    """The habits of an organisation in a programme; empty ones where it has written none."""
    kept = ReferralHabits.objects.get_queryset().filter(programme_id=programme_id, organisation_id=organisation_id)
    return kept.first() or ReferralHabits(programme_id=programme_id, organisation_id=organisation_id)


def welcoming(programme: Programme, actor: Actor) -> list[Organisation]:
    """The organisations whose welcome somebody keeps: their own, or all the partners for the coordinator, by name."""
    if actor.holds_in(Perm.PROGRAMME_EDIT, programme.pk):
        live = Partnership.objects.get_queryset().filter(programme=programme, until=None)
        found = Organisation.objects.filter(pk__in=live.values("organisation_id"))
    else:
        found = Organisation.objects.filter(pk__in=actor.organisations(programme.pk))
    return list(found.order_by("name_key", "pk"))


def programmes_answered(actor: Actor) -> list[Programme]:
    """The programmes in which somebody answers for an organisation, by name."""
    ids = {grant.programme_id for grant, _reach in actor.with_perm(Perm.REFERRAL_ANSWER) if grant.programme_id}
    return list(Programme.objects.get_queryset().filter(pk__in=ids).order_by("name", "pk"))


def services_of(organisation: Organisation) -> Sequence[Service]:
    """The services of an organisation, by name."""
    return list(Service.objects.filter(organisation=organisation, is_active=True).order_by("name", "pk"))


def figures_of(programme: Programme, organisation: Organisation) -> Figures:
    """Count the last year's referrals of an organisation in a programme, in two queries."""
    since: datetime = clock.now() - YEAR
    received = Referral.objects.get_queryset().filter(programme=programme, recipient=organisation, sent_at__gte=since)
    counts = received.order_by().aggregate(
        received=Count("pk"),
        accepted=Count("pk", filter=Q(state=ReferralState.ACCEPTED)),
        refused=Count("pk", filter=Q(state=ReferralState.REFUSED)),
        unanswered=Count("pk", filter=Q(state=ReferralState.UNANSWERED)),
        waiting=Count("pk", filter=Q(delivery=Delivery.WAITING_LIST)),
    )
    answers = answered_in(organisation.pk)
    days = ceil(median(one.total_seconds() for one in answers) / 86_400) if len(answers) >= ENOUGH_ANSWERS else None
    return Figures(**counts, median_days=days)
