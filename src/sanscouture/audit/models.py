"""The journal: who did or read what, when; rows are only ever added, and the database refuses the rest. Forms sent."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from sanscouture.access.managers import ScopedManager
from sanscouture.access.personal import Activity, Concerned, Data, Kept, Personal
from sanscouture.access.where import SYSTEM, Kind, Where
from sanscouture.core.models import Entity


class Submission(Entity):
    """A form that was sent and did its work: the same one, sent again because its answer was lost, does nothing more.

    Identifiers and fingerprints only; kept for two days.
    """

    access_scope: ClassVar[Where] = SYSTEM

    fingerprint = models.CharField(_("empreinte"), max_length=64, unique=True, editable=False)
    answer = models.TextField(_("adresse de la suite"), editable=False)

    class Meta:
        verbose_name = _("envoi de formulaire")
        verbose_name_plural = _("envois de formulaire")
        ordering = ("-created_at", "-id")
        indexes = (models.Index(fields=("created_at",), name="submission_at"),)

    def __str__(self) -> str:
        return self.fingerprint[:8]


class JournalEntry(Entity):
    """One act, at `created_at`. Identifiers and no personal data: erasing a person leaves the journal true."""

    access_scope: ClassVar[Where] = Where(Kind.JOURNAL)
    personal_data: ClassVar[Personal] = Personal(
        Activity.JOURNAL,
        about=(Concerned.RESIDENT, Concerned.ACCOUNT),
        kept=Kept.JOURNAL,
        fields={
            Data.TRACE: (
                "actor_id",
                "actor_label",
                "organisation_id",
                "verb",
                "model",
                "object_ids",
                "is_read",
                "note",
            ),
        },
    )

    actor_id: models.UUIDField[UUID | None, UUID | None] = models.UUIDField(_("compte"), null=True, editable=False)
    actor_label = models.CharField(_("acteur sans compte"), max_length=60, blank=True, editable=False)
    programme_id: models.UUIDField[UUID | None, UUID | None] = models.UUIDField(
        _("programme"), null=True, editable=False
    )
    organisation_id: models.UUIDField[UUID | None, UUID | None] = models.UUIDField(
        _("organisation de l’acteur"), null=True, editable=False
    )
    verb = models.CharField(_("acte"), max_length=60, editable=False)
    model = models.CharField(_("objet"), max_length=80, editable=False)
    object_ids: ArrayField[list[UUID], list[UUID]] = ArrayField(
        models.UUIDField(), verbose_name=_("identifiants"), default=list, editable=False
    )
    is_read = models.BooleanField(_("lecture"), default=False, editable=False)
    note = models.CharField(_("précision"), max_length=200, blank=True, editable=False)

    objects = ScopedManager()

    class Meta:
        verbose_name = _("ligne de journal")
        verbose_name_plural = _("journal")
        ordering = ("-created_at", "-id")
        indexes = (
            models.Index(fields=("programme_id", "-created_at"), name="journal_programme_at"),
            GinIndex(fields=["object_ids"], name="journal_object_ids"),
        )

    def __str__(self) -> str:
        return f"{self.verb} {self.model}"
