from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from sanscouture.access.personal import Activity, Concerned, Data, Kept, Personal
from sanscouture.access.where import PUBLIC, Where
from sanscouture.core.models import Entity
from sanscouture.partners.enums import OrganisationKind, PartnerCategory
from sanscouture.partners.rules import category_of, is_sensitive, validate_siret
from sanscouture.territories.rules import search_key

LOCAL_SOURCE = "sans-couture"
"""The source of organisations entered here, as data·inclusion names producers."""


class Organisation(Entity):
    """An organisation of the field, in data·inclusion v1's terms. Its part in a programme is told elsewhere."""

    access_scope: ClassVar[Where] = PUBLIC
    personal_data: ClassVar[Personal] = Personal(
        Activity.ALLIANCE,
        about=(Concerned.CONTACT,),
        kept=Kept.DIRECTORY,
        fields={
            Data.REACH: ("phone", "email"),
        },
    )

    source = models.CharField(_("source"), max_length=60, default=LOCAL_SOURCE)
    external_id = models.CharField(_("identifiant d’origine"), max_length=200, unique=True)
    name = models.CharField(_("nom"), max_length=150)
    name_key = models.CharField(_("clé de tri"), max_length=200, editable=False, db_index=True)
    kind = models.CharField(_("type"), max_length=30, choices=OrganisationKind, default=OrganisationKind.OTHER)
    category = models.CharField(_("catégorie"), max_length=20, choices=PartnerCategory, editable=False)
    siret = models.CharField(_("SIRET"), max_length=14, blank=True, validators=[validate_siret])
    address = models.CharField(_("adresse"), max_length=250, blank=True)
    address_extra = models.CharField(_("complément d’adresse"), max_length=250, blank=True)
    postcode = models.CharField(_("code postal"), max_length=5, blank=True)
    city = models.CharField(_("ville"), max_length=100, blank=True)
    commune = models.ForeignKey(
        "territories.Commune",
        verbose_name=_("commune"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    lon = models.FloatField(_("longitude"), null=True, blank=True)
    lat = models.FloatField(_("latitude"), null=True, blank=True)
    phone = models.CharField(_("téléphone"), max_length=30, blank=True)
    email = models.EmailField(_("adresse électronique pour les orientations"), blank=True)
    website = models.URLField(_("site web"), max_length=2083, blank=True)
    source_url = models.URLField(_("fiche d’origine"), max_length=2083, blank=True)
    accessibility_url = models.URLField(_("accessibilité du lieu"), max_length=2083, blank=True)
    description = models.TextField(_("description"), blank=True)
    opening_hours = models.CharField(_("horaires d’accueil (format OpenStreetMap)"), max_length=500, blank=True)
    networks = ArrayField(models.CharField(max_length=60), verbose_name=_("réseaux porteurs"), default=list, blank=True)
    source_updated_on = models.DateField(_("mise à jour à la source le"), null=True, blank=True)
    source_commune = models.CharField(_("code commune de la source"), max_length=5, blank=True, editable=False)
    source_fingerprint: models.UUIDField[UUID | None, UUID | None] = models.UUIDField(
        _("empreinte de la ligne importée"), null=True, editable=False
    )
    fictitious = models.BooleanField(_("fictive"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    default_deadline_days = models.PositiveSmallIntegerField(
        _("délai de réponse habituel, en jours"),
        default=10,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
    )

    class Meta:
        verbose_name = _("structure")
        verbose_name_plural = _("structures")
        ordering = ("name_key", "id")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(kind__in=OrganisationKind.values),
                name="organisation_kind_known",
                violation_error_message=_("Ce type de structure n’existe pas."),
            ),
            models.CheckConstraint(
                condition=models.Q(category__in=PartnerCategory.values),
                name="organisation_category_known",
                violation_error_message=_("Cette catégorie de partenaire n’existe pas."),
            ),
            models.CheckConstraint(
                condition=models.Q(siret="") | models.Q(siret__regex=r"^[0-9]{14}$"),
                name="organisation_siret_digits",
                violation_error_message=_("Un numéro SIRET compte quatorze chiffres."),
            ),
            models.CheckConstraint(
                condition=models.Q(lon__isnull=True, lat__isnull=True)
                | models.Q(lon__gte=-180, lon__lte=180, lat__gte=-90, lat__lte=90),
                name="organisation_position_whole",
                violation_error_message=_("Une position a une longitude et une latitude, en degrés."),
            ),
            models.CheckConstraint(
                condition=models.Q(default_deadline_days__gte=1, default_deadline_days__lte=60),
                name="organisation_deadline_sensible",
                violation_error_message=_("Le délai de réponse va de 1 à 60 jours."),
            ),
        )
        indexes = (
            models.Index(fields=["siret"], name="organisation_siret", condition=~models.Q(siret="")),
            models.Index(fields=["lat", "lon"], name="organisation_position"),
            GinIndex(OpClass("name_key", name="gin_trgm_ops"), name="organisation_name_trigrams"),
        )

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.derive()
        super().save(*args, **kwargs)

    def derive(self) -> None:
        """Compute what follows from the other fields. Bulk writes call it; `save` does it by itself."""
        self.name_key = search_key(self.name)[:200]
        self.category = category_of(self.kind)
        self.external_id = self.external_id or f"{self.source}--{self.id}"

    @property
    def is_sensitive(self) -> bool:
        return is_sensitive(self.kind)

    @property
    def full_address(self) -> str:
        """The address on one line, as one writes it on an envelope."""
        return ", ".join(part for part in (self.address, f"{self.postcode} {self.city}".strip()) if part)
