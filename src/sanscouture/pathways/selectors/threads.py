"""The threads of people, for a page or for all the rows of a list: as many queries for one as for twenty."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from sanscouture.access.actor import Actor
from sanscouture.access.enums import Perm
from sanscouture.pathways.enums import AppointmentState, ReferralState, StepState
from sanscouture.pathways.models import Appointment, Pathway, Referral, Rupture, Step
from sanscouture.pathways.rules.thread import (
    AppointmentSeen,
    ReferralSeen,
    RuptureSeen,
    StepSeen,
    Story,
    thread_of,
)
from sanscouture.pathways.selectors.people import recipient_name
from sanscouture.people.models import Beneficiary
from sanscouture.ui.thread import Thread


def threads_of(people: Sequence[Beneficiary], actor: Actor, *, today: date) -> dict[UUID, Thread]:
    """Draw the thread of each person, in six queries whatever their number.

    Rule: who follows a person sees that something happened; the name of the other organisation and the way to the
    referral are for those who may read it.
    """
    ids = [person.pk for person in people]
    opened = _opened(ids)
    steps, referrals, appointments, ruptures = _steps(ids), _referrals(ids, actor), _appointments(ids), _ruptures(ids)
    return {
        person.pk: thread_of(
            Story(
                opened.get(person.pk) or local_day(person.created_at),
                steps[person.pk],
                referrals[person.pk],
                appointments[person.pk],
                ruptures[person.pk],
            ),
            today=today,
        )
        for person in people
    }


def local_day(at: datetime) -> date:
    """The day in Paris of an instant."""
    return timezone.localtime(at).date()


def _day(at: datetime | None) -> date | None:
    return local_day(at) if at else None


def _opened(ids: Sequence[UUID]) -> dict[UUID, date]:
    rows = Pathway.objects.get_queryset().filter(beneficiary_id__in=ids).order_by("-opened_on", "-pk")
    return dict(rows.values_list("beneficiary_id", "opened_on"))


def _steps(ids: Sequence[UUID]) -> defaultdict[UUID, list[StepSeen]]:
    found: defaultdict[UUID, list[StepSeen]] = defaultdict(list)
    rows = Step.objects.get_queryset().filter(pathway__beneficiary_id__in=ids).select_related("pathway")
    for row in rows.order_by("due_on", "pk"):
        found[row.pathway.beneficiary_id].append(StepSeen(row.label, row.due_on, StepState(row.state), row.done_on))
    return found


def _referrals(ids: Sequence[UUID], actor: Actor) -> defaultdict[UUID, list[ReferralSeen]]:
    found: defaultdict[UUID, list[ReferralSeen]] = defaultdict(list)
    of_people = Referral.objects.get_queryset().filter(beneficiary_id__in=ids)
    readable = Referral.objects.visible_to(actor, Perm.REFERRAL_READ).filter(beneficiary_id__in=ids)
    mine = set(readable.order_by("pk").values_list("pk", flat=True))
    for row in of_people.exclude(state=ReferralState.DRAFT).select_related("recipient").order_by("sent_at", "pk"):
        is_mine = row.pk in mine
        found[row.beneficiary_id].append(
            ReferralSeen(
                recipient=recipient_name(row, actor.organisations(row.programme_id)) if is_mine else _("une structure"),
                state=ReferralState(row.state),
                sent_on=_day(row.sent_at),
                decided_on=_day(row.decided_at),
                met_on=_day(row.met_at),
                ended_on=_day(row.ended_at),
                href=f"/orientations/{row.pk}/" if is_mine else "",
            )
        )
    return found


def _appointments(ids: Sequence[UUID]) -> defaultdict[UUID, list[AppointmentSeen]]:
    found: defaultdict[UUID, list[AppointmentSeen]] = defaultdict(list)
    rows = Appointment.objects.get_queryset().filter(referral__beneficiary_id__in=ids).select_related("referral")
    for row in rows.order_by("starts_at", "pk"):
        found[row.referral.beneficiary_id].append(
            AppointmentSeen(local_day(row.starts_at), AppointmentState(row.state))
        )
    return found


def _ruptures(ids: Sequence[UUID]) -> defaultdict[UUID, list[RuptureSeen]]:
    found: defaultdict[UUID, list[RuptureSeen]] = defaultdict(list)
    rows = Rupture.objects.get_queryset().filter(beneficiary_id__in=ids).order_by("since", "pk")
    for row in rows:
        found[row.beneficiary_id].append(
            RuptureSeen(row.get_rule_display(), row.since, _day(row.closed_at), f"/ruptures/{row.pk}/", _("Rattraper"))
        )
    return found
