"""What belongs to a programme. Abstract: `access` owns no table."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from sanscouture.access.managers import ScopedManager
from sanscouture.access.where import Kind, Where
from sanscouture.core.fields import blind_indexes, unreadable
from sanscouture.core.models import Entity


class ProgrammeModel(Entity):
    """A row of one programme. Its table carries `programme_id` and the policy of its kind."""

    access_scope: ClassVar[Where] = Where(Kind.PROGRAMME)

    programme = models.ForeignKey("programmes.Programme", models.PROTECT, verbose_name=_("programme"), related_name="+")

    objects = ScopedManager()

    class Meta:
        abstract = True

    @property
    def is_unreadable(self) -> bool:
        """Whether something of this row is sealed with a key that is not here (ADR 0019)."""
        return unreadable(self)

    def save(self, *, update_fields: Iterable[str] | None = None, **options: Any) -> None:
        """Write the row; the blind index of a sealed text follows it (ADR 0019)."""
        if update_fields is not None:
            names = set(update_fields)
            update_fields = names | {index.name for index in blind_indexes(type(self)) if index.of in names}
        super().save(update_fields=update_fields, **options)


class NamedModel(ProgrammeModel):
    """A row about a person: closed until the programme's agreement is recorded (chapter 08)."""

    access_scope: ClassVar[Where] = Where(Kind.NAMED)

    class Meta:
        abstract = True
