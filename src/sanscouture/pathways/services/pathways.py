"""Acts on a pathway: opening it, who answers for it, and its steps."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _

from sanscouture.access.actor import Actor
from sanscouture.accounts.models import User
from sanscouture.audit.services import record
from sanscouture.core import clock
from sanscouture.core.errors import Conflict, Refused
from sanscouture.core.verbs import verb
from sanscouture.notifications.services import notify
from sanscouture.partners.models import Organisation
from sanscouture.pathways.enums import StepState
from sanscouture.pathways.models import Pathway, Referent, Referral, Step
from sanscouture.pathways.services import ruptures
from sanscouture.people.enums import InvolvementKind
from sanscouture.people.models import Beneficiary, Involvement
from sanscouture.people.services import end_involvement, involve, must_read
from sanscouture.programmes.models import RoleGrant


@verb
def open_pathway(beneficiary: Beneficiary, *, user: User, organisation: Organisation, actor: Actor) -> Pathway:
    """Open a person's pathway, with the one professional who answers for it.

    Rule: one pathway at a time, one referent at any time (the database says so too). Raises Conflict when a pathway is
    already open.
    """
    Beneficiary.objects.get_queryset().select_for_update().get(pk=beneficiary.pk)
    if Pathway.objects.get_queryset().filter(beneficiary=beneficiary, closed_on=None).exists():
        raise Conflict(_("Un parcours est déjà ouvert pour cette personne."))
    pathway = Pathway.objects.create(
        programme_id=beneficiary.programme_id, beneficiary=beneficiary, opened_on=clock.today()
    )
    _name(pathway, user, organisation, actor)
    record(actor, "pathway.open", pathway)
    return pathway


@verb
def change_referent(
    pathway: Pathway, *, user: User, organisation: Organisation, seen: UUID | None = None, actor: Actor
) -> Referent:
    """Hand a pathway over to another professional of an organisation that takes part.

    Rule: the former referent's organisation stays a contributor, so that nobody vanishes by a hand-over; both periods
    are kept (chapter 02). `seen`: the referent's period that the actor read. Raises Refused when the new referent does
    not work there, the organisation does not take part or the record is restricted to others; Conflict when the pathway
    is closed, the referent already is that one, or somebody else changed it meanwhile.
    """
    live = Pathway.objects.get_queryset().select_for_update().get(pk=pathway.pk)
    if live.closed_on is not None:
        raise Conflict(_("Ce parcours est clos."))
    former = Referent.objects.get_queryset().select_related("organisation", "user").get(pathway=live, until=None)
    if seen not in {None, former.pk}:
        raise Conflict(_("%(name)s vient de prendre ce parcours.") % {"name": former.user.full_name})
    if former.user_id == user.pk and former.organisation_id == organisation.pk:
        raise Conflict(_("%(name)s est déjà référent·e de ce parcours.") % {"name": user.full_name})
    _must_take_part(live, user, organisation)
    must_read(user, live.beneficiary_id)
    referent = hand_over(former, user=user, organisation=organisation, actor=actor)
    if former.organisation_id != organisation.pk:
        _stay_as_contributor(live.beneficiary, former.organisation, actor)
    if user.pk != actor.user_id:
        notify(
            "pathways.referent_named",
            to=[user],
            programme_id=live.programme_id,
            url=f"/personnes/{live.beneficiary_id}/",
            key=f"referent:{referent.pk}:named",
        )
    return referent


@verb
def hand_over(former: Referent, *, user: User, organisation: Organisation, actor: Actor) -> Referent:
    """End a referent's period and begin another's in the same instant. The checks are the caller's."""
    former.until = clock.now()
    former.save(update_fields=["until"])
    referent = _name(former.pathway, user, organisation, actor)
    record(actor, "pathway.change_referent", referent)
    ruptures.evaluate_person(former.pathway.beneficiary, today=clock.today(), by=actor.user_id)
    return referent


@verb
def add_step(
    pathway: Pathway,
    *,
    label: str,
    due_on: date,
    carrier_organisation: Organisation,
    carrier: User | None = None,
    referral: Referral | None = None,
    actor: Actor,
) -> Step:
    """Add one thing to do, with who carries it and by when. Raises Refused without words, or on a closed pathway."""
    if pathway.closed_on is not None:
        raise Refused(_("Ce parcours est clos : rouvrez-le pour ajouter une étape."))
    if not label.strip():
        raise Refused(_("Dites en quelques mots ce qu’il y a à faire."))
    if carrier is not None:
        must_read(carrier, pathway.beneficiary_id)
    step = Step.objects.create(
        programme_id=pathway.programme_id,
        pathway=pathway,
        label=label.strip(),
        due_on=due_on,
        carrier_organisation=carrier_organisation,
        carrier=carrier,
        referral=referral,
        created_by_id=actor.user_id,
    )
    record(actor, "step.add", step)
    ruptures.evaluate_person(pathway.beneficiary, today=clock.today(), by=actor.user_id)
    return step


@verb
def complete_step(step: Step, *, on: date | None = None, actor: Actor) -> Step:
    """Write that a step is done, today or on an earlier day. Raises Conflict when it was already settled."""
    day = on or clock.today()
    if day > clock.today():
        raise Refused(_("Une étape faite ne peut pas être datée dans le futur."))
    return _settle(step, StepState.DONE, day, actor)


@verb
def cancel_step(step: Step, *, actor: Actor) -> Step:
    """Give a step up; it stays written. Raises Conflict when it was already settled."""
    return _settle(step, StepState.CANCELLED, None, actor)


def _settle(step: Step, state: StepState, day: date | None, actor: Actor) -> Step:
    row = Step.objects.get_queryset().select_for_update().get(pk=step.pk)
    if row.state != StepState.TODO:
        raise Conflict(_("Cette étape est déjà notée « %(state)s ».") % {"state": row.get_state_display()})
    row.state, row.done_on = state, day
    row.save(update_fields=["state", "done_on"])
    record(actor, f"step.{state}", row)
    ruptures.evaluate_person(row.pathway.beneficiary, today=clock.today(), by=actor.user_id)
    return row


def _name(pathway: Pathway, user: User, organisation: Organisation, actor: Actor) -> Referent:
    involve(pathway.beneficiary, organisation, InvolvementKind.REFERENT, actor=actor)
    return Referent.objects.create(
        programme_id=pathway.programme_id, pathway=pathway, user=user, organisation=organisation, since=clock.now()
    )


def _must_take_part(pathway: Pathway, user: User, organisation: Organisation) -> None:
    involved = Involvement.objects.get_queryset().filter(
        beneficiary_id=pathway.beneficiary_id, organisation=organisation, until=None
    )
    if not involved.exists():
        raise Refused(_("%(name)s ne participe pas à ce parcours.") % {"name": organisation.name})
    grants = RoleGrant.objects.get_queryset().filter(
        user=user, programme_id=pathway.programme_id, organisation=organisation, revoked_at=None
    )
    if not grants.exists():
        raise Refused(_("%(name)s ne travaille pas dans cette structure.") % {"name": user.full_name})


def _stay_as_contributor(beneficiary: Beneficiary, organisation: Organisation, actor: Actor) -> None:
    end_involvement(beneficiary, organisation, InvolvementKind.REFERENT, actor=actor)
    live = Involvement.objects.get_queryset().filter(beneficiary=beneficiary, organisation=organisation, until=None)
    if not live.exists():
        involve(beneficiary, organisation, InvolvementKind.CONTRIBUTOR, actor=actor)
