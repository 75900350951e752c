"""Who makes an invented alliance around a real programme: who follows people, who helps, and the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from sanscouture.partners.enums import OrganisationKind as Kind

PEOPLE_BY_ADVISER = 45
FEWEST_PARTNERS, MOST_PARTNERS = 26, 46
"""Thirty-six partners on average (chapter 00)."""
BY_LINK_FIELDS = frozenset({6, 8})
"""Fields whose carrier has no account: it answers by link."""


@dataclass(frozen=True)
class Follower:
    """An organisation that follows people. `share`: of the programme's people; `offers`: fields in which it helps."""

    key: str
    head: str
    kind: Kind
    share: int
    brings: str
    ages: tuple[int, int]
    offers: Sequence[tuple[int, str, str, str]] = ()
    """(field, name, type, thématique) of its services."""


FOLLOWERS: Sequence[Follower] = (
    Follower(
        "mission",
        "Mission locale",
        Kind.MISSION_LOCALE,
        9,
        "Accompagne les 16-25 ans des quartiers.",
        (17, 25),
        (
            (
                1,
                "Accompagnement vers l’emploi des jeunes",
                "accompagnement",
                "choisir-un-metier--identifier-ses-points-forts-et-ses-competences",
            ),
        ),
    ),
    Follower(
        "agence",
        "Agence pour l’emploi",
        Kind.FRANCE_TRAVAIL,
        9,
        "Mobilise les prestations de droit commun.",
        (26, 60),
        (
            (
                1,
                "Club de recherche d’emploi",
                "accompagnement",
                "preparer-sa-candidature--developper-son-reseau",
            ),
        ),
    ),
    Follower(
        "centre",
        "Centre social",
        Kind.SOCIAL_CENTRE,
        6,
        "Accueille les familles et tient une permanence hebdomadaire.",
        (20, 60),
        (
            (3, "Les clics du mardi", "atelier", "numerique--maitriser-les-fondamentaux-du-numerique"),
            (4, "Relais des parents", "information", "famille--garde-denfants"),
        ),
    ),
    Follower(
        "ccas",
        "Centre communal d’action sociale",
        Kind.CCAS,
        6,
        "Suit les ménages en difficulté et ouvre les droits.",
        (22, 62),
        (
            (
                7,
                "Conseil en budget",
                "accompagnement",
                "difficultes-financieres--ameliorer-sa-gestion-budgetaire",
            ),
        ),
    ),
    Follower("plie", "Plan local pour l’emploi", Kind.PLIE, 4, "Accompagne deux ans vers un emploi durable.", (26, 58)),
    Follower("relais", "Médiation", Kind.ASSOCIATION, 3, "Adultes-relais présents au pied des immeubles.", (18, 45)),
)


@dataclass(frozen=True)
class Partner:
    """An organisation that takes part without receiving people here."""

    head: str
    kind: Kind
    brings: str


COPILOTS: Sequence[Partner] = (
    Partner("Préfecture", Kind.PREFECTURE, "Copilote le programme pour l’État."),
    Partner("Communauté d’agglomération", Kind.INTERMUNICIPALITY, "Copilote et porte l’équipe projet."),
)

OTHERS: Sequence[Partner] = (
    Partner("Direction de l’emploi et des solidarités", Kind.DDETS, "Finance et suit les actions."),
    Partner("Délégation à la politique de la ville", Kind.PREFECT_DELEGATE, "Fait le lien avec les quartiers."),
    Partner("Département", Kind.DEPARTMENT, "Ouvre l’accompagnement des allocataires."),
    Partner("Région", Kind.REGION, "Ouvre les formations qualifiantes."),
    Partner("Mairie de quartier", Kind.MUNICIPALITY, "Prête des salles et annonce les rencontres."),
    Partner("Cap vers l’emploi", Kind.CAP_EMPLOI, "Conseille les personnes en situation de handicap."),
    Partner("Institut de formation", Kind.TRAINING_BODY, "Ouvre des places de préqualification."),
    Partner("École de la deuxième chance", Kind.E2C, "Reçoit les jeunes sans diplôme."),
    Partner("Centre d’apprentis", Kind.CFA, "Propose des contrats d’apprentissage."),
    Partner("Lycée des métiers", Kind.LYCEE, "Repère les jeunes qui décrochent."),
    Partner("Maison de l’emploi", Kind.EMPLOYMENT_HOUSE, "Anime les rencontres avec les employeurs."),
    Partner("Caisse d’allocations", Kind.CAF, "Explique les droits aux familles."),
    Partner("Bailleur", Kind.SOCIAL_LANDLORD, "Signale les ménages en difficulté et réserve des heures d’insertion."),
    Partner("Foyer de jeunes travailleurs", Kind.YOUNG_WORKERS_HOME, "Loge pendant une formation."),
    Partner("Prévention", Kind.PREVENTION, "Va vers les jeunes dans la rue."),
    Partner("Droits des femmes", Kind.CIDFF, "Conseille sur les droits et l’emploi."),
    Partner("Chantier d’insertion", Kind.SIAE, "Emploie et forme pendant deux ans."),
    Partner("Agence d’intérim d’insertion", Kind.TEMP_AGENCY, "Propose des missions proches."),
    Partner("Club d’entreprises", Kind.BUSINESS_CLUB, "Ouvre visites, parrainages et immersions."),
    Partner("Ateliers", Kind.COMPANY, "Accueille des immersions."),
    Partner("Chambre de métiers", Kind.CMA, "Présente les métiers de l’artisanat."),
    Partner("Chambre de commerce", Kind.CCI, "Accompagne les créateurs d’activité."),
    Partner("Conseil citoyen", Kind.CITIZEN_COUNCIL, "Porte la parole des habitants."),
    Partner("Collectif d’habitants", Kind.RESIDENTS_GROUP, "Fait connaître le programme de porte en porte."),
    Partner("Association sportive", Kind.ASSOCIATION, "Mobilise par le sport."),
    Partner("Jardin partagé", Kind.ASSOCIATION, "Accueille des ateliers."),
    Partner("Point information jeunesse", Kind.YOUTH_INFORMATION, "Informe et oriente les jeunes."),
    Partner("Opérateur de compétences", Kind.OPCO, "Finance les formations des entreprises."),
    Partner("Université populaire", Kind.UNIVERSITY, "Ouvre des cours du soir."),
    Partner("Cité éducative", Kind.CITE_EDUCATIVE, "Relie école et insertion."),
)


def named(head: str, place: str, city: str) -> str:
    """Name an invented organisation so that nobody takes it for a real one."""
    return f"{head} {place}, {city} (structure fictive)"[:150]


def partners(luck: Random, *, already: int) -> list[Partner]:
    """Draw the partners that are neither followers nor carriers of services; `already`: how many of those there are."""
    wanted = luck.randint(FEWEST_PARTNERS, MOST_PARTNERS) - already
    return luck.sample(OTHERS, max(0, min(wanted, len(OTHERS))))


def advisers(follower: Follower, people: int) -> int:
    """Say how many accounts follow people in an organisation, for a programme of so many people."""
    total = sum(one.share for one in FOLLOWERS)
    return max(1, round(people * follower.share / total / PEOPLE_BY_ADVISER))
