from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from sanscouture.access.models import NamedModel
from sanscouture.access.personal import Activity, Concerned, Data, Kept, Personal
from sanscouture.access.where import Where
from sanscouture.pathways.enums import StepState
from sanscouture.people.models import hanging_on_person


class Pathway(NamedModel):
    """A person's way through, from an opening to a closing."""

    access_scope: ClassVar[Where] = hanging_on_person()
    personal_data: ClassVar[Personal] = Personal(
        Activity.SUPPORT,
        about=(Concerned.RESIDENT,),
        kept=Kept.CONTACT,
        fields={
            Data.FOLLOW_UP: ("beneficiary", "opened_on", "closed_on"),
        },
    )

    beneficiary = models.ForeignKey(
        "people.Beneficiary", models.PROTECT, verbose_name=_("bénéficiaire"), related_name="pathways"
    )
    opened_on = models.DateField(_("ouvert le"))
    closed_on = models.DateField(_("clos le"), null=True, blank=True)

    class Meta:
        verbose_name = _("parcours")
        verbose_name_plural = _("parcours")
        ordering = ("-opened_on", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("beneficiary",),
                condition=Q(closed_on=None),
                name="pathway_one_live",
                violation_error_message=_("Un parcours est déjà ouvert pour cette personne."),
            ),
            models.CheckConstraint(
                condition=Q(closed_on=None) | Q(closed_on__gte=F("opened_on")),
                name="pathway_dates",
                violation_error_message=_("La fin vient avant le début."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.opened_on}"


class Referent(NamedModel):
    """The one professional who answers for a pathway, from a date to a date."""

    access_scope: ClassVar[Where] = hanging_on_person("pathway__beneficiary")
    personal_data: ClassVar[Personal] = Personal(
        Activity.SUPPORT,
        about=(Concerned.RESIDENT, Concerned.ACCOUNT),
        kept=Kept.CONTACT,
        fields={
            Data.FOLLOW_UP: ("pathway", "since", "until"),
            Data.WORK: ("user", "organisation"),
        },
    )

    pathway = models.ForeignKey(Pathway, models.PROTECT, verbose_name=_("parcours"), related_name="referents")
    user = models.ForeignKey("accounts.User", models.PROTECT, verbose_name=_("référent"), related_name="+")
    organisation = models.ForeignKey(
        "partners.Organisation", models.PROTECT, verbose_name=_("structure"), related_name="+"
    )
    since = models.DateTimeField(_("depuis le"))
    until = models.DateTimeField(_("jusqu’au"), null=True, blank=True)

    class Meta:
        verbose_name = _("référent de parcours")
        verbose_name_plural = _("référents de parcours")
        ordering = ("-since",)
        constraints = (
            models.UniqueConstraint(
                fields=("pathway",),
                condition=Q(until=None),
                name="referent_exactly_one",
                violation_error_message=_("Ce parcours a déjà un référent."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.user_id}"


class Step(NamedModel):
    """One thing to do on a pathway, with who carries it and when."""

    access_scope: ClassVar[Where] = hanging_on_person("pathway__beneficiary")
    personal_data: ClassVar[Personal] = Personal(
        Activity.SUPPORT,
        about=(Concerned.RESIDENT, Concerned.ACCOUNT),
        kept=Kept.CONTACT,
        fields={
            Data.FOLLOW_UP: ("pathway", "label", "due_on", "state", "done_on", "referral"),
            Data.TRACE: ("carrier_organisation", "carrier", "created_by"),
        },
    )

    pathway = models.ForeignKey(Pathway, models.PROTECT, verbose_name=_("parcours"), related_name="steps")
    label = models.CharField(_("étape"), max_length=160)
    due_on = models.DateField(_("prévue le"))
    state = models.CharField(_("état"), max_length=10, choices=StepState.choices, default=StepState.TODO)
    done_on = models.DateField(_("faite le"), null=True, blank=True)
    carrier_organisation = models.ForeignKey(
        "partners.Organisation", models.PROTECT, verbose_name=_("structure qui porte"), related_name="+"
    )
    carrier = models.ForeignKey(
        "accounts.User",
        models.PROTECT,
        verbose_name=_("personne qui porte"),
        related_name="+",
        null=True,
        blank=True,
    )
    referral = models.ForeignKey(
        "pathways.Referral",
        models.PROTECT,
        verbose_name=_("orientation"),
        related_name="steps",
        null=True,
        blank=True,
    )
    created_by = models.ForeignKey("accounts.User", models.PROTECT, verbose_name=_("notée par"), related_name="+")

    class Meta:
        verbose_name = _("étape")
        verbose_name_plural = _("étapes")
        ordering = ("due_on", "id")
        constraints = (
            models.CheckConstraint(
                condition=~Q(state=StepState.DONE) | Q(done_on__isnull=False),
                name="step_done_has_date",
                violation_error_message=_("Une étape faite porte sa date."),
            ),
        )

    def __str__(self) -> str:
        return self.label
