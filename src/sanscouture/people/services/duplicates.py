"""Finding records close to one about to be made, without showing them."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sanscouture.access.actor import Actor
from sanscouture.access.enums import Perm
from sanscouture.audit.services import record
from sanscouture.people.models import Beneficiary, kept_from
from sanscouture.people.rules import Identity, closeness, is_close, phonetic_key
from sanscouture.programmes.models import Programme


@dataclass(frozen=True)
class CloseRecords:
    """What an asker may know: which of the people they already follow are close, and how many others are."""

    mine: tuple[UUID, ...] = ()
    hidden: int = 0

    def __bool__(self) -> bool:
        return bool(self.mine or self.hidden)


def close_records(programme: Programme, identity: Identity, *, actor: Actor) -> CloseRecords:
    """Say whether records close to an identity exist in the programme, across partners, without disclosure.

    Rule: compared by equality on (programme, phonetic key), then scored on name and birth date; of records that the
    asker does not follow, only their number is told, and of restricted ones nothing at all (chapter 02). Every search
    that finds one is journalled.
    """
    close = find_close(programme, identity, actor=actor)
    if not close:
        return CloseRecords()
    visible = Beneficiary.objects.visible_to(actor, Perm.PERSON_READ).filter(pk__in=[one.pk for one in close])
    mine = set(visible.order_by("pk").values_list("pk", flat=True))
    hidden = [one for one in close if one.pk not in mine]
    record(actor, "beneficiary.close_search", close, note=f"hidden={len(hidden)}")
    return CloseRecords(tuple(one.pk for one in close if one.pk in mine), len(hidden))


def find_close(programme: Programme, identity: Identity, *, actor: Actor) -> list[Beneficiary]:
    """Give the close records themselves, the closest first. For services only: the asker may not see them.

    A record restricted to others is not among them: for the asker it does not exist.
    """
    key = phonetic_key(identity.first_name, identity.last_name)
    found = Beneficiary.objects.get_queryset().filter(programme=programme, phonetic_key=key)
    block = found.exclude(kept_from("pk")(actor.user_id)).order_by("pk")
    scored = [(closeness(identity, identity_of(one)), one) for one in block]
    close = [(score, one) for score, one in scored if is_close(identity, identity_of(one))]
    return [one for _, one in sorted(close, key=lambda pair: -pair[0])]


def identity_of(beneficiary: Beneficiary) -> Identity:
    """Give what a record is compared on."""
    return Identity(beneficiary.first_name, beneficiary.last_name, beneficiary.birth_date, beneficiary.phone)
