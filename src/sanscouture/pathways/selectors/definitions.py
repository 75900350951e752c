"""What a programme counts as a positive exit."""

from __future__ import annotations

from uuid import UUID

from sanscouture.pathways.models import ExitDefinition
from sanscouture.pathways.rules.exits import NATIONAL_POSITIVE


def locally_positive(programme_id: UUID) -> frozenset[str]:
    """The exits that the partners count as positive today: the national definition until they have chosen."""
    latest = ExitDefinition.objects.get_queryset().filter(programme_id=programme_id).order_by("-created_at", "-pk")
    found = latest.first()
    return NATIONAL_POSITIVE if found is None else frozenset(found.positive)
