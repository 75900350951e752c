from __future__ import annotations

from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from sanscouture.core.ids import uuid7


class Entity(models.Model):
    """Anything with a public identifier and a birth date."""

    id: models.UUIDField[UUID, UUID] = models.UUIDField(
        _("identifiant"), primary_key=True, default=uuid7, editable=False
    )
    created_at = models.DateTimeField(_("créé le"), auto_now_add=True)

    class Meta:
        abstract = True
