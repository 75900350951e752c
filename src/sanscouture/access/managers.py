from __future__ import annotations

from typing import Self, TypeVar, cast

from django.db import models

from sanscouture.access.actor import Actor
from sanscouture.access.enums import Perm
from sanscouture.access.where import NOTHING, Kind, Where

M = TypeVar("M", bound=models.Model)


class ScopedQuerySet(models.QuerySet[M]):
    """Rows of a model that declares where it belongs."""

    def visible_to(self, actor: Actor, perm: Perm) -> Self:
        """Keep the rows that an actor may touch with a permission; nothing when the model says nothing."""
        where = cast("Where", self.model.access_scope)  # type: ignore[attr-defined]
        return self.filter(NOTHING if where.kind is Kind.SYSTEM else where.visible(actor, perm))


class ScopedManager(models.Manager[M]):
    """The manager of every model that hangs on a programme."""

    def get_queryset(self) -> ScopedQuerySet[M]:
        return ScopedQuerySet(self.model, using=self._db)

    def visible_to(self, actor: Actor, perm: Perm) -> ScopedQuerySet[M]:
        """See ScopedQuerySet.visible_to."""
        return self.get_queryset().visible_to(actor, perm)
