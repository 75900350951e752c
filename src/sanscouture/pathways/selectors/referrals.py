"""Reading referrals: where one stands, who answers for its recipient, what a recipient may see."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from sanscouture.access.enums import Perm, Role
from sanscouture.access.matrix import MATRIX
from sanscouture.accounts.models import User
from sanscouture.pathways.enums import AppointmentState, Delivery, EventKind, ReferralState
from sanscouture.pathways.models import Appointment, Referent, Referral
from sanscouture.pathways.rules import delays
from sanscouture.pathways.rules import referrals as rules
from sanscouture.programmes.models import RoleGrant

ANSWERING_ROLES = sorted(role for role in Role if Perm.REFERRAL_ANSWER in MATRIX[role])
AHEAD = frozenset({AppointmentState.PROPOSED, AppointmentState.CONFIRMED})


def standing_of(referral: Referral) -> rules.Standing:
    """Gather what the rules need to know of a referral; prefetch `events` and `appointments` for a list."""
    state = ReferralState(referral.state)
    events = sorted(referral.events.all(), key=lambda event: (event.at, event.pk))
    asked = [event.kind for event in events if event.kind in {EventKind.QUESTION, EventKind.REPLY}]
    counting = [event for event in events if event.kind != EventKind.REMINDED]
    ahead = next_appointment(referral)
    return rules.Standing(
        state=state,
        deadline=referral.deadline,
        since=local_day(counting[-1].at if counting else referral.created_at),
        delivery=Delivery(referral.delivery),
        question_open=state in rules.ANSWERABLE and asked[-1:] == [EventKind.QUESTION],
        appointment_on=local_day(ahead.starts_at) if ahead else None,
        met_on=local_day(referral.met_at) if referral.met_at else None,
        waiting_weeks=referral.waiting_weeks or 0,
        confirmed=ahead is not None and ahead.state == AppointmentState.CONFIRMED,
    )


def local_day(at: date) -> date:
    """The day in Paris of an instant."""
    return timezone.localtime(at).date()  # type: ignore[arg-type]


def next_appointment(referral: Referral) -> Appointment | None:
    """The appointment proposed or confirmed last, if any."""
    ahead = [one for one in referral.appointments.all() if one.state in AHEAD]
    return max(ahead, key=lambda one: (one.starts_at, one.pk)) if ahead else None


def place_on_list(referral: Referral) -> int:
    """The place of a referral on its recipient's waiting list in its programme, first come first; 0 when not on it."""
    if referral.delivery != Delivery.WAITING_LIST or referral.decided_at is None:
        return 0
    before = Q(decided_at__lt=referral.decided_at) | Q(decided_at=referral.decided_at, pk__lte=referral.pk)
    return (
        Referral.objects.get_queryset()
        .filter(
            before,
            programme_id=referral.programme_id,
            recipient_id=referral.recipient_id,
            service=referral.service,
            delivery=Delivery.WAITING_LIST,
        )
        .count()
    )


def members_answering(programme_id: UUID, organisation_id: UUID) -> list[User]:
    """The accounts that may answer referrals for an organisation in a programme."""
    grants = RoleGrant.objects.get_queryset().filter(
        programme_id=programme_id,
        organisation_id=organisation_id,
        role__in=ANSWERING_ROLES,
        revoked_at=None,
        user__is_active=True,
    )
    return list(User.objects.filter(pk__in=grants.values("user_id")).order_by("email"))


def address_of(referral: Referral) -> str:
    """The address of the recipient for a referral: its service's, else its own; empty when there is none."""
    return (referral.service.email if referral.service else "") or referral.recipient.email


def current_referent(referral: Referral) -> User | None:
    """The account that answers for the person's pathway now, if one is open."""
    found = (
        Referent.objects.get_queryset()
        .filter(pathway__beneficiary_id=referral.beneficiary_id, pathway__closed_on=None, until=None)
        .select_related("user")
        .first()
    )
    return found.user if found else None


def answered_in(organisation_id: UUID) -> list[timedelta]:
    """How long each past answer of an organisation took, the last fifty, in the programmes one may see."""
    decided: QuerySet[Referral] = Referral.objects.get_queryset().filter(
        recipient_id=organisation_id,
        state__in=(ReferralState.ACCEPTED, ReferralState.REFUSED),
        sent_at__isnull=False,
        decided_at__gte=F("sent_at"),
    )
    times = decided.order_by("-decided_at").values_list("sent_at", "decided_at")[:50]
    return [decided_at - sent_at for sent_at, decided_at in times if sent_at and decided_at]


def usual_answer(organisation_id: UUID) -> str:
    """Say in a word how fast an organisation answers; empty under five answers."""
    return delays.usual_answer(answered_in(organisation_id))
