"""Creating and correcting a person's record."""

from __future__ import annotations

from typing import Unpack

from django.db import transaction
from django.utils.translation import gettext as _

from sanscouture.access.actor import Actor
from sanscouture.audit.services import record
from sanscouture.core import clock
from sanscouture.core.errors import Conflict, Refused
from sanscouture.partners.models import Organisation
from sanscouture.people.enums import InvolvementKind
from sanscouture.people.models import Beneficiary
from sanscouture.people.rules import Difference, Facts, clean_facts, differences, name_key, phonetic_key
from sanscouture.people.services.involvements import involve
from sanscouture.people.services.places import set_place
from sanscouture.programmes.models import Programme


class StaleRecord(Conflict):
    """Somebody else saved the record meanwhile. Holds what is saved now and what differs, so that nothing is lost."""

    def __init__(self, saved: Beneficiary, found: tuple[Difference, ...]) -> None:
        super().__init__(_("Quelqu’un d’autre a modifié cette fiche pendant que vous écriviez."))
        self.saved = saved
        self.differences = found


@transaction.atomic
def create_beneficiary(
    programme: Programme, *, organisation: Organisation, actor: Actor, **facts: Unpack[Facts]
) -> Beneficiary:
    """Write a new record, captured by an organisation: as little as a first name (chapter 02).

    Rule: the programme's names must be open; the organisation takes part from today; an address is located at once.
    Without a basis, only that organisation will see the record. Raises Refused (names closed, no first name, phone or
    birth date that cannot be).
    """
    if not programme.names_open:
        raise Refused(
            _("Ce programme n’accueille pas encore de noms : la convention et l’analyse d’impact sont à signer.")
        )
    clean = clean_facts({**facts, "first_name": facts.get("first_name", "")}, today=clock.today())
    address = clean.pop("address", "")
    beneficiary = Beneficiary(programme=programme, captured_by=organisation, created_by_id=actor.user_id, **clean)
    _derive(beneficiary)
    beneficiary.save()
    involve(beneficiary, organisation, InvolvementKind.CAPTURED, actor=actor)
    record(actor, "beneficiary.create", beneficiary)
    if address:
        set_place(beneficiary, address=address, actor=actor)
    return beneficiary


@transaction.atomic
def update_beneficiary(beneficiary: Beneficiary, *, version: int, actor: Actor, **facts: Unpack[Facts]) -> Beneficiary:
    """Correct some facts of a record that was read at a version.

    Rule: if the record moved on since that version and says something else on one of these facts, nothing is written
    and StaleRecord tells both values; the loser chooses and saves again (chapter 02). Raises Refused too when a fact
    cannot be.
    """
    saved = Beneficiary.objects.get_queryset().select_for_update().get(pk=beneficiary.pk)
    clean = clean_facts(facts, today=clock.today())
    found = differences({name: getattr(saved, name) for name in clean}, dict(clean))
    if not found:
        return saved
    if saved.version != version:
        raise StaleRecord(saved, found)
    for difference in found:
        setattr(saved, difference.field, difference.mine)
    _derive(saved)
    saved.version += 1
    saved.save()
    record(actor, "beneficiary.update", saved, note=" ".join(difference.field for difference in found))
    if "address" in {difference.field for difference in found}:
        set_place(saved, address=saved.address, actor=actor)
    return saved


def _derive(beneficiary: Beneficiary) -> None:
    """Compute the keys that follow from the names."""
    beneficiary.name_key = name_key(beneficiary.first_name, beneficiary.last_name)
    beneficiary.phonetic_key = phonetic_key(beneficiary.first_name, beneficiary.last_name)
