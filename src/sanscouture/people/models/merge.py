from __future__ import annotations

from dataclasses import replace
from typing import ClassVar
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from sanscouture.access.models import NamedModel
from sanscouture.access.personal import Activity, Concerned, Data, Kept, Personal
from sanscouture.access.where import Where
from sanscouture.core.fields import EncryptedTextField
from sanscouture.people.models.beneficiary import Beneficiary, hanging_on_person, kept_from


class Merge(NamedModel):
    """Two records of one person made one: which stays, and what was written in each row, so that it can be undone."""

    access_scope: ClassVar[Where] = hanging_on_person("kept_record")
    personal_data: ClassVar[Personal] = Personal(
        Activity.SUPPORT,
        about=(Concerned.RESIDENT, Concerned.ACCOUNT),
        kept=Kept.CONTACT,
        fields={
            Data.FOLLOW_UP: ("kept_record", "merged_record", "undone_at"),
            Data.IDENTITY: ("changes",),
            Data.TRACE: ("merged_by", "undone_by"),
        },
    )

    kept_record = models.ForeignKey(Beneficiary, models.PROTECT, verbose_name=_("fiche gardée"), related_name="merges")
    merged_record = models.ForeignKey(Beneficiary, models.PROTECT, verbose_name=_("fiche fusionnée"), related_name="+")
    changes = EncryptedTextField(_("ce qui a été écrit, en JSON"), default="[]")
    merged_by = models.ForeignKey("accounts.User", models.PROTECT, verbose_name=_("fusionnées par"), related_name="+")
    undone_at = models.DateTimeField(_("annulée le"), null=True, blank=True)
    undone_by = models.ForeignKey(
        "accounts.User", models.PROTECT, verbose_name=_("annulée par"), related_name="+", null=True, blank=True
    )

    class Meta:
        verbose_name = _("fusion de fiches")
        verbose_name_plural = _("fusions de fiches")
        ordering = ("-created_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("merged_record",),
                condition=Q(undone_at=None),
                name="merge_one_live",
                violation_error_message=_("Cette fiche vient d’être fusionnée avec une autre."),
            ),
            models.CheckConstraint(
                condition=Q(undone_at=None, undone_by=None) | Q(undone_at__isnull=False, undone_by__isnull=False),
                name="merge_undone_by_somebody",
                violation_error_message=_("Une fusion est annulée par quelqu’un."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.kept_record_id}"


def _either_kept_from(user_id: UUID) -> Q:
    return kept_from("one")(user_id) | kept_from("other")(user_id)


class Distinct(NamedModel):
    """Two close records of which somebody said that they are two people: they are not proposed again."""

    access_scope: ClassVar[Where] = replace(hanging_on_person("one"), kept_from=_either_kept_from)
    personal_data: ClassVar[Personal] = Personal(
        Activity.SUPPORT,
        about=(Concerned.RESIDENT, Concerned.ACCOUNT),
        kept=Kept.CONTACT,
        fields={
            Data.FOLLOW_UP: ("one", "other"),
            Data.TRACE: ("said_by",),
        },
    )

    one = models.ForeignKey(Beneficiary, models.PROTECT, verbose_name=_("une fiche"), related_name="+")
    other = models.ForeignKey(Beneficiary, models.PROTECT, verbose_name=_("une autre"), related_name="+")
    said_by = models.ForeignKey("accounts.User", models.PROTECT, verbose_name=_("dit par"), related_name="+")

    class Meta:
        verbose_name = _("personnes distinctes")
        verbose_name_plural = _("personnes distinctes")
        ordering = ("created_at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("one", "other"),
                name="distinct_once",
                violation_error_message=_("Quelqu’un vient de dire que ce sont deux personnes."),
            ),
            models.CheckConstraint(
                condition=Q(one__lt=F("other")),
                name="distinct_in_order",
                violation_error_message=_("Une fiche ne se distingue pas d’elle-même."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.one_id}"
