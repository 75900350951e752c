"""Saint-Omer's cast."""

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
from sanscouture.demo.rules.places import SAINT_OMER
from sanscouture.partners.enums import OrganisationKind as Kind

HOUSES = (
    House(
        "espace_lys",
        "Espace socioculturel de la Lys-aux-Joncs (fictif)",
        Kind.SOCIAL_CENTRE,
        "62014",
        "Médiation vers l’emploi au cœur du quartier.",
        (offers.DIGITAL,),
    ),
    House(
        "cap_volant",
        "Association Cap Volant (fictive)",
        Kind.ASSOCIATION,
        "62765",
        "Location solidaire de voitures.",
        (
            Offer(
                "location",
                "Location solidaire de voitures",
                "aide-materielle",
                ("mobilite--acceder-a-un-vehicule",),
                "Une voiture à petit prix pour les trajets vers un nouvel emploi.",
                places=2,
            ),
            offers.LICENCE,
        ),
    ),
    House(
        "coquelicots",
        "Relais petite enfance des Coquelicots (fictif)",
        Kind.INTERMUNICIPALITY,
        "62525",
        "Mise en relation avec des assistantes maternelles.",
        (
            Offer(
                "garde",
                "Trouver une assistante maternelle",
                "accompagnement",
                ("famille--garde-denfants",),
                "Recherche près du domicile et demande de l’aide à la garde.",
                places=5,
            ),
        ),
    ),
    House(
        "point_droits",
        "Point droits de l’Audomarois (fictif)",
        Kind.ASSOCIATION,
        "62765",
        "Médiation avec les administrations.",
        (
            Offer(
                "mediation",
                "Débloquer ses droits",
                "accompagnement",
                ("difficultes-administratives-ou-juridiques--accompagnement-pour-lacces-aux-droits",),
                "Une médiatrice reprend le dossier avec vous et appelle les organismes.",
            ),
            offers.RIGHTS,
        ),
    ),
    House(
        "centre_appels",
        "Voix des Marais, relation client (fictive)",
        Kind.COMPANY,
        "62525",
        "Journées portes ouvertes de recrutement.",
    ),
    House(
        "ccas_marais",
        "CCAS des Marais (fictif)",
        Kind.CCAS,
        "62765",
        "Budget et aides d’urgence ; répond par courriel.",
        (offers.BUDGET,),
    ),
)

PERSONAS = (
    Persona(
        "coordination.saint-omer",
        "Delphine",
        "Audegond",
        Role.COORDINATOR,
        _("Coordinatrice de la cité"),
        WHOLE,
    ),
    Persona(
        "mediation.saint-omer",
        "Sonia",
        "Leprêtre-Wils",
        Role.ADVISER,
        _("Médiatrice emploi à l’espace socioculturel"),
        OWN,
        "espace_lys",
        Follows(19, 55, 1),
    ),
    Persona(
        "mobilite.saint-omer",
        "Gaëtan",
        "Morbecque",
        Role.ADVISER,
        _("Conseiller mobilité dans une association"),
        RECEIVES,
        "cap_volant",
    ),
    Persona(
        "enfance.saint-omer",
        "Clarisse",
        "Bultel",
        Role.ADVISER,
        _("Animatrice du relais petite enfance"),
        RECEIVES,
        "coquelicots",
    ),
    Persona(
        "droits.saint-omer",
        "Fatoumata",
        "Decloquement",
        Role.ADVISER,
        _("Médiatrice pour l’accès aux droits"),
        RECEIVES,
        "point_droits",
    ),
)

TOWN = Town(
    SAINT_OMER,
    HOUSES,
    PERSONAS,
    copilots(
        "62765",
        ("prefecture_marais", "Sous-préfecture des Marais (fictive)"),
        ("agglo_marais", "Agglomération des Marais (fictive)"),
    ),
)
