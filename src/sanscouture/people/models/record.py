from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from sanscouture.access.models import NamedModel
from sanscouture.access.personal import Activity, Concerned, Data, Kept, Personal
from sanscouture.access.where import Kind, Where
from sanscouture.core.clock import today
from sanscouture.people.enums import AttachmentState, Ground, InformedBy, QpvState
from sanscouture.people.models.beneficiary import Beneficiary, hanging_on_person, kept_from


class FormerQpvAnswer(NamedModel):
    """What was answered of a person's place before its QPV were looked for again; it does not change any more.

    The address it spoke of is not repeated here: the record holds it.
    """

    access_scope: ClassVar[Where] = hanging_on_person()
    personal_data: ClassVar[Personal] = Personal(
        Activity.SUPPORT,
        about=(Concerned.RESIDENT,),
        kept=Kept.CONTACT,
        fields={
            Data.HOME: ("beneficiary", "state", "qpv", "provenance", "replaced_on"),
        },
    )

    beneficiary = models.ForeignKey(
        Beneficiary, models.PROTECT, verbose_name=_("bénéficiaire"), related_name="former_qpv_answers"
    )
    state = models.CharField(_("réponse sur le quartier"), max_length=14, choices=QpvState.choices)
    qpv = models.ForeignKey(
        "territories.Qpv", models.PROTECT, verbose_name=_("quartier"), related_name="+", null=True, blank=True
    )
    provenance = models.JSONField(_("provenance de la réponse"), default=dict, blank=True)
    replaced_on = models.DateField(_("remplacée le"))

    class Meta:
        verbose_name = _("réponse passée sur le quartier")
        verbose_name_plural = _("réponses passées sur le quartier")
        ordering = ("-replaced_on", "-id")
        constraints = (
            models.CheckConstraint(
                condition=~Q(state=QpvState.INSIDE) | Q(qpv__isnull=False),
                name="former_inside_names_qpv",
                violation_error_message=_("« Dans un quartier » demande le nom du quartier."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_state_display()}"


class Basis(NamedModel):
    """What the person was told, and on which ground data are shared, with its end."""

    access_scope: ClassVar[Where] = hanging_on_person()
    personal_data: ClassVar[Personal] = Personal(
        Activity.SUPPORT,
        about=(Concerned.RESIDENT, Concerned.ACCOUNT),
        kept=Kept.CONTACT,
        fields={
            Data.BASIS: (
                "beneficiary",
                "ground",
                "informed_by",
                "notice_version",
                "scopes",
                "given_on",
                "expires_on",
                "ended_on",
            ),
            Data.TRACE: ("recorded_by",),
        },
    )

    beneficiary = models.ForeignKey(Beneficiary, models.PROTECT, verbose_name=_("bénéficiaire"), related_name="bases")
    ground = models.CharField(_("fondement"), max_length=16, choices=Ground.choices)
    informed_by = models.CharField(_("information donnée"), max_length=8, choices=InformedBy.choices)
    notice_version = models.CharField(_("version de la notice"), max_length=20)
    scopes = ArrayField(models.CharField(max_length=20), verbose_name=_("portée"), default=list)
    given_on = models.DateField(_("donnée le"))
    expires_on = models.DateField(_("expire le"))
    ended_on = models.DateField(_("retirée le"), null=True, blank=True)
    recorded_by = models.ForeignKey(
        "accounts.User", models.PROTECT, verbose_name=_("enregistrée par"), related_name="+"
    )

    class Meta:
        verbose_name = _("information et fondement")
        verbose_name_plural = _("informations et fondements")
        ordering = ("-given_on", "-id")
        constraints = (
            models.CheckConstraint(
                condition=Q(expires_on__gt=F("given_on")),
                name="basis_dates",
                violation_error_message=_("La fin vient avant le début."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_ground_display()}"


class AttachmentRequest(NamedModel):
    """An organisation that met a person already known asks to be attached to the record."""

    access_scope: ClassVar[Where] = Where(
        Kind.NAMED,
        by_programme=lambda: Q(beneficiary__shared_until__gte=today()),
        by_organisation=lambda ids: Q(organisation_id__in=ids) | Q(beneficiary__captured_by_id__in=ids),
        by_user=lambda user_id: Q(requested_by_id=user_id) | Q(beneficiary__created_by_id=user_id),
        kept_from=kept_from(),
    )
    personal_data: ClassVar[Personal] = Personal(
        Activity.SUPPORT,
        about=(Concerned.RESIDENT, Concerned.ACCOUNT),
        kept=Kept.CONTACT,
        fields={
            Data.FOLLOW_UP: ("beneficiary", "organisation", "reason", "state", "decided_at"),
            Data.TRACE: ("requested_by", "decided_by"),
        },
    )

    beneficiary = models.ForeignKey(
        Beneficiary, models.PROTECT, verbose_name=_("bénéficiaire"), related_name="attachment_requests"
    )
    organisation = models.ForeignKey(
        "partners.Organisation", models.PROTECT, verbose_name=_("structure qui demande"), related_name="+"
    )
    requested_by = models.ForeignKey("accounts.User", models.PROTECT, verbose_name=_("demandé par"), related_name="+")
    reason = models.CharField(_("pourquoi"), max_length=300)
    state = models.CharField(_("état"), max_length=10, choices=AttachmentState.choices, default=AttachmentState.PENDING)
    decided_by = models.ForeignKey(
        "accounts.User",
        models.PROTECT,
        verbose_name=_("décidé par"),
        related_name="+",
        null=True,
        blank=True,
    )
    decided_at = models.DateTimeField(_("décidé le"), null=True, blank=True)

    class Meta:
        verbose_name = _("demande de rattachement")
        verbose_name_plural = _("demandes de rattachement")
        ordering = ("-created_at",)
        constraints = (
            models.UniqueConstraint(
                fields=("beneficiary", "organisation"),
                condition=Q(state=AttachmentState.PENDING),
                name="attachment_request_once",
                violation_error_message=_("Votre structure a déjà demandé."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_state_display()}"
