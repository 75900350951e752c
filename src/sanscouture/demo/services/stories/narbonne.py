"""Narbonne: a graduate back from abroad, three months of workshops, and the trade he thought he had lost."""

from __future__ import annotations

from sanscouture.demo.services.player import Life
from sanscouture.demo.services.stories.tale import Help, Tale, Teller
from sanscouture.pathways.enums import Evidence

WORKSHOPS, EMPLOYERS = "fabrique_canal", "club_garrigue"


def _arrival(tell: Teller) -> Life:
    yield from tell.arrives(
        (215, 11),
        ("Aurélien", "Malvézy"),
        (30, 5, 21),
        strengths=(
            "Master en hôtellerie",
            "A organisé des événements en Espagne pendant plusieurs années",
            "Parle espagnol et anglais",
        ),
        phone="06 39 98 41 17",
        email="aurelien.malvezy@courriel.example",
        channel="email",
        job_seeker="yes",
        french_level="c1",
        gender="man",
        seeking_length="under_6m",
        education="bac3",
        driving_licence="yes",
        vehicle="withheld",
    )
    yield from tell.weighs(
        (215, 11, 30),
        1,
        3,
        priority=True,
        situations=["network--no-project", "network--nobody-to-ask", "cross--confidence"],
        objective="network--strengths",
        note="Six mois d’arrêt pendant la crise sanitaire, puis le retour en France. A lu l’annonce dans le journal.",
    )


def _assessment(tell: Teller) -> Life:
    need = yield from tell.needs(
        (214, 9),
        1,
        "Savoir ce que valent ses acquis et ce qu’il veut en faire",
        "choisir-un-metier--identifier-ses-points-forts-et-ses-competences",
    )
    yield from tell.helped(
        need,
        Help(
            "bilan-competences",
            sent=(214, 9, 20),
            message="Disponible tout de suite, candidat à l’opération « Rebond ».",
            accepted=(211, 14),
            comment="Premier entretien cette semaine.",
            met=(209, 9),
            place="Cap Bilan, salle 2",
            ended=(197, 17),
            evidence=Evidence.DOCUMENT,
        ),
    )
    yield from tell.weighs(
        (196, 10),
        1,
        2,
        situations=["network--nobody-to-ask", "cross--confidence"],
        objective="network--build-network",
        note="Bilan fait : rester dans l’événementiel.",
    )


def _rebound(tell: Teller) -> Life:
    need = yield from tell.needs(
        (213, 10),
        1,
        "Rencontrer des employeurs et savoir se présenter",
        "preparer-sa-candidature--valoriser-ses-competences",
    )
    yield from tell.helped(
        need,
        Help(
            "rebond",
            sent=(213, 10, 20),
            message="Diplômé sans emploi, prêt à suivre les trois mois.",
            accepted=(206, 10),
            met=(195, 9),
            place="La Fabrique du Canal, au rez-de-chaussée",
            ended=(118, 17),
            evidence=Evidence.PERSON,
        ),
    )
    yield from tell.weighs((117, 10), 1, 0, note="Contrat signé : responsable événementiel dans un hôtel.")
    yield from tell.helps((117, 10, 15), "Se présente avec assurance, connaît des entreprises du territoire")


def _workshops(tell: Teller) -> Life:
    yield from tell.does(
        (194, 9),
        ("Atelier : prendre la parole en public", (186, 12)),
        ("Atelier : les réseaux sociaux professionnels", (179, 12)),
        ("Tests de langues, espagnol et anglais", (172, 12)),
        ("Atelier : revoir le CV", (165, 12)),
        house=WORKSHOPS,
    )
    yield from tell.does(
        (160, 9),
        ("Entretien blanc avec deux recruteurs", (151, 12)),
        ("Visites de trois entreprises du club", (140, 16)),
        house=EMPLOYERS,
    )


def _contract(tell: Teller) -> Life:
    yield from tell.does(
        (138, 9),
        ("Entretien pour un poste de responsable événementiel dans l’hôtellerie", (130, 15)),
        ("Signer le contrat", (119, 10)),
        ("Point dans l’emploi, à trois mois", (28, 17)),
    )
    yield from tell.plans((28, 17, 30), "Point dans l’emploi, à six mois", (-55, 17))


TALE = Tale("conseil.narbonne", (_arrival, _assessment, _rebound, _workshops, _contract))
