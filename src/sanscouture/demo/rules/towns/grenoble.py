"""Grenoble's cast."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from sanscouture.access.enums import Role
from sanscouture.demo.rules import offers
from sanscouture.demo.rules.parts import OWN, WHOLE, Follows, House, Persona, Town, copilots
from sanscouture.demo.rules.places import GRENOBLE
from sanscouture.partners.enums import OrganisationKind as Kind

HOUSES = (
    House(
        "phare_isere",
        "Mission locale du Phare (fictive)",
        Kind.MISSION_LOCALE,
        "38185",
        "Accompagne les 16-25 ans.",
        (offers.YOUTH,),
    ),
    House(
        "agence_vercors",
        "Agence pour l’emploi du Vercors (fictive)",
        Kind.FRANCE_TRAVAIL,
        "38185",
        "Mobilise les prestations de droit commun.",
        (offers.JOB_CLUB,),
    ),
    House(
        "bobine_chartreuse",
        "Centre social de la Chartreuse (fictif)",
        Kind.SOCIAL_CENTRE,
        "38185",
        "Ateliers numériques et accès aux droits ; répond par courriel.",
        (offers.DIGITAL, offers.RIGHTS),
    ),
    House(
        "velo_cargo",
        "Association Vélo Cargo (fictive)",
        Kind.SIAE,
        "38185",
        "Location à petit prix et permis ; répond par courriel.",
        (offers.VEHICLE, offers.LICENCE),
        days=7,
    ),
    House(
        "maison_gresse",
        "CCAS des Deux Vallées (fictif)",
        Kind.CCAS,
        "38185",
        "Budget et aides d’urgence ; répond par courriel.",
        (offers.BUDGET,),
    ),
)

PERSONAS = (
    Persona("coordination.grenoble", "Élise", "Chamechaude", Role.COORDINATOR, _("Coordinatrice de la cité"), WHOLE),
    Persona(
        "conseil.grenoble",
        "Yann",
        "Belledonne-Ba",
        Role.ADVISER,
        _("Conseiller en mission locale"),
        OWN,
        "phare_isere",
        Follows(17, 25, 1),
    ),
    Persona(
        "emploi.grenoble",
        "Oriane",
        "Vizillard",
        Role.ADVISER,
        _("Conseillère à l’agence pour l’emploi"),
        OWN,
        "agence_vercors",
        Follows(26, 60, 2),
    ),
)

TOWN = Town(
    GRENOBLE,
    HOUSES,
    PERSONAS,
    copilots(
        "38185",
        ("prefecture_vercors", "Préfecture des Deux Vallées (fictive)"),
        ("agglo_vercors", "Métropole des Deux Vallées (fictive)"),
    ),
)
