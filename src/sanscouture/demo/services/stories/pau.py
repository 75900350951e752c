"""Pau: a widow without papers or French; rights first, then the language, two trades tried, and small contracts."""

from __future__ import annotations

from sanscouture.demo.services.player import Life
from sanscouture.demo.services.stories.tale import Help, Tale, Teller
from sanscouture.pathways.enums import Evidence

DISCOVER = "choisir-un-metier--decouvrir-un-metier-ou-un-secteur-dactivite"


def _arrival(tell: Teller) -> Life:
    yield from tell.arrives(
        (330, 10),
        ("Naïma", "Bensellam"),
        (55, 11, 8),
        strengths=(
            "A tenu une maison et cuisiné pour de grandes tablées",
            "Volonté d’apprendre, vient à chaque rendez-vous",
        ),
        phone="06 39 98 55 31",
        language="ar",
        channel="in_person",
        job_seeker="no",
        french_level="a0",
        french_written="a0",
        gender="woman",
        minimum_income="none",
        education="unknown",
        digital="none",
        relatives=2,
    )
    yield from tell.weighs(
        (330, 10, 30),
        7,
        3,
        priority=True,
        situations=["money--no-income", "rights--paperwork", "rights--access-to-rights"],
        objective="rights--help-with-paperwork",
        note="Veuve quelques mois après son arrivée en France ; titre de séjour à régulariser.",
    )
    yield from tell.weighs(
        (330, 10, 40),
        2,
        3,
        situations=["basic-skills--speaking-french", "basic-skills--writing-french"],
        objective="basic-skills--improve-french",
    )
    yield from tell.weighs(
        (330, 10, 50),
        4,
        2,
        situations=["family--other-family"],
        objective="family--break-isolation",
        note="Sans enfant, ne connaît personne en ville.",
    )
    yield from tell.weighs((330, 11), 1, 3, situations=["network--no-experience", "network--nobody-to-ask"])


def _residence_permit(tell: Teller) -> Life:
    need = yield from tell.needs(
        (329, 9),
        7,
        "Un titre de séjour qui permette de travailler",
        "difficultes-administratives-ou-juridiques--accompagnement-aux-demarches-administratives",
    )
    yield from tell.helped(
        need,
        Help(
            "titre",
            sent=(329, 9, 20),
            message="Prévoir un interprète en arabe.",
            accepted=(326, 10),
            comment="Interprète réservé.",
            met=(322, 14),
            place="La Clef des droits, 1er étage",
            ended=(258, 16),
            evidence=Evidence.DOCUMENT,
        ),
    )


def _allowances(tell: Teller) -> Life:
    need = yield from tell.needs(
        (328, 9),
        7,
        "Mettre à jour le dossier d’allocataire après le veuvage",
        "difficultes-administratives-ou-juridiques--accompagnement-pour-lacces-aux-droits",
    )
    yield from tell.helped(
        need,
        Help(
            "dossier",
            sent=(328, 9, 30),
            message="Sans ressources : c’est urgent.",
            accepted=(324, 11),
            met=(318, 9),
            place="Guichet familial, accueil",
            ended=(290, 12),
            evidence=Evidence.DOCUMENT,
        ),
    )
    yield from tell.weighs((257, 10), 7, 1, note="Titre de séjour et allocations en règle.")


def _registration(tell: Teller) -> Life:
    need = yield from tell.needs(
        (256, 9),
        1,
        "S’inscrire comme demandeuse d’emploi",
        "preparer-sa-candidature--organiser-ses-demarches-de-recherche-demploi",
    )
    yield from tell.helped(
        need,
        Help(
            "inscription",
            sent=(256, 9, 20),
            accepted=(254, 11),
            met=(250, 10),
            place="Agence des Allées, accueil",
            ended=(248, 11),
            evidence=Evidence.DOCUMENT,
        ),
    )
    yield from tell.becomes((247, 9), job_seeker="yes")


def _language(tell: Teller) -> Life:
    need = yield from tell.needs(
        (255, 10), 2, "Apprendre le français pour travailler", "lecture-ecriture-calcul--maitriser-le-francais"
    )
    yield from tell.helped(
        need,
        Help(
            "francais",
            sent=(255, 10, 20),
            message="Débutante à l’oral ; vise l’aide à la personne ou la cuisine.",
            accepted=(251, 9),
            comment="Évaluation, puis un cours à visée professionnelle.",
            met=(244, 14),
            place="Plateforme Langues, salle d’évaluation",
        ),
    )
    yield from tell.becomes((150, 10), french_level="a1")
    yield from tell.becomes((40, 10), french_level="a2")
    yield from tell.weighs((40, 10, 15), 2, 1, note="Suit la formation de niveau A2.")


def _company(tell: Teller) -> Life:
    yield from tell.does(
        (240, 9),
        ("Atelier de conversation avec des habitantes du quartier", (228, 15)),
        ("Repas partagé du centre social", (186, 15)),
    )
    yield from tell.weighs((185, 10), 4, 1, note="N’est plus seule : amies de l’atelier.")


def _immersions(tell: Teller) -> Life:
    care = yield from tell.needs((205, 10), 1, "Découvrir l’aide aux personnes âgées en immersion", DISCOVER)
    yield from tell.helped(
        care,
        Help(
            "immersion",
            sent=(205, 10, 20),
            accepted=(201, 15),
            comment="Une collègue parle arabe.",
            met=(194, 9),
            place="Résidence de l’Ousse",
            ended=(180, 17),
        ),
    )
    kitchen = yield from tell.needs((160, 10), 1, "Découvrir l’aide de cuisine en immersion", DISCOVER)
    yield from tell.helped(
        kitchen,
        Help(
            "cuisine",
            sent=(160, 10, 20),
            accepted=(156, 15),
            met=(150, 9),
            place="Table des Palmiers, en cuisine",
            ended=(137, 15),
        ),
    )
    yield from tell.weighs((136, 10), 1, 2, note="Deux métiers essayés ; la cuisine lui plaît.")


def _contracts(tell: Teller) -> Life:
    yield from tell.does(
        (136, 10, 20),
        ("Premier contrat court : aide de cuisine, deux semaines", (90, 15)),
        ("Deuxième contrat court : aide à domicile, un mois", (48, 15)),
    )
    yield from tell.weighs((47, 10), 1, 1, note="Enchaîne de petits contrats avec les cours.")
    yield from tell.helps((47, 10, 10), "Se débrouille en français au travail")
    yield from tell.plans((47, 10, 20), "Bilan avec tous les partenaires : vers un emploi durable", (-15, 14))


TALE = Tale(
    "conseil.pau",
    (
        _arrival,
        _residence_permit,
        _allowances,
        _registration,
        _language,
        _company,
        _immersions,
        _contracts,
    ),
)
