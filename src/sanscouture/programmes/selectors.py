from __future__ import annotations

from uuid import UUID

from sanscouture.access.actor import Actor, Grant
from sanscouture.access.enums import Role
from sanscouture.programmes.models import NationalRole, Programme, RoleGrant


def grants_of(user_id: UUID) -> Actor:
    """Load what an account may do: its roles, the programmes they open, the names among them.

    Called in the scope of that account alone (`access.decorators.actor_of`).
    """
    rows = RoleGrant.objects.get_queryset().filter(user_id=user_id, revoked_at=None).select_related("programme")
    held = list(rows.order_by("programme_id", "role"))
    grants = [Grant(Role(row.role), row.programme_id, row.organisation_id) for row in held]
    nation: frozenset[UUID] = frozenset()
    if NationalRole.objects.filter(user_id=user_id, revoked_at=None).exists():
        grants.append(Grant(Role.NATIONAL_ANIMATOR))
        nation = frozenset(Programme.objects.get_queryset().values_list("pk", flat=True))
    open_names = frozenset(row.programme_id for row in held if row.programme.names_open)
    return Actor.build(user_id, tuple(grants), open_names=open_names, nation=nation)
