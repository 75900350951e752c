"""What becomes of invented people: when they come, what they were told, how a referral goes. Drawn, never chosen."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from sanscouture.demo.rules.residents import WANTS, Want
from sanscouture.pathways.enums import Outcome, RefusalReason

LATEST_DAYS, OLDEST_DAYS = 2, 420
LEANING = 1.7
"""How much people came lately rather than long ago; 1 would spread them evenly."""
RETURNED_DAYS = (735, 800)
"""People who came more than two years ago: their basis has ended, unless it was given again."""
RETURNED_SHARE = 0.05
RENEWED_SHARE = 0.5
UNTOLD_SHARE = 0.05
OPEN_PATHWAY_SHARE = 0.1
DRAFT_SHARE = 0.02
HANDED_OVER_SHARE = 0.05

FATES = ("accepted", "refused", "waiting", "asked", "late", "silent", "missed", "stalled", "withdrawn", "paused")
WEIGHTS = (28, 13, 7, 6, 3, 12, 6, 6, 3, 4)

REFUSALS: Sequence[tuple[RefusalReason, str]] = (
    (RefusalReason.NO_PLACE, ""),
    (RefusalReason.NO_PLACE, "La session est complète jusqu’à l’été."),
    (RefusalReason.OUT_OF_CRITERIA, "Réservé aux moins de 26 ans."),
    (RefusalReason.TOO_FAR, ""),
    (RefusalReason.TIMING, "Nos séances ont lieu le soir."),
    (RefusalReason.COST, ""),
    (RefusalReason.PERSON_DECLINED, ""),
    (RefusalReason.UNREACHABLE, "Trois appels sans réponse."),
    (RefusalReason.DUPLICATE, ""),
    (RefusalReason.MISSING_DOCUMENT, "Il manque un justificatif de domicile."),
    (RefusalReason.CLOSED, ""),
    (RefusalReason.OTHER, "Le poste de conseil est vacant ce mois-ci."),
)
OUTCOMES = (Outcome.COVERED, Outcome.COVERED, Outcome.COVERED, Outcome.PARTLY, Outcome.NOT_COVERED, Outcome.LOST)
WHY = {Outcome.PARTLY: "Il reste une partie du chemin à faire.", Outcome.NOT_COVERED: "La solution n’a pas tenu."}
UNCOVERED_WHY = "Aucune place dans le secteur avant plusieurs mois."
CALLED_WHY = "Jointe par téléphone : un point est prévu bientôt."
QUESTIONS = ("À quels horaires la personne est-elle libre ?", "Le titre de séjour permet-il de travailler ?")
REPLIES = ("Le matin, sauf le mercredi.", "Oui, la copie est à l’accueil.")
STEPS = (
    "Point de suivi", "Mettre à jour le CV", "Réunir les justificatifs", "Atelier au centre social",
    "Appeler l’employeur", "Visite d’entreprise", "Ouvrir un espace personnel", "Préparer l’entretien",
)  # fmt: skip


def came(luck: Random) -> int:
    """Say how many days ago somebody came."""
    if luck.random() < RETURNED_SHARE:
        return luck.randint(*RETURNED_DAYS)
    return LATEST_DAYS + int((OLDEST_DAYS - LATEST_DAYS) * luck.random() ** LEANING)


def wants(luck: Random) -> list[Want]:
    """Draw what somebody needs: one to three needs, in different fields."""
    drawn = luck.sample(WANTS, luck.choice((1, 1, 2, 2, 3)))
    return list({one.field: one for one in drawn}.values())


def fate(luck: Random) -> str:
    """Draw how a referral goes."""
    return luck.choices(FATES, WEIGHTS)[0]
