"""Sedan: a young mother, a group of parents, and an immersion found at the second door."""

from __future__ import annotations

from sanscouture.demo.services.player import Life
from sanscouture.demo.services.stories.tale import Help, Tale, Teller
from sanscouture.pathways.enums import Evidence, RefusalReason


def _arrival(tell: Teller) -> Life:
    yield from tell.arrives(
        (240, 10),
        ("Jessy", "Marchandeau"),
        (23, 9, 2),
        strengths=("Élève deux enfants, dans une famille recomposée de quatre", "À l’aise avec les petits"),
        phone="06 39 98 27 08",
        channel="sms",
        job_seeker="no",
        french_level="c1",
        gender="woman",
        education="none",
        has_children="yes",
        child_years=[2021, 2023],
        lone_parent="no",
        minimum_income="none",
        driving_licence="no",
    )
    yield from tell.weighs(
        (240, 11, 10),
        1,
        2,
        priority=True,
        situations=["network--no-qualification", "network--no-experience"],
        objective="network--discover-occupation",
        note="Veut découvrir les métiers de la petite enfance.",
    )
    yield from tell.weighs(
        (240, 11, 20),
        4,
        2,
        situations=["family--time-constraints"],
        objective="family--parenting-support",
        note="A peur de confier ses enfants.",
    )


def _parents(tell: Teller) -> Life:
    need = yield from tell.needs(
        (239, 10), 4, "Parler avec d’autres parents", "famille--soutien-a-la-parentalite-et-a-leducation"
    )
    yield from tell.helped(
        need,
        Help(
            "parole",
            sent=(239, 10, 15),
            accepted=(232, 9),
            comment="Bienvenue au prochain groupe.",
            met=(225, 14),
            place="Maison des parents",
            ended=(30, 16),
            evidence=Evidence.PERSON,
        ),
    )
    yield from tell.weighs((29, 10), 4, 1, note="Confie ses enfants plus sereinement.")
    yield from tell.helps((29, 10, 10), "A trouvé du réconfort et des amies dans le groupe de parents")


def _meetings(tell: Teller) -> Life:
    yield from tell.does(
        (224, 9),
        ("Groupe de parole, deuxième rencontre", (197, 16)),
        ("Sortie avec les enfants et visite de professionnels de l’enfance", (169, 16)),
        ("Groupe de parole, quatrième rencontre", (141, 16)),
        ("Groupe de parole, cinquième rencontre", (85, 16)),
    )


def _immersion(tell: Teller) -> Life:
    need = yield from tell.needs(
        (150, 10),
        1,
        "Découvrir les métiers de la petite enfance en immersion",
        "choisir-un-metier--decouvrir-un-metier-ou-un-secteur-dactivite",
    )
    first = yield from tell.asked(need, "immersion", (150, 10, 20), message="Disponible en journée, motivée.")
    first = yield from tell.turned_down(
        first, RefusalReason.NO_PLACE, (146, 11), "Notre tutrice accompagne déjà quelqu’un."
    )
    yield from tell.helped(
        need,
        Help(
            "immersion",
            house="ecole_mail",
            sent=(145, 9),
            accepted=(140, 15),
            comment="Nous l’attendons avec plaisir.",
            met=(133, 9),
            place="Multi-accueil du Mail",
            ended=(118, 17),
        ),
        after=first,
    )
    yield from tell.weighs((117, 10), 1, 1, note="Immersion réussie : le projet se confirme.")
    yield from tell.plans((84, 10), "Préparer l’entrée au CAP accompagnant éducatif petite enfance", (-12, 14))


TALE = Tale("conseil.sedan", (_arrival, _parents, _meetings, _immersion))
