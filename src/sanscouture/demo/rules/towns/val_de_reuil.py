"""Val-de-Reuil's cast: a town that lends its own services, and trades learned at work."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from sanscouture.access.enums import Role
from sanscouture.demo.rules import offers
from sanscouture.demo.rules.parts import OWN, RECEIVES, WHOLE, Follows, House, Offer, Persona, Town, copilots
from sanscouture.demo.rules.places import VAL_DE_REUIL
from sanscouture.partners.enums import OrganisationKind as Kind

HOUSES = (
    House(
        "emploi_dalle",
        "Service municipal de l’emploi de la Dalle (fictif)",
        Kind.MUNICIPALITY,
        "27701",
        "Accueille et accompagne les habitants ; prend des stagiaires.",
        (
            offers.JOB_CLUB,
            offers.immersion(
                "Stage au secrétariat de la ville", "Six semaines d’accueil et de secrétariat.", key="stage"
            ),
        ),
    ),
    House(
        "boucle_seine",
        "Mission locale de la Boucle (fictive)",
        Kind.MISSION_LOCALE,
        "27701",
        "Accompagne les 16-25 ans.",
        (offers.YOUTH,),
    ),
    House(
        "socio_educatif",
        "Service socio-éducatif de la Dalle (fictif)",
        Kind.MUNICIPALITY,
        "27701",
        "Trouve une garde après l’école, soutient les parents.",
        (offers.CHILDCARE, offers.RIGHTS),
    ),
    House(
        "trait_union",
        "Trait d’union Formation (fictif)",
        Kind.TRAINING_BODY,
        "27701",
        "Remise à niveau et métiers du bureau.",
        (
            Offer(
                "prepa",
                "Préparation aux compétences, avec stage",
                "formation",
                ("se-former--trouver-sa-formation", "choisir-un-metier--confirmer-son-choix-de-metier"),
                "Trois mois pour vérifier son projet : remise à niveau, stage en entreprise, dossier de formation.",
                places=6,
            ),
            Offer(
                "secretariat",
                "Formation de secrétaire administrative",
                "formation",
                ("se-former--monter-son-dossier-de-formation",),
                "Dix mois, un titre reconnu, deux périodes en entreprise.",
                places=4,
            ),
        ),
    ),
    House(
        "cfa_ecluse",
        "CFA de l’Écluse (fictif)",
        Kind.CFA,
        "27701",
        "Bac professionnel en alternance ; cherche l’employeur avec l’apprenti.",
        (
            Offer(
                "alternance",
                "Bac professionnel de vente en alternance",
                "formation",
                ("se-former--trouver-sa-formation", "trouver-un-emploi--repondre-a-des-offres-demploi"),
                "La formation, et l’aide pour trouver l’entreprise.",
                places=3,
            ),
        ),
    ),
    House(
        "rouge_gorge",
        "Maison Rouge-Gorge, prêt-à-porter (fictive)",
        Kind.COMPANY,
        "27701",
        "Recrute des vendeurs en alternance ; répond par courriel.",
        (offers.work("Poste de vente en alternance", "Un contrat d’alternance en boutique."),),
    ),
    House(
        "belle_rive",
        "Village de marques Belle-Rive (fictif)",
        Kind.COMPANY,
        "27701",
        "Recrute des vendeurs en alternance, puis durablement ; répond par courriel.",
        (offers.work("Poste de vente en alternance", "Six mois de formation payée en magasin, un tuteur."),),
    ),
    House(
        "deux_roues_eure",
        "Association Deux Roues Eure (fictive)",
        Kind.ASSOCIATION,
        "27701",
        "Prêt de cyclomoteurs, permis ; répond par courriel.",
        (offers.VEHICLE, offers.LICENCE),
    ),
)

PERSONAS = (
    Persona(
        "coordination.val-de-reuil", "Quentin", "Louviers-Roy", Role.COORDINATOR, _("Coordinateur de la cité"), WHOLE
    ),
    Persona(
        "emploi.val-de-reuil",
        "Mireille",
        "Portejoie",
        Role.ADVISER,
        _("Conseillère au service municipal de l’emploi"),
        OWN,
        "emploi_dalle",
        Follows(26, 58, 2),
    ),
    Persona(
        "conseil.val-de-reuil",
        "Tarek",
        "Lérysse",
        Role.ADVISER,
        _("Conseiller en mission locale"),
        OWN,
        "boucle_seine",
        Follows(17, 25, 1),
    ),
    Persona(
        "enfance.val-de-reuil",
        "Corinne",
        "Vaudreuille",
        Role.ADVISER,
        _("Animatrice du service socio-éducatif"),
        RECEIVES,
        "socio_educatif",
    ),
    Persona(
        "formation.val-de-reuil",
        "Joël",
        "Incarvillon",
        Role.ADVISER,
        _("Responsable d’un organisme de formation"),
        RECEIVES,
        "trait_union",
    ),
    Persona(
        "cfa.val-de-reuil",
        "Nathalie",
        "Heudebourg",
        Role.ADVISER,
        _("Chargée des relations avec les entreprises au CFA"),
        RECEIVES,
        "cfa_ecluse",
    ),
)

TOWN = Town(
    VAL_DE_REUIL,
    HOUSES,
    PERSONAS,
    copilots(
        "27701",
        ("prefecture_ecluse", "Sous-préfecture de l’Écluse (fictive)"),
        ("agglo_ecluse", "Agglomération des Deux Rivières (fictive)"),
    ),
)
