from __future__ import annotations

from typing import ClassVar, cast
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sanscouture.access.models import NamedModel, ProgrammeModel
from sanscouture.access.personal import Activity, Concerned, Data, Kept, Personal
from sanscouture.access.where import Kind, Where
from sanscouture.pathways.enums import ClosingAct, RuptureRule
from sanscouture.people.models import kept_from


class Rupture(NamedModel):
    """A detected seam: nobody holds the thread. It names who must act and by when; an act closes it.

    The coordinator sees every one, without identity where the person's basis does not allow more (chapter 00).
    """

    access_scope: ClassVar[Where] = Where(
        Kind.NAMED,
        by_organisation=lambda ids: (
            Q(responsible_organisation_id__in=ids) | Q(referral__sender_organisation_id__in=ids)
        ),
        by_user=lambda user_id: Q(responsible_id=user_id) | Q(beneficiary__created_by_id=user_id),
        kept_from=kept_from(),
    )
    personal_data: ClassVar[Personal] = Personal(
        Activity.SUPPORT,
        about=(Concerned.RESIDENT, Concerned.ACCOUNT),
        kept=Kept.CONTACT,
        fields={
            Data.FOLLOW_UP: (
                "beneficiary",
                "rule",
                "referral",
                "pathway",
                "since",
                "due_on",
                "severity",
                "closed_at",
                "closing_act",
                "quiet_until",
                "closing_reason",
                "escalated_on",
            ),
            Data.TRACE: ("responsible_organisation", "responsible", "closed_by"),
        },
    )

    beneficiary = models.ForeignKey(
        "people.Beneficiary", models.PROTECT, verbose_name=_("bénéficiaire"), related_name="ruptures"
    )
    rule = models.CharField(_("règle"), max_length=20, choices=RuptureRule.choices)
    referral = models.ForeignKey(
        "pathways.Referral",
        models.PROTECT,
        verbose_name=_("orientation"),
        related_name="ruptures",
        null=True,
        blank=True,
    )
    pathway = models.ForeignKey(
        "pathways.Pathway",
        models.PROTECT,
        verbose_name=_("parcours"),
        related_name="ruptures",
        null=True,
        blank=True,
    )
    since = models.DateField(_("fil rompu depuis le"))
    due_on = models.DateField(_("à rattraper avant le"))
    severity = models.PositiveSmallIntegerField(_("gravité"))
    responsible_organisation = models.ForeignKey(
        "partners.Organisation", models.PROTECT, verbose_name=_("structure qui doit agir"), related_name="+"
    )
    responsible = models.ForeignKey(
        "accounts.User",
        models.PROTECT,
        verbose_name=_("personne qui doit agir"),
        related_name="+",
        null=True,
        blank=True,
    )
    closed_at = models.DateTimeField(_("rattrapée le"), null=True, blank=True)
    closed_by = models.ForeignKey(
        "accounts.User",
        models.PROTECT,
        verbose_name=_("rattrapée par"),
        related_name="+",
        null=True,
        blank=True,
    )
    closing_act = models.CharField(_("acte"), max_length=12, choices=ClosingAct.choices, blank=True)
    quiet_until = models.DateField(_("pas signalée de nouveau avant le"), null=True, blank=True)
    closing_reason = models.CharField(_("motif"), max_length=300, blank=True)
    escalated_on = models.DateField(_("remontée à la coordination le"), null=True, blank=True)

    class Meta:
        verbose_name = _("rupture")
        verbose_name_plural = _("ruptures")
        ordering = ("due_on", "id")
        indexes = (models.Index(fields=("programme", "due_on"), name="rupture_open", condition=Q(closed_at=None)),)
        constraints = (
            models.UniqueConstraint(
                fields=("rule", "referral", "pathway"),
                condition=Q(closed_at=None),
                nulls_distinct=False,
                name="rupture_open_once",
                violation_error_message=_("Cette rupture est déjà signalée."),
            ),
            models.CheckConstraint(
                condition=Q(referral__isnull=False, pathway=None) | Q(referral=None, pathway__isnull=False),
                name="rupture_one_subject",
                violation_error_message=_("Une rupture porte sur une orientation ou sur un parcours."),
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, closing_act="") | (Q(closed_at__isnull=False) & ~Q(closing_act="")),
                name="rupture_closed_by_act",
                violation_error_message=_("Une rupture se ferme par un acte."),
            ),
            models.CheckConstraint(
                condition=~Q(closing_act=ClosingAct.REASON) | ~Q(closing_reason=""),
                name="rupture_reason_written",
                violation_error_message=_("Un motif écrit est demandé."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_rule_display()}"

    @property
    def subject_id(self) -> UUID:
        """The referral or the pathway that it is about."""
        return cast("UUID", self.referral_id or self.pathway_id)


class RuptureSetting(ProgrammeModel):
    """What a programme decided of one rule: on or off, its threshold, and when coordination takes over.

    Without a row, the rule is as `rules.ruptures.RULES` says.
    """

    rule = models.CharField(_("règle"), max_length=20, choices=RuptureRule.choices)
    is_on = models.BooleanField(_("allumée"))
    threshold = models.PositiveSmallIntegerField(_("seuil"))
    escalate_days = models.PositiveSmallIntegerField(_("jours de retard avant la coordination"))

    class Meta:
        verbose_name = _("réglage d’une rupture")
        verbose_name_plural = _("réglages des ruptures")
        ordering = ("rule",)
        constraints = (
            models.UniqueConstraint(
                fields=("programme", "rule"),
                name="rupture_setting_once",
                violation_error_message=_("Cette règle vient d’être réglée par une autre personne."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_rule_display()}"
