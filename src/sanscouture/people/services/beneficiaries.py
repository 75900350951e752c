"""Creating and correcting a person's record."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Unpack

from django.utils.translation import gettext as _

from sanscouture.access.actor import Actor
from sanscouture.accounts.models import User
from sanscouture.audit.services import record
from sanscouture.core import clock
from sanscouture.core.errors import Conflict, Refused
from sanscouture.core.sealing import blind
from sanscouture.core.verbs import verb
from sanscouture.partners.models import Organisation
from sanscouture.people.enums import InvolvementKind
from sanscouture.people.models import Beneficiary, FactChange
from sanscouture.people.rules import (
    VALUELESS,
    Difference,
    Facts,
    clean_facts,
    differences,
    name_key,
    phonetic_key,
    situation_fault,
)
from sanscouture.people.services.involvements import involve
from sanscouture.people.services.places import set_place
from sanscouture.programmes.models import Programme

JUST_NOW = timedelta(minutes=1)


class StaleRecord(Conflict):
    """Somebody else saved the record meanwhile. Holds what is saved now and what differs, so that nothing is lost."""

    def __init__(self, saved: Beneficiary, found: tuple[Difference, ...]) -> None:
        super().__init__(_("Quelqu’un d’autre a modifié cette fiche pendant que vous écriviez."))
        self.saved = saved
        self.differences = found


@verb
def create_beneficiary(
    programme: Programme, *, organisation: Organisation, actor: Actor, **facts: Unpack[Facts]
) -> Beneficiary:
    """Write a new record, captured by an organisation: as little as a first name (chapter 02).

    Rule: the programme's names must be open; the organisation takes part from today; an address is located at once.
    Without a basis, only that organisation will see the record. Raises Refused (names closed, no first name, phone or
    birth date that cannot be), Conflict when the same account has just written the same.
    """
    if not programme.names_open:
        raise Refused(
            _("Ce programme n’accueille pas encore de noms : la convention et l’analyse d’impact sont à signer.")
        )
    clean = clean_facts({**facts, "first_name": facts.get("first_name", "")}, today=clock.today())
    address = clean.pop("address", "")
    beneficiary = Beneficiary(programme=programme, captured_by=organisation, created_by_id=actor.user_id, **clean)
    _derive(beneficiary)
    _must_be_new(beneficiary)
    beneficiary.save()
    involve(beneficiary, organisation, InvolvementKind.CAPTURED, actor=actor)
    record(actor, "beneficiary.create", beneficiary)
    if address:
        set_place(beneficiary, address=address, actor=actor)
    return beneficiary


@verb
def update_beneficiary(
    beneficiary: Beneficiary, *, version: int, actor: Actor, seen: Facts | None = None, **facts: Unpack[Facts]
) -> Beneficiary:
    """Correct some facts of a record that was read at a version.

    Rule: if the record moved on since that version and one of these facts was changed by both, nothing is written and
    StaleRecord tells both values; the loser chooses and saves again (chapter 02). `seen`: the facts as the writer read
    them; one that is not there is taken as changed by the other. Raises Refused too when a fact cannot be, or
    contradicts another. Each fact keeps its history.
    """
    saved = Beneficiary.objects.get_queryset().select_for_update().get(pk=beneficiary.pk)
    clean = clean_facts(facts, today=clock.today())
    found = differences({name: getattr(saved, name) for name in clean}, dict(clean))
    if not found:
        return saved
    before = dict(seen or {})
    both = tuple(one for one in found if one.field not in before or before[one.field] != one.saved)
    if both and saved.version != version:
        raise StaleRecord(saved, both)
    must_agree(saved, clean)
    for difference in found:
        setattr(saved, difference.field, difference.mine)
    _derive(saved)
    saved.version += 1
    saved.save()
    remember(saved, found, actor)
    record(actor, "beneficiary.update", saved, note=" ".join(difference.field for difference in found))
    if "address" in {difference.field for difference in found}:
        set_place(saved, address=saved.address, actor=actor)
    return saved


def must_agree(saved: Beneficiary, written: Facts) -> None:
    """Refuse facts that contradict each other, whoever wrote each."""
    faults = situation_fault({**{name: getattr(saved, name) for name in Facts.__annotations__}, **written})
    if faults:
        raise Refused(" ".join(faults.values()))


def remember(saved: Beneficiary, found: Iterable[Difference], actor: Actor) -> None:
    """Keep what each fact was and became; of a way to reach somebody, only that it changed."""
    FactChange.objects.bulk_create(
        FactChange(
            programme_id=saved.programme_id,
            beneficiary=saved,
            name=one.field,
            before=None if one.field in VALUELESS else _plain(one.saved),
            after=None if one.field in VALUELESS else _plain(one.mine),
            changed_by_id=actor.user_id,
        )
        for one in found
    )


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _must_be_new(written: Beneficiary) -> None:
    """Refuse the second of two clicks: an account writes one record at a time, and not the same twice in a minute."""
    User.objects.select_for_update().get(pk=written.created_by_id)
    names = ("programme_id", "phonetic_key", "first_name", "last_name", "birth_date", "created_by_id")
    same = Beneficiary.objects.get_queryset().filter(
        merged_into=None, **{name: getattr(written, name) for name in names}
    )
    same = same.filter(phone_key=blind("phone", written.programme_id, written.phone))
    if same.filter(created_at__gt=clock.now() - JUST_NOW).exists():
        raise Conflict(_("Cette fiche vient d’être créée : retrouvez-la dans la liste des personnes."))


def _derive(beneficiary: Beneficiary) -> None:
    """Compute the keys that follow from the names."""
    beneficiary.name_key = name_key(beneficiary.first_name, beneficiary.last_name)
    beneficiary.phonetic_key = phonetic_key(beneficiary.first_name, beneficiary.last_name)
