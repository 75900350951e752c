"""Where a person lives, and whether it is in a priority neighbourhood."""

from __future__ import annotations

from django.db import transaction

from sanscouture.access.actor import Actor
from sanscouture.audit.services import record
from sanscouture.people.enums import QpvState
from sanscouture.people.models import Beneficiary


@transaction.atomic
def set_place(beneficiary: Beneficiary, *, address: str, actor: Actor) -> Beneficiary:
    """Keep an address; whether it is in a QPV is not determined."""
    beneficiary.address = address.strip()
    beneficiary.qpv_state = QpvState.UNDETERMINED
    beneficiary.save(update_fields=["address", "qpv_state"])
    record(actor, "beneficiary.place", beneficiary, note=beneficiary.qpv_state)
    return beneficiary
