from __future__ import annotations

from collections.abc import Collection
from typing import ClassVar
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from sanscouture.access.models import NamedModel
from sanscouture.access.personal import Activity, Concerned, Data, Kept, Personal
from sanscouture.access.where import Kind, Where
from sanscouture.core.clock import today
from sanscouture.people.enums import (
    AttachmentState,
    Channel,
    FrenchLevel,
    Ground,
    InformedBy,
    InvolvementKind,
    Known,
    Language,
    QpvState,
)


def _shared() -> Q:
    """Whoever did not capture the record sees it only while a basis holds (chapter 02)."""
    return Q(shared_until__gte=today())


def _accompanied_by(ids: Collection[UUID]) -> Q:
    """People whom one of these organisations accompanies or receives now."""
    live = Involvement.objects.get_queryset().filter(organisation_id__in=ids, until=None)
    return Q(pk__in=live.values("beneficiary_id")) & (_shared() | Q(captured_by_id__in=ids))


def hanging_on_person(path: str = "beneficiary") -> Where:
    """Where a row belongs that hangs on a person: exactly as far as the person's own record."""

    def people(condition: Q) -> Q:
        return Q(**{f"{path}__in": Beneficiary.objects.get_queryset().filter(condition)})

    return Where(
        Kind.NAMED,
        by_programme=lambda: Q(**{f"{path}__shared_until__gte": today()}),
        by_organisation=lambda ids: people(_accompanied_by(ids)),
        by_user=lambda user_id: people(Q(created_by_id=user_id)),
    )


class Beneficiary(NamedModel):
    """A resident followed by name in one programme, with as little data as the purpose needs."""

    access_scope: ClassVar[Where] = Where(
        Kind.NAMED,
        by_programme=_shared,
        by_organisation=_accompanied_by,
        by_user=lambda user_id: Q(created_by_id=user_id),
    )
    personal_data: ClassVar[Personal] = Personal(
        Activity.SUPPORT,
        about=(Concerned.RESIDENT,),
        kept=Kept.CONTACT,
        fields={
            Data.IDENTITY: ("first_name", "last_name", "birth_date"),
            Data.REACH: ("phone", "email", "language", "channel"),
            Data.HOME: ("address", "commune", "lon", "lat", "qpv", "qpv_state", "qpv_provenance"),
            Data.SITUATION: ("job_seeker", "french_level"),
            Data.BASIS: ("shared_until",),
            Data.TRACE: ("captured_by", "created_by"),
            Data.TECHNICAL: ("name_key", "phonetic_key", "version"),
        },
    )

    first_name = models.CharField(_("prénom"), max_length=80)
    last_name = models.CharField(_("nom"), max_length=80, blank=True)
    name_key = models.CharField(_("clé de tri"), max_length=170, editable=False)
    phonetic_key = models.CharField(_("clé de rapprochement"), max_length=40, editable=False)
    birth_date = models.DateField(_("date de naissance"), null=True, blank=True)
    phone = models.CharField(_("téléphone"), max_length=20, blank=True)
    email = models.EmailField(_("courriel"), blank=True)
    language = models.CharField(_("langue préférée"), max_length=2, choices=Language.choices, default=Language.FRENCH)
    channel = models.CharField(
        _("moyen de contact préféré"), max_length=10, choices=Channel.choices, default=Channel.PHONE
    )

    address = models.CharField(_("adresse"), max_length=200, blank=True)
    commune = models.ForeignKey(
        "territories.Commune",
        models.PROTECT,
        verbose_name=_("commune"),
        related_name="+",
        null=True,
        blank=True,
    )
    lon = models.FloatField(_("longitude"), null=True, blank=True)
    lat = models.FloatField(_("latitude"), null=True, blank=True)
    qpv = models.ForeignKey(
        "territories.Qpv", models.PROTECT, verbose_name=_("quartier"), related_name="+", null=True, blank=True
    )
    qpv_state = models.CharField(
        _("réponse sur le quartier"),
        max_length=14,
        choices=QpvState.choices,
        default=QpvState.UNDETERMINED,
    )
    qpv_provenance = models.JSONField(_("provenance de la réponse"), default=dict, blank=True)

    job_seeker = models.CharField(
        _("inscription à France Travail"), max_length=10, choices=Known.choices, default=Known.NOT_ASKED
    )
    french_level = models.CharField(
        _("niveau de français parlé"), max_length=10, choices=FrenchLevel.choices, default=FrenchLevel.NOT_ASKED
    )

    captured_by = models.ForeignKey(
        "partners.Organisation",
        models.PROTECT,
        verbose_name=_("structure qui a créé la fiche"),
        related_name="+",
    )
    created_by = models.ForeignKey("accounts.User", models.PROTECT, verbose_name=_("créée par"), related_name="+")
    shared_until = models.DateField(_("partage possible jusqu’au"), null=True, blank=True)
    version = models.PositiveIntegerField(_("version"), default=1)

    class Meta:
        verbose_name = _("bénéficiaire")
        verbose_name_plural = _("bénéficiaires")
        ordering = ("name_key", "id")
        indexes = (
            models.Index(fields=("programme", "name_key"), name="person_programme_name"),
            models.Index(fields=("programme", "phonetic_key"), name="person_programme_phonetic"),
        )
        constraints = (
            models.CheckConstraint(
                condition=~Q(qpv_state=QpvState.INSIDE) | Q(qpv__isnull=False),
                name="person_inside_names_qpv",
                violation_error_message=_("« Dans un quartier » demande le nom du quartier."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


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


class Involvement(NamedModel):
    """An organisation that accompanies or receives a person, from a date to a date: who sees the record, and why."""

    access_scope: ClassVar[Where] = hanging_on_person()
    personal_data: ClassVar[Personal] = Personal(
        Activity.SUPPORT,
        about=(Concerned.RESIDENT,),
        kept=Kept.CONTACT,
        fields={
            Data.FOLLOW_UP: ("beneficiary", "organisation", "kind", "since", "until"),
        },
    )

    beneficiary = models.ForeignKey(
        Beneficiary, models.PROTECT, verbose_name=_("bénéficiaire"), related_name="involvements"
    )
    organisation = models.ForeignKey(
        "partners.Organisation", models.PROTECT, verbose_name=_("structure"), related_name="+"
    )
    kind = models.CharField(_("à quel titre"), max_length=12, choices=InvolvementKind.choices)
    since = models.DateField(_("depuis le"))
    until = models.DateField(_("jusqu’au"), null=True, blank=True)

    class Meta:
        verbose_name = _("participation au parcours")
        verbose_name_plural = _("participations au parcours")
        ordering = ("since", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("beneficiary", "organisation", "kind"),
                condition=Q(until=None),
                name="involvement_once",
                violation_error_message=_("Cette structure participe déjà à ce titre."),
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")),
                name="involvement_dates",
                violation_error_message=_("La fin vient avant le début."),
            ),
        )
        indexes = (
            models.Index(fields=("organisation", "beneficiary"), name="involvement_live", condition=Q(until=None)),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()}"


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
