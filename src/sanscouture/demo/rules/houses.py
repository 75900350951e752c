"""Organisations that act in the stories, all invented and named so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sanscouture.demo.rules.places import MAUBEUGE, SAINT_OMER, SEDAN
from sanscouture.partners.enums import OrganisationKind as Kind


@dataclass(frozen=True)
class Offer:
    """A service that an organisation of the cast gives. `thematiques`: data·inclusion codes."""

    key: str
    name: str
    type: str
    thematiques: tuple[str, ...]
    text: str
    capacity: str = "open"
    places: int | None = None
    weeks: int | None = None


@dataclass(frozen=True)
class House:
    """An invented organisation. `commune`: INSEE code; `days`: its usual answer; `brings`: to the programme."""

    key: str
    programme: str
    name: str
    kind: Kind
    commune: str
    brings: str
    offers: tuple[Offer, ...] = ()
    days: int = 10

    @property
    def email(self) -> str:
        return f"accueil@{self.key.replace('_', '-')}.example"


HOUSES: Sequence[House] = (
    House(
        "remparts",
        MAUBEUGE,
        "Mission locale des Remparts (fictive)",
        Kind.MISSION_LOCALE,
        "59392",
        "Accompagne les 16-25 ans et accueille la permanence de la cité.",
        (
            Offer(
                "garantie",
                "Accompagnement jeunes vers l’emploi",
                "accompagnement",
                ("choisir-un-metier--identifier-ses-points-forts-et-ses-competences",),
                "Un conseiller attitré, des ateliers chaque semaine, des immersions en entreprise.",
            ),
        ),
    ),
    House(
        "agence",
        MAUBEUGE,
        "Agence pour l’emploi de la Sambre (fictive)",
        Kind.FRANCE_TRAVAIL,
        "59392",
        "Copilote de la cité ; mobilise les prestations de droit commun.",
        (
            Offer(
                "club",
                "Club de recherche d’emploi",
                "accompagnement",
                ("preparer-sa-candidature--developper-son-reseau",),
                "Trois matinées par semaine pour préparer ses candidatures à plusieurs.",
                places=8,
            ),
        ),
    ),
    House(
        "adultes_relais",
        MAUBEUGE,
        "Médiation Pont et Place (fictive)",
        Kind.ASSOCIATION,
        "59392",
        "Adultes-relais présents dans les trois quartiers.",
    ),
    House(
        "roue_libre",
        MAUBEUGE,
        "Association Roue libre Sambre (fictive)",
        Kind.ASSOCIATION,
        "59392",
        "Location solidaire, permis et conseil en mobilité.",
        (
            Offer(
                "location",
                "Location solidaire de voitures et de scooters",
                "aide-materielle",
                ("mobilite--acceder-a-un-vehicule",),
                "Un véhicule à petit prix pour rejoindre un emploi ou une formation, trois mois au plus.",
                places=3,
            ),
            Offer(
                "permis",
                "Permis accompagné",
                "aide-financiere",
                ("mobilite--preparer-un-permis", "mobilite--financer-ma-mobilite"),
                "Code en groupe et conduite à tarif solidaire, avec un moniteur d’insertion.",
                capacity="waiting",
                weeks=6,
            ),
        ),
        days=7,
    ),
    House(
        "tilleuls",
        MAUBEUGE,
        "Centre social des Tilleuls (fictif)",
        Kind.SOCIAL_CENTRE,
        "59392",
        "Accueil des habitants, ateliers numériques et accès aux droits.",
        (
            Offer(
                "clics",
                "Ateliers Premiers clics",
                "atelier",
                ("numerique--maitriser-les-fondamentaux-du-numerique",),
                "Cinq séances pour écrire, envoyer un courriel et faire ses démarches. Ordinateur prêté.",
                places=6,
            ),
            Offer(
                "droits",
                "Tous mes droits",
                "accompagnement",
                ("difficultes-administratives-ou-juridiques--accompagnement-pour-lacces-aux-droits",),
                "On vérifie ensemble les aides possibles et on fait les demandes.",
            ),
        ),
    ),
    House(
        "petits_pas",
        MAUBEUGE,
        "Relais petite enfance Les Petits Pas (fictif)",
        Kind.INTERMUNICIPALITY,
        "59365",
        "Places d’accueil pour les parents en parcours.",
        (
            Offer(
                "garde",
                "Trouver une garde pour travailler",
                "accompagnement",
                ("famille--garde-denfants",),
                "Recherche d’une assistante maternelle ou d’une place d’urgence, et calcul des aides.",
                places=4,
            ),
        ),
        days=7,
    ),
    House(
        "mots_passants",
        MAUBEUGE,
        "Association Les Mots passants (fictive)",
        Kind.TRAINING_BODY,
        "59392",
        "Français, lecture, écriture et calcul.",
        (
            Offer(
                "francais",
                "Français pour travailler",
                "formation",
                ("lecture-ecriture-calcul--maitriser-le-francais",),
                "Petits groupes par niveau, deux demi-journées par semaine, garde d’enfants le mardi.",
                capacity="waiting",
                weeks=5,
            ),
        ),
    ),
    House(
        "ccas",
        MAUBEUGE,
        "CCAS du Val de Sambre (fictif)",
        Kind.CCAS,
        "59291",
        "Aides d’urgence, budget, logement.",
        (
            Offer(
                "budget",
                "Point budget",
                "accompagnement",
                ("difficultes-financieres--ameliorer-sa-gestion-budgetaire",),
                "Faire ses comptes avec quelqu’un qui ne juge pas, et vérifier ses droits.",
            ),
        ),
    ),
    House(
        "toit_commun",
        MAUBEUGE,
        "Association Un toit commun (fictive)",
        Kind.ASSOCIATION,
        "59392",
        "Logement temporaire et médiation avec les bailleurs ; répond par courriel.",
        (
            Offer(
                "toit",
                "Garder ou trouver un toit",
                "accompagnement",
                ("logement-hebergement--se-maintenir-dans-le-logement",),
                "Médiation avec le bailleur, plan d’apurement, recherche d’un logement.",
            ),
        ),
    ),
    House(
        "sante_place",
        MAUBEUGE,
        "Maison de santé de la Place (fictive)",
        Kind.ASSOCIATION,
        "59392",
        "Bilan de santé et accès aux soins ; répond par courriel.",
        (
            Offer(
                "bilan",
                "Bilan de santé et accès aux soins",
                "accompagnement",
                ("sante--acces-aux-soins",),
                "Ouverture des droits, rendez-vous chez un médecin, accompagnement si besoin.",
            ),
        ),
        days=14,
    ),
    House(
        "espace_lys",
        SAINT_OMER,
        "Espace socioculturel de la Lys-aux-Joncs (fictif)",
        Kind.SOCIAL_CENTRE,
        "62014",
        "Médiation vers l’emploi au cœur du quartier.",
    ),
    House(
        "cap_volant",
        SAINT_OMER,
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
        ),
    ),
    House(
        "coquelicots",
        SAINT_OMER,
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
        SAINT_OMER,
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
        ),
    ),
    House(
        "centre_appels",
        SAINT_OMER,
        "Voix des Marais, relation client (fictive)",
        Kind.COMPANY,
        "62525",
        "Journées portes ouvertes de recrutement.",
    ),
    House(
        "ardoisieres",
        SEDAN,
        "Mission locale des Ardoisières (fictive)",
        Kind.MISSION_LOCALE,
        "08409",
        "Accompagne les 16-25 ans.",
    ),
    House(
        "maison_parents",
        SEDAN,
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
        ),
    ),
    House(
        "farandole",
        SEDAN,
        "Crèche associative La Farandole (fictive)",
        Kind.ASSOCIATION,
        "08409",
        "Accueille des immersions en petite enfance.",
        (
            Offer(
                "immersion",
                "Immersion en crèche",
                "accompagnement",
                ("choisir-un-metier--decouvrir-un-metier-ou-un-secteur-dactivite",),
                "Deux semaines auprès de l’équipe, avec une tutrice.",
                places=1,
            ),
        ),
    ),
    House(
        "ecole_mail",
        SEDAN,
        "Multi-accueil du Mail (fictif)",
        Kind.MUNICIPALITY,
        "08409",
        "Accueille des immersions ; répond par courriel.",
        (
            Offer(
                "immersion",
                "Immersion au multi-accueil",
                "accompagnement",
                ("choisir-un-metier--decouvrir-un-metier-ou-un-secteur-dactivite",),
                "Deux semaines d’observation et de pratique.",
                places=1,
            ),
        ),
    ),
)
