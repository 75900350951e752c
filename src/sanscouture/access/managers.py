from __future__ import annotations

from typing import Any, Self, TypeVar, cast

from django.db import models
from django.db.models import Case, Value, When

from sanscouture.access.actor import Actor
from sanscouture.access.enums import Perm
from sanscouture.access.where import NOTHING, Kind, Where
from sanscouture.core.fields import BlindIndexField, blind_indexes
from sanscouture.core.sealing import blind

M = TypeVar("M", bound=models.Model)


class ScopedQuerySet(models.QuerySet[M]):
    """Rows of a model that declares where it belongs."""

    def visible_to(self, actor: Actor, perm: Perm) -> Self:
        """Keep the rows that an actor may touch with a permission; nothing when the model says nothing."""
        where = cast("Where", self.model.access_scope)  # type: ignore[attr-defined]
        return self.filter(NOTHING if where.kind is Kind.SYSTEM else where.visible(actor, perm))

    def update(self, **values: Any) -> int:
        """Write rows; the blind index of a sealed text follows it (ADR 0019)."""
        for index in blind_indexes(self.model):
            if index.of in values and index.name not in values:
                values[index.name] = self._indexed(index, values[index.of])
        return super().update(**values)

    def _indexed(self, index: BlindIndexField, text: str) -> Case:
        """The index of one text, in each programme of these rows. Raises TypeError for what is no text yet."""
        if not isinstance(text, str):
            raise TypeError(f"{index.name} is to be written beside {index.of}.")
        programmes = self.order_by().values_list("programme_id", flat=True).distinct()
        return Case(
            *(
                When(programme_id=one, then=Value(blind(index.of, one, text)))
                for one in programmes.order_by("programme_id")
            ),
            default=Value(""),
        )


class ScopedManager(models.Manager[M]):
    """The manager of every model that hangs on a programme."""

    def get_queryset(self) -> ScopedQuerySet[M]:
        return ScopedQuerySet(self.model, using=self._db)

    def visible_to(self, actor: Actor, perm: Perm) -> ScopedQuerySet[M]:
        """See ScopedQuerySet.visible_to."""
        return self.get_queryset().visible_to(actor, perm)
