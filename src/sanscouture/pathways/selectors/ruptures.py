"""The facts that the seam detector needs, for a programme or one person: queries that do not grow with rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, IntegerField, Max, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from sanscouture.core import clock
from sanscouture.directory.enums import Capacity
from sanscouture.pathways.enums import (
    AppointmentState,
    ClosingAct,
    Delivery,
    EventKind,
    NeedState,
    ReferralState,
    RuptureRule,
    StepState,
)
from sanscouture.pathways.models import (
    Appointment,
    Barrier,
    Need,
    Pathway,
    Referent,
    Referral,
    ReferralEvent,
    Rupture,
    Step,
)
from sanscouture.pathways.rules import ruptures as rules
from sanscouture.pathways.rules.referrals import ANSWERABLE, BEFORE_START
from sanscouture.pathways.rules.ruptures import ClosedByHand, Facts, Found, PathwayFacts, ReferralFacts, Settings
from sanscouture.pathways.selectors.referrals import AHEAD, local_day
from sanscouture.pathways.selectors.rupture_facts import completed

NOT_ACTS = (EventKind.UNANSWERED, EventKind.DRAFTED)
"""Events of a referral that nobody did for the person. Automatic reminders are not acts either."""


@dataclass(frozen=True)
class Seen:
    """One look at a programme or a person: the facts, and the ruptures that are open."""

    referrals: list[ReferralFacts]
    pathways: list[PathwayFacts]
    still: list[Rupture]

    def found(self, settings: Settings, today: date) -> list[Found]:
        """What rules would find in it."""
        return rules.look(self.referrals, self.pathways, settings=settings, opened=self.opened, today=today)

    @property
    def opened(self) -> dict[tuple[RuptureRule, UUID], Rupture]:
        """The ruptures that are open, by rule and subject."""
        return {(RuptureRule(row.rule), row.subject_id): row for row in self.still}

    @property
    def known(self) -> Mapping[UUID, Facts]:
        """The facts by subject."""
        return {**{one.id: one for one in self.referrals}, **{one.id: one for one in self.pathways}}


def seen(programme_id: UUID, *, on: Collection[RuptureRule], beneficiary_id: UUID | None = None) -> Seen:
    """Gather what some rules ask for, and the ruptures that are open, without writing anything."""
    still = list(open_ruptures(programme_id, beneficiary_id=beneficiary_id).order_by("pk"))
    pathways = pathway_facts(
        programme_id, beneficiary_id=beneficiary_id, also=[row.pathway_id for row in still if row.pathway_id]
    )
    return Seen(
        referral_facts(
            programme_id, beneficiary_id=beneficiary_id, also=[row.referral_id for row in still if row.referral_id]
        ),
        completed(pathways, on, programme_id, beneficiary_id),
        still,
    )


def referral_facts(
    programme_id: UUID, *, beneficiary_id: UUID | None = None, also: Collection[UUID] = ()
) -> list[ReferralFacts]:
    """Facts of the referrals that may be broken, and of those named in `also` (their ruptures are open)."""
    may_break = Q(need__state=NeedState.OPEN) & (
        Q(state__in=ANSWERABLE) | Q(state=ReferralState.ACCEPTED, delivery__in=BEFORE_START, met_at=None)
    )
    rows = Referral.objects.get_queryset().filter(may_break | Q(pk__in=also), programme_id=programme_id)
    if beneficiary_id is not None:
        rows = rows.filter(beneficiary_id=beneficiary_id)
    followed = Referral.objects.get_queryset().filter(parent=OuterRef("pk"), is_split=False)
    annotated = rows.annotate(
        is_rerouted=Exists(followed.exclude(state__in=(ReferralState.DRAFT, ReferralState.WITHDRAWN))),
        last_word=Subquery(_events(EventKind.QUESTION, EventKind.REPLY).order_by("-at", "-pk").values("kind")[:1]),
        reminded_at=_last_event(EventKind.REMINDED),
        accepted_at=_last_event(EventKind.ACCEPTED),
        appointment_at=_last_appointment(AHEAD),
        missed_at=_last_appointment((AppointmentState.MISSED,)),
        missed_times=Coalesce(Subquery(_missed()), 0),
        severity=Coalesce("need__barrier__severity", 0),
    )
    return [_referral(row) for row in annotated.select_related("need", "service").order_by("pk")]


def _referral(row: Any) -> ReferralFacts:
    is_answerable = row.state in ANSWERABLE
    on_list = row.delivery == Delivery.WAITING_LIST
    held_there = row.owner_organisation_id == row.recipient_id
    shut_on, weeks, told_on = _service(row)
    return ReferralFacts(
        id=row.pk,
        beneficiary_id=row.beneficiary_id,
        state=ReferralState(row.state),
        deadline=row.deadline,
        sender_organisation_id=row.sender_organisation_id,
        sender_id=row.sender_id,
        recipient_id=row.recipient_id,
        recipient_user_id=row.owner_id if held_there else None,
        delivery=Delivery(row.delivery),
        need=NeedState(row.need.state),
        is_rerouted=row.is_rerouted,
        question_open=is_answerable and row.last_word == EventKind.QUESTION,
        severity=row.severity,
        sent_on=_day(row.sent_at),
        decided_on=_latest(row.decided_at, row.accepted_at),
        met_on=_day(row.met_at),
        reminded_on=_day(row.reminded_at),
        appointment_on=_day(row.appointment_at),
        missed_on=_day(row.missed_at),
        missed_times=row.missed_times,
        waiting_weeks=(row.waiting_weeks or 0) if on_list else 0,
        shut_on=shut_on,
        service_weeks=weeks,
        service_told_on=told_on,
    )


def _service(row: Any) -> tuple[date | None, int, date | None]:
    """Since when a referral's service receives nobody, the weeks that its list announces, and when it said so.

    A service that says nothing of the day is taken at its word from the day of sending; one that has said until when
    opens again after.
    """
    service = row.service
    if service is None:
        return None, 0, None
    told_on = service.capacity_updated_on or _day(row.sent_at)
    ends = service.capacity_until
    is_shut = service.capacity == Capacity.CLOSED and (ends is None or ends >= clock.today())
    weeks = (service.waiting_weeks or 0) if service.capacity == Capacity.WAITING else 0
    return (told_on if is_shut or not service.is_active else None), weeks, told_on


def _missed() -> QuerySet[Any, Any]:
    rows = Appointment.objects.get_queryset().filter(referral=OuterRef("pk"), state=AppointmentState.MISSED)
    return rows.order_by().values("referral").annotate(n=Count("pk")).values("n")


def pathway_facts(
    programme_id: UUID, *, beneficiary_id: UUID | None = None, also: Collection[UUID] = ()
) -> list[PathwayFacts]:
    """Facts of the live pathways, and of those named in `also`."""
    live = Q(closed_on=None)
    rows = Pathway.objects.get_queryset().filter(live | Q(pk__in=also), programme_id=programme_id)
    if beneficiary_id is not None:
        rows = rows.filter(beneficiary_id=beneficiary_id)
    person = OuterRef("beneficiary_id")
    steps = Step.objects.get_queryset().filter(pathway=OuterRef("pk"))
    referrals = Referral.objects.get_queryset().filter(beneficiary=person)
    waiting = referrals.filter(state__in=(ReferralState.SENT, ReferralState.RECEIVED, ReferralState.ACCEPTED)).exclude(
        delivery=Delivery.ENDED
    )
    appointments = Appointment.objects.get_queryset().filter(referral__beneficiary=person, state__in=AHEAD)
    events = ReferralEvent.objects.get_queryset().filter(referral__beneficiary=person).exclude(kind__in=NOT_ACTS)
    acts = events.exclude(kind=EventKind.REMINDED, by=None)
    needs = Need.objects.get_queryset().filter(beneficiary=person)
    barriers = Barrier.objects.get_queryset().filter(beneficiary=person)
    referent = (
        Referent.objects.get_queryset()
        .filter(pathway=OuterRef("pk"))
        .order_by(F("until").desc(nulls_first=True), "-since")
    )
    annotated = rows.annotate(
        step_on=_max(steps.filter(state=StepState.TODO), "pathway", "due_on"),
        referral_on=_max(waiting, "beneficiary", "clock_on"),
        appointment_at=_max(appointments, "referral__beneficiary", "starts_at"),
        step_done_on=_max(steps, "pathway", "done_on"),
        step_added_at=_max(steps, "pathway", "created_at"),
        acted_at=_max(acts, "referral__beneficiary", "at"),
        need_at=_max(needs, "beneficiary", "created_at"),
        severity=Coalesce(Subquery(_maximum(barriers, "beneficiary", "severity"), IntegerField()), 0),
        referent_organisation_id=Subquery(referent.values("organisation_id")[:1]),
        referent_id=Subquery(referent.values("user_id")[:1]),
    )
    return [_pathway(row) for row in annotated.order_by("pk")]


def _pathway(row: Any) -> PathwayFacts:
    return PathwayFacts(
        id=row.pk,
        beneficiary_id=row.beneficiary_id,
        opened_on=row.opened_on,
        referent_organisation_id=row.referent_organisation_id,
        referent_id=row.referent_id,
        is_closed=row.closed_on is not None,
        last_act_on=_latest(row.step_done_on, row.step_added_at, row.acted_at, row.need_at),
        step_on=row.step_on,
        appointment_on=_day(row.appointment_at),
        referral_on=row.referral_on,
        severity=row.severity,
    )


def open_ruptures(programme_id: UUID, *, beneficiary_id: UUID | None = None) -> QuerySet[Rupture]:
    """The ruptures that nobody has caught up yet."""
    rows = Rupture.objects.get_queryset().filter(programme_id=programme_id, closed_at=None)
    return rows.filter(beneficiary_id=beneficiary_id) if beneficiary_id is not None else rows


def closed_by_hand(
    programme_id: UUID, *, beneficiary_id: UUID | None = None, today: date
) -> dict[tuple[str, UUID], list[ClosedByHand]]:
    """The ruptures closed by hand that are still quiet, by rule and subject."""
    rows = Rupture.objects.get_queryset().filter(programme_id=programme_id, quiet_until__gte=today)
    if beneficiary_id is not None:
        rows = rows.filter(beneficiary_id=beneficiary_id)
    found: defaultdict[tuple[str, UUID], list[ClosedByHand]] = defaultdict(list)
    for row in rows.exclude(closed_at=None).order_by("pk"):
        if row.quiet_until is not None:
            found[row.rule, row.subject_id].append(ClosedByHand(row.since, row.severity, row.quiet_until))
    return found


def first_snooze(rupture: Rupture) -> date | None:
    """The day on which the same break was first put off, if it was."""
    same = Rupture.objects.get_queryset().filter(
        rule=rupture.rule,
        referral=rupture.referral,
        pathway=rupture.pathway,
        since=rupture.since,
        closing_act=ClosingAct.SNOOZED,
    )
    return _day(same.aggregate(first=Min("closed_at"))["first"])


def _events(*kinds: EventKind) -> QuerySet[ReferralEvent]:
    return ReferralEvent.objects.get_queryset().filter(referral=OuterRef("pk"), kind__in=kinds)


def _last_event(kind: EventKind) -> Subquery:
    return _max(_events(kind), "referral", "at")


def _last_appointment(states: Collection[AppointmentState]) -> Subquery:
    rows = Appointment.objects.get_queryset().filter(referral=OuterRef("pk"), state__in=states)
    return _max(rows, "referral", "starts_at")


def _max(rows: QuerySet[Any], group: str, field: str) -> Subquery:
    return Subquery(_maximum(rows, group, field))


def _maximum(rows: QuerySet[Any], group: str, field: str) -> QuerySet[Any, Any]:
    grouped: QuerySet[Any, Any] = rows.order_by().values(group).annotate(last=Max(field))
    return grouped.values("last")


def _day(at: datetime | None) -> date | None:
    return local_day(at) if at else None


def _latest(*days: date | None) -> date | None:
    """The latest of days and instants, as a day."""
    known = [local_day(day) if isinstance(day, datetime) else day for day in days if day is not None]
    return max(known, default=None)
