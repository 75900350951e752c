"""Welcoming a person: record, pathway, what was told and a first need, all or nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Unpack

from sanscouture.access.actor import Actor
from sanscouture.accounts.models import User
from sanscouture.core.verbs import verb
from sanscouture.partners.models import Organisation
from sanscouture.pathways.models import Referent
from sanscouture.pathways.services.needs import open_need
from sanscouture.pathways.services.pathways import hand_over, open_pathway
from sanscouture.people.models import Basis, Beneficiary
from sanscouture.people.rules import BasisGiven, Facts
from sanscouture.people.services import create_beneficiary, end_basis, must_read, record_basis
from sanscouture.programmes.models import Programme


@dataclass(frozen=True)
class NeedWanted:
    """A need as it is told on the first day. `field`: one of the eight, from 1 to 8."""

    field: int
    label: str
    theme: str = ""
    due_on: date | None = None


@verb
def welcome_person(
    programme: Programme,
    *,
    actor: Actor,
    organisation: Organisation,
    basis: BasisGiven | None = None,
    need: NeedWanted | None = None,
    **facts: Unpack[Facts],
) -> Beneficiary:
    """Write a person down and hold the thread at once: who welcomes answers for the pathway.

    Rule: record, participation of the organisation, pathway with its referent, then what was told and the first need
    if any, in one transaction (chapter 02). Raises Refused as `create_beneficiary` and `record_basis` do.
    """
    beneficiary = create_beneficiary(programme, organisation=organisation, actor=actor, **facts)
    user = User.objects.get(pk=actor.user_id)
    open_pathway(beneficiary, user=user, organisation=organisation, actor=actor)
    if basis is not None:
        record_basis(beneficiary, given=basis, actor=actor)
    if need is not None:
        open_need(beneficiary, field=need.field, label=need.label, theme=need.theme, due_on=need.due_on, actor=actor)
    return beneficiary


@verb
def end_sharing(basis: Basis, *, actor: Actor) -> Beneficiary:
    """Withdraw a basis; when nothing else allows sharing, the pathway comes back to the organisation that began it.

    The referent is then the author of the record: an open pathway always has somebody who answers for it and sees it.
    Raises Refused when the record is restricted and its author is not one of its readers.
    """
    beneficiary = end_basis(basis, actor=actor)
    if beneficiary.shared_until is not None:
        return beneficiary
    elsewhere = Referent.objects.get_queryset().filter(
        pathway__beneficiary=beneficiary, pathway__closed_on=None, until=None
    )
    referent = elsewhere.exclude(organisation_id=beneficiary.captured_by_id).select_related("pathway").first()
    if referent is not None:
        must_read(beneficiary.created_by, beneficiary.pk)
        hand_over(referent, user=beneficiary.created_by, organisation=beneficiary.captured_by, actor=actor)
    return beneficiary
