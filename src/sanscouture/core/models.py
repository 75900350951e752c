from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from sanscouture.core.clock import now
from sanscouture.core.ids import uuid7

if TYPE_CHECKING:
    _DateTimeField = models.DateTimeField[datetime, datetime]
else:
    _DateTimeField = models.DateTimeField


class BornAt(_DateTimeField):
    """The moment a row is made, as our clock tells it. For migrations, Django's own field with `auto_now_add`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "auto_now_add": True})

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        if not add:
            return getattr(model_instance, self.attname)
        value = now()
        setattr(model_instance, self.attname, value)
        return value

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.DateTimeField", args, kwargs


class Entity(models.Model):
    """Anything with a public identifier and a birth date."""

    id: models.UUIDField[UUID, UUID] = models.UUIDField(
        _("identifiant"), primary_key=True, default=uuid7, editable=False
    )
    created_at = BornAt(_("créé le"))

    class Meta:
        abstract = True
