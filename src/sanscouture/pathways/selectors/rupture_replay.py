"""The past of a programme, as the replay of rules reads it: nine queries, whatever the number of people."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Min

from sanscouture.pathways.enums import (
    AppointmentState,
    ClosingAct,
    EventKind,
    ReferralState,
    RuptureRule,
    StepState,
)
from sanscouture.pathways.models import Appointment, Need, Pathway, Referent, Referral, ReferralEvent, Rupture, Step
from sanscouture.pathways.rules.replay import (
    Happened,
    Met,
    PathwayPast,
    ReferralPast,
    Replay,
    StepPast,
    replay,
    summed,
)
from sanscouture.pathways.rules.ruptures import Overdue, PathwayFacts, ReferralFacts
from sanscouture.pathways.selectors.referrals import local_day
from sanscouture.pathways.selectors.ruptures import NOT_ACTS

PAST_DAYS = 182
"""How far back the page looks: half a year."""

Many = defaultdict[UUID, list[Any]]


def replayed(programme_id: UUID, rule: RuptureRule, *, threshold: int, today: date) -> Replay:
    """What a rule would have found in a programme over the last half year."""
    episodes = replay(
        pasts(programme_id), rule, threshold=threshold, since=today - timedelta(days=PAST_DAYS), until=today
    )
    return summed(episodes, until=today)


def pasts(programme_id: UUID) -> list[PathwayPast]:
    """Every pathway of a programme with its times."""
    referrals = _referrals(programme_id)
    steps, seats = _steps(programme_id), _seats(programme_id)
    needs: Many = defaultdict(list)
    for person, at in (
        Need.objects.get_queryset()
        .filter(programme_id=programme_id)
        .order_by("pk")
        .values_list("beneficiary_id", "created_at")
    ):
        needs[person].append(local_day(at))
    calls: Many = defaultdict(list)
    called = Rupture.objects.get_queryset().filter(programme_id=programme_id, closing_act=ClosingAct.CALLED)
    for person, closed_at in called.order_by("pk").values_list("beneficiary_id", "closed_at"):
        calls[person] += [local_day(closed_at)] if closed_at else []
    found = []
    for row in Pathway.objects.get_queryset().filter(programme_id=programme_id).order_by("pk"):
        taken = seats[row.pk]
        now = PathwayFacts(row.pk, row.beneficiary_id, row.opened_on, taken[-1][2], taken[-1][3])
        person = row.beneficiary_id
        found.append(
            PathwayPast(now, row.closed_on, taken, steps[row.pk], needs[person], calls[person], referrals[person])
        )
    return found


def _seats(programme_id: UUID) -> Many:
    seats: Many = defaultdict(list)
    rows = Referent.objects.get_queryset().filter(programme_id=programme_id).order_by("since", "pk")
    for row in rows:
        until = local_day(row.until) if row.until else None
        seats[row.pathway_id].append((local_day(row.since), until, row.organisation_id, row.user_id))
    return seats


def _steps(programme_id: UUID) -> Many:
    """A step given up has no date of its own: it held the thread until its day."""
    steps: Many = defaultdict(list)
    for row in Step.objects.get_queryset().filter(programme_id=programme_id).order_by("due_on", "pk"):
        added_on = local_day(row.created_at)
        given_up = max(added_on, row.due_on) if row.state == StepState.CANCELLED else None
        overdue = Overdue(row.due_on, row.carrier_organisation_id, row.carrier_id)
        steps[row.pathway_id].append(StepPast(added_on, overdue, row.done_on or given_up))
    return steps


def _referrals(programme_id: UUID) -> Many:
    happened: Many = defaultdict(list)
    events = ReferralEvent.objects.get_queryset().filter(programme_id=programme_id).order_by("at", "pk")
    for referral, kind, at, by in events.values_list("referral_id", "kind", "at", "by_id"):
        by_hand = kind not in NOT_ACTS and (kind != EventKind.REMINDED or bool(by))
        happened[referral].append(Happened(local_day(at), EventKind(kind), by_hand=by_hand))
    met: Many = defaultdict(list)
    for one in Appointment.objects.get_queryset().filter(programme_id=programme_id).order_by("starts_at", "pk"):
        made_on, on = local_day(one.created_at), local_day(one.starts_at)
        met[one.referral_id].append(Met(made_on, on, AppointmentState(one.state)))
    followed = (
        Referral.objects.get_queryset()
        .filter(programme_id=programme_id, parent__isnull=False, is_split=False, sent_at__isnull=False)
        .exclude(state__in=(ReferralState.DRAFT, ReferralState.WITHDRAWN))
    )
    rerouted = dict(followed.order_by().values("parent").annotate(at=Min("sent_at")).values_list("parent", "at"))
    found: Many = defaultdict(list)
    rows = Referral.objects.get_queryset().filter(programme_id=programme_id, sent_at__isnull=False)
    for row in rows.select_related("need").order_by("sent_at", "pk"):
        found[row.beneficiary_id].append(_referral(row, happened[row.pk], met[row.pk], rerouted.get(row.pk)))
    return found


def _referral(row: Any, happened: list[Happened], met: list[Met], rerouted_at: Any) -> ReferralPast:
    now = ReferralFacts(
        id=row.pk,
        beneficiary_id=row.beneficiary_id,
        state=ReferralState(row.state),
        deadline=row.deadline,
        sender_organisation_id=row.sender_organisation_id,
        sender_id=row.sender_id,
        recipient_id=row.recipient_id,
        sent_on=local_day(row.sent_at),
    )
    closed_at = row.need.closed_at
    return ReferralPast(
        now,
        row.need.field,
        happened,
        met,
        local_day(closed_at) if closed_at else None,
        local_day(rerouted_at) if rerouted_at else None,
        row.waiting_weeks or 0,
    )
