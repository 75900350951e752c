from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, ClassVar
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from sanscouture.access.models import NamedModel
from sanscouture.access.personal import Activity, Concerned, Data, Kept, Personal
from sanscouture.access.where import Kind, Where
from sanscouture.core.clock import today
from sanscouture.core.fields import BlindIndexField, EncryptedTextField, SealedJSONField
from sanscouture.people.enums import (
    Channel,
    Digital,
    Education,
    FrenchLevel,
    Gender,
    Guardian,
    Housing,
    InvolvementKind,
    Known,
    Language,
    MinimumIncome,
    QpvState,
    RestrictionReason,
    SeekingLength,
)


def _shared() -> Q:
    """Whoever did not capture the record sees it only while a basis holds (chapter 02)."""
    return Q(shared_until__gte=today())


def _accompanied_by(ids: Collection[UUID]) -> Q:
    """People whom one of these organisations accompanies or receives now."""
    live = Involvement.objects.get_queryset().filter(organisation_id__in=ids, until=None)
    return Q(pk__in=live.values("beneficiary_id")) & (_shared() | Q(captured_by_id__in=ids))


def kept_from(path: str = "beneficiary") -> Callable[[UUID], Q]:
    """Rows of people whose record is restricted to named readers, for whoever is not one of them (chapter 02).

    The one predicate: `Where` puts it in everything that is fetched for an actor, whatever its role; a service that
    reads without an actor asks it by name. What a merge left behind with the record that was merged is kept from
    everybody. `path` leads to the person.
    """

    def kept(user_id: UUID) -> Q:
        mine = Reader.objects.get_queryset().filter(restriction=OuterRef("pk"), user_id=user_id, until=None)
        others = Restriction.objects.get_queryset().filter(~Exists(mine), lifted_at=None).order_by()
        merged = Beneficiary.objects.get_queryset().filter(merged_into__isnull=False).order_by()
        return Q(**{f"{path}__in": others.values("beneficiary_id")}) | Q(**{f"{path}__in": merged.values("pk")})

    return kept


def hanging_on_person(path: str = "beneficiary") -> Where:
    """Where a row belongs that hangs on a person: exactly as far as the person's own record."""

    def people(condition: Q) -> Q:
        return Q(**{f"{path}__in": Beneficiary.objects.get_queryset().filter(condition)})

    return Where(
        Kind.NAMED,
        by_programme=lambda: Q(**{f"{path}__shared_until__gte": today()}),
        by_organisation=lambda ids: people(_accompanied_by(ids)),
        by_user=lambda user_id: people(Q(created_by_id=user_id)),
        kept_from=kept_from(path),
    )


def _fact(name: Any, choices: type[models.TextChoices]) -> models.CharField[str, str]:
    """A fact among choices, of which « not asked » is one (chapter 02)."""
    untold = Known.NOT_ASKED.value
    return models.CharField(name, max_length=12, choices=choices.choices, default=untold, db_default=untold)


