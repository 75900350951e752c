"""What people say of the publics of a person, beside what is computed from the facts."""

from __future__ import annotations

from sanscouture.access.actor import Actor
from sanscouture.audit.services import record
from sanscouture.core.verbs import verb
from sanscouture.people.enums import Public
from sanscouture.people.models import Beneficiary, PublicMark


@verb
def mark_public(beneficiary: Beneficiary, *, public: Public, belongs: bool | None, actor: Actor) -> None:
    """Say that a person belongs to a public, or does not; None leaves it to the facts again.

    Rule: what somebody says is kept apart from what is computed, and outweighs it (chapter 01).
    """
    saved = Beneficiary.objects.get_queryset().select_for_update().get(pk=beneficiary.pk)
    PublicMark.objects.get_queryset().filter(beneficiary=saved, public=public).delete()
    if belongs is not None:
        PublicMark.objects.create(
            programme_id=saved.programme_id,
            beneficiary=saved,
            public=public,
            belongs=belongs,
            marked_by_id=actor.user_id,
        )
    record(actor, "beneficiary.public", saved, note=public.value)
