"""Narbonne's cast: three months to find a job, for young graduates."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from sanscouture.access.enums import Role
from sanscouture.demo.rules import offers
from sanscouture.demo.rules.parts import OWN, RECEIVES, WHOLE, Follows, House, Offer, Persona, Town, copilots
from sanscouture.demo.rules.places import NARBONNE
from sanscouture.partners.enums import OrganisationKind as Kind

HOUSES = (
    House(
        "agence_etangs",
        "Agence pour l’emploi des Étangs (fictive)",
        Kind.FRANCE_TRAVAIL,
        "11262",
        "Repère les jeunes diplômés sans emploi et suit leur recherche.",
        (offers.JOB_CLUB,),
    ),
    House(
        "sel_gris",
        "Mission locale du Sel gris (fictive)",
        Kind.MISSION_LOCALE,
        "11262",
        "Accompagne les 16-25 ans.",
        (offers.YOUTH,),
    ),
    House(
        "cap_bilan",
        "Cap Bilan Corbières (fictif)",
        Kind.TRAINING_BODY,
        "11262",
        "Bilans de compétences, seul et en groupe.",
        (
            Offer(
                "bilan-competences",
                "Bilan de compétences en dix jours",
                "accompagnement",
                ("choisir-un-metier--identifier-ses-points-forts-et-ses-competences",),
                "Huit heures en tout, seul puis à plusieurs, pour mettre des mots sur ce que l’on sait faire.",
                places=10,
            ),
        ),
    ),
    House(
        "fabrique_canal",
        "La Fabrique du Canal (fictive)",
        Kind.INTERMUNICIPALITY,
        "11262",
        "Lieu de l’agglomération pour créer des activités et des emplois ; porte l’opération « Rebond ».",
        (
            Offer(
                "rebond",
                "Rebond : trois mois pour un emploi",
                "atelier",
                (
                    "preparer-sa-candidature--valoriser-ses-competences",
                    "preparer-sa-candidature--developper-son-reseau",
                ),
                "Pour les diplômés sans emploi : ateliers, tests de langues, entretiens blancs, visites d’entreprises.",
                places=12,
            ),
        ),
    ),
    House(
        "club_garrigue",
        "Club d’entreprises de la Garrigue (fictif)",
        Kind.BUSINESS_CLUB,
        "11262",
        "Entreprises engagées pour les quartiers : visites, conseils, recrutements ; répond par courriel.",
    ),
    House(
        "grande_roue",
        "Garage solidaire La Grande Roue (fictif)",
        Kind.SIAE,
        "11262",
        "Location à petit prix et permis ; répond par courriel.",
        (offers.VEHICLE, offers.LICENCE),
    ),
    House(
        "ccas_clape",
        "CCAS de la Clape (fictif)",
        Kind.CCAS,
        "11262",
        "Budget et accès aux droits ; répond par courriel.",
        (offers.BUDGET, offers.RIGHTS),
    ),
)

PERSONAS = (
    Persona("coordination.narbonne", "Solène", "Aragou", Role.COORDINATOR, _("Coordinatrice de la cité"), WHOLE),
    Persona(
        "conseil.narbonne",
        "Ludovic",
        "Fabrezan-Roy",
        Role.ADVISER,
        _("Conseiller à l’agence pour l’emploi"),
        OWN,
        "agence_etangs",
        Follows(26, 58, 2),
    ),
    Persona(
        "jeunes.narbonne",
        "Inès",
        "Peyriac",
        Role.ADVISER,
        _("Conseillère en mission locale"),
        OWN,
        "sel_gris",
        Follows(17, 25, 1),
    ),
    Persona(
        "bilan.narbonne",
        "Marc",
        "Ouveillan",
        Role.ADVISER,
        _("Conseiller en bilan de compétences"),
        RECEIVES,
        "cap_bilan",
    ),
    Persona(
        "fabrique.narbonne",
        "Rachel",
        "Montredon-Sy",
        Role.ADVISER,
        _("Animatrice de l’opération « Rebond »"),
        RECEIVES,
        "fabrique_canal",
    ),
)

TOWN = Town(
    NARBONNE,
    HOUSES,
    PERSONAS,
    copilots(
        "11262",
        ("prefecture_etangs", "Sous-préfecture des Étangs (fictive)"),
        ("agglo_etangs", "Agglomération des Étangs (fictive)"),
    ),
)
