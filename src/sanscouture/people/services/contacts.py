"""How a person may be reached without putting them in danger."""

from __future__ import annotations

from sanscouture.access.actor import Actor
from sanscouture.audit.services import record
from sanscouture.core.errors import Refused
from sanscouture.core.verbs import verb
from sanscouture.people.models import Beneficiary, SafeContact
from sanscouture.people.rules import SafeWay, hours_fault


@verb
def keep_contact_safe(beneficiary: Beneficiary, *, way: SafeWay, actor: Actor) -> None:
    """Write how a person may be reached; a way that asks for nothing erases what was written.

    Raises Refused for hours that cannot be.
    """
    if fault := hours_fault(way.since, way.until):
        raise Refused(fault)
    saved = Beneficiary.objects.get_queryset().select_for_update().get(pk=beneficiary.pk)
    record(actor, "beneficiary.safe_contact", saved)
    if way.is_plain:
        SafeContact.objects.get_queryset().filter(beneficiary=saved).delete()
        return
    row = SafeContact.objects.get_queryset().filter(beneficiary=saved).first()
    row = row or SafeContact(beneficiary=saved, programme_id=saved.programme_id)
    row.avoided, row.call_from, row.call_until = sorted(way.avoided), way.since, way.until
    row.neutral, row.updated_by_id = way.neutral, actor.user_id
    row.save()
