"""What protects people's data, as the register, the agreement and the impact assessment say it.

A measure in place names the test that proves it (a test checks that it exists); one without is only planned, and is
said so. French documents: these texts are French and are not translated (ADR 0014).
"""

from __future__ import annotations

from dataclasses import dataclass

from sanscouture.documents.enums import Risk

EVERY = frozenset(Risk)


@dataclass(frozen=True)
class Measure:
    """One measure: its name, the sentence, what it is against, the test that proves it (none: planned)."""

    name: str
    text: str
    against: frozenset[Risk]
    proof: str = ""


MEASURES = (
    Measure(
        "Fermeture avant signature",
        "La base de données ne rend aucune fiche nominative d’un programme tant que sa convention et son analyse "
        "d’impact ne sont pas enregistrées comme signées.",
        frozenset({Risk.ACCESS}),
        "tests/access/test_row_security.py",
    ),
    Measure(
        "Cloisonnement",
        "La base de données refuse elle-même les lignes d’un programme à un autre, et tout nom à un rôle qui n’y a pas "
        "droit, quelle que soit la page.",
        frozenset({Risk.ACCESS, Risk.CHANGE}),
        "tests/access/test_row_security.py",
    ),
    Measure(
        "Habilitations",
        "Un seul tableau dit ce que peut chaque rôle ; ce qui n’y est pas écrit est refusé. Chaque adresse du site est "
        "essayée sans compte, depuis un autre programme, avec un mauvais rôle et avec le bon.",
        frozenset({Risk.ACCESS, Risk.CHANGE}),
        "tests/test_addresses.py",
    ),
    Measure(
        "Authentification",
        "Un deuxième facteur est demandé avant tout nom : clé d’accès ou application de codes. Les essais de mot de "
        "passe sont limités ; chaque personne voit ses connexions et les termine.",
        frozenset({Risk.ACCESS}),
        "tests/accounts/test_factors.py",
    ),
    Measure(
        "Partage selon le fondement",
        "Sans information donnée et sans fondement en cours, une fiche n’est visible que de la structure qui l’a "
        "créée.",
        frozenset({Risk.ACCESS}),
        "tests/people/test_services.py",
    ),
    Measure(
        "Fiches réservées",
        "Une fiche peut n’être lue que de personnes désignées ; pour toutes les autres, coordination comprise, elle "
        "n’existe pas : ni liste, ni recherche, ni message, ni fiche proche signalée.",
        frozenset({Risk.ACCESS}),
        "tests/people/test_restricted_records.py",
    ),
    Measure(
        "Ce qui voyage",
        "Une orientation ne transmet que ce qui a été coché ; la santé n’est jamais cochée d’avance et ne se décrit "
        "pas en mots.",
        frozenset({Risk.ACCESS}),
        "tests/pathways/test_what_is_seen.py",
    ),
    Measure(
        "Liens de réponse",
        "Une structure sans compte répond par un lien signé, court, limité à une orientation ; l’identité n’apparaît "
        "qu’après acceptation et un code envoyé à l’adresse de la structure.",
        frozenset({Risk.ACCESS, Risk.CHANGE}),
        "tests/portal/test_views.py",
    ),
    Measure(
        "Messages sans nom",
        "Aucun courriel ni SMS ne contient de donnée personnelle d’un habitant : il dit qu’il y a du nouveau et où le "
        "lire.",
        frozenset({Risk.ACCESS}),
        "tests/notifications/test_mails.py",
    ),
    Measure(
        "Journal",
        "Chaque écriture et chaque consultation d’une fiche laisse une ligne ; la base de données refuse de la changer "
        "ou de l’effacer.",
        EVERY,
        "tests/audit/test_services.py",
    ),
    Measure(
        "Écritures concurrentes",
        "Deux personnes qui écrivent en même temps ne s’effacent pas : la deuxième est prévenue. Ce qui ne peut pas "
        "exister est refusé par une contrainte de la base.",
        frozenset({Risk.CHANGE}),
        "tests/pathways/test_races.py",
    ),
    Measure(
        "Retour en arrière",
        "Une page de lecture ne peut rien écrire ; les suppressions sont refusées tant que d’autres lignes en "
        "dépendent ; un acte qui ferme quelque chose dit ce qui sera perdu.",
        frozenset({Risk.CHANGE, Risk.LOSS}),
        "tests/access/test_decorators.py",
    ),
    Measure(
        "Sauvegardes",
        "Une sauvegarde est chiffrée avec une clé gardée à part. Elle est lue en entier, puis comparée à ce qu’elle "
        "annonçait, avant de remplacer quoi que ce soit.",
        frozenset({Risk.ACCESS, Risk.LOSS}),
        "tests/database/test_backup.py",
    ),
    Measure(
        "Chiffrement des coordonnées",
        "Chiffrer dans l’application les coordonnées et les notes, avec des clés renouvelées.",
        frozenset({Risk.ACCESS}),
    ),
    Measure(
        "Effacement à l’échéance",
        "Effacer d’office les fiches au terme de leur durée ; jusque-là, la coordination en fait la revue chaque "
        "année et demande l’effacement à l’hébergeur.",
        frozenset({Risk.ACCESS}),
    ),
    Measure(
        "Rythme des sauvegardes",
        "Sauvegarder chaque jour et essayer une restauration au moins une fois par an : à la charge de l’hébergeur.",
        frozenset({Risk.LOSS}),
    ),
)


def in_place(risk: Risk | None = None) -> list[Measure]:
    """Give the measures that a test proves, all of them or those against one risk."""
    return [one for one in MEASURES if one.proof and (risk is None or risk in one.against)]


def planned(risk: Risk | None = None) -> list[Measure]:
    """Give the measures still to come, all of them or those against one risk."""
    return [one for one in MEASURES if not one.proof and (risk is None or risk in one.against)]
