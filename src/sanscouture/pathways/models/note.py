from __future__ import annotations

from dataclasses import replace
from typing import ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sanscouture.access.models import NamedModel
from sanscouture.access.personal import Activity, Concerned, Data, Kept, Personal
from sanscouture.access.where import Where
from sanscouture.core.fields import EncryptedTextField
from sanscouture.pathways.enums import NoteReaders
from sanscouture.pathways.rules.notes import ACCOMPANY
from sanscouture.people.models import Involvement, hanging_on_person


def _meant_for(user_id: UUID, organisation_id: UUID | None) -> Q:
    """Written by this account, or for it: a note that was taken back stays its writer's alone."""
    meant = Q(readers=NoteReaders.TEAM)
    if organisation_id:
        live = Involvement.objects.get_queryset().filter(
            organisation_id=organisation_id, kind__in=ACCOMPANY, until=None
        )
        meant |= Q(readers=NoteReaders.SUPPORT, beneficiary__in=live.values("beneficiary_id"))
        meant |= Q(readers=NoteReaders.ORGANISATION, organisation_id=organisation_id)
    return Q(author_id=user_id) | (meant & Q(removed_at=None))


class Note(NamedModel):
    """What a professional wrote about a person, and whom they let read it."""

    access_scope: ClassVar[Where] = replace(hanging_on_person(), meant_for=_meant_for)
    personal_data: ClassVar[Personal] = Personal(
        Activity.SUPPORT,
        about=(Concerned.RESIDENT, Concerned.ACCOUNT),
        kept=Kept.CONTACT,
        fields={
            Data.NOTES: ("beneficiary", "text", "readers", "on"),
            Data.TRACE: ("author", "organisation", "edited_at", "removed_at"),
            Data.TECHNICAL: ("version",),
        },
    )

    beneficiary = models.ForeignKey(
        "people.Beneficiary", models.PROTECT, verbose_name=_("bénéficiaire"), related_name="notes"
    )
    text = EncryptedTextField(_("note"), max_length=2000)
    readers = models.CharField(_("qui peut la lire"), max_length=14, choices=NoteReaders.choices)
    on = models.DateField(_("du"))
    author = models.ForeignKey("accounts.User", models.PROTECT, verbose_name=_("écrite par"), related_name="+")
    organisation = models.ForeignKey(
        "partners.Organisation",
        models.PROTECT,
        verbose_name=_("structure"),
        related_name="+",
        null=True,
        blank=True,
    )
    edited_at = models.DateTimeField(_("modifiée le"), null=True, blank=True)
    removed_at = models.DateTimeField(_("retirée le"), null=True, blank=True)
    version = models.PositiveIntegerField(_("version"), default=1)

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        ordering = ("-on", "-created_at", "-id")
        constraints = (
            models.CheckConstraint(
                condition=~Q(readers=NoteReaders.ORGANISATION) | Q(organisation__isnull=False),
                name="note_for_an_organisation",
                violation_error_message=_("« Ma structure » demande une structure."),
            ),
            models.CheckConstraint(
                condition=Q(readers__in=NoteReaders.values),
                name="note_readers_known",
                violation_error_message=_("Dites qui peut lire cette note."),
            ),
            models.CheckConstraint(
                condition=Q(text__sealed=True),
                name="note_sealed",
                violation_error_message=_("Une note est chiffrée avant d’être gardée."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.on}"
