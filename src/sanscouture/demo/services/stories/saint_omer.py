"""Saint-Omer: a job found at an open day, and everything that had to hold so that it could be kept."""

from __future__ import annotations

from sanscouture.demo.services.player import Life
from sanscouture.demo.services.stories.tale import Help, Tale, Teller
from sanscouture.pathways.enums import Evidence


def _arrival(tell: Teller) -> Life:
    yield from tell.arrives(
        (200, 14),
        ("Laurie", "Vermesse-Dubrulle"),
        (33, 3, 14),
        strengths=(
            "BEP carrières sanitaires et sociales",
            "Auxiliaire de vie pendant six ans",
            "DAEU B, reçue en première année de médecine",
        ),
        phone="06 39 98 12 41",
        email="laurie.vermesse@courriel.example",
        channel="sms",
        job_seeker="yes",
        french_level="c1",
        gender="woman",
        seeking_length="under_1y",
        minimum_income="rsa",
        education="bac",
        has_children="yes",
        child_years=[2016, 2024, 2025],
        driving_licence="yes",
        vehicle="no",
        housing="social",
        digital="alone",
    )
    yield from tell.weighs((200, 16), 1, 2, situations=["network--nobody-to-ask"])
    yield from tell.weighs(
        (200, 16, 5),
        5,
        3,
        priority=True,
        situations=["mobility--no-transport"],
        objective="mobility--get-vehicle",
    )
    yield from tell.weighs(
        (200, 16, 10),
        4,
        3,
        situations=["family--child-under-three-without-care"],
        objective="family--find-childcare",
        note="Trois enfants, dont deux en bas âge.",
    )
    yield from tell.weighs((200, 16, 15), 7, 3, situations=["money--no-income", "rights--access-to-rights"])


def _recruitment(tell: Teller) -> Life:
    yield from tell.does(
        (196, 9),
        ("Journée portes ouvertes de recrutement chez Voix des Marais, accompagnée par la médiatrice", (190, 9)),
        ("Envoyer la candidature et préparer l’entretien", (187, 14)),
        ("Signer le contrat : CDD de six mois, activité « mutuelle »", (181, 10)),
        ("Formation intensive de deux semaines, avant la prise de poste", (164, 17)),
    )
    yield from tell.weighs((164, 17, 30), 1, 0, note="CDD de six mois signé.")


def _car(tell: Teller) -> Life:
    need = yield from tell.needs(
        (182, 11), 5, "Une voiture pour aller travailler, à trente kilomètres", "mobilite--acceder-a-un-vehicule"
    )
    yield from tell.helped(
        need,
        Help(
            "location",
            sent=(182, 11, 20),
            message="Prise de poste dans deux semaines, permis valide.",
            accepted=(180, 9),
            comment="Une voiture se libère lundi.",
            met=(177, 10),
            place="Au garage de l’association",
            ended=(24, 10),
            evidence=Evidence.PERSON,
        ),
    )


def _childcare(tell: Teller) -> Life:
    need = yield from tell.needs(
        (182, 11, 40), 4, "Une garde pour les deux plus jeunes enfants", "famille--garde-denfants"
    )
    yield from tell.helped(
        need,
        Help(
            "garde",
            sent=(182, 12),
            message="Horaires de journée, du lundi au vendredi.",
            accepted=(179, 15),
            met=(176, 14),
            place="Au relais petite enfance",
            ended=(112, 16),
            evidence=Evidence.DOCUMENT,
        ),
    )
    yield from tell.weighs((111, 10), 4, 1, note="Assistante maternelle à proximité, aide à la garde obtenue.")


def _at_home(tell: Teller) -> Life:
    yield from tell.does(
        (176, 16),
        ("Rencontrer l’assistante maternelle trouvée près du domicile", (171, 17)),
    )
    yield from tell.weighs((150, 10), 5, 1, note="Voiture louée le temps du contrat.")
    yield from tell.does((140, 9), ("Demander l’aide à la garde, les premiers frais ayant été avancés", (113, 11)))


def _rights(tell: Teller) -> Life:
    need = yield from tell.needs(
        (170, 10),
        7,
        "Prestations suspendues depuis plusieurs mois : débloquer le dossier",
        "difficultes-administratives-ou-juridiques--accompagnement-pour-lacces-aux-droits",
    )
    yield from tell.helped(
        need,
        Help(
            "mediation",
            sent=(170, 10, 20),
            message="L’aide au logement ne tombe plus.",
            accepted=(166, 9),
            met=(160, 14),
            place="À la maison des services",
            ended=(15, 11),
            evidence=Evidence.DOCUMENT,
        ),
    )
    yield from tell.weighs((14, 10), 7, 1, note="Droits rétablis.")


def _work(tell: Teller) -> Life:
    yield from tell.does(
        (158, 9),
        ("Convenir avec l’employeur d’une après-midi libre par semaine pour les démarches", (149, 14)),
        ("Point dans l’emploi, avec le tuteur", (120, 17)),
        ("Point dans l’emploi, à trois mois", (82, 17)),
    )
    yield from tell.helps((82, 18), "A repris confiance : « sortie la tête de l’eau »")
    yield from tell.does((82, 18), ("Point dans l’emploi, à cinq mois", (28, 17)))
    yield from tell.plans((10, 10), "Fin du CDD : préparer la suite avec l’employeur", (-16, 10))


TALE = Tale("mediation.saint-omer", (_arrival, _recruitment, _car, _childcare, _at_home, _rights, _work))
