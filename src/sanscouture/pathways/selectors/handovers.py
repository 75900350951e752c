"""Reads of hand-overs: what somebody may hand over, to whom, and what waits for an answer."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from sanscouture.access.actor import Actor
from sanscouture.access.enums import Perm
from sanscouture.pathways.enums import HandoverLineState, HandoverState
from sanscouture.pathways.models import Handover, HandoverLine, Referent
from sanscouture.pathways.selectors.people import Professional
from sanscouture.people.models import Beneficiary, Involvement
from sanscouture.programmes.models import Programme, RoleGrant

KEPT = 50


def givers(programme: Programme, actor: Actor) -> list[Professional]:
    """Professionals whose pathways this actor may hand over: those of the people whom the actor may write about."""
    people = Beneficiary.objects.visible_to(actor, Perm.PERSON_EDIT).filter(programme=programme)
    live = Referent.objects.get_queryset().filter(pathway__beneficiary__in=people, until=None, pathway__closed_on=None)
    found = {
        (row.user_id, row.organisation_id): (row.user, row.organisation)
        for row in live.select_related("user", "organisation").order_by("user__last_name", "user__first_name", "pk")
    }
    return list(found.values())


def held_by(programme: Programme, giver: Professional, actor: Actor) -> list[Referent]:
    """The live pathways for which a professional answers, that this actor may hand over, by name."""
    people = Beneficiary.objects.visible_to(actor, Perm.PERSON_EDIT).filter(programme=programme)
    user, organisation = giver
    live = Referent.objects.get_queryset().filter(
        user=user, organisation=organisation, until=None, pathway__closed_on=None, pathway__beneficiary__in=people
    )
    return list(live.select_related("pathway__beneficiary").order_by("pathway__beneficiary__name_key", "pk"))


def possible_takers(programme_id: UUID, giver: Professional, people: list[UUID]) -> list[Professional]:
    """Other professionals of the organisations that take part in each of these people's pathways, by name."""
    involved = Involvement.objects.get_queryset().filter(beneficiary_id__in=people, until=None).order_by()
    counted = involved.values("organisation_id").annotate(n=Count("beneficiary_id", distinct=True))
    everywhere = [row["organisation_id"] for row in counted if row["n"] == len(set(people))]
    grants = RoleGrant.objects.get_queryset().filter(
        programme_id=programme_id, organisation_id__in=everywhere, revoked_at=None, user__is_active=True
    )
    found: dict[tuple[UUID, UUID], Professional] = {}
    for grant in grants.select_related("user", "organisation").order_by(
        "organisation__name_key", "user__last_name", "user__first_name", "user_id"
    ):
        if grant.organisation is not None and (grant.user, grant.organisation) != giver:
            found[(grant.user_id, grant.organisation.pk)] = (grant.user, grant.organisation)
    return list(found.values())


@dataclass(frozen=True)
class Boxes:
    """The hand-overs of a reader: to answer, waiting for somebody else, decided."""

    to_answer: list[Handover]
    waiting: list[Handover]
    decided: list[Handover]


def boxes(actor: Actor) -> Boxes:
    """Sort the hand-overs that a reader may see; the decided ones are the latest fifty."""
    seen = _counted(Handover.objects.visible_to(actor, Perm.PERSON_EDIT))
    open_ones = list(seen.filter(state=HandoverState.PROPOSED).order_by("created_at", "pk"))
    return Boxes(
        to_answer=[one for one in open_ones if one.taker_id == actor.user_id],
        waiting=[one for one in open_ones if one.taker_id != actor.user_id],
        decided=list(seen.exclude(state=HandoverState.PROPOSED).order_by("-decided_at", "-pk")[:KEPT]),
    )


def _counted(rows: QuerySet[Handover]) -> QuerySet[Handover]:
    return rows.select_related("giver", "taker", "giver_organisation", "taker_organisation").annotate(
        asked=Count("lines"), taken=Count("lines", filter=Q(lines__state=HandoverLineState.ACCEPTED))
    )


def lines_of(handover: Handover, actor: Actor) -> list[HandoverLine]:
    """The pathways of a hand-over whose person the reader may read, by name."""
    rows = HandoverLine.objects.visible_to(actor, Perm.PERSON_READ).filter(handover=handover)
    return list(rows.select_related("pathway__beneficiary").order_by("pathway__beneficiary__name_key", "pk"))
