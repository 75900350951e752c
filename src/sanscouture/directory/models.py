from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.utils.translation import gettext_lazy as _

from sanscouture.access.personal import Activity, Concerned, Data, Kept, Personal
from sanscouture.access.where import PUBLIC, Where
from sanscouture.core.models import Entity
from sanscouture.directory.enums import Capacity, ChainStage, FrenchLevel, ResidenceRule, ServiceKind
from sanscouture.directory.rules import vocabulary
from sanscouture.directory.rules.searching import keywords
from sanscouture.partners.models import LOCAL_SOURCE, Organisation
from sanscouture.territories.rules import search_key

SEARCH_CONFIG = "french"
TWICE = _("Ce champ vient d’être corrigé par quelqu’un d’autre\u00a0: relisez la fiche.")


def _words(size: int = 120) -> models.CharField[str, str]:
    return models.CharField(max_length=size)


class Service(Entity):
    """Something a person can be sent to, in data·inclusion v1's terms, with its conditions in a form rules can read."""

    access_scope: ClassVar[Where] = PUBLIC
    personal_data: ClassVar[Personal] = Personal(
        Activity.ALLIANCE,
        about=(Concerned.CONTACT,),
        kept=Kept.DIRECTORY,
        fields={
            Data.IDENTITY: ("contact_name",),
            Data.REACH: ("phone", "email"),
        },
    )

    organisation = models.ForeignKey(
        Organisation, verbose_name=_("structure"), on_delete=models.PROTECT, related_name="services"
    )
    source = models.CharField(_("source"), max_length=60, default=LOCAL_SOURCE)
    external_id = models.CharField(_("identifiant d’origine"), max_length=200, unique=True)
    name = models.CharField(_("nom"), max_length=150)
    summary = models.CharField(_("en une phrase"), max_length=280, blank=True)
    description = models.TextField(_("description"), max_length=10_000)
    kind = models.CharField(_("nature de l’offre"), max_length=20, choices=ServiceKind, default=ServiceKind.MAINSTREAM)
    type = models.CharField(_("type de service"), max_length=30, choices=vocabulary.SERVICE_TYPES, blank=True)
    thematiques = ArrayField(_words(), verbose_name=_("thématiques"), default=list, blank=True)
    action_fields = ArrayField(
        models.PositiveSmallIntegerField(), verbose_name=_("champs d’action"), default=list, editable=False
    )
    chain_stages = ArrayField(_words(20), verbose_name=_("place dans la chaîne d’insertion"), default=list, blank=True)
    publics = ArrayField(_words(60), verbose_name=_("publics"), default=list, blank=True)
    publics_details = models.TextField(_("précisions sur les publics"), blank=True)
    access_conditions = models.TextField(_("conditions d’accès"), blank=True)
    documents = models.TextField(_("documents à présenter"), blank=True)
    fees = models.CharField(_("frais"), max_length=20, choices=vocabulary.FEES, blank=True)
    fees_details = models.TextField(_("précisions sur les frais"), blank=True)
    reception_modes = ArrayField(_words(30), verbose_name=_("modes d’accueil"), default=list, blank=True)
    mobilisation_modes = ArrayField(_words(40), verbose_name=_("comment mobiliser"), default=list, blank=True)
    mobilised_by = ArrayField(_words(30), verbose_name=_("qui peut mobiliser"), default=list, blank=True)
    mobilisation_details = models.TextField(_("précisions pour mobiliser"), blank=True)
    mobilisation_url = models.URLField(_("lien pour mobiliser"), max_length=2083, blank=True)
    source_url = models.URLField(_("fiche d’origine"), max_length=2083, blank=True)

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
    contact_name = models.CharField(_("contact"), max_length=150, blank=True)
    phone = models.CharField(_("téléphone"), max_length=30, blank=True)
    email = models.EmailField(_("adresse électronique"), blank=True)
    opening_hours = models.CharField(_("horaires d’accueil (format OpenStreetMap)"), max_length=500, blank=True)
    weekly_hours = models.FloatField(_("heures par semaine"), null=True, blank=True)
    weeks = models.PositiveSmallIntegerField(_("nombre de semaines"), null=True, blank=True)

    age_min = models.PositiveSmallIntegerField(_("âge minimum"), null=True, blank=True)
    age_max = models.PositiveSmallIntegerField(_("âge maximum"), null=True, blank=True)
    french_level_min = models.CharField(_("niveau de français minimum"), max_length=2, choices=FrenchLevel, blank=True)
    job_seeker_required = models.BooleanField(
        _("réservé aux demandeurs d’emploi"), null=True, blank=True, help_text=_("Vide\u00a0: non précisé.")
    )
    residence_rule = models.CharField(
        _("condition de résidence"), max_length=10, choices=ResidenceRule, default=ResidenceRule.ANYWHERE
    )
    eligibility_zone = ArrayField(_words(9), verbose_name=_("zone d’éligibilité"), default=list, blank=True)

    capacity = models.CharField(_("places"), max_length=12, choices=Capacity, default=Capacity.UNKNOWN)
    places = models.PositiveSmallIntegerField(_("nombre de places"), null=True, blank=True)
    waiting_weeks = models.PositiveSmallIntegerField(_("attente, en semaines"), null=True, blank=True)
    capacity_until = models.DateField(_("jusqu’au"), null=True, blank=True)
    capacity_updated_on = models.DateField(_("places mises à jour le"), null=True, blank=True)

    source_updated_on = models.DateField(_("mis à jour à la source le"), null=True, blank=True)
    source_commune = models.CharField(_("code commune de la source"), max_length=5, blank=True, editable=False)
    source_fingerprint: models.UUIDField[UUID | None, UUID | None] = models.UUIDField(
        _("empreinte de la ligne importée"), null=True, editable=False
    )
    at_carrier = models.BooleanField(_("à l’adresse de la structure"), default=False, editable=False)
    quality = models.FloatField(_("score de qualité"), null=True, blank=True)
    fictitious = models.BooleanField(_("fictif"), default=False)
    is_active = models.BooleanField(_("actif"), default=True)

    keywords = models.TextField(_("mots-clés"), editable=False, default="")
    search_text = models.TextField(_("texte de recherche"), editable=False, default="")
    search = models.GeneratedField(
        expression=SearchVector("keywords", config=SEARCH_CONFIG, weight="A")
        + SearchVector("search_text", config=SEARCH_CONFIG, weight="C"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta:
        verbose_name = _("service")
        verbose_name_plural = _("services")
        ordering = ("name", "id")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(age_min__isnull=True)
                | models.Q(age_max__isnull=True)
                | models.Q(age_min__lte=models.F("age_max")),
                name="service_ages_in_order",
                violation_error_message=_("L’âge minimum dépasse l’âge maximum."),
            ),
            models.CheckConstraint(
                condition=models.Q(capacity__in=Capacity.values),
                name="service_capacity_known",
                violation_error_message=_("Cet état des places n’existe pas."),
            ),
            models.CheckConstraint(
                condition=models.Q(residence_rule__in=ResidenceRule.values),
                name="service_residence_rule_known",
                violation_error_message=_("Cette condition de résidence n’existe pas."),
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=ServiceKind.values),
                name="service_kind_known",
                violation_error_message=_("Cette nature d’offre n’existe pas."),
            ),
            models.CheckConstraint(
                condition=models.Q(french_level_min__in=["", *FrenchLevel.values]),
                name="service_french_level_known",
                violation_error_message=_("Ce niveau de français n’existe pas."),
            ),
            models.CheckConstraint(
                condition=models.Q(chain_stages__contained_by=ChainStage.values),
                name="service_chain_stages_known",
                violation_error_message=_("Ce maillon de la chaîne d’insertion n’existe pas."),
            ),
            models.CheckConstraint(
                condition=models.Q(lon__isnull=True, lat__isnull=True)
                | models.Q(lon__range=(-180, 180), lat__range=(-90, 90)),
                name="service_on_earth",
                violation_error_message=_("Une position a une longitude et une latitude, en degrés."),
            ),
        )
        indexes = (
            GinIndex(fields=["thematiques"], name="service_thematiques"),
            GinIndex(fields=["action_fields"], name="service_action_fields"),
            GinIndex(fields=["search"], name="service_search"),
            GinIndex(OpClass("keywords", name="gin_trgm_ops"), name="service_keyword_trigrams"),
            models.Index(fields=["lat", "lon"], name="service_position", condition=models.Q(is_active=True)),
        )

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.derive(self.organisation.name)
        super().save(*args, **kwargs)

    def derive(self, organisation_name: str) -> None:
        """Compute what follows from the other fields. Bulk writes call it; `save` does it by itself."""
        self.external_id = self.external_id or f"{self.source}--{self.id}"
        self.action_fields = vocabulary.action_fields_of(self.thematiques)
        self.chain_stages = self.chain_stages or vocabulary.chain_stages_of(self.thematiques)
        self.keywords = keywords(self.name, organisation_name, self.thematiques)
        self.search_text = search_key(f"{self.summary} {self.description} {self.publics_details} {self.city}")

    @property
    def is_on_site(self) -> bool:
        return vocabulary.ON_SITE in self.reception_modes or vocabulary.REMOTE not in self.reception_modes

    @property
    def is_remote(self) -> bool:
        return vocabulary.REMOTE in self.reception_modes

    @property
    def full_address(self) -> str:
        """The address on one line, as one writes it on an envelope."""
        return ", ".join(part for part in (self.address, f"{self.postcode} {self.city}".strip()) if part)


