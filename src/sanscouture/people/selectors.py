"""Reads of people shared by several views."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from uuid import UUID

from django.apps import apps
from django.db.models import Model, Q, QuerySet
from django.utils.translation import ngettext

from sanscouture.access.actor import Actor
from sanscouture.access.enums import Perm, Reach, Role
from sanscouture.access.matrix import MATRIX
from sanscouture.access.where import NOTHING
from sanscouture.accounts.models import User
from sanscouture.core import clock
from sanscouture.people.enums import AttachmentState
from sanscouture.people.models import (
    AttachmentRequest,
    Beneficiary,
    Involvement,
    PublicMark,
    Reader,
    Restriction,
    SafeContact,
    kept_from,
)
from sanscouture.people.rules import SafeWay, Situation, Standing, age_on, may_share, publics_of, standing_in
from sanscouture.programmes.models import RoleGrant

STAYING: Mapping[str, str] = {
    "people.Beneficiary.merged_into": "says itself which record stands for it",
    "people.Merge.kept_record": "a merge is undone where it was made, the last one first",
    "people.Merge.merged_record": "a merge is undone where it was made, the last one first",
    "people.Distinct.one": "an answer is about two records; who reads it follows the merges",
    "people.Distinct.other": "an answer is about two records; who reads it follows the merges",
}
"""The references to a person that do not move with a merge, and why."""


def references() -> list[tuple[type[Model], str]]:
    """Give every column of every table that names a person and moves with them, in a fixed order."""
    return [
        (model, field.name)
        for model in sorted(apps.get_models(), key=lambda one: one._meta.label)
        for field in model._meta.concrete_fields
        if field.remote_field and field.remote_field.model is Beneficiary
        if f"{model._meta.label}.{field.name}" not in STAYING
    ]


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
    return AttachmentRequest.objects.get_queryset().filter(condition).exclude(kept_from()(actor.user_id))


def requests_to_decide(actor: Actor) -> QuerySet[AttachmentRequest]:
    """Requests that wait for this actor's decision, the oldest first."""
    waiting = requests_for(actor).filter(state=AttachmentState.PENDING)
    related = waiting.select_related("beneficiary", "organisation", "requested_by", "programme")
    return related.order_by("created_at", "id")


def requests_made(actor: Actor) -> QuerySet[AttachmentRequest]:
    """Requests that this actor sent, the newest first. Never shows the record: its name is not loaded."""
    sent = AttachmentRequest.objects.get_queryset().filter(requested_by_id=actor.user_id)
    sent = sent.exclude(kept_from()(actor.user_id))
    return sent.select_related("organisation", "programme").order_by("-created_at", "id")


def restriction_of(beneficiary_id: UUID) -> Restriction | None:
    """The restriction under which a record is now, if any."""
    live = Restriction.objects.get_queryset().filter(beneficiary_id=beneficiary_id, lifted_at=None)
    return live.select_related("restricted_by").first()


def readers_of(restriction: Restriction) -> list[Reader]:
    """Those who read a restricted record now, by seniority."""
    live = Reader.objects.get_queryset().filter(restriction=restriction, until=None)
    return list(live.select_related("user", "named_by").order_by("since", "pk"))


def is_restricted(beneficiary_id: UUID) -> bool:
    """Say whether a record is kept for named readers now."""
    return Restriction.objects.get_queryset().filter(beneficiary_id=beneficiary_id, lifted_at=None).exists()


def among_readers(users: Iterable[User], beneficiary_id: UUID) -> list[User]:
    """Keep, of some accounts, those for whom a record exists: all of them unless it is restricted (chapter 02)."""
    named = live_readers([beneficiary_id]).get(beneficiary_id)
    return [user for user in users if named is None or user.pk in named]


def live_readers(beneficiary_ids: Iterable[UUID]) -> dict[UUID, frozenset[UUID]]:
    """Give, of some people, those whose record is restricted, each with the accounts of its readers."""
    live = Reader.objects.get_queryset().filter(until=None, restriction__lifted_at=None)
    rows = live.filter(restriction__beneficiary_id__in=beneficiary_ids).order_by("pk")
    found: defaultdict[UUID, set[UUID]] = defaultdict(set)
    for beneficiary_id, user_id in rows.values_list("restriction__beneficiary_id", "user_id"):
        found[beneficiary_id].add(user_id)
    return {beneficiary_id: frozenset(ids) for beneficiary_id, ids in found.items()}


