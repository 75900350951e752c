from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Generation(models.TextChoices):
    """The two lists of QPV: codes `QP…` until 2023, codes `QN…` since 1 January 2024."""

    G2015 = "2015", _("2015-2023")
    G2024 = "2024", _("depuis 2024")


class Passage(models.TextChoices):
    """What became of a QPV when the list changed in 2024."""

    UNCHANGED = "unchanged", _("inchangé")
    MODIFIED = "modified", _("modifié")
    NEW = "new", _("nouveau")
    WHOLE_COMMUNE = "whole_commune", _("commune entière")


class Answer(models.TextChoices):
    """Is this place in a QPV? There are three answers, and the third is honest."""

    INSIDE = "inside", _("dans un QPV")
    OUTSIDE = "outside", _("hors QPV")
    UNDETERMINED = "undetermined", _("non déterminé")


class PlaceKind(models.TextChoices):
    """How finely a place is known, from the finest to the coarsest (BAN's own kinds, and a point on a map)."""

    POINT = "point", _("point sur la carte")
    HOUSENUMBER = "housenumber", _("numéro dans la rue")
    STREET = "street", _("rue")
    LOCALITY = "locality", _("lieu-dit")
    MUNICIPALITY = "municipality", _("commune")


class Dataset(models.TextChoices):
    """What a reference import loads."""

    REGIONS = "regions", _("régions")
    DEPARTEMENTS = "departements", _("départements")
    EPCI = "epci", _("EPCI")
    COMMUNES = "communes", _("communes")
    QPV = "qpv", _("QPV de 2024")
    QPV_2015 = "qpv_2015", _("QPV de 2015")
    OUTLINES_2015 = "outlines_2015", _("contours de QPV de 2015")
    PASSAGES = "passages", _("table de passage des QPV")
    INDICATORS = "indicators", _("population et pauvreté des QPV")
    PROGRAMMES = "programmes", _("programmes")
    STARTER = "starter", _("jeu de départ")