class Correction(Entity):
    """A field of an imported sheet that was corrected here: the sheet says ours, and its source's word is kept beside.

    Each import refreshes `source_value`, None where the source says nothing; giving up puts it back (chapter 03).
    """

    access_scope: ClassVar[Where] = PUBLIC

    service = models.ForeignKey(
        Service, verbose_name=_("service"), on_delete=models.CASCADE, null=True, related_name="corrections"
    )
    organisation = models.ForeignKey(
        Organisation, verbose_name=_("structure"), on_delete=models.CASCADE, null=True, related_name="corrections"
    )
    field = models.CharField(_("champ"), max_length=40)
    source_value = models.JSONField(_("ce que dit la source"), null=True)

    class Meta:
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        ordering = ("field", "id")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(service__isnull=True) ^ models.Q(organisation__isnull=True),
                name="correction_of_one_sheet",
                violation_error_message=_("Une correction porte sur un service ou sur une structure."),
            ),
            models.UniqueConstraint(
                fields=["service", "field"],
                name="correction_once_a_service",
                violation_error_message=TWICE,
            ),
            models.UniqueConstraint(
                fields=["organisation", "field"],
                name="correction_once_an_organisation",
                violation_error_message=TWICE,
            ),
        )

    def __str__(self) -> str:
        return self.field

    @property
    def sheet(self) -> Service | Organisation:
        """What was corrected."""
        sheet = self.service or self.organisation
        assert sheet is not None  # noqa: S101 a constraint of the database says so
        return sheet

    @property
    def corrected(self) -> models.Field[Any, Any]:
        """The field of the sheet."""
        return next(one for one in self.sheet._meta.concrete_fields if one.name == self.field)


class OfferChange(models.Model):
    """A trace that services, organisations or communes were written: whoever keeps the offer in memory reads it again.

    The database itself leaves it, one a statement; it says nothing of what changed.
    """

    access_scope: ClassVar[Where] = PUBLIC

    at = models.DateTimeField(_("le"))

    class Meta:
        verbose_name = _("changement de l’offre")
        verbose_name_plural = _("changements de l’offre")
        ordering = ("id",)

    def __str__(self) -> str:
        return str(self.pk)
