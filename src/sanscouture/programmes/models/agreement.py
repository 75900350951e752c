from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sanscouture.access.models import ProgrammeModel
from sanscouture.access.personal import Activity, Concerned, Data, Kept, Personal
from sanscouture.programmes.enums import VersionState


class DataProtection(ProgrammeModel):
    """What a programme's agreement must say and that nothing else tells: who answers people, who was consulted."""

    personal_data: ClassVar[Personal] = Personal(
        Activity.ALLIANCE,
        about=(Concerned.CONTACT,),
        kept=Kept.PROGRAMME,
        fields={
            Data.IDENTITY: ("officer_name",),
            Data.REACH: ("rights_contact", "officer_contact"),
            Data.WORK: ("rights_organisation", "officer_opinion", "officer_opinion_on"),
        },
    )

    rights_organisation = models.ForeignKey(
        "partners.Organisation",
        models.PROTECT,
        verbose_name=_("structure point de contact"),
        related_name="+",
        null=True,
        blank=True,
    )
    rights_contact = models.CharField(_("adresse du point de contact"), max_length=200, blank=True)
    officer_name = models.CharField(_("délégué à la protection des données"), max_length=160, blank=True)
    officer_contact = models.CharField(_("adresse du délégué"), max_length=200, blank=True)
    officer_opinion = models.TextField(_("avis du délégué"), max_length=4_000, blank=True)
    officer_opinion_on = models.DateField(_("avis rendu le"), null=True, blank=True)

    class Meta:
        verbose_name = _("réglages de la convention")
        verbose_name_plural = _("réglages des conventions")
        constraints = (
            models.UniqueConstraint(
                fields=("programme",),
                name="data_protection_once",
                violation_error_message=_("Ces réglages viennent d’être écrits par une autre personne."),
            ),
            models.CheckConstraint(
                condition=~Q(officer_opinion="") | Q(officer_opinion_on=None),
                name="data_protection_opinion_dated",
                violation_error_message=_("La date de l’avis demande l’avis lui-même."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.programme_id}"


class AgreementVersion(ProgrammeModel):
    """Both documents as they were on the day they were prepared to be signed, and what became of them.

    What they say is kept whole: a version is printed again as it was signed, whatever changed since.
    """

    personal_data: ClassVar[Personal] = Personal(
        Activity.ALLIANCE,
        about=(Concerned.ACCOUNT, Concerned.CONTACT),
        kept=Kept.PROGRAMME,
        fields={
            Data.WORK: (
                *("number", "state", "fingerprint", "configuration", "agreement", "assessment"),
                *("agreement_signed_on", "assessment_signed_on"),
            ),
            Data.TRACE: (
                *("prepared_by", "recorded_by", "recorded_at"),
                *("withdrawn_by", "withdrawn_at", "withdrawn_reason"),
            ),
        },
    )

    number = models.PositiveSmallIntegerField(_("numéro"))
    state = models.CharField(
        _("état"), max_length=10, choices=VersionState.choices, default=VersionState.PREPARED, editable=False
    )
    fingerprint = models.CharField(_("empreinte"), max_length=64, editable=False)
    configuration = models.JSONField(_("configuration"), editable=False)
    agreement = models.JSONField(_("convention"), editable=False)
    assessment = models.JSONField(_("analyse d’impact"), editable=False)
    prepared_by = models.ForeignKey(
        "accounts.User", models.PROTECT, verbose_name=_("préparée par"), related_name="+", null=True, blank=True
    )
    agreement_signed_on = models.DateField(_("convention signée le"), null=True, blank=True)
    assessment_signed_on = models.DateField(_("analyse d’impact signée le"), null=True, blank=True)
    recorded_by = models.ForeignKey(
        "accounts.User", models.PROTECT, verbose_name=_("enregistrée par"), related_name="+", null=True, blank=True
    )
    recorded_at = models.DateTimeField(_("enregistrée le"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        "accounts.User", models.PROTECT, verbose_name=_("retirée par"), related_name="+", null=True, blank=True
    )
    withdrawn_at = models.DateTimeField(_("retirée le"), null=True, blank=True)
    withdrawn_reason = models.CharField(_("raison du retrait"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("version de la convention")
        verbose_name_plural = _("versions de la convention")
        ordering = ("-number",)
        constraints = (
            models.UniqueConstraint(
                fields=("programme", "number"),
                name="agreement_version_once",
                violation_error_message=_("Une autre personne vient de préparer une version."),
            ),
            models.UniqueConstraint(
                fields=("programme",),
                condition=Q(state=VersionState.SIGNED),
                name="agreement_one_signed",
                violation_error_message=_("Une autre version vient d’être enregistrée comme signée."),
            ),
            models.CheckConstraint(
                condition=Q(state=VersionState.PREPARED, agreement_signed_on=None, assessment_signed_on=None)
                | (
                    ~Q(state=VersionState.PREPARED)
                    & Q(agreement_signed_on__isnull=False, assessment_signed_on__isnull=False)
                ),
                name="agreement_signed_has_dates",
                violation_error_message=_("Une version signée porte les deux dates."),
            ),
            models.CheckConstraint(
                condition=~Q(state=VersionState.WITHDRAWN) | ~Q(withdrawn_reason=""),
                name="agreement_withdrawn_has_reason",
                violation_error_message=_("Un retrait dit sa raison."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.number}"


class AgreementSignature(ProgrammeModel):
    """Who signed a version, for which organisation, in what capacity."""

    personal_data: ClassVar[Personal] = Personal(
        Activity.ALLIANCE,
        about=(Concerned.CONTACT,),
        kept=Kept.PROGRAMME,
        fields={Data.IDENTITY: ("signatory",), Data.WORK: ("version", "organisation", "capacity")},
    )

    version = models.ForeignKey(AgreementVersion, models.PROTECT, verbose_name=_("version"), related_name="signatures")
    organisation = models.ForeignKey(
        "partners.Organisation", models.PROTECT, verbose_name=_("structure"), related_name="+"
    )
    signatory = models.CharField(_("signataire"), max_length=160)
    capacity = models.CharField(_("qualité"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("signature de la convention")
        verbose_name_plural = _("signatures de la convention")
        ordering = ("organisation__name_key", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("version", "organisation"),
                name="agreement_signature_once",
                violation_error_message=_("Cette structure a déjà signé cette version."),
            ),
        )

    def __str__(self) -> str:
        return self.signatory