def possible_readers(beneficiary: Beneficiary) -> list[User]:
    """Every account that would see a record if it were not restricted, by name: `Where` of people, read backwards."""
    live = Involvement.objects.get_queryset().filter(beneficiary=beneficiary, until=None)
    shared = may_share(beneficiary.shared_until, today=clock.today())
    ours = Q(organisation_id__in=live.values("organisation_id"))
    return _accounts(
        beneficiary.programme_id,
        {
            Reach.PROGRAMME: Q() if shared else NOTHING,
            Reach.ORGANISATION: ours if shared else ours & Q(organisation_id=beneficiary.captured_by_id),
            Reach.OWN: Q(user_id=beneficiary.created_by_id),
        },
    )


def nameable_readers(programme_id: UUID) -> list[User]:
    """Every account of a programme that may be named reader: those whose role reads people at all, by name."""
    return _accounts(programme_id, dict.fromkeys(Reach, Q()))


def _accounts(programme_id: UUID, sees: Mapping[Reach, Q]) -> list[User]:
    condition = NOTHING
    for role in Role:
        if (reach := MATRIX[role].get(Perm.PERSON_READ)) is not None:
            condition |= Q(role=role) & sees[reach]
    grants = RoleGrant.objects.get_queryset().filter(condition, programme_id=programme_id, revoked_at=None)
    found = User.objects.filter(pk__in=grants.order_by().values("user_id"), is_active=True)
    return list(found.order_by("last_name", "first_name", "pk"))


def against_withdrawal(grant: RoleGrant) -> str:
    """Say how many restricted records nobody would read any more without a role (named by ROLE_WITHDRAWAL_CHECKS)."""
    roles = RoleGrant.objects.get_queryset().filter(programme=grant.programme_id, user=grant.user_id, revoked_at=None)
    if roles.exclude(pk=grant.pk).exists():
        return ""
    live = Reader.objects.get_queryset().filter(programme=grant.programme_id, until=None, restriction__lifted_at=None)
    mine = live.filter(user=grant.user_id).values("restriction_id")
    shared = live.exclude(user=grant.user_id).values("restriction_id")
    count = Restriction.objects.get_queryset().filter(pk__in=mine).exclude(pk__in=shared).count()
    if not count:
        return ""
    return ngettext(
        "Cette personne est la seule à lire %(n)d fiche réservée : elle doit d’abord y nommer quelqu’un.",
        "Cette personne est la seule à lire %(n)d fiches réservées : elle doit d’abord y nommer quelqu’un.",
        count,
    ) % {"n": count}


def safe_way(beneficiary_id: UUID) -> SafeWay:
    """How a person may be reached; nothing particular unless somebody wrote it."""
    found = SafeContact.objects.get_queryset().filter(beneficiary_id=beneficiary_id).first()
    return found.way if found else SafeWay()


def safe_ways(beneficiary_ids: Iterable[UUID]) -> dict[UUID, SafeWay]:
    """How some people may be reached, for those of whom somebody wrote it."""
    found = SafeContact.objects.get_queryset().filter(beneficiary_id__in=list(beneficiary_ids)).order_by("pk")
    return {one.beneficiary_id: one.way for one in found}


def situation_of(person: Beneficiary) -> Situation:
    """The facts from which publics are computed."""
    names = (name for name in Situation.__annotations__ if name != "age")
    age = age_on(person.birth_date, clock.today()) if person.birth_date else None
    return Situation(age=age, **{name: getattr(person, name) for name in names})


def standings(person: Beneficiary) -> list[Standing]:
    """The publics of a person: computed from the facts with the reason, and what somebody said of them."""
    marks = PublicMark.objects.get_queryset().filter(beneficiary=person).order_by("public")
    return standing_in(publics_of(situation_of(person)), dict(marks.values_list("public", "belongs")))
