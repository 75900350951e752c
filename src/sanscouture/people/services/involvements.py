"""Which organisations take part in a person's pathway, from a date to a date."""

from __future__ import annotations

from sanscouture.access.actor import Actor
from sanscouture.audit.services import record
from sanscouture.core import clock
from sanscouture.core.verbs import verb
from sanscouture.partners.models import Organisation
from sanscouture.people.enums import InvolvementKind
from sanscouture.people.models import Beneficiary, Involvement


@verb
def involve(
    beneficiary: Beneficiary, organisation: Organisation, kind: InvolvementKind, *, actor: Actor | str
) -> Involvement:
    """Let an organisation take part, from today.

    Rule: once per kind; asking again changes nothing. It sees the record only while a basis holds, unless it captured
    it (chapter 02). `actor` is an Actor, or the label of a writer without an account.
    """
    involvement, created = Involvement.objects.get_queryset().get_or_create(
        beneficiary=beneficiary,
        organisation=organisation,
        kind=kind,
        until=None,
        defaults={"programme_id": beneficiary.programme_id, "since": clock.today()},
    )
    if created:
        record(actor, "involvement.begin", involvement, note=kind.value)
    return involvement


@verb
def end_involvement(
    beneficiary: Beneficiary, organisation: Organisation, kind: InvolvementKind, *, actor: Actor | str
) -> bool:
    """End a participation today. Gives False when there was none. The past stays written."""
    live = Involvement.objects.get_queryset().select_for_update()
    found = live.filter(beneficiary=beneficiary, organisation=organisation, kind=kind, until=None).first()
    if found is None:
        return False
    found.until = clock.today()
    found.save(update_fields=["until"])
    record(actor, "involvement.end", found, note=kind.value)
    return True
