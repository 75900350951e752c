"""The services that many towns of the demonstration have, each given there by an invented organisation."""

from __future__ import annotations

from sanscouture.demo.rules.parts import Offer

YOUTH = Offer(
    "garantie",
    "Accompagnement jeunes vers l’emploi",
    "accompagnement",
    ("choisir-un-metier--identifier-ses-points-forts-et-ses-competences",),
    "Un conseiller attitré, des ateliers chaque semaine, des immersions en entreprise.",
)
JOB_CLUB = Offer(
    "club",
    "Club de recherche d’emploi",
    "accompagnement",
    ("preparer-sa-candidature--developper-son-reseau",),
    "Trois matinées par semaine pour préparer ses candidatures à plusieurs.",
    places=8,
)
VEHICLE = Offer(
    "location",
    "Location solidaire de voitures et de scooters",
    "aide-materielle",
    ("mobilite--acceder-a-un-vehicule",),
    "Un véhicule à petit prix pour rejoindre un emploi ou une formation, trois mois au plus.",
    places=3,
)
LICENCE = Offer(
    "permis",
    "Permis accompagné",
    "aide-financiere",
    ("mobilite--preparer-un-permis", "mobilite--financer-ma-mobilite"),
    "Code en groupe et conduite à tarif solidaire, avec un moniteur d’insertion.",
    capacity="waiting",
    weeks=6,
)
DIGITAL = Offer(
    "clics",
    "Ateliers Premiers clics",
    "atelier",
    ("numerique--maitriser-les-fondamentaux-du-numerique",),
    "Cinq séances pour écrire, envoyer un courriel et faire ses démarches. Ordinateur prêté.",
    places=6,
)
RIGHTS = Offer(
    "droits",
    "Tous mes droits",
    "accompagnement",
    ("difficultes-administratives-ou-juridiques--accompagnement-pour-lacces-aux-droits",),
    "On vérifie ensemble les aides possibles et on fait les demandes.",
)
CHILDCARE = Offer(
    "garde",
    "Trouver une garde pour travailler",
    "accompagnement",
    ("famille--garde-denfants",),
    "Recherche d’une assistante maternelle ou d’une place d’urgence, et calcul des aides.",
    places=4,
)
FRENCH = Offer(
    "francais",
    "Français pour travailler",
    "formation",
    ("lecture-ecriture-calcul--maitriser-le-francais",),
    "Petits groupes par niveau, deux demi-journées par semaine, garde d’enfants le mardi.",
    capacity="waiting",
    weeks=5,
)
BUDGET = Offer(
    "budget",
    "Point budget",
    "accompagnement",
    ("difficultes-financieres--ameliorer-sa-gestion-budgetaire",),
    "Faire ses comptes avec quelqu’un qui ne juge pas, et vérifier ses droits.",
)
HOUSING = Offer(
    "toit",
    "Garder ou trouver un toit",
    "accompagnement",
    ("logement-hebergement--se-maintenir-dans-le-logement",),
    "Médiation avec le bailleur, plan d’apurement, recherche d’un logement.",
)
CHECK_UP = Offer(
    "bilan",
    "Bilan de santé et accès aux soins",
    "accompagnement",
    ("sante--acces-aux-soins",),
    "Ouverture des droits, rendez-vous chez un médecin, accompagnement si besoin.",
)

DISCOVER = ("choisir-un-metier--decouvrir-un-metier-ou-un-secteur-dactivite",)
APPLY = ("trouver-un-emploi--repondre-a-des-offres-demploi",)


def immersion(name: str, text: str, *, key: str = "immersion") -> Offer:
    """A few weeks in a trade, to see whether it suits."""
    return Offer(key, name, "accompagnement", DISCOVER, text, places=1)


def work(name: str, text: str) -> Offer:
    """A post that an employer opens to the people followed."""
    return Offer("poste", name, "accompagnement", APPLY, text, places=1)
