from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from sanscouture.access.enums import ORGANISATION_ROLES, Role
from sanscouture.access.managers import ScopedManager
from sanscouture.access.models import ProgrammeModel
from sanscouture.access.personal import Activity, Concerned, Data, Kept, Personal
from sanscouture.access.where import ROOT, SYSTEM, Kind, Where
from sanscouture.core.models import Entity
from sanscouture.programmes.enums import ProgrammeKind, TeamFunction


class Programme(Entity):
    """A cité de l'emploi or a pacte plein emploi: the local alliance."""

    access_scope: ClassVar[Where] = ROOT

    slug = models.SlugField(_("adresse courte"), unique=True)
    official_id = models.CharField(_("identifiant national"), max_length=20, unique=True, null=True, blank=True)
    name = models.CharField(_("nom"), max_length=160)
    kind = models.CharField(_("forme"), max_length=10, choices=ProgrammeKind.choices, default=ProgrammeKind.CITE)
    label_year = models.PositiveSmallIntegerField(_("année du label"), null=True, blank=True)
    carrier = models.CharField(_("structure porteuse"), max_length=200, blank=True)
    communes = models.ManyToManyField(
        "territories.Commune", verbose_name=_("communes"), related_name="programmes", blank=True
    )
    lon = models.FloatField(_("longitude"), null=True, blank=True)
    lat = models.FloatField(_("latitude"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=200, blank=True)
    answer_days = models.PositiveSmallIntegerField(_("délai de réponse (jours)"), default=10)
    agreement_signed_on = models.DateField(_("convention signée le"), null=True, blank=True)
    impact_assessment_signed_on = models.DateField(_("analyse d’impact signée le"), null=True, blank=True)

    objects = ScopedManager()

    class Meta:
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    @property
    def names_open(self) -> bool:
        """Whether its named tables are open (chapter 08: agreement and impact assessment recorded as signed)."""
        return self.agreement_signed_on is not None and self.impact_assessment_signed_on is not None


class Perimeter(ProgrammeModel):
    """A QPV of a programme, from a date to a date. One that two programmes share counts once nationally."""

    access_scope: ClassVar[Where] = Where(Kind.OPEN)

    qpv = models.ForeignKey("territories.Qpv", models.PROTECT, verbose_name=_("quartier"), related_name="perimeters")
    since = models.DateField(_("depuis le"), null=True, blank=True)
    until = models.DateField(_("jusqu’au"), null=True, blank=True)
    candidate = models.BooleanField(_("à confirmer"), default=False)

    class Meta:
        verbose_name = _("quartier du périmètre")
        verbose_name_plural = _("quartiers du périmètre")
        ordering = ("qpv__name",)
        constraints = (
            models.UniqueConstraint(
                fields=("programme", "qpv"),
                condition=Q(until=None),
                name="perimeter_qpv_once",
                violation_error_message=_("Ce quartier est déjà dans le périmètre."),
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(since=None) | Q(until__gte=F("since")),
                name="perimeter_dates",
                violation_error_message=_("La fin vient avant le début."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.qpv_id}"


class TeamMember(ProgrammeModel):
    """A member of the project team, with employer and mandate apart."""

    personal_data: ClassVar[Personal] = Personal(
        Activity.ALLIANCE,
        about=(Concerned.ACCOUNT, Concerned.CONTACT),
        kept=Kept.PROGRAMME,
        fields={
            Data.IDENTITY: ("first_name", "last_name"),
            Data.WORK: ("function", "employer", "user", "share", "since", "until"),
        },
    )

    first_name = models.CharField(_("prénom"), max_length=80)
    last_name = models.CharField(_("nom"), max_length=80)
    function = models.CharField(_("mandat"), max_length=20, choices=TeamFunction.choices)
    employer = models.ForeignKey(
        "partners.Organisation",
        models.PROTECT,
        verbose_name=_("employeur"),
        related_name="+",
        null=True,
        blank=True,
    )
    user = models.ForeignKey(
        "accounts.User", models.PROTECT, verbose_name=_("compte"), related_name="+", null=True, blank=True
    )
    share = models.DecimalField(_("quotité"), max_digits=3, decimal_places=2, null=True, blank=True)
    since = models.DateField(_("depuis le"), null=True, blank=True)
    until = models.DateField(_("jusqu’au"), null=True, blank=True)

    class Meta:
        verbose_name = _("membre de l’équipe projet")
        verbose_name_plural = _("équipe projet")
        ordering = ("function", "last_name", "first_name")
        constraints = (
            models.CheckConstraint(
                condition=Q(share=None) | Q(share__gt=0, share__lte=1),
                name="team_share_of_one",
                violation_error_message=_("La quotité va de 0,01 à 1."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}"


class CoPilot(ProgrammeModel):
    """An organisation that co-pilots the programme, from a date to a date."""

    organisation = models.ForeignKey(
        "partners.Organisation", models.PROTECT, verbose_name=_("structure"), related_name="+"
    )
    since = models.DateField(_("depuis le"), null=True, blank=True)
    until = models.DateField(_("jusqu’au"), null=True, blank=True)

    class Meta:
        verbose_name = _("copilote")
        verbose_name_plural = _("copilotes")
        ordering = ("organisation__name",)
        constraints = (
            models.UniqueConstraint(
                fields=("programme", "organisation"),
                condition=Q(until=None),
                name="copilot_once",
                violation_error_message=_("Cette structure copilote déjà le programme."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.organisation_id}"


class Partnership(ProgrammeModel):
    """An organisation's participation in a programme: role, what it brings, who to ask for."""

    personal_data: ClassVar[Personal] = Personal(
        Activity.ALLIANCE,
        about=(Concerned.ACCOUNT,),
        kept=Kept.PROGRAMME,
        fields={
            Data.WORK: ("organisation", "role", "contribution", "referent", "since", "until"),
        },
    )

    organisation = models.ForeignKey(
        "partners.Organisation", models.PROTECT, verbose_name=_("structure"), related_name="partnerships"
    )
    role = models.CharField(_("rôle"), max_length=200, blank=True)
    contribution = models.TextField(_("apport attendu"), blank=True)
    referent = models.ForeignKey(
        "accounts.User", models.PROTECT, verbose_name=_("référent"), related_name="+", null=True, blank=True
    )
    since = models.DateField(_("depuis le"), null=True, blank=True)
    until = models.DateField(_("jusqu’au"), null=True, blank=True)

    class Meta:
        verbose_name = _("partenariat")
        verbose_name_plural = _("partenariats")
        ordering = ("organisation__name",)
        constraints = (
            models.UniqueConstraint(
                fields=("programme", "organisation"),
                condition=Q(until=None),
                name="partnership_once",
                violation_error_message=_("Cette structure est déjà partenaire du programme."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.organisation_id}"


class RoleGrant(ProgrammeModel):
    """A role that an account holds in a programme, and for some roles in one of its organisations."""

    access_scope: ClassVar[Where] = Where(
        Kind.OWN,
        by_organisation=lambda ids: Q(organisation_id__in=ids),
        by_user=lambda user_id: Q(user_id=user_id),
    )
    personal_data: ClassVar[Personal] = Personal(
        Activity.ACCOUNTS,
        about=(Concerned.ACCOUNT,),
        kept=Kept.PROGRAMME,
        fields={
            Data.WORK: ("user", "role", "organisation", "revoked_at"),
        },
    )

    user = models.ForeignKey("accounts.User", models.PROTECT, verbose_name=_("compte"), related_name="role_grants")
    role = models.CharField(_("rôle"), max_length=24, choices=Role.choices)
    organisation = models.ForeignKey(
        "partners.Organisation",
        models.PROTECT,
        verbose_name=_("structure"),
        related_name="role_grants",
        null=True,
        blank=True,
    )
    revoked_at = models.DateTimeField(_("retiré le"), null=True, blank=True)

    class Meta:
        verbose_name = _("habilitation")
        verbose_name_plural = _("habilitations")
        ordering = ("user__last_name", "user__first_name", "role")
        constraints = (
            models.UniqueConstraint(
                fields=("user", "programme", "organisation", "role"),
                condition=Q(revoked_at=None),
                nulls_distinct=False,
                name="role_grant_once",
                violation_error_message=_("Cette personne a déjà ce rôle."),
            ),
            models.CheckConstraint(
                condition=Q(role__in=sorted(ORGANISATION_ROLES), organisation__isnull=False)
                | (~Q(role__in=sorted(ORGANISATION_ROLES)) & Q(organisation=None)),
                name="role_grant_scope",
                violation_error_message=_("Ce rôle se tient dans une structure, ou ne s’y tient pas."),
            ),
            models.CheckConstraint(
                condition=~Q(role=Role.NATIONAL_ANIMATOR),
                name="role_grant_not_national",
                violation_error_message=_("L’animation nationale ne se tient pas dans un programme."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_role_display()}"


class InvitedRole(ProgrammeModel):
    """The role that an invitation promises; held from the moment it is accepted."""

    access_scope: ClassVar[Where] = Where(Kind.PROGRAMME, by_organisation=lambda ids: Q(organisation_id__in=ids))
    personal_data: ClassVar[Personal] = Personal(
        Activity.ACCOUNTS,
        about=(Concerned.ACCOUNT,),
        kept=Kept.PROGRAMME,
        fields={
            Data.WORK: ("invitation", "role", "organisation"),
        },
    )

    invitation = models.OneToOneField(
        "accounts.Invitation", models.PROTECT, verbose_name=_("invitation"), related_name="invited_role"
    )
    role = models.CharField(_("rôle"), max_length=24, choices=Role.choices)
    organisation = models.ForeignKey(
        "partners.Organisation", models.PROTECT, verbose_name=_("structure"), related_name="+", null=True, blank=True
    )

    class Meta:
        verbose_name = _("rôle promis")
        verbose_name_plural = _("rôles promis")
        ordering = ("-created_at", "-id")
        constraints = (
            models.CheckConstraint(
                condition=Q(role__in=sorted(ORGANISATION_ROLES), organisation__isnull=False)
                | (~Q(role__in=sorted(ORGANISATION_ROLES)) & Q(organisation=None)),
                name="invited_role_scope",
                violation_error_message=_("Ce rôle se tient dans une structure, ou ne s’y tient pas."),
            ),
            models.CheckConstraint(
                condition=~Q(role=Role.NATIONAL_ANIMATOR),
                name="invited_role_not_national",
                violation_error_message=_("L’animation nationale ne se tient pas dans un programme."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_role_display()}"


class NationalRole(Entity):
    """The nation's animation: aggregates only, never a name."""

    access_scope: ClassVar[Where] = SYSTEM
    personal_data: ClassVar[Personal] = Personal(
        Activity.ACCOUNTS,
        about=(Concerned.ACCOUNT,),
        kept=Kept.PROGRAMME,
        fields={
            Data.WORK: ("user", "revoked_at"),
        },
    )

    user = models.OneToOneField("accounts.User", models.PROTECT, verbose_name=_("compte"), related_name="national_role")
    revoked_at = models.DateTimeField(_("retiré le"), null=True, blank=True)

    class Meta:
        verbose_name = _("habilitation nationale")
        verbose_name_plural = _("habilitations nationales")

    def __str__(self) -> str:
        return f"{self.user_id}"
