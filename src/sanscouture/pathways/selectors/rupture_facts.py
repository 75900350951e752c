"""Facts that only some rules ask for: one query each, in bulk, run only where the rule is on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet
from django.utils import timezone

from sanscouture.core import clock
from sanscouture.pathways.enums import (
    AdmissionState,
    AppointmentState,
    ClosingAct,
    Delivery,
    EventKind,
    Presence,
    ReferralState,
    RuptureRule,
    StepState,
)
from sanscouture.pathways.models import (
    Admission,
    Appointment,
    Attendance,
    Referent,
    Referral,
    ReferralEvent,
    Rupture,
    Step,
)
from sanscouture.pathways.rules.attendance import missed_in_a_row
from sanscouture.pathways.rules.referrals import ANSWERABLE
from sanscouture.pathways.rules.ruptures import Asked, Overdue, PathwayFacts, Planned
from sanscouture.pathways.selectors.referrals import AHEAD, local_day
from sanscouture.people.models import Beneficiary
from sanscouture.programmes.models import RoleGrant

ASKED_DAYS = 30
"""Questions older than that no longer count as the same asking."""

Known = Mapping[UUID, dict[str, Any]]
"""Fields of `PathwayFacts`, by person."""


def completed(
    pathways: Iterable[PathwayFacts], on: Collection[RuptureRule], programme_id: UUID, beneficiary_id: UUID | None
) -> list[PathwayFacts]:
    """Add to the facts of pathways what the rules that are on ask for."""
    known = [EXTRAS[rule](programme_id, beneficiary_id) for rule in EXTRAS if rule in on]
    if not known:
        return list(pathways)
    return [
        replace(one, **{name: value for more in known for name, value in more.get(one.beneficiary_id, {}).items()})
        for one in pathways
    ]


def _of(rows: QuerySet[Any], path: str, programme_id: UUID, beneficiary_id: UUID | None) -> QuerySet[Any]:
    rows = rows.filter(programme_id=programme_id)
    return rows.filter(**{path: beneficiary_id}) if beneficiary_id is not None else rows


def contacts(programme_id: UUID, beneficiary_id: UUID | None) -> Known:
    """The last time that somebody met or called each person, or did a step with them. Four queries."""
    last: defaultdict[UUID, date] = defaultdict(lambda: date.min)
    happened = Q(state=AppointmentState.HAPPENED)
    for rows, path, moment in (
        (Referral.objects.get_queryset().exclude(met_at=None), "beneficiary", "met_at"),
        (Appointment.objects.get_queryset().filter(happened), "referral__beneficiary", "starts_at"),
        (Rupture.objects.get_queryset().filter(closing_act=ClosingAct.CALLED), "beneficiary", "closed_at"),
        (Step.objects.get_queryset().filter(state=StepState.DONE), "pathway__beneficiary", "done_on"),
    ):
        found = _of(rows, path, programme_id, beneficiary_id).order_by().values(path).annotate(last=Max(moment))
        for person, at in found.values_list(path, "last"):
            last[person] = max(last[person], at if moment == "done_on" else local_day(at))
    return {person: {"contact_on": day} for person, day in last.items()}


def overdue_steps(programme_id: UUID, beneficiary_id: UUID | None) -> Known:
    """The oldest step to do of each person, and who carries it."""
    person = "pathway__beneficiary_id"
    todo = Step.objects.get_queryset().filter(state=StepState.TODO, pathway__closed_on=None)
    rows = _of(todo, person, programme_id, beneficiary_id).order_by(person, "due_on", "pk").distinct(person)
    return {
        row[0]: {"overdue": Overdue(*row[1:])}
        for row in rows.values_list(person, "due_on", "carrier_organisation_id", "carrier_id")
    }


def referents(programme_id: UUID, beneficiary_id: UUID | None) -> Known:
    """Since when each person's referent is, when they signed in last, and since when they are gone. Two queries."""
    person = "pathway__beneficiary_id"
    live = _of(Referent.objects.get_queryset().filter(until=None), person, programme_id, beneficiary_id)
    rows = live.values_list(
        person, "user_id", "organisation_id", "since", "user__is_active", "user__last_login"
    ).order_by("pk")
    grants = RoleGrant.objects.get_queryset().filter(programme_id=programme_id, user_id__in=live.values("user_id"))
    holds: set[tuple[UUID, UUID | None]] = set()
    ended: dict[tuple[UUID, UUID | None], date] = {}
    for user, organisation, revoked_at in grants.order_by(F("revoked_at").asc(nulls_last=True), "pk").values_list(
        "user_id", "organisation_id", "revoked_at"
    ):
        if revoked_at is None:
            holds.add((user, organisation))
        else:
            ended[user, organisation] = local_day(revoked_at)
    found = {}
    for who, user, organisation, since, is_active, seen_at in rows:
        begun, seen = local_day(since), local_day(seen_at) if seen_at else None
        works = bool({(user, organisation), (user, None)} & holds)
        left = ended.get((user, organisation)) or ended.get((user, None)) or begun
        if not is_active:
            left = seen or begun
        found[who] = {
            "referent_since": begun,
            "referent_seen_on": seen,
            "referent_left_on": None if works and is_active else left,
        }
    return found


