"""The load of professionals: each reads their own, a manager that of their organisation (chapter 02)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from sanscouture.access.actor import Actor
from sanscouture.access.enums import Role
from sanscouture.accounts.models import User
from sanscouture.pathways.enums import StepState
from sanscouture.pathways.models import Appointment, Referent, Rupture, Step
from sanscouture.pathways.rules.workload import Load
from sanscouture.pathways.selectors.referrals import AHEAD
from sanscouture.programmes.models import Programme, RoleGrant


@dataclass(frozen=True)
class Carried:
    """One professional and their load. `is_me`: the reader's own."""

    user: User
    load: Load
    is_me: bool


def loads(programme: Programme, actor: Actor, *, today: date) -> Sequence[Carried]:
    """The reader's own load, then those of the organisations they manage, by name; as many queries for one as for ten.

    Rule: neither the coordinator nor a colleague reads somebody's load; only a manager of the same organisation does.
    """
    managed = [
        grant.organisation_id
        for grant in actor.grants
        if grant.role == Role.ORGANISATION_MANAGER
        and grant.programme_id == programme.pk
        and grant.organisation_id is not None
    ]
    team = RoleGrant.objects.get_queryset().filter(
        programme=programme, organisation_id__in=managed, revoked_at=None, user__is_active=True
    )
    people = User.objects.filter(Q(pk=actor.user_id) | Q(pk__in=team.values("user_id")))
    users = list(people.order_by("last_name", "first_name", "pk"))
    counted = _counted(programme, [user.pk for user in users], today)
    found = [Carried(user, Load(**counted[user.pk]), user.pk == actor.user_id) for user in users]
    return sorted(found, key=lambda one: not one.is_me)


def _counted(programme: Programme, users: Sequence[UUID], today: date) -> defaultdict[UUID, dict[str, int]]:
    monday = today - timedelta(days=today.weekday())
    week = (monday, monday + timedelta(days=6))
    counted: defaultdict[UUID, dict[str, int]] = defaultdict(dict)
    asked: tuple[tuple[str, str, QuerySet[Any]], ...] = (
        ("people", "user", Referent.objects.get_queryset().filter(until=None, pathway__closed_on=None)),
        (
            "appointments",
            "referral__owner",
            Appointment.objects.get_queryset().filter(state__in=AHEAD, starts_at__date__range=week),
        ),
        ("steps_late", "carrier", Step.objects.get_queryset().filter(state=StepState.TODO, due_on__lt=today)),
        ("ruptures", "responsible", Rupture.objects.get_queryset().filter(closed_at=None)),
    )
    for name, who, rows in asked:
        mine = rows.filter(programme=programme, **{f"{who}__in": users}).order_by()
        for user, n in mine.values_list(who).annotate(n=Count("pk")):
            counted[user][name] = n
    return counted
