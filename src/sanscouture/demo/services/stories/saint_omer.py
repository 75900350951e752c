"""Saint-Omer: a job found at an open day, and everything that had to hold so that it could be kept.

After a pathway told in the programme's documents (« Parcours de bénéficiaires »), under an invented name.
"""

from __future__ import annotations

from datetime import date
from random import Random

from django.db import transaction

from sanscouture.demo.rules.places import SAINT_OMER
from sanscouture.demo.services.acts import Scene
from sanscouture.demo.services.homes import Homes, settle
from sanscouture.demo.services.player import Life, Player, Stage
from sanscouture.pathways.enums import Evidence

MEDIATOR, MOBILITY, CHILDHOOD, RIGHTS = (
    f"{name}.saint-omer" for name in ("mediation", "mobilite", "enfance", "droits")
)


@transaction.atomic
def play() -> int:
    """Play the story once; give how many people it brought."""
    player = Player(SAINT_OMER)
    if player.has_begun():
        return 0
    scene = Scene(player, MEDIATOR)
    stage = Stage(until=player.dawn)
    for paragraph in (_arrival, _recruitment, _car, _childcare, _rights, _work):
        stage.also(paragraph(scene))
    stage.also(player.nights(since=260))
    stage.play()
    player.night(on=player.dawn)
    player.read_news(MEDIATOR, on=player.on(3, 8))
    return 1


def _arrival(scene: Scene) -> Life:
    on = scene.player.on
    yield on(200, 14)
    person = scene.welcome(
        on=on(200, 14),
        first_name="Laurie",
        last_name="Vermesse-Dubrulle",
        birth_date=date(scene.player.today.year - 33, 3, 14),
        phone="06 39 98 12 41",
        email="laurie.vermesse@courriel.example",
        channel="sms",
        job_seeker="yes",
        french_level="c1",
    )
    homes = Homes(scene.player.programme, Random("laurie"))  # noqa: S311 a fiction, not a secret
    with scene.player.acting(MEDIATOR, on=on(200, 15)) as actor:
        settle(person, homes.inside(), actor=actor)
    scene.strengths(
        "BEP carrières sanitaires et sociales",
        "Auxiliaire de vie pendant six ans",
        "DAEU B, reçue en première année de médecine",
        on=on(200, 15, 30),
    )
    scene.barrier(1, 2, on=on(200, 16), situations=["network--nobody-to-ask"])
    scene.barrier(
        5, 3, on=on(200, 16, 5), priority=True, situations=["mobility--no-transport"], objective="mobility--get-vehicle"
    )
    scene.barrier(
        4,
        3,
        on=on(200, 16, 10),
        situations=["family--child-under-three-without-care"],
        objective="family--find-childcare",
        note="Trois enfants, dont deux en bas âge.",
    )
    scene.barrier(7, 3, on=on(200, 16, 15), situations=["money--no-income", "rights--access-to-rights"])


def _recruitment(scene: Scene) -> Life:
    yield from scene.steps_done(
        ("Journée portes ouvertes de recrutement chez Voix des Marais, accompagnée par la médiatrice", 190, 9),
        ("Envoyer la candidature et préparer l’entretien", 187, 14),
        ("Signer le contrat : CDD de six mois, activité « mutuelle »", 181, 10),
        ("Formation intensive de deux semaines, avant la prise de poste", 164, 17),
        first=196,
    )
    yield scene.player.on(164, 17, 30)
    scene.barrier(1, 0, on=scene.player.on(164, 17, 30), note="CDD de six mois signé.")


def _car(scene: Scene) -> Life:
    on = scene.player.on
    yield on(182, 11)
    need = scene.need(
        5, "Une voiture pour aller travailler, à trente kilomètres", "mobilite--acceder-a-un-vehicule", on=on(182, 11)
    )
    referral = scene.refer(
        need, "cap_volant", "location", on=on(182, 11, 20), message="Prise de poste dans deux semaines, permis valide."
    )
    yield on(180, 9)
    referral = scene.accept(referral, MOBILITY, on=on(180, 9), comment="Une voiture se libère lundi.")
    scene.appointment(referral, MOBILITY, on=on(180, 9, 30), when=on(177, 10), place="Au garage de l’association")
    yield on(177, 11)
    scene.start(referral, MOBILITY, on=on(177, 11))
    yield on(150, 10)
    scene.barrier(5, 1, on=on(150, 10), note="Voiture louée le temps du contrat.")
    yield on(24, 10)
    scene.end(referral, MOBILITY, on=on(24, 10), evidence=Evidence.PERSON)


def _childcare(scene: Scene) -> Life:
    on = scene.player.on
    yield on(182, 11, 40)
    need = scene.need(4, "Une garde pour les deux plus jeunes enfants", "famille--garde-denfants", on=on(182, 11, 40))
    referral = scene.refer(
        need, "coquelicots", "garde", on=on(182, 12), message="Horaires de journée, du lundi au vendredi."
    )
    yield on(179, 15)
    referral = scene.accept(referral, CHILDHOOD, on=on(179, 15))
    scene.appointment(referral, CHILDHOOD, on=on(179, 15, 30), when=on(176, 14), place="Au relais petite enfance")
    yield on(176, 15)
    scene.start(referral, CHILDHOOD, on=on(176, 15))
    yield from scene.steps_done(("Rencontrer l’assistante maternelle trouvée près du domicile", 171, 17), first=176)
    yield from scene.steps_done(
        ("Demander l’aide à la garde, les premiers frais ayant été avancés", 113, 11), first=140
    )
    yield on(112, 16)
    scene.end(referral, CHILDHOOD, on=on(112, 16), evidence=Evidence.DOCUMENT)
    yield on(111, 10)
    scene.barrier(4, 1, on=on(111, 10), note="Assistante maternelle à proximité, aide à la garde obtenue.")


def _rights(scene: Scene) -> Life:
    on = scene.player.on
    yield on(170, 10)
    need = scene.need(
        7,
        "Prestations suspendues depuis plusieurs mois : débloquer le dossier",
        "difficultes-administratives-ou-juridiques--accompagnement-pour-lacces-aux-droits",
        on=on(170, 10),
    )
    referral = scene.refer(
        need, "point_droits", "mediation", on=on(170, 10, 20), message="L’aide au logement ne tombe plus."
    )
    yield on(166, 9)
    referral = scene.accept(referral, RIGHTS, on=on(166, 9))
    scene.appointment(referral, RIGHTS, on=on(166, 9, 30), when=on(160, 14), place="À la maison des services")
    yield on(160, 15)
    scene.start(referral, RIGHTS, on=on(160, 15))
    yield on(15, 11)
    scene.end(referral, RIGHTS, on=on(15, 11), evidence=Evidence.DOCUMENT)
    yield on(14, 10)
    scene.barrier(7, 1, on=on(14, 10), note="Droits rétablis.")


def _work(scene: Scene) -> Life:
    yield from scene.steps_done(
        ("Convenir avec l’employeur d’une après-midi libre par semaine pour les démarches", 149, 14),
        ("Point dans l’emploi, avec le tuteur", 120, 17),
        ("Point dans l’emploi, à trois mois", 82, 17),
        ("Point dans l’emploi, à cinq mois", 28, 17),
        first=158,
    )
    yield scene.player.on(82, 18)
    scene.strengths("A repris confiance : « sortie la tête de l’eau »", on=scene.player.on(82, 18))
    yield scene.player.on(10, 10)
    scene.step(
        "Fin du CDD : préparer la suite avec l’employeur",
        on=scene.player.on(10, 10),
        due=scene.player.on(-16, 10),
    )
