from __future__ import annotations

from collections.abc import Collection
from typing import ClassVar
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sanscouture.access.models import NamedModel
from sanscouture.access.personal import Activity, Concerned, Data, Kept, Personal
from sanscouture.access.where import Kind, Where
from sanscouture.core.clock import today
from sanscouture.pathways.enums import (
    AppointmentState,
    Delivery,
    EventKind,
    Evidence,
    Fact,
    Outcome,
    ReferralState,
    RefusalReason,
)
from sanscouture.people.models import kept_from


def _in_hands_of(ids: Collection[UUID], path: str = "") -> Q:
    """Sent by one of these organisations, or sent to it (a draft has not left)."""
    sent = Q(**{f"{path}sender_organisation_id__in": ids})
    got = Q(**{f"{path}recipient_id__in": ids}) & ~Q(**{f"{path}state": ReferralState.DRAFT})
    return sent | got


def on_referral(path: str = "referral__") -> Where:
    """Where a row belongs that hangs on a referral: with its two organisations, and the programme's readers."""
    return Where(
        Kind.NAMED,
        by_programme=lambda: Q(**{f"{path}beneficiary__shared_until__gte": today()}),
        by_organisation=lambda ids: _in_hands_of(ids, path),
        by_user=lambda user_id: Q(**{f"{path}sender_id": user_id}),
        kept_from=kept_from(f"{path}beneficiary"),
    )


