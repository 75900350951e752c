"""Val-de-Reuil: too old for employers at twenty-five, until one says yes; a diploma, then a lasting contract."""

from __future__ import annotations

from sanscouture.demo.services.player import Life
from sanscouture.demo.services.stories.tale import Help, Tale, Teller
from sanscouture.pathways.enums import Evidence, RefusalReason


def _arrival(tell: Teller) -> Life:
    yield from tell.arrives(
        (320, 14),
        ("Mélissa", "Traversin"),
        (25, 7, 19),
        strengths=("A élevé trois enfants pendant six ans", "Nombreuses missions d’intérim", "Ne renonce pas"),
        phone="06 39 98 63 44",
        channel="sms",
        job_seeker="yes",
        french_level="c1",
        gender="woman",
        seeking_length="over_2y",
        education="none",
        has_children="yes",
        child_years=[2019, 2020, 2022],
        lone_parent="yes",
        housing="social",
    )
    yield from tell.weighs(
        (320, 14, 30),
        1,
        3,
        priority=True,
        situations=["network--no-qualification", "network--no-answers"],
        objective="network--find-training",
        note="Reprend ses études pour un travail stable ; on lui répond qu’elle est trop âgée pour l’alternance.",
    )


def _school(tell: Teller) -> Life:
    need = yield from tell.needs(
        (319, 10), 1, "Préparer un bac professionnel de vente en alternance", "se-former--trouver-sa-formation"
    )
    yield from tell.helped(
        need,
        Help(
            "alternance",
            sent=(319, 10, 20),
            message="Motivée, a déjà démarché vingt boutiques seule.",
            accepted=(314, 9),
            comment="Admise dès qu’un employeur signe : nous cherchons avec elle.",
            met=(310, 14),
            place="CFA de l’Écluse",
            ended=(62, 17),
            evidence=Evidence.DOCUMENT,
        ),
    )
    yield from tell.helps((61, 10), "Bac professionnel de vente")


def _employer(tell: Teller) -> Life:
    need = yield from tell.needs(
        (300, 10), 1, "Un employeur pour l’alternance", "trouver-un-emploi--repondre-a-des-offres-demploi"
    )
    first = yield from tell.asked(need, "poste", (300, 10, 20), message="Le CFA et la ville appuient sa candidature.")
    first = yield from tell.turned_down(
        first, RefusalReason.OUT_OF_CRITERIA, (293, 11), "Nous prenons des apprentis plus jeunes."
    )
    yield from tell.helped(
        need,
        Help(
            "poste",
            house="belle_rive",
            sent=(292, 9),
            message="Recommandée par la ville, la mission locale et le CFA ensemble.",
            accepted=(286, 15),
            comment="Nous la recevons avec plaisir.",
            met=(279, 10),
            place="Village de marques Belle-Rive",
            ended=(60, 17),
            evidence=Evidence.DOCUMENT,
        ),
        after=first,
    )
    yield from tell.weighs((59, 10), 1, 0, note="CDI signé après le diplôme.")


def _work(tell: Teller) -> Life:
    yield from tell.does(
        (275, 9),
        ("Signer le contrat d’alternance, avec le CFA et le magasin", (268, 10)),
        ("Début de la formation payée de six mois", (252, 9)),
        ("Point avec le tuteur, à mi-parcours", (160, 16)),
        ("Examen du bac professionnel", (70, 17)),
        ("Signer le CDI", (60, 10)),
        ("Point dans l’emploi, à un mois", (26, 17)),
    )
    yield from tell.plans((26, 17, 30), "Point dans l’emploi, à trois mois", (-30, 17))


TALE = Tale("conseil.val-de-reuil", (_arrival, _school, _employer, _work))
