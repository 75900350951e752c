from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sanscouture.access.models import NamedModel
from sanscouture.access.personal import Activity, Concerned, Data, Kept, Personal
from sanscouture.access.where import Where
from sanscouture.pathways.enums import NeedState, Severity
from sanscouture.people.models import hanging_on_person


class Barrier(NamedModel):
    """What stands between a person and work, in one of the eight fields."""

    access_scope: ClassVar[Where] = hanging_on_person()
    personal_data: ClassVar[Personal] = Personal(
        Activity.SUPPORT,
        about=(Concerned.RESIDENT, Concerned.ACCOUNT),
        kept=Kept.CONTACT,
        fields={
            Data.DIFFICULTIES: ("beneficiary", "field", "severity", "priority", "situations", "objective", "note"),
            Data.TRACE: ("updated_at", "updated_by"),
            Data.TECHNICAL: ("version",),
        },
    )

    beneficiary = models.ForeignKey(
        "people.Beneficiary", models.PROTECT, verbose_name=_("bénéficiaire"), related_name="barriers"
    )
    field = models.PositiveSmallIntegerField(_("champ d’action"))
    severity = models.PositiveSmallIntegerField(_("gravité"), choices=Severity.choices, default=Severity.NONE)
    priority = models.BooleanField(_("prioritaire pour la personne"), default=False)
    situations = ArrayField(models.CharField(max_length=60), verbose_name=_("situations"), default=list, blank=True)
    objective = models.CharField(_("objectif"), max_length=60, blank=True)
    note = models.CharField(_("précision"), max_length=300, blank=True)
    updated_at = models.DateTimeField(_("modifié le"), auto_now=True)
    updated_by = models.ForeignKey("accounts.User", models.PROTECT, verbose_name=_("modifié par"), related_name="+")
    version = models.PositiveIntegerField(_("version"), default=1)

    class Meta:
        verbose_name = _("frein")
        verbose_name_plural = _("freins")
        ordering = ("field",)
        constraints = (
            models.UniqueConstraint(
                fields=("beneficiary", "field"),
                name="barrier_once_per_field",
                violation_error_message=_("Ce champ est déjà renseigné."),
            ),
            models.CheckConstraint(
                condition=Q(field__gte=1, field__lte=8),
                name="barrier_eight_fields",
                violation_error_message=_("Il y a huit champs d’action."),
            ),
            models.CheckConstraint(
                condition=~Q(field=8) | Q(note=""),
                name="barrier_health_without_words",
                violation_error_message=_("La santé ne se décrit pas : elle se coche seulement."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.field}"


class Strength(NamedModel):
    """What helps: a skill, a licence, a relative."""

    access_scope: ClassVar[Where] = hanging_on_person()
    personal_data: ClassVar[Personal] = Personal(
        Activity.SUPPORT,
        about=(Concerned.RESIDENT, Concerned.ACCOUNT),
        kept=Kept.CONTACT,
        fields={
            Data.DIFFICULTIES: ("beneficiary", "label"),
            Data.TRACE: ("created_by",),
        },
    )

    beneficiary = models.ForeignKey(
        "people.Beneficiary", models.PROTECT, verbose_name=_("bénéficiaire"), related_name="strengths"
    )
    label = models.CharField(_("point d’appui"), max_length=120)
    created_by = models.ForeignKey("accounts.User", models.PROTECT, verbose_name=_("noté par"), related_name="+")

    class Meta:
        verbose_name = _("point d’appui")
        verbose_name_plural = _("points d’appui")
        ordering = ("created_at", "id")

    def __str__(self) -> str:
        return self.label


class Need(NamedModel):
    """An open request for help on a barrier. It outlives any one referral: a refusal leaves it open."""

    access_scope: ClassVar[Where] = hanging_on_person()
    personal_data: ClassVar[Personal] = Personal(
        Activity.SUPPORT,
        about=(Concerned.RESIDENT, Concerned.ACCOUNT),
        kept=Kept.CONTACT,
        fields={
            Data.DIFFICULTIES: (
                "beneficiary",
                "barrier",
                "field",
                "theme",
                "label",
                "state",
                "reason",
                "due_on",
                "closed_at",
            ),
            Data.TRACE: ("owner", "owner_organisation", "created_by"),
        },
    )

    beneficiary = models.ForeignKey(
        "people.Beneficiary", models.PROTECT, verbose_name=_("bénéficiaire"), related_name="needs"
    )
    barrier = models.ForeignKey(
        Barrier, models.PROTECT, verbose_name=_("frein"), related_name="needs", null=True, blank=True
    )
    field = models.PositiveSmallIntegerField(_("champ d’action"))
    theme = models.CharField(_("thématique"), max_length=120, blank=True)
    label = models.CharField(_("besoin"), max_length=200)
    state = models.CharField(_("état"), max_length=10, choices=NeedState.choices, default=NeedState.OPEN)
    reason = models.CharField(_("motif"), max_length=300, blank=True)
    owner = models.ForeignKey("accounts.User", models.PROTECT, verbose_name=_("qui s’en charge"), related_name="+")
    owner_organisation = models.ForeignKey(
        "partners.Organisation", models.PROTECT, verbose_name=_("structure qui s’en charge"), related_name="+"
    )
    due_on = models.DateField(_("à faire avant le"))
    closed_at = models.DateTimeField(_("clos le"), null=True, blank=True)
    created_by = models.ForeignKey("accounts.User", models.PROTECT, verbose_name=_("noté par"), related_name="+")

    class Meta:
        verbose_name = _("besoin")
        verbose_name_plural = _("besoins")
        ordering = ("created_at", "id")
        indexes = (models.Index(fields=("programme", "state", "due_on"), name="need_state_due"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(field__gte=1, field__lte=8),
                name="need_eight_fields",
                violation_error_message=_("Il y a huit champs d’action."),
            ),
            models.CheckConstraint(
                condition=Q(state=NeedState.OPEN, closed_at=None)
                | (~Q(state=NeedState.OPEN) & Q(closed_at__isnull=False)),
                name="need_closed_has_date",
                violation_error_message=_("Un besoin clos porte sa date."),
            ),
            models.CheckConstraint(
                condition=~Q(state=NeedState.UNCOVERED) | ~Q(reason=""),
                name="need_uncovered_has_reason",
                violation_error_message=_("« Sans solution » demande un motif."),
            ),
        )

    def __str__(self) -> str:
        return self.label
