"""Sedan: a young mother, a group of parents, and an immersion found at the second door.

After a pathway told in the programme's documents (« Parcours de bénéficiaires »), under an invented name.
"""

from __future__ import annotations

from datetime import date
from random import Random

from django.db import transaction

from sanscouture.demo.rules.places import SEDAN
from sanscouture.demo.services.acts import Scene
from sanscouture.demo.services.homes import Homes, settle
from sanscouture.demo.services.player import Life, Player, Stage
from sanscouture.pathways.enums import Evidence, RefusalReason

ADVISER, PARENTS, NURSERY = (f"{name}.sedan" for name in ("conseil", "parents", "creche"))
BY_LINK = ""


@transaction.atomic
def play() -> int:
    """Play the story once; give how many people it brought."""
    player = Player(SEDAN)
    if player.has_begun():
        return 0
    scene = Scene(player, ADVISER)
    stage = Stage(until=player.dawn)
    for paragraph in (_arrival, _parents, _immersion):
        stage.also(paragraph(scene))
    stage.also(player.nights(since=260))
    stage.play()
    player.night(on=player.dawn)
    player.read_news(ADVISER, on=player.on(3, 8))
    return 1


def _arrival(scene: Scene) -> Life:
    on = scene.player.on
    yield on(240, 10)
    person = scene.welcome(
        on=on(240, 10),
        first_name="Jessy",
        last_name="Marchandeau",
        birth_date=date(scene.player.today.year - 23, 9, 2),
        phone="06 39 98 27 08",
        channel="sms",
        job_seeker="no",
        french_level="c1",
    )
    homes = Homes(scene.player.programme, Random("jessy"))  # noqa: S311 a fiction, not a secret
    with scene.player.acting(ADVISER, on=on(240, 10, 30)) as actor:
        settle(person, homes.inside(), actor=actor)
    scene.strengths(
        "Élève deux enfants, dans une famille recomposée de quatre", "À l’aise avec les petits", on=on(240, 11)
    )
    scene.barrier(
        1,
        2,
        on=on(240, 11, 10),
        priority=True,
        situations=["network--no-qualification", "network--no-experience"],
        objective="network--discover-occupation",
        note="Veut découvrir les métiers de la petite enfance.",
    )
    scene.barrier(
        4,
        2,
        on=on(240, 11, 20),
        situations=["family--time-constraints"],
        objective="family--parenting-support",
        note="A peur de confier ses enfants.",
    )


def _parents(scene: Scene) -> Life:
    on = scene.player.on
    yield on(239, 10)
    need = scene.need(
        4, "Parler avec d’autres parents", "famille--soutien-a-la-parentalite-et-a-leducation", on=on(239, 10)
    )
    referral = scene.refer(need, "maison_parents", "parole", on=on(239, 10, 15))
    yield on(232, 9)
    referral = scene.accept(referral, PARENTS, on=on(232, 9), comment="Bienvenue au prochain groupe.")
    scene.appointment(referral, PARENTS, on=on(232, 9, 20), when=on(225, 14), place="Maison des parents")
    yield on(225, 16)
    scene.start(referral, PARENTS, on=on(225, 16))
    yield from scene.steps_done(
        ("Groupe de parole, deuxième rencontre", 197, 16),
        ("Sortie avec les enfants et visite de professionnels de l’enfance", 169, 16),
        ("Groupe de parole, quatrième rencontre", 141, 16),
        ("Groupe de parole, cinquième rencontre", 85, 16),
        first=224,
    )
    yield on(30, 16)
    scene.end(referral, PARENTS, on=on(30, 16), evidence=Evidence.PERSON)
    yield on(29, 10)
    scene.barrier(4, 1, on=on(29, 10), note="Confie ses enfants plus sereinement.")
    scene.strengths("A trouvé du réconfort et des amies dans le groupe de parents", on=on(29, 10, 10))


def _immersion(scene: Scene) -> Life:
    on = scene.player.on
    yield on(150, 10)
    need = scene.need(
        1,
        "Découvrir les métiers de la petite enfance en immersion",
        "choisir-un-metier--decouvrir-un-metier-ou-un-secteur-dactivite",
        on=on(150, 10),
    )
    first = scene.refer(need, "farandole", "immersion", on=on(150, 10, 20), message="Disponible en journée, motivée.")
    yield on(146, 11)
    refused = scene.refuse(
        first, NURSERY, RefusalReason.NO_PLACE, on=on(146, 11), text="Notre tutrice accompagne déjà quelqu’un."
    )
    yield on(145, 9)
    second = scene.reroute(refused, "ecole_mail", "immersion", on=on(145, 9))
    yield on(140, 15)
    accepted = scene.accept(second, BY_LINK, on=on(140, 15), comment="Nous l’attendons avec plaisir.")
    scene.appointment(accepted, BY_LINK, on=on(140, 15, 20), when=on(133, 9), place="Multi-accueil du Mail")
    yield on(133, 17)
    scene.start(accepted, BY_LINK, on=on(133, 17))
    yield on(118, 17)
    scene.end(accepted, BY_LINK, on=on(118, 17), evidence=Evidence.PARTNER)
    yield on(117, 10)
    scene.barrier(1, 1, on=on(117, 10), note="Immersion réussie : le projet se confirme.")
    yield on(12, 10)
    scene.step(
        "Préparer l’entrée au CAP accompagnant éducatif petite enfance", on=on(12, 10), due=scene.player.on(-12, 14)
    )
