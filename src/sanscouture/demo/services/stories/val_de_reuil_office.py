"""Val-de-Reuil: a mother learns a trade of the office; the town finds who minds the children after school."""

from __future__ import annotations

from sanscouture.demo.services.player import Life
from sanscouture.demo.services.stories.tale import Help, Tale, Teller
from sanscouture.pathways.enums import Evidence


def _arrival(tell: Teller) -> Life:
    yield from tell.arrives(
        (290, 9),
        ("Cindy", "Lheurteux-Amon"),
        (30, 2, 6),
        strengths=("A élevé ses enfants plusieurs années, organisée", "Sait très bien ce qu’elle veut faire"),
        phone="06 39 98 62 05",
        channel="phone",
        job_seeker="yes",
        french_level="c1",
        gender="woman",
        seeking_length="under_2y",
        education="cap",
        has_children="yes",
        digital="helped",
    )
    yield from tell.weighs(
        (290, 9, 30),
        1,
        2,
        priority=True,
        situations=["network--no-qualification", "network--long-unemployed"],
        objective="network--find-training",
        note="Veut devenir secrétaire administrative.",
    )


def _preparation(tell: Teller) -> Life:
    need = yield from tell.needs(
        (289, 10), 1, "Vérifier son projet avant une formation", "choisir-un-metier--confirmer-son-choix-de-metier"
    )
    yield from tell.helped(
        need,
        Help(
            "prepa",
            sent=(289, 10, 20),
            accepted=(283, 9),
            met=(275, 9),
            place="Trait d’union Formation, salle bleue",
            ended=(180, 17),
            evidence=Evidence.DOCUMENT,
            comment="Un stage en entreprise est compris.",
        ),
    )
    yield from tell.weighs(
        (179, 10),
        1,
        1,
        situations=["network--no-qualification"],
        objective="network--training-file",
        note="Projet confirmé par un stage.",
    )


def _training(tell: Teller) -> Life:
    need = yield from tell.needs(
        (178, 10), 1, "Entrer en formation de secrétaire administrative", "se-former--monter-son-dossier-de-formation"
    )
    yield from tell.helped(
        need,
        Help(
            "secretariat",
            sent=(178, 10, 20),
            message="Préparation terminée, projet confirmé.",
            accepted=(170, 11),
            met=(150, 9),
            place="Trait d’union Formation, accueil",
        ),
    )
    yield from tell.plans((55, 10, 30), "Point à mi-formation, avec l’organisme", (-25, 10))


def _childcare(tell: Teller) -> Life:
    yield from tell.weighs(
        (141, 10),
        4,
        3,
        situations=["family--time-constraints"],
        objective="family--find-childcare",
        note="Les cours finissent après l’école : elle songe à arrêter.",
    )
    need = yield from tell.needs((141, 10, 10), 4, "Une garde après l’école", "famille--garde-denfants")
    yield from tell.helped(
        need,
        Help(
            "garde",
            sent=(141, 10, 20),
            message="De 16 h 30 à 18 h, quatre jours par semaine ; la formation en dépend.",
            accepted=(139, 9),
            met=(137, 14),
            place="Service socio-éducatif",
            ended=(120, 16),
            evidence=Evidence.PERSON,
        ),
    )
    yield from tell.weighs((119, 10), 4, 0, note="Garde trouvée après l’école.")


def _placement(tell: Teller) -> Life:
    need = yield from tell.needs(
        (112, 10),
        1,
        "Un stage de secrétariat près de l’école",
        "choisir-un-metier--decouvrir-un-metier-ou-un-secteur-dactivite",
    )
    yield from tell.helped(
        need,
        Help(
            "stage",
            sent=(112, 10, 20),
            accepted=(110, 11),
            comment="Nous l’accueillons ici même.",
            met=(98, 9),
            place="Service municipal de l’emploi",
            ended=(56, 17),
        ),
    )
    yield from tell.helps((55, 10), "Stage réussi à l’accueil et au secrétariat")


TALE = Tale("emploi.val-de-reuil", (_arrival, _preparation, _training, _childcare, _placement))