class Referral(NamedModel):
    """Handing a need over to a service or an organisation, with an answer."""

    access_scope: ClassVar[Where] = on_referral("")
    personal_data: ClassVar[Personal] = Personal(
        Activity.SUPPORT,
        about=(Concerned.RESIDENT, Concerned.ACCOUNT),
        kept=Kept.CONTACT,
        fields={
            Data.FOLLOW_UP: (
                "beneficiary",
                "need",
                "parent",
                "is_split",
                "meets_together",
                "service",
                "recipient",
                "travels",
                "message",
                "state",
                "delivery",
                "deadline",
                "clock_on",
                "sent_at",
                "received_at",
                "decided_at",
                "met_at",
                "started_at",
                "ended_at",
                "refusal_reason",
                "refusal_text",
                "waiting_weeks",
                "outcome",
                "outcome_evidence",
                "outcome_reason",
            ),
            Data.TRACE: ("sender", "sender_organisation", "owner_organisation", "owner", "decided_by_label"),
            Data.TECHNICAL: ("version",),
        },
    )

    beneficiary = models.ForeignKey(
        "people.Beneficiary", models.PROTECT, verbose_name=_("bénéficiaire"), related_name="referrals"
    )
    need = models.ForeignKey("pathways.Need", models.PROTECT, verbose_name=_("besoin"), related_name="referrals")
    parent = models.ForeignKey(
        "self", models.PROTECT, verbose_name=_("fait suite à"), related_name="children", null=True, blank=True
    )
    is_split = models.BooleanField(
        _("partage le besoin avec l’orientation qui précède"), default=False, db_default=False
    )
    """Sent beside its parent, which goes on; else it follows a parent that came to nothing."""
    meets_together = models.BooleanField(_("rencontre à trois souhaitée"), default=False, db_default=False)
    service = models.ForeignKey(
        "directory.Service", models.PROTECT, verbose_name=_("service"), related_name="+", null=True, blank=True
    )
    recipient = models.ForeignKey(
        "partners.Organisation", models.PROTECT, verbose_name=_("destinataire"), related_name="+"
    )
    sender = models.ForeignKey("accounts.User", models.PROTECT, verbose_name=_("envoyée par"), related_name="+")
    sender_organisation = models.ForeignKey(
        "partners.Organisation", models.PROTECT, verbose_name=_("structure qui oriente"), related_name="+"
    )
    travels = ArrayField(
        models.CharField(max_length=20, choices=Fact.choices), verbose_name=_("ce qui voyage"), default=list
    )
    message = models.TextField(_("message"), max_length=1000, blank=True)

    state = models.CharField(_("état"), max_length=12, choices=ReferralState.choices, default=ReferralState.DRAFT)
    delivery = models.CharField(_("service rendu"), max_length=16, choices=Delivery.choices, default=Delivery.NONE)
    deadline = models.DateField(_("réponse attendue le"))
    owner_organisation = models.ForeignKey(
        "partners.Organisation", models.PROTECT, verbose_name=_("structure qui doit agir"), related_name="+"
    )
    owner = models.ForeignKey(
        "accounts.User",
        models.PROTECT,
        verbose_name=_("personne qui doit agir"),
        related_name="+",
        null=True,
        blank=True,
    )
    clock_on = models.DateField(_("agir avant le"), null=True, blank=True)

    sent_at = models.DateTimeField(_("envoyée le"), null=True, blank=True)
    received_at = models.DateTimeField(_("reçue le"), null=True, blank=True)
    decided_at = models.DateTimeField(_("décidée le"), null=True, blank=True)
    decided_by_label = models.CharField(_("décidée par"), max_length=160, blank=True)
    met_at = models.DateTimeField(_("première rencontre le"), null=True, blank=True)
    started_at = models.DateTimeField(_("service commencé le"), null=True, blank=True)
    ended_at = models.DateTimeField(_("service terminé le"), null=True, blank=True)

    refusal_reason = models.CharField(_("motif du refus"), max_length=20, choices=RefusalReason.choices, blank=True)
    refusal_text = models.CharField(_("précision du refus"), max_length=300, blank=True)
    waiting_weeks = models.PositiveSmallIntegerField(_("attente (semaines)"), null=True, blank=True)
    outcome = models.CharField(_("issue"), max_length=12, choices=Outcome.choices, blank=True)
    outcome_evidence = models.CharField(_("preuve"), max_length=10, choices=Evidence.choices, blank=True)
    outcome_reason = models.CharField(_("motif de l’issue"), max_length=300, blank=True)
    version = models.PositiveIntegerField(_("version"), default=1)

    class Meta:
        verbose_name = _("orientation")
        verbose_name_plural = _("orientations")
        ordering = ("-created_at", "-id")
        indexes = (
            models.Index(fields=("programme", "state", "clock_on"), name="referral_state_clock"),
            models.Index(fields=("recipient", "state"), name="referral_inbox"),
            models.Index(fields=("sender_organisation", "state"), name="referral_sent"),
        )
        constraints = (
            models.CheckConstraint(
                condition=~Q(state=ReferralState.REFUSED) | ~Q(refusal_reason=""),
                name="referral_refused_has_reason",
                violation_error_message=_("Un refus porte un motif."),
            ),
            models.CheckConstraint(
                condition=~Q(refusal_reason=RefusalReason.OTHER) | ~Q(refusal_text=""),
                name="referral_other_has_text",
                violation_error_message=_("« Autre motif » demande une précision."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=[ReferralState.DRAFT, ReferralState.WITHDRAWN]) | Q(sent_at__isnull=False),
                name="referral_sent_has_time",
                violation_error_message=_("Une orientation envoyée porte sa date d’envoi."),
            ),
            models.CheckConstraint(
                condition=Q(delivery=Delivery.NONE) | Q(state=ReferralState.ACCEPTED),
                name="referral_delivery_after_acceptance",
                violation_error_message=_("Un service ne commence qu’après l’acceptation."),
            ),
            models.CheckConstraint(
                condition=~Q(delivery=Delivery.ENDED) | (Q(ended_at__isnull=False) & ~Q(outcome="")),
                name="referral_ended_has_outcome",
                violation_error_message=_("Un service terminé dit ce qu’est devenu le besoin."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=[ReferralState.REFUSED, ReferralState.WITHDRAWN])
                | Q(delivery=Delivery.ENDED)
                | Q(clock_on__isnull=False),
                name="referral_live_has_clock",
                violation_error_message=_("Une orientation vivante a une échéance."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_state_display()}"


class ReferralEvent(NamedModel):
    """One thing that happened to a referral: what, when, by whom. Never changed afterwards."""

    access_scope: ClassVar[Where] = on_referral()
    personal_data: ClassVar[Personal] = Personal(
        Activity.SUPPORT,
        about=(Concerned.RESIDENT, Concerned.ACCOUNT, Concerned.CONTACT),
        kept=Kept.CONTACT,
        fields={
            Data.FOLLOW_UP: ("referral", "kind", "at", "note"),
            Data.TRACE: ("by", "by_label"),
        },
    )

    referral = models.ForeignKey(Referral, models.PROTECT, verbose_name=_("orientation"), related_name="events")
    kind = models.CharField(_("fait"), max_length=24, choices=EventKind.choices)
    at = models.DateTimeField(_("le"))
    by = models.ForeignKey(
        "accounts.User", models.PROTECT, verbose_name=_("par"), related_name="+", null=True, blank=True
    )
    by_label = models.CharField(_("par"), max_length=160, blank=True)
    note = models.CharField(_("précision"), max_length=1000, blank=True)

    class Meta:
        verbose_name = _("fait de l’orientation")
        verbose_name_plural = _("faits de l’orientation")
        ordering = ("at", "id")

    def __str__(self) -> str:
        return f"{self.get_kind_display()}"


class Appointment(NamedModel):
    """A meeting between the person and the receiving organisation."""

    access_scope: ClassVar[Where] = on_referral()
    personal_data: ClassVar[Personal] = Personal(
        Activity.SUPPORT,
        about=(Concerned.RESIDENT, Concerned.CONTACT),
        kept=Kept.CONTACT,
        fields={
            Data.FOLLOW_UP: ("referral", "starts_at", "minutes", "place", "with_whom", "with_sender", "state"),
        },
    )

    referral = models.ForeignKey(Referral, models.PROTECT, verbose_name=_("orientation"), related_name="appointments")
    starts_at = models.DateTimeField(_("le"))
    minutes = models.PositiveSmallIntegerField(_("durée (minutes)"), default=60)
    place = models.CharField(_("lieu"), max_length=200)
    with_whom = models.CharField(_("avec"), max_length=120, blank=True)
    with_sender = models.BooleanField(_("à trois, avec qui oriente"), default=False, db_default=False)
    state = models.CharField(
        _("état"), max_length=10, choices=AppointmentState.choices, default=AppointmentState.PROPOSED
    )

    class Meta:
        verbose_name = _("rendez-vous")
        verbose_name_plural = _("rendez-vous")
        ordering = ("starts_at", "id")

    def __str__(self) -> str:
        return f"{self.starts_at}"


class AnswerLink(NamedModel):
    """A signed link by which an organisation without an account answers one referral. Only its hash is kept."""

    access_scope: ClassVar[Where] = on_referral()
    personal_data: ClassVar[Personal] = Personal(
        Activity.SUPPORT,
        about=(Concerned.RESIDENT, Concerned.CONTACT),
        kept=Kept.CONTACT,
        fields={
            Data.REACH: ("email",),
            Data.SECURITY: (
                "referral",
                "token_hash",
                "expires_at",
                "revoked_at",
                "opened_at",
                "code_hash",
                "code_expires_at",
                "code_attempts",
                "identity_shown_at",
            ),
        },
    )

    referral = models.ForeignKey(Referral, models.PROTECT, verbose_name=_("orientation"), related_name="answer_links")
    email = models.EmailField(_("adresse de la structure"))
    token_hash = models.CharField(_("empreinte du lien"), max_length=64, unique=True)
    expires_at = models.DateTimeField(_("expire le"))
    revoked_at = models.DateTimeField(_("retiré le"), null=True, blank=True)
    opened_at = models.DateTimeField(_("ouvert le"), null=True, blank=True)
    code_hash = models.CharField(_("empreinte du code"), max_length=64, blank=True)
    code_expires_at = models.DateTimeField(_("le code expire le"), null=True, blank=True)
    code_attempts = models.PositiveSmallIntegerField(_("essais du code"), default=0)
    identity_shown_at = models.DateTimeField(_("identité montrée le"), null=True, blank=True)

    class Meta:
        verbose_name = _("lien de réponse")
        verbose_name_plural = _("liens de réponse")
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return f"{self.pk}"