def bases(programme_id: UUID, beneficiary_id: UUID | None) -> Known:
    """Until when each person's record may be shared."""
    people = Beneficiary.objects.get_queryset().exclude(shared_until=None)
    rows = _of(people, "pk", programme_id, beneficiary_id).order_by("pk").values_list("pk", "shared_until")
    return {person: {"shared_until": until} for person, until in rows}


def weeks(programme_id: UUID, beneficiary_id: UUID | None) -> Known:
    """The appointments of each person, this week and later."""
    path = "referral__beneficiary_id"
    today = clock.today()
    monday = today - timedelta(days=today.weekday())
    ahead = Appointment.objects.get_queryset().filter(state__in=AHEAD, starts_at__date__gte=monday)
    rows = _of(ahead, path, programme_id, beneficiary_id).order_by("starts_at", "pk")
    found: defaultdict[UUID, list[Planned]] = defaultdict(list)
    for person, at, made_at in rows.values_list(path, "starts_at", "created_at"):
        found[person].append(Planned(local_day(at), local_day(made_at)))
    return {person: {"planned": tuple(planned)} for person, planned in found.items()}


def questions(programme_id: UUID, beneficiary_id: UUID | None) -> Known:
    """The questions asked about each person in the last thirty days, on referrals that still run."""
    path = "referral__beneficiary_id"
    since = timezone.localtime(clock.now()) - timedelta(days=ASKED_DAYS)
    runs = Q(referral__state__in=ANSWERABLE) | (
        Q(referral__state=ReferralState.ACCEPTED) & ~Q(referral__delivery=Delivery.ENDED)
    )
    asked = ReferralEvent.objects.get_queryset().filter(runs, kind=EventKind.QUESTION, at__gte=since)
    rows = _of(asked, path, programme_id, beneficiary_id).order_by("at", "pk")
    found: defaultdict[UUID, list[Asked]] = defaultdict(list)
    for person, at, organisation, field in rows.values_list(
        path, "at", "referral__recipient_id", "referral__need__field"
    ):
        found[person].append(Asked(local_day(at), organisation, field))
    return {person: {"asked": tuple(asked)} for person, asked in found.items()}


def absences(programme_id: UUID, beneficiary_id: UUID | None) -> Known:
    """The sessions that each person missed since the last one they came to; an excuse counts for nothing."""
    noted = Attendance.objects.get_queryset().filter(presence__in=(Presence.PRESENT, Presence.ABSENT))
    rows = _of(noted, "beneficiary_id", programme_id, beneficiary_id).order_by("session__starts_at", "pk")
    found: defaultdict[UUID, list[tuple[str, date]]] = defaultdict(list)
    for person, presence, at in rows.values_list("beneficiary_id", "presence", "session__starts_at"):
        found[person].append((presence, local_day(at)))
    missed = {person: missed_in_a_row([presence for presence, _on in marks]) for person, marks in found.items()}
    return {
        person: {"absences": tuple(on for _presence, on in found[person][-count:])}
        for person, count in missed.items()
        if count
    }


def places(programme_id: UUID, beneficiary_id: UUID | None) -> Known:
    """Since when a cohort expects each person who was admitted and has not started: the first, if there are several."""
    today = clock.today()
    came = Attendance.objects.get_queryset().filter(
        beneficiary=OuterRef("beneficiary"), session__cohort=OuterRef("cohort"), presence=Presence.PRESENT
    )
    did = Step.objects.get_queryset().filter(
        pathway__beneficiary=OuterRef("beneficiary"), state=StepState.DONE, done_on__gte=OuterRef("decided_at__date")
    )
    runs = Q(cohort__ends_on=None) | Q(cohort__ends_on__gte=today)
    admitted = Admission.objects.get_queryset().filter(runs, ~Exists(came), ~Exists(did), state=AdmissionState.ADMITTED)
    rows = _of(admitted, "beneficiary_id", programme_id, beneficiary_id).order_by("pk")
    found: dict[UUID, date] = {}
    for person, at, starts_on in rows.values_list("beneficiary_id", "decided_at", "cohort__starts_on"):
        found[person] = min(found.get(person, date.max), max(local_day(at), starts_on))
    return {person: {"place_on": day} for person, day in found.items()}


EXTRAS: Mapping[RuptureRule, Callable[[UUID, UUID | None], Known]] = {
    RuptureRule.NO_CONTACT: contacts,
    RuptureRule.STEP_OVERDUE: overdue_steps,
    RuptureRule.REFERENT_GONE: referents,
    RuptureRule.BASIS_ENDING: bases,
    RuptureRule.OVERLOAD: weeks,
    RuptureRule.ASKED_TWICE_OVER: questions,
    RuptureRule.SESSIONS_MISSED: absences,
    RuptureRule.PLACE_NOT_TAKEN: places,
}
"""What each rule asks beyond the facts that all share."""
