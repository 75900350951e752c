"""Making one of two records of a person: the facts that are kept, what stays of the other, undoing it."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import cast

from django.utils.translation import gettext as _

from sanscouture.access.actor import Actor
from sanscouture.audit.services import record
from sanscouture.core import clock
from sanscouture.core.errors import Conflict, Refused
from sanscouture.core.fields import blind_indexes
from sanscouture.core.sealing import blind
from sanscouture.core.verbs import verb
from sanscouture.people.models import Basis, Beneficiary, Distinct, Merge, Restriction
from sanscouture.people.rules import Facts, Span, differences, name_key, phonetic_key, shared_until
from sanscouture.people.services.beneficiaries import must_agree, remember
from sanscouture.people.services.ledger import Ledger, put_back

PLACE = ("address", "commune_id", "lon", "lat", "qpv_id", "qpv_state", "qpv_provenance")
"""What goes with an address."""
KEYS = blind_indexes(Beneficiary)
"""What finds a record by a sealed fact is written with that fact."""


@verb
def tell_apart(one: Beneficiary, other: Beneficiary, *, actor: Actor) -> Distinct:
    """Remember that two close records are two people: they are not proposed again. Twice said is once said."""
    first, second = sorted((one, other), key=lambda person: person.pk)
    said, created = Distinct.objects.get_queryset().get_or_create(
        one=first, other=second, defaults={"programme_id": first.programme_id, "said_by_id": actor.user_id}
    )
    if created:
        record(actor, "distinct.say", said)
    return said


def lock_both(kept: Beneficiary, merged: Beneficiary) -> tuple[Beneficiary, Beneficiary]:
    """Lock two records of one programme in a fixed order, and give them as they are saved."""
    rows = Beneficiary.objects.get_queryset().select_for_update(of=("self",)).order_by("pk")
    saved = {row.pk: row for row in rows.filter(pk__in=[kept.pk, merged.pk], programme_id=kept.programme_id)}
    if len(saved) != 2:
        raise Refused(_("Choisissez deux fiches différentes du même programme."))
    return saved[kept.pk], saved[merged.pk]


def must_be_mergeable(kept: Beneficiary, merged: Beneficiary, versions: tuple[int, int]) -> None:
    """Refuse records that moved on since they were compared, or that are kept for named readers."""
    if kept.merged_into_id or merged.merged_into_id:
        raise Conflict(_("Une de ces fiches vient d’être fusionnée avec une autre."))
    if (kept.version, merged.version) != versions:
        raise Conflict(_("Une de ces fiches a changé pendant que vous compariez : comparez-les de nouveau."))
    must_be_open(kept, merged)


def must_be_open(*people: Beneficiary) -> None:
    """Refuse to merge, or to part, a record that is kept for named readers."""
    if Restriction.objects.get_queryset().filter(beneficiary__in=people, lifted_at=None).exists():
        raise Refused(_("Une fiche réservée ne se fusionne pas : levez d’abord la réserve."))


def choose_facts(
    ledger: Ledger, kept: Beneficiary, merged: Beneficiary, *, taken: Collection[str], actor: Actor
) -> None:
    """Write in the kept record the facts that are taken from the other; each keeps its history."""
    theirs = {name: getattr(merged, name) for name in Facts.__annotations__ if name in taken}
    found = differences({name: getattr(kept, name) for name in theirs}, theirs)
    must_agree(kept, cast("Facts", theirs))
    values = {one.field: one.mine for one in found}
    if "address" in values:
        values |= {name: getattr(merged, name) for name in PLACE}
    first, last = (str(values.get(name, getattr(kept, name))) for name in ("first_name", "last_name"))
    values |= {"name_key": name_key(first, last), "phonetic_key": phonetic_key(first, last)}
    values |= {one.attname: blind(one.of, kept.programme_id, str(values[one.of])) for one in KEYS if one.of in values}
    ends = [until for until in (kept.shared_until, merged.shared_until) if until]
    ledger.write(kept, **values, shared_until=max(ends, default=None))
    remember(kept, found, actor)


def keep_merge(ledger: Ledger, kept: Beneficiary, merged: Beneficiary, *, actor: Actor) -> Merge:
    """Let a record lead to the one that stands for it from now on, and keep what was written."""
    ledger.write(merged, merged_into_id=kept.pk)
    _turn(kept)
    merge = Merge.objects.create(
        programme_id=kept.programme_id,
        kept_record=kept,
        merged_record=merged,
        changes=json.dumps(ledger.changes),
        merged_by_id=actor.user_id,
    )
    record(actor, "merge.make", merge)
    return merge


def part_again(merge: Merge, *, actor: Actor) -> tuple[Beneficiary, Beneficiary]:
    """Give back the two records of a merge, each row as it was. Gives the kept one and the other.

    Raises Conflict when it was undone already, when the kept record was merged itself, or when a row changed since;
    Refused while the record is kept for named readers.
    """
    row = Merge.objects.get_queryset().select_related("kept_record", "merged_record").get(pk=merge.pk)
    kept, merged = lock_both(row.kept_record, row.merged_record)
    row = Merge.objects.get_queryset().select_for_update(of=("self",)).get(pk=merge.pk)
    if row.undone_at is not None:
        raise Conflict(_("Cette fusion a déjà été annulée."))
    if kept.merged_into_id:
        raise Conflict(_("Une de ces fiches vient d’être fusionnée avec une autre."))
    must_be_open(kept)
    put_back(json.loads(row.changes), kept_id=kept.pk)
    row.undone_at, row.undone_by_id = clock.now(), actor.user_id
    row.changes = "[]"
    row.save(update_fields=["undone_at", "undone_by", "changes"])
    record(actor, "merge.undo", row)
    for person in (kept, merged):
        person.refresh_from_db()
        _turn(person)
        _share_no_longer_than_told(person)
    return kept, merged


def _turn(person: Beneficiary) -> None:
    """Tell whoever has the record open that it moved on."""
    person.version += 1
    Beneficiary.objects.get_queryset().filter(pk=person.pk).update(version=person.version)


def _share_no_longer_than_told(person: Beneficiary) -> None:
    """Shorten sharing to what the bases of this record still allow, if one was withdrawn meanwhile."""
    bases = list(Basis.objects.get_queryset().filter(beneficiary=person))
    told = shared_until([Span(one.given_on, one.expires_on, one.ended_on) for one in bases], today=clock.today())
    if bases and person.shared_until and (told is None or told < person.shared_until):
        person.shared_until = told
        person.save(update_fields=["shared_until"])
