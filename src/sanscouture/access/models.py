"""What belongs to a programme. Abstract: `access` owns no table."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from sanscouture.access.managers import ScopedManager
from sanscouture.access.where import Kind, Where
from sanscouture.core.models import Entity


class ProgrammeModel(Entity):
    """A row of one programme. Its table carries `programme_id` and the policy of its kind."""

    access_scope: ClassVar[Where] = Where(Kind.PROGRAMME)

    programme = models.ForeignKey("programmes.Programme", models.PROTECT, verbose_name=_("programme"), related_name="+")

    objects = ScopedManager()

    class Meta:
        abstract = True


class NamedModel(ProgrammeModel):
    """A row about a person: closed until the programme's agreement is recorded (chapter 08)."""

    access_scope: ClassVar[Where] = Where(Kind.NAMED)

    class Meta:
        abstract = True
