from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from sanscouture.access.models import NamedModel, ProgrammeModel
from sanscouture.access.personal import Activity, Concerned, Data, Kept, Personal
from sanscouture.access.where import Kind, Where
from sanscouture.pathways.enums import AdmissionState
from sanscouture.people.models import kept_from

LIVE = (AdmissionState.FLAGGED, AdmissionState.ADMITTED, AdmissionState.RESERVE)


class Cohort(ProgrammeModel):
    """A group followed together: what for, whom, how many, from when to when."""

    access_scope: ClassVar[Where] = Where(
        Kind.PROGRAMME, by_organisation=lambda _ids: Q(), by_user=lambda _user_id: Q()
    )
    personal_data: ClassVar[Personal] = Personal(
        Activity.ALLIANCE,
        about=(Concerned.ACCOUNT,),
        kept=Kept.PROGRAMME,
        fields={
            Data.WORK: ("name", "purpose", "criteria", "seats", "outside_share", "starts_on", "ends_on", "referent")
        },
    )

    name = models.CharField(_("nom"), max_length=120)
    purpose = models.TextField(_("but"), max_length=1_000)
    criteria = models.JSONField(_("critères"), default=list, blank=True)
    seats = models.PositiveSmallIntegerField(_("places"))
    outside_share = models.PositiveSmallIntegerField(_("part hors quartier (%)"), default=20)
    starts_on = models.DateField(_("commence le"))
    ends_on = models.DateField(_("finit le"), null=True, blank=True)
    referent = models.ForeignKey(
        "accounts.User", models.PROTECT, verbose_name=_("référent"), related_name="+", null=True, blank=True
    )

    class Meta:
        verbose_name = _("cohorte")
        verbose_name_plural = _("cohortes")
        ordering = ("-starts_on", "name")
        constraints = (
            models.UniqueConstraint(
                fields=("programme", "name"),
                name="cohort_once",
                violation_error_message=_("Une cohorte porte déjà ce nom."),
            ),
            models.CheckConstraint(
                condition=Q(seats__gte=1, seats__lte=1_000),
                name="cohort_seats",
                violation_error_message=_("Une cohorte a de 1 à 1 000 places."),
            ),
            models.CheckConstraint(
                condition=Q(outside_share__lte=100),
                name="cohort_share_of_hundred",
                violation_error_message=_("La part hors quartier va de 0 à 100 %."),
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="cohort_dates",
                violation_error_message=_("La fin vient avant le début."),
            ),
        )

    def __str__(self) -> str:
        return self.name


class CohortPartner(ProgrammeModel):
    """An organisation that takes part in a cohort."""

    cohort = models.ForeignKey(Cohort, models.PROTECT, verbose_name=_("cohorte"), related_name="partners")
    organisation = models.ForeignKey(
        "partners.Organisation", models.PROTECT, verbose_name=_("structure"), related_name="+"
    )

    class Meta:
        verbose_name = _("partenaire d’une cohorte")
        verbose_name_plural = _("partenaires des cohortes")
        ordering = ("organisation__name_key", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("cohort", "organisation"),
                name="cohort_partner_once",
                violation_error_message=_("Cette structure prend déjà part à la cohorte."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.organisation_id}"


class Admission(NamedModel):
    """A candidate of a cohort: who flagged the person and why, and what the commission decided.

    Every reader of the commission knows that somebody was flagged, and by which organisation; the person, the words
    and the reasons show only where the reader may read the person's record (`selectors.commission`).
    """

    access_scope: ClassVar[Where] = Where(
        Kind.NAMED, by_organisation=lambda _ids: Q(), by_user=lambda _user_id: Q(), kept_from=kept_from()
    )
    personal_data: ClassVar[Personal] = Personal(
        Activity.SUPPORT,
        about=(Concerned.RESIDENT, Concerned.ACCOUNT),
        kept=Kept.CONTACT,
        fields={
            Data.FOLLOW_UP: (
                *("cohort", "beneficiary", "state", "rank", "reason", "unmet", "exception"),
                *("flagged_by_organisation", "why", "meeting", "decided_at"),
            ),
            Data.DIFFICULTIES: ("entry_barriers",),
            Data.TRACE: ("flagged_by", "decided_by"),
        },
    )

    cohort = models.ForeignKey(Cohort, models.PROTECT, verbose_name=_("cohorte"), related_name="admissions")
    beneficiary = models.ForeignKey(
        "people.Beneficiary", models.PROTECT, verbose_name=_("bénéficiaire"), related_name="admissions"
    )
    state = models.CharField(_("état"), max_length=10, choices=AdmissionState.choices, default=AdmissionState.FLAGGED)
    rank = models.PositiveSmallIntegerField(_("rang sur la liste de réserve"), null=True, blank=True)
    reason = models.CharField(_("motif"), max_length=300, blank=True)
    unmet = ArrayField(
        models.CharField(max_length=20), verbose_name=_("critères non remplis"), default=list, blank=True
    )
    exception = models.CharField(_("pourquoi une exception"), max_length=300, blank=True)
    flagged_by = models.ForeignKey("accounts.User", models.PROTECT, verbose_name=_("signalé par"), related_name="+")
    flagged_by_organisation = models.ForeignKey(
        "partners.Organisation", models.PROTECT, verbose_name=_("structure qui signale"), related_name="+"
    )
    why = models.CharField(_("pourquoi cette cohorte"), max_length=300)
    meeting = models.ForeignKey(
        "meetings.Meeting", models.PROTECT, verbose_name=_("réunion"), related_name="+", null=True, blank=True
    )
    decided_by = models.ForeignKey(
        "accounts.User", models.PROTECT, verbose_name=_("décision écrite par"), related_name="+", null=True, blank=True
    )
    decided_at = models.DateTimeField(_("décidé le"), null=True, blank=True)
    entry_barriers = models.JSONField(_("freins à l’entrée"), default=dict, blank=True)

    class Meta:
        verbose_name = _("admission")
        verbose_name_plural = _("admissions")
        ordering = ("created_at", "id")
        indexes = (models.Index(fields=("cohort", "state", "rank"), name="admission_cohort_state"),)
        constraints = (
            models.UniqueConstraint(
                fields=("cohort", "beneficiary"),
                condition=Q(state__in=LIVE),
                name="admission_one_live",
                violation_error_message=_("Cette personne est déjà signalée pour cette cohorte."),
            ),
            models.CheckConstraint(
                condition=Q(state=AdmissionState.RESERVE, rank__isnull=False)
                | (~Q(state=AdmissionState.RESERVE) & Q(rank=None)),
                name="admission_reserve_has_rank",
                violation_error_message=_("La liste de réserve a un ordre."),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=(AdmissionState.RESERVE, AdmissionState.NOT_NOW, AdmissionState.WITHDRAWN))
                | ~Q(reason=""),
                name="admission_has_reason",
                violation_error_message=_("Cette décision demande un motif."),
            ),
            models.CheckConstraint(
                condition=Q(unmet=[]) | ~Q(exception=""),
                name="admission_exception_explained",
                violation_error_message=_("Une exception aux critères s’explique."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_state_display()}"