class Beneficiary(NamedModel):
    """A resident followed by name in one programme, with as little data as the purpose needs."""

    access_scope: ClassVar[Where] = Where(
        Kind.NAMED,
        by_programme=_shared,
        by_organisation=_accompanied_by,
        by_user=lambda user_id: Q(created_by_id=user_id),
        kept_from=kept_from("pk"),
    )
    personal_data: ClassVar[Personal] = Personal(
        Activity.SUPPORT,
        about=(Concerned.RESIDENT,),
        kept=Kept.CONTACT,
        fields={
            Data.IDENTITY: ("first_name", "last_name", "birth_date"),
            Data.REACH: ("phone", "email", "language", "channel"),
            Data.HOME: ("address", "commune", "lon", "lat", "qpv", "qpv_state", "qpv_provenance"),
            Data.SITUATION: (
                "gender",
                "job_seeker",
                "seeking_length",
                "minimum_income",
                "education",
                "french_level",
                "french_written",
                "digital",
                "has_children",
                "child_years",
                "lone_parent",
                "relatives",
                "guardian",
                "driving_licence",
                "vehicle",
                "housing",
                "disability",
                "right_to_work",
            ),
            Data.BASIS: ("shared_until",),
            Data.TRACE: ("captured_by", "created_by"),
            Data.TECHNICAL: ("name_key", "phonetic_key", "phone_key", "email_key", "version", "merged_into"),
        },
    )

    first_name = models.CharField(_("prénom"), max_length=80)
    last_name = models.CharField(_("nom"), max_length=80, blank=True)
    name_key = models.CharField(_("clé de tri"), max_length=170, editable=False)
    phonetic_key = models.CharField(_("clé de rapprochement"), max_length=40, editable=False)
    birth_date = models.DateField(_("date de naissance"), null=True, blank=True)
    phone = EncryptedTextField(_("téléphone"), blank=True)
    phone_key = BlindIndexField(_("clé du téléphone"), of="phone")
    email = EncryptedTextField(_("courriel"), blank=True)
    email_key = BlindIndexField(_("clé du courriel"), of="email")
    language = models.CharField(_("langue préférée"), max_length=2, choices=Language.choices, default=Language.FRENCH)
    channel = models.CharField(
        _("moyen de contact préféré"), max_length=10, choices=Channel.choices, default=Channel.PHONE
    )

    address = EncryptedTextField(_("adresse"), blank=True)
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
    qpv_provenance = SealedJSONField(_("provenance de la réponse"), sealed="address", default=dict, blank=True)

    job_seeker = models.CharField(
        _("inscription à France Travail"), max_length=10, choices=Known.choices, default=Known.NOT_ASKED
    )
    french_level = models.CharField(
        _("niveau de français parlé"), max_length=10, choices=FrenchLevel.choices, default=FrenchLevel.NOT_ASKED
    )

    french_written = _fact(_("niveau de français écrit"), FrenchLevel)
    gender = _fact(_("genre"), Gender)
    education = _fact(_("niveau d’études"), Education)
    seeking_length = _fact(_("durée de recherche d’emploi"), SeekingLength)
    minimum_income = _fact(_("minimum social"), MinimumIncome)
    has_children = _fact(_("enfants à charge"), Known)
    child_years = ArrayField(
        models.PositiveSmallIntegerField(), verbose_name=_("années de naissance des enfants"), null=True, blank=True
    )
    lone_parent = _fact(_("parent seul"), Known)
    relatives = models.PositiveSmallIntegerField(_("proches accompagnés sans fiche"), null=True, blank=True)
    guardian = _fact(_("représentant légal"), Guardian)
    driving_licence = _fact(_("permis de conduire"), Known)
    vehicle = _fact(_("véhicule"), Known)
    digital = _fact(_("autonomie numérique"), Digital)
    disability = _fact(_("handicap reconnu"), Known)
    housing = _fact(_("logement"), Housing)
    right_to_work = _fact(_("droit de travailler en France"), Known)

    captured_by = models.ForeignKey(
        "partners.Organisation",
        models.PROTECT,
        verbose_name=_("structure qui a créé la fiche"),
        related_name="+",
    )
    created_by = models.ForeignKey("accounts.User", models.PROTECT, verbose_name=_("créée par"), related_name="+")
    shared_until = models.DateField(_("partage possible jusqu’au"), null=True, blank=True)
    version = models.PositiveIntegerField(_("version"), default=1)
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        verbose_name=_("fusionnée avec"),
        related_name="+",
        null=True,
        blank=True,
        editable=False,
        db_index=False,
    )

    class Meta:
        verbose_name = _("bénéficiaire")
        verbose_name_plural = _("bénéficiaires")
        ordering = ("name_key", "id")
        indexes = (
            models.Index(fields=("programme", "name_key"), name="person_programme_name"),
            models.Index(fields=("programme", "phonetic_key"), name="person_programme_phonetic"),
            models.Index(fields=("programme", "phone_key"), name="person_programme_phone", condition=~Q(phone_key="")),
            models.Index(fields=("programme", "email_key"), name="person_programme_email", condition=~Q(email_key="")),
            models.Index(fields=("merged_into",), name="person_merged", condition=Q(merged_into__isnull=False)),
        )
        constraints = (
            models.CheckConstraint(
                condition=~Q(qpv_state=QpvState.INSIDE) | Q(qpv__isnull=False),
                name="person_inside_names_qpv",
                violation_error_message=_("« Dans un quartier » demande le nom du quartier."),
            ),
            models.CheckConstraint(
                condition=Q(phone__sealed=True, email__sealed=True, address__sealed=True, qpv_provenance__sealed=True),
                name="person_contact_sealed",
                violation_error_message=_("Une coordonnée est chiffrée avant d’être gardée."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    @classmethod
    def successor_of(cls, pk: UUID) -> UUID | None:
        """Give the record that stands for one that was merged, however often; none when it was not."""
        into = cls.objects.get_queryset().filter(pk=pk).values_list("merged_into_id", flat=True)
        found: UUID | None = into.first()
        return (cls.successor_of(found) or found) if found else None


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


class Restriction(NamedModel):
    """A record kept for named readers: for nobody else does it exist, from when it begins until it is lifted.

    Why is a word of a list, never an account of what happened.
    """

    access_scope: ClassVar[Where] = hanging_on_person()
    personal_data: ClassVar[Personal] = Personal(
        Activity.SUPPORT,
        about=(Concerned.RESIDENT, Concerned.ACCOUNT),
        kept=Kept.CONTACT,
        fields={
            Data.FOLLOW_UP: ("beneficiary", "reason", "since", "lifted_at"),
            Data.TRACE: ("restricted_by", "lifted_by"),
        },
    )

    beneficiary = models.ForeignKey(
        Beneficiary, models.PROTECT, verbose_name=_("bénéficiaire"), related_name="restrictions"
    )
    reason = models.CharField(_("pourquoi"), max_length=12, choices=RestrictionReason.choices)
    since = models.DateTimeField(_("depuis le"))
    restricted_by = models.ForeignKey("accounts.User", models.PROTECT, verbose_name=_("décidé par"), related_name="+")
    lifted_at = models.DateTimeField(_("levé le"), null=True, blank=True)
    lifted_by = models.ForeignKey(
        "accounts.User", models.PROTECT, verbose_name=_("levé par"), related_name="+", null=True, blank=True
    )

    class Meta:
        verbose_name = _("accès réservé")
        verbose_name_plural = _("accès réservés")
        ordering = ("-since", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("beneficiary",),
                condition=Q(lifted_at=None),
                name="restriction_one_live",
                violation_error_message=_("Cette fiche est déjà réservée."),
            ),
            models.CheckConstraint(
                condition=Q(lifted_at=None, lifted_by=None) | Q(lifted_at__isnull=False, lifted_by__isnull=False),
                name="restriction_lifted_by_somebody",
                violation_error_message=_("Un accès réservé est levé par quelqu’un."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_reason_display()}"


class Reader(NamedModel):
    """Somebody named to read a restricted record, from when to when. Being named opens nothing that a role closes."""

    access_scope: ClassVar[Where] = hanging_on_person("restriction__beneficiary")
    personal_data: ClassVar[Personal] = Personal(
        Activity.SUPPORT,
        about=(Concerned.RESIDENT, Concerned.ACCOUNT),
        kept=Kept.CONTACT,
        fields={
            Data.FOLLOW_UP: ("restriction", "since", "until"),
            Data.WORK: ("user",),
            Data.TRACE: ("named_by",),
        },
    )

    restriction = models.ForeignKey(
        Restriction, models.PROTECT, verbose_name=_("accès réservé"), related_name="readers"
    )
    user = models.ForeignKey("accounts.User", models.PROTECT, verbose_name=_("lecteur"), related_name="+")
    since = models.DateTimeField(_("depuis le"))
    named_by = models.ForeignKey("accounts.User", models.PROTECT, verbose_name=_("désigné par"), related_name="+")
    until = models.DateTimeField(_("jusqu’au"), null=True, blank=True)

    class Meta:
        verbose_name = _("lecteur désigné")
        verbose_name_plural = _("lecteurs désignés")
        ordering = ("since", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("restriction", "user"),
                condition=Q(until=None),
                name="reader_once",
                violation_error_message=_("Cette personne est déjà parmi les lecteurs."),
            ),
        )
        indexes = (models.Index(fields=("user", "restriction"), name="reader_live", condition=Q(until=None)),)

    def __str__(self) -> str:
        return f"{self.user_id}"
