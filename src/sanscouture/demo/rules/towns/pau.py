"""Pau's cast: papers first, then the language and a trade."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from sanscouture.access.enums import Role
from sanscouture.demo.rules import offers
from sanscouture.demo.rules.parts import OWN, RECEIVES, WHOLE, Follows, House, Offer, Persona, Town, copilots
from sanscouture.demo.rules.places import PAU
from sanscouture.partners.enums import OrganisationKind as Kind

HOUSES = (
    House(
        "portes_gave",
        "Association Les Portes du Gave (fictive)",
        Kind.ASSOCIATION,
        "64445",
        "Équipe de la cité dans les deux quartiers : accueil, écoute, accompagnement.",
        (offers.DIGITAL,),
    ),
    House(
        "clef_droits",
        "La Clef des droits (fictive)",
        Kind.ASSOCIATION,
        "64445",
        "Droit des étrangers et accès aux droits.",
        (
            Offer(
                "titre",
                "Dossier de titre de séjour",
                "accompagnement",
                ("difficultes-administratives-ou-juridiques--accompagnement-aux-demarches-administratives",),
                "Une juriste réunit les pièces, dépose le dossier et suit la réponse. Interprète sur demande.",
            ),
            offers.RIGHTS,
        ),
    ),
    House(
        "guichet_familles",
        "Guichet familial du Gave (fictif)",
        Kind.CAF,
        "64445",
        "Mise à jour des dossiers d’allocations ; répond par courriel.",
        (
            Offer(
                "dossier",
                "Mettre à jour son dossier d’allocataire",
                "accompagnement",
                ("difficultes-administratives-ou-juridiques--accompagnement-pour-lacces-aux-droits",),
                "Un rendez-vous pour déclarer un changement de situation et recevoir ce à quoi on a droit.",
            ),
            offers.BUDGET,
        ),
    ),
    House(
        "agence_bearn",
        "Agence pour l’emploi des Allées (fictive)",
        Kind.FRANCE_TRAVAIL,
        "64445",
        "Inscription accompagnée et prestations de droit commun.",
        (
            Offer(
                "inscription",
                "Inscription accompagnée",
                "accompagnement",
                ("preparer-sa-candidature--organiser-ses-demarches-de-recherche-demploi",),
                "S’inscrire avec quelqu’un à côté de soi, puis rencontrer son conseiller.",
            ),
            offers.JOB_CLUB,
        ),
    ),
    House(
        "plateforme_langues",
        "Plateforme Langues du Piémont (fictive)",
        Kind.INTERMUNICIPALITY,
        "64445",
        "Évalue le niveau de français, oriente vers le cours qui convient, suit les progrès.",
        (offers.FRENCH,),
    ),
    House(
        "ousse",
        "Résidence de l’Ousse (fictive)",
        Kind.OTHER,
        "64445",
        "Maison de retraite qui accueille des immersions ; répond par courriel.",
        (
            offers.immersion(
                "Immersion auprès des personnes âgées", "Deux semaines avec l’équipe d’aide à la personne."
            ),
        ),
    ),
    House(
        "palmiers",
        "Table des Palmiers (fictive)",
        Kind.COMPANY,
        "64445",
        "Restaurant qui accueille des immersions ; répond par courriel.",
        (offers.immersion("Immersion en cuisine", "Deux semaines d’aide en cuisine, le midi.", key="cuisine"),),
    ),
    House(
        "roule_bearn",
        "Association Roule Béarn (fictive)",
        Kind.ASSOCIATION,
        "64445",
        "Location à petit prix et permis ; répond par courriel.",
        (offers.VEHICLE, offers.LICENCE),
    ),
)

PERSONAS = (
    Persona("coordination.pau", "Bertille", "Lescarré", Role.COORDINATOR, _("Coordinatrice de la cité"), WHOLE),
    Persona(
        "conseil.pau",
        "Xabi",
        "Larrégain",
        Role.ADVISER,
        _("Accompagnateur social dans une association"),
        OWN,
        "portes_gave",
        Follows(20, 60, 2),
    ),
    Persona(
        "emploi.pau",
        "Sylvie",
        "Bordenave-Ba",
        Role.ADVISER,
        _("Conseillère à l’agence pour l’emploi"),
        OWN,
        "agence_bearn",
        Follows(26, 58, 1),
    ),
    Persona(
        "droits.pau", "Hélène", "Morlanne", Role.ADVISER, _("Juriste en droit des étrangers"), RECEIVES, "clef_droits"
    ),
    Persona(
        "langues.pau",
        "Adrien",
        "Nousty",
        Role.ADVISER,
        _("Évaluateur de la plateforme de langues"),
        RECEIVES,
        "plateforme_langues",
    ),
)

TOWN = Town(
    PAU,
    HOUSES,
    PERSONAS,
    copilots(
        "64445",
        ("prefecture_gave", "Préfecture du Gave (fictive)"),
        ("agglo_gave", "Agglomération du Piémont (fictive)"),
    ),
)
