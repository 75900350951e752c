"""Roubaix's cast."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from sanscouture.access.enums import Role
from sanscouture.demo.rules import offers
from sanscouture.demo.rules.parts import OWN, WHOLE, Follows, House, Persona, Town, copilots
from sanscouture.demo.rules.places import ROUBAIX
from sanscouture.partners.enums import OrganisationKind as Kind

HOUSES = (
    House(
        "cheminees",
        "Mission locale des Cheminées (fictive)",
        Kind.MISSION_LOCALE,
        "59512",
        "Accompagne les 16-25 ans.",
        (offers.YOUTH,),
    ),
    House(
        "agence_filatures",
        "Agence pour l’emploi des Filatures (fictive)",
        Kind.FRANCE_TRAVAIL,
        "59512",
        "Mobilise les prestations de droit commun.",
        (offers.JOB_CLUB,),
    ),
    House(
        "canal_lainier",
        "Centre social du Canal lainier (fictif)",
        Kind.SOCIAL_CENTRE,
        "59512",
        "Ateliers numériques et accès aux droits ; répond par courriel.",
        (offers.DIGITAL, offers.RIGHTS),
    ),
    House(
        "pignon",
        "Garage solidaire Le Pignon (fictif)",
        Kind.SIAE,
        "59512",
        "Location à petit prix et permis ; répond par courriel.",
        (offers.VEHICLE, offers.LICENCE),
        days=7,
    ),
    House(
        "maison_epeule",
        "CCAS des Filatures (fictif)",
        Kind.CCAS,
        "59512",
        "Budget et aides d’urgence ; répond par courriel.",
        (offers.BUDGET,),
    ),
)

PERSONAS = (
    Persona("coordination.roubaix", "Malik", "Wattrelin", Role.COORDINATOR, _("Coordinateur de la cité"), WHOLE),
    Persona(
        "conseil.roubaix",
        "Jeanne",
        "Crohem-Sy",
        Role.ADVISER,
        _("Conseillère en mission locale"),
        OWN,
        "cheminees",
        Follows(17, 25, 1),
    ),
    Persona(
        "emploi.roubaix",
        "Dimitri",
        "Lannoyeur",
        Role.ADVISER,
        _("Conseiller à l’agence pour l’emploi"),
        OWN,
        "agence_filatures",
        Follows(26, 60, 2),
    ),
)

TOWN = Town(
    ROUBAIX,
    HOUSES,
    PERSONAS,
    copilots(
        "59512",
        ("prefecture_filatures", "Préfecture des Filatures (fictive)"),
        ("agglo_filatures", "Métropole des Filatures (fictive)"),
    ),
)
