"""The official geography, shared by every programme: nobody owns these rows, everybody reads them."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import MD5, Cast
from django.utils.translation import gettext_lazy as _

from sanscouture.access.where import PUBLIC, SYSTEM, Where
from sanscouture.core.models import Entity
from sanscouture.territories.enums import Dataset, Generation, Passage
from sanscouture.territories.rules import measure_outline, search_key


def on_earth(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        name=name,
        condition=models.Q(lon__range=(-180, 180), lat__range=(-90, 90)),
        violation_error_message=_("La longitude va de -180 à 180 degrés, la latitude de -90 à 90."),
    )


class Region(models.Model):
    access_scope: ClassVar[Where] = PUBLIC

    code = models.CharField(_("code INSEE"), max_length=3, primary_key=True)
    name = models.CharField(_("nom"), max_length=80)

    class Meta:
        verbose_name = _("région")
        verbose_name_plural = _("régions")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Departement(models.Model):
    access_scope: ClassVar[Where] = PUBLIC

    code = models.CharField(_("code INSEE"), max_length=3, primary_key=True)
    name = models.CharField(_("nom"), max_length=80)
    region = models.ForeignKey(Region, verbose_name=_("région"), on_delete=models.PROTECT, related_name="departements")

    class Meta:
        verbose_name = _("département")
        verbose_name_plural = _("départements")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Epci(models.Model):
    """A grouping of communes with its own taxes; the twelve « EPT » of Grand Paris are kept here too."""

    access_scope: ClassVar[Where] = PUBLIC

    siren = models.CharField(_("SIREN"), max_length=9, primary_key=True)
    name = models.CharField(_("nom"), max_length=200)
    kind = models.CharField(_("nature"), max_length=8, help_text=_("CC, CA, CU, METRO ou EPT"))

    class Meta:
        verbose_name = _("EPCI")
        verbose_name_plural = _("EPCI")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                name="epci_siren_has_nine_digits",
                condition=models.Q(siren__regex=r"^\d{9}$"),
                violation_error_message=_("Un SIREN a neuf chiffres."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class Commune(models.Model):
    """A commune, or one of the 45 arrondissements of Paris, Lyon and Marseille (which have a `parent`)."""

    access_scope: ClassVar[Where] = PUBLIC

    code = models.CharField(_("code INSEE"), max_length=5, primary_key=True)
    name = models.CharField(_("nom"), max_length=80)
    name_key = models.CharField(_("clé de recherche"), max_length=80, editable=False)
    departement = models.ForeignKey(
        Departement, verbose_name=_("département"), on_delete=models.PROTECT, related_name="communes"
    )
    epci = models.ForeignKey(
        Epci,
        verbose_name=_("EPCI"),
        on_delete=models.PROTECT,
        related_name="communes",
        null=True,
        blank=True,
    )
    ept = models.ForeignKey(
        Epci,
        verbose_name=_("établissement public territorial"),
        on_delete=models.PROTECT,
        related_name="ept_communes",
        null=True,
        blank=True,
    )
    parent = models.ForeignKey(
        "self",
        verbose_name=_("commune de l’arrondissement"),
        on_delete=models.PROTECT,
        related_name="arrondissements",
        null=True,
        blank=True,
    )
    population = models.PositiveIntegerField(_("population (habitants)"), null=True, blank=True)
    postcodes = ArrayField(models.CharField(max_length=5), verbose_name=_("codes postaux"), default=list)
    former_codes = ArrayField(
        models.CharField(max_length=5),
        verbose_name=_("codes des communes réunies en elle"),
        default=list,
        blank=True,
    )
    lon = models.FloatField(_("longitude du centre (degrés)"))
    lat = models.FloatField(_("latitude du centre (degrés)"))
    qpv_complete = models.BooleanField(
        _("tous ses QPV sont connus"),
        default=False,
        help_text=_("Sinon, une adresse loin des QPV connus peut être dans un QPV inconnu."),
    )

    class Meta:
        verbose_name = _("commune")
        verbose_name_plural = _("communes")
        ordering = ["name", "code"]
        indexes = [models.Index(fields=["name_key"], name="commune_by_name", opclasses=["varchar_pattern_ops"])]
        constraints = [
            models.CheckConstraint(
                name="commune_code_is_insee",
                condition=models.Q(code__regex=r"^(\d{2}|2[AB])\d{3}$"),
                violation_error_message=_("Un code INSEE de commune a cinq caractères, comme 59392 ou 2A004."),
            ),
            on_earth("commune_on_earth"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, **options: Any) -> None:
        self.name_key = search_key(self.name)
        super().save(**options)


class Qpv(models.Model):
    """A « quartier prioritaire de la politique de la ville », with its outline when it is known."""

    access_scope: ClassVar[Where] = PUBLIC

    code = models.CharField(_("code"), max_length=8, primary_key=True)
    name = models.CharField(_("nom"), max_length=200)
    name_key = models.CharField(_("clé de recherche"), max_length=200, default="", editable=False)
    generation = models.CharField(_("génération"), max_length=4, choices=Generation.choices, default=Generation.G2024)
    communes = models.ManyToManyField(Commune, verbose_name=_("communes"), related_name="qpvs", blank=True)
    departement = models.ForeignKey(
        Departement, verbose_name=_("département"), on_delete=models.PROTECT, related_name="qpvs"
    )
    outline = models.JSONField(_("contour (GeoJSON)"), null=True, blank=True)
    outline_digest = models.GeneratedField(
        expression=MD5(Cast("outline", models.TextField())),
        output_field=models.CharField(max_length=32, null=True),
        db_persist=True,
    )
    indicative = models.BooleanField(
        _("contour indicatif"),
        default=False,
        help_text=_("Dessiné autour d’un centre approximatif, en attendant le contour officiel."),
    )
    west = models.FloatField(_("longitude ouest (degrés)"), null=True, editable=False)
    south = models.FloatField(_("latitude sud (degrés)"), null=True, editable=False)
    east = models.FloatField(_("longitude est (degrés)"), null=True, editable=False)
    north = models.FloatField(_("latitude nord (degrés)"), null=True, editable=False)
    lon = models.FloatField(_("longitude d’un point intérieur (degrés)"), null=True, blank=True)
    lat = models.FloatField(_("latitude d’un point intérieur (degrés)"), null=True, blank=True)
    population = models.PositiveIntegerField(_("population (habitants)"), null=True, blank=True)
    poverty_rate = models.DecimalField(_("taux de pauvreté (%)"), max_digits=4, decimal_places=1, null=True, blank=True)
    source = models.CharField(_("source"), max_length=200)
    vintage = models.CharField(_("millésime"), max_length=40)

    class Meta:
        verbose_name = _("QPV")
        verbose_name_plural = _("QPV")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                name="qpv_code_fits_its_generation",
                condition=models.Q(generation=Generation.G2024, code__startswith="QN")
                | models.Q(generation=Generation.G2015, code__startswith="QP"),
                violation_error_message=_("Un code de QPV commence par QN depuis 2024, par QP avant."),
            ),
            models.CheckConstraint(
                name="qpv_poverty_is_a_percentage",
                condition=models.Q(poverty_rate__isnull=True) | models.Q(poverty_rate__range=(0, 100)),
                violation_error_message=_("Un taux de pauvreté va de 0 à 100 %."),
            ),
            models.CheckConstraint(
                name="qpv_on_earth",
                condition=models.Q(lon__isnull=True, lat__isnull=True)
                | models.Q(lon__range=(-180, 180), lat__range=(-90, 90)),
                violation_error_message=_("La longitude va de -180 à 180 degrés, la latitude de -90 à 90."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, **options: Any) -> None:
        self.measure()
        self.name_key = search_key(self.name)
        super().save(**options)

    def measure(self) -> None:
        """Fill the bounding box and the interior point from the outline."""
        if self.outline is None:
            return
        found = measure_outline(self.outline)
        self.west, self.south, self.east, self.north = found.west, found.south, found.east, found.north
        self.lon, self.lat = found.lon, found.lat


class QpvPassage(models.Model):
    """One line of ANCT's table between the two lists: what a QPV of 2024 was before."""

    access_scope: ClassVar[Where] = PUBLIC

    qpv = models.ForeignKey(Qpv, verbose_name=_("QPV de 2024"), on_delete=models.PROTECT, related_name="passages")
    former = models.ForeignKey(
        Qpv,
        verbose_name=_("QPV de 2015"),
        on_delete=models.PROTECT,
        related_name="successors",
        null=True,
        blank=True,
    )
    status = models.CharField(_("changement"), max_length=16, choices=Passage.choices)

    class Meta:
        verbose_name = _("passage de 2015 à 2024")
        verbose_name_plural = _("passages de 2015 à 2024")
        constraints = [
            models.UniqueConstraint(
                name="passage_told_once",
                fields=["qpv", "former"],
                nulls_distinct=False,
                violation_error_message=_("Ce passage est déjà connu."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.former_id or '–'} → {self.qpv_id}"


class ReferenceImport(Entity):
    """What was loaded, when, from what, and what it changed."""

    access_scope: ClassVar[Where] = SYSTEM

    dataset = models.CharField(_("jeu de données"), max_length=16, choices=Dataset.choices)
    source = models.CharField(_("source"), max_length=200)
    checksum = models.CharField(_("empreinte (SHA-256)"), max_length=64)
    read = models.PositiveIntegerField(_("lignes lues"))
    created = models.PositiveIntegerField(_("créées"))
    updated = models.PositiveIntegerField(_("modifiées"))
    unchanged = models.PositiveIntegerField(_("inchangées"))
    refused = models.PositiveIntegerField(_("refusées"))

    class Meta:
        verbose_name = _("import de référence")
        verbose_name_plural = _("imports de référence")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.get_dataset_display()} ({self.source})"
