"""Sedan's cast."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from sanscouture.access.enums import Role
from sanscouture.demo.rules import offers
from sanscouture.demo.rules.parts import (
    OWN,
    RECEIVES,
    WHOLE,
    Follows,
    House,
    Offer,
    Persona,
    Town,
    copilots,
)
from sanscouture.demo.rules.places import SEDAN
from sanscouture.partners.enums import OrganisationKind as Kind

HOUSES = (
    House(
        "ardoisieres",
        "Mission locale des Ardoisières (fictive)",
        Kind.MISSION_LOCALE,
        "08409",
        "Accompagne les 16-25 ans.",
        (offers.YOUTH,),
    ),
    House(
        "maison_parents",
        "Maison des parents du Lac (fictive)",
        Kind.SOCIAL_CENTRE,
        "08409",
        "Groupe de parole et sorties en famille.",
        (
            Offer(
                "parole",
                "Groupe de parole entre parents",
                "atelier",
                ("famille--soutien-a-la-parentalite-et-a-leducation",),
                "Chaque mois, parler entre parents et rencontrer des professionnels de l’enfance.",
                places=5,
            ),
            offers.RIGHTS,
            offers.DIGITAL,
        ),
    ),
    House(
        "farandole",
        "Crèche associative La Farandole (fictive)",
        Kind.ASSOCIATION,
        "08409",
        "Accueille des immersions en petite enfance.",
        (offers.immersion("Immersion en crèche", "Deux semaines auprès de l’équipe, avec une tutrice."),),
    ),
    House(
        "ecole_mail",
        "Multi-accueil du Mail (fictif)",
        Kind.MUNICIPALITY,
        "08409",
        "Accueille des immersions ; répond par courriel.",
        (offers.immersion("Immersion au multi-accueil", "Deux semaines d’observation et de pratique."),),
    ),
    House(
        "deux_rives",
        "Garage solidaire des Deux Rives (fictif)",
        Kind.SIAE,
        "08409",
        "Location à petit prix et permis ; répond par courriel.",
        (offers.VEHICLE, offers.LICENCE),
    ),
    House(
        "ccas_dijonval",
        "CCAS du Dijonval (fictif)",
        Kind.CCAS,
        "08409",
        "Budget et aides d’urgence ; répond par courriel.",
        (offers.BUDGET,),
    ),
)

PERSONAS = (
    Persona("coordination.sedan", "Rachid", "Ardouin", Role.COORDINATOR, _("Coordinateur de la cité"), WHOLE),
    Persona(
        "conseil.sedan",
        "Mélanie",
        "Torcy-Blanc",
        Role.ADVISER,
        _("Conseillère en mission locale"),
        OWN,
        "ardoisieres",
        Follows(17, 25, 1),
    ),
    Persona(
        "parents.sedan",
        "Bérénice",
        "Glaire",
        Role.ADVISER,
        _("Animatrice du groupe de parents"),
        RECEIVES,
        "maison_parents",
    ),
    Persona(
        "creche.sedan",
        "Valentin",
        "Balan",
        Role.ADVISER,
        _("Responsable de la crèche associative"),
        RECEIVES,
        "farandole",
    ),
)

TOWN = Town(
    SEDAN,
    HOUSES,
    PERSONAS,
    copilots(
        "08409",
        ("prefecture_ardoise", "Sous-préfecture de l’Ardoise (fictive)"),
        ("agglo_ardoise", "Agglomération de l’Ardoise (fictive)"),
    ),
)
