"""Reading people with their pathways: the list, and who may stand for whom."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, Case, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, Least, TruncDate
from django.utils.translation import gettext as _

from sanscouture.access.actor import Actor
from sanscouture.access.enums import Perm, Reach
from sanscouture.access.where import NOTHING
from sanscouture.accounts.models import User
from sanscouture.core.clock import today
from sanscouture.core.errors import Refused
from sanscouture.core.sealing import blind
from sanscouture.partners.models import Organisation
from sanscouture.partners.rules import VEILED_NAME, shown_name
from sanscouture.pathways.enums import NeedState, StepState
from sanscouture.pathways.models import Appointment, Exit, Need, Pathway, Referent, Referral, Step
from sanscouture.pathways.selectors.referrals import AHEAD
from sanscouture.people.models import Beneficiary, Involvement
from sanscouture.people.rules import clean_phone, phonetic_key, plain
from sanscouture.people.selectors import among_readers
from sanscouture.programmes.models import Partnership, Programme, RoleGrant


@dataclass(frozen=True)
class PeopleFilters:
    """What a list of people is narrowed to; empty values do not narrow."""

    name: str = ""
    need: str = ""
    mine: bool = False
    qpv: str = ""
    basis: str = ""
    step: str = ""


def people_of(programme: Programme, actor: Actor, filters: PeopleFilters) -> QuerySet[Beneficiary]:
    """The people of a programme that an actor may read, with what a row shows: open needs, what is next, referent."""
    found = Beneficiary.objects.visible_to(actor, Perm.PERSON_READ).filter(programme=programme)
    live = Referent.objects.get_queryset().filter(pathway__beneficiary=OuterRef("pk"), until=None)
    live = live.filter(pathway__closed_on=None)
    return (
        with_next(_narrowed(found, programme, actor, filters))
        .select_related("qpv")
        .annotate(
            open_needs=Coalesce(Subquery(_open_needs()), 0),
            referent_first=Subquery(live.values("user__first_name")[:1]),
            referent_last=Subquery(live.values("user__last_name")[:1]),
            left_on=Subquery(_left().values("on")[:1]),
        )
        .order_by("name_key", "pk")
    )


def with_next(found: QuerySet[Beneficiary]) -> QuerySet[Beneficiary]:
    """Tell what comes next for each person: the nearest of the steps to do and the appointments, today or later.

    `next_on`: its day, none when nothing is ahead; `meets_next`: it is an appointment; `next_step`: else, its label.
    """
    return (
        found.annotate(
            step_on=Subquery(_steps_ahead().values("due_on")[:1]),
            meeting_on=Subquery(_appointments_ahead().values("day")[:1]),
            next_step=Subquery(_steps_ahead().values("label")[:1]),
        )
        .annotate(next_on=Least("step_on", "meeting_on"))
        .annotate(
            meets_next=Case(
                When(meeting_on=F("next_on"), then=Value(True)), default=Value(False), output_field=BooleanField()
            )
        )
    )


def next_of(person: Beneficiary) -> dict[str, Any]:
    """What comes next for one person, as `with_next` tells it."""
    found: Any = with_next(Beneficiary.objects.filter(pk=person.pk))
    return dict(found.values("next_on", "next_step", "meets_next").get())


def _open_needs() -> QuerySet[Any, Any]:
    needs = Need.objects.get_queryset().filter(beneficiary=OuterRef("pk"), state=NeedState.OPEN).order_by()
    return needs.values("beneficiary").annotate(n=Count("pk")).values("n")


def _left() -> QuerySet[Exit]:
    """The exit of somebody who left and has no pathway open again."""
    again = Pathway.objects.get_queryset().filter(beneficiary=OuterRef("pathway__beneficiary"), closed_on=None)
    left = Exit.objects.get_queryset().filter(pathway__beneficiary=OuterRef("pk"), reopened_at=None)
    return left.filter(~Exists(again)).order_by("-on", "pk")


def _steps_ahead() -> QuerySet[Step]:
    steps = Step.objects.get_queryset().filter(pathway__beneficiary=OuterRef("pk"), state=StepState.TODO)
    return steps.filter(due_on__gte=today()).order_by("due_on", "pk")


def _appointments_ahead() -> QuerySet[Any, Any]:
    rows = Appointment.objects.get_queryset().filter(referral__beneficiary=OuterRef("pk"), state__in=AHEAD)
    ahead = rows.annotate(day=TruncDate("starts_at")).filter(day__gte=today())
    return ahead.order_by("starts_at", "pk")


def _narrowed(
    found: QuerySet[Beneficiary], programme: Programme, actor: Actor, filters: PeopleFilters
) -> QuerySet[Beneficiary]:
    if filters.name.strip():
        found = found.filter(_named(filters.name) | _reached_at(filters.name, programme))
    if filters.need:
        needs = Need.objects.get_queryset().filter(beneficiary=OuterRef("pk"), state=filters.need)
        found = found.filter(Exists(needs))
    if filters.mine:
        mine = Referent.objects.get_queryset().filter(
            pathway__beneficiary=OuterRef("pk"), user_id=actor.user_id, until=None, pathway__closed_on=None
        )
        found = found.filter(Exists(mine))
    if filters.qpv:
        found = found.filter(qpv_state=filters.qpv)
    if filters.basis:
        held = Q(shared_until__gte=today())
        found = found.filter(~held | Q(shared_until=None) if filters.basis == "without" else held)
    if filters.step == "none":
        found = found.filter(~Exists(_steps_ahead()), ~Exists(_appointments_ahead()), ~Exists(_left()))
    return found


def _named(text: str) -> Q:
    """Names that begin with a text or sound like it: the stored keys answer, accents and spelling apart."""
    key = plain(text)
    return Q(name_key__startswith=key) | Q(name_key__contains=f" {key}") | Q(phonetic_key=phonetic_key("", text))


def _reached_at(text: str, programme: Programme) -> Q:
    """A whole telephone or e-mail: nothing less is found, for both are sealed (ADR 0019)."""
    try:
        phone = clean_phone(text)
    except Refused:
        phone = ""
    email_key, phone_key = blind("email", programme.pk, text), blind("phone", programme.pk, phone)
    return Q(email_key=email_key) | (Q(phone_key=phone_key) if phone else NOTHING)


def organisations_for(actor: Actor, programme: Programme) -> QuerySet[Organisation]:
    """The organisations for which an actor may welcome somebody.

    Rule: one's own; whoever is of the programme itself (coordination) chooses among its partners.
    """
    wide = any(
        reach >= Reach.PROGRAMME and grant.programme_id == programme.pk
        for grant, reach in actor.with_perm(Perm.PERSON_CREATE)
    )
    if not wide:
        return Organisation.objects.filter(pk__in=actor.organisations(programme.pk))
    partners = Partnership.objects.get_queryset().filter(programme=programme, until=None)
    return Organisation.objects.filter(pk__in=partners.values("organisation_id"))


def veiled(organisation: Organisation, mine: Collection[UUID]) -> str:
    """Name an organisation to a reader of these organisations: a sensitive one only to itself (chapter 01)."""
    return str(shown_name(organisation.name, organisation.kind, on_step=organisation.pk in mine))


def recipient_name(referral: Referral, mine: Collection[UUID]) -> str:
    """Name the recipient of a referral: a sensitive one only to the two organisations of that step (chapter 01)."""
    on_step = referral.recipient_id in mine or referral.sender_organisation_id in mine
    return str(shown_name(referral.recipient.name, referral.recipient.kind, on_step=on_step))


def author_name(said: str, referral: Referral, mine: Collection[UUID]) -> str:
    """Say who did an act of a referral; the name of a sensitive organisation is veiled in it (chapter 01).

    `said`: the label that the act kept (“Claire Dubreuil, CSAPA du Parc”); the machine’s own is said in the reader’s
    language.
    """
    said = _(said)
    if {referral.recipient_id, referral.sender_organisation_id} & set(mine):
        return said
    for organisation in (referral.recipient, referral.sender_organisation):
        if organisation.is_sensitive:
            said = said.replace(organisation.name, str(VEILED_NAME))
    return said


def live_pathway(beneficiary: Beneficiary) -> Pathway | None:
    """The pathway open now, if any."""
    return Pathway.objects.get_queryset().filter(beneficiary=beneficiary, closed_on=None).first()


def involvements_of(beneficiary: Beneficiary) -> list[Involvement]:
    """Who takes part or took part, the present ones first."""
    rows = Involvement.objects.get_queryset().filter(beneficiary=beneficiary).select_related("organisation")
    return sorted(rows.order_by("since", "pk"), key=lambda one: one.until is not None)


Professional = tuple[User, Organisation]
"""An account and the organisation in which it works."""


def professional_name(one: Professional, mine: Collection[UUID]) -> str:
    """Name a professional with their organisation; a sensitive one only to itself."""
    user, organisation = one
    return f"{user.full_name}, {veiled(organisation, mine)}"


def possible_referents(beneficiary: Beneficiary) -> list[Professional]:
    """Every professional of the organisations that take part now, once per organisation, by name.

    Of a restricted record, only its readers: it is entrusted to nobody else.
    """
    live = Involvement.objects.get_queryset().filter(beneficiary=beneficiary, until=None)
    grants = (
        RoleGrant.objects.get_queryset()
        .filter(
            programme_id=beneficiary.programme_id,
            organisation_id__in=live.values("organisation_id"),
            revoked_at=None,
            user__is_active=True,
        )
        .select_related("user", "organisation")
        .order_by("organisation__name_key", "user__last_name", "user__first_name", "user_id")
    )
    found: dict[tuple[UUID, UUID], Professional] = {}
    for grant in grants:
        if grant.organisation is not None:
            found[(grant.user_id, grant.organisation.pk)] = (grant.user, grant.organisation)
    readers = {user.pk for user in among_readers([user for user, _where in found.values()], beneficiary.pk)}
    return [one for one in found.values() if one[0].pk in readers]


def may_join(beneficiary: Beneficiary) -> QuerySet[Organisation]:
    """The partners of the programme that do not take part in a person's pathway yet, by name."""
    partners = Partnership.objects.get_queryset().filter(programme_id=beneficiary.programme_id, until=None)
    live = Involvement.objects.get_queryset().filter(beneficiary=beneficiary, until=None)
    found = Organisation.objects.filter(pk__in=partners.values("organisation_id"))
    return found.exclude(pk__in=live.values("organisation_id")).order_by("name_key", "pk")
