"""Invented residents of a town's cohort: names, needs and the doors where each need may knock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from sanscouture.demo.rules.parts import Follows, Persona, Town

FIRST_NAMES = (
    "Aïcha", "Bastien", "Chimène", "Dorian", "Élodie", "Farid", "Gwenaëlle", "Hakim", "Ingrid", "Jordan", "Khadija",
    "Ludivine", "Mamadou", "Nawel", "Océane", "Pawel", "Quentin", "Rokia", "Samira", "Tiago", "Ursula", "Vasile",
    "Wassim", "Xavier", "Yasmina", "Zoé", "Abdou", "Brigitte", "Cihan", "Daria", "Émeline", "Fatou", "Grzegorz",
    "Houria", "Ismaël", "Jennifer", "Kévin", "Lamia", "Moussa", "Nathalie", "Oksana", "Priscillien", "Rachida",
    "Steevy",
)  # fmt: skip
LAST_NAMES = (
    "Abrivent", "Bellencontre", "Cazerolle", "Diamanka-Roy", "Etchebar", "Fontenoise", "Gadarbi", "Hautecoeur-Lys",
    "Izembart", "Jolivage", "Kassimi-Dor", "Lavandier", "Merzougal", "Noirfalise", "Ourdellah", "Pontavice-Sy",
    "Quillemont", "Romarini", "Sadikhane", "Traoulé", "Urbanelle", "Vandestoque", "Wozniacki-Pré", "Yahiaté",
    "Zielonkova", "Amrouchelle", "Boisvenu", "Camaradou", "Delafolie", "Elkourdine", "Ferrailleur", "Guinchard-Ba",
    "Hocquetel", "Ibragimor", "Joséphat", "Kerboual", "Loriquet", "Mbaridé", "Nieuwbourg", "Oztürkan",
    "Pelletrain", "Roukaya-Min", "Sauvegrain", "Tchouankem",
)  # fmt: skip
STRENGTHS = (
    "Permis B", "Parle trois langues", "A tenu un stand au marché pendant deux ans", "Proche très présente",
    "Bon bricoleur", "À l’aise avec les personnes âgées", "CAP cuisine", "Ponctualité remarquée en mission",
    "Sait conduire un chariot élévateur", "Bénévole au club de football", "Motivation intacte", "Bac professionnel",
    "A élevé trois enfants", "Connaît tout le quartier",
)  # fmt: skip


@dataclass(frozen=True)
class Want:
    """A need that people bring: its field, words, theme, the situation ticked, and the doors from the best one.

    A door is the key of a service: each town has its own organisation behind it.
    """

    field: int
    label: str
    theme: str
    situation: str
    doors: tuple[str, str]


WANTS: Sequence[Want] = (
    Want(
        1,
        "Retrouver un réseau et refaire son CV",
        "preparer-sa-candidature--developper-son-reseau",
        "network--long-unemployed",
        ("club", "garantie"),
    ),
    Want(
        1,
        "Trouver un métier qui plaise",
        "choisir-un-metier--identifier-ses-points-forts-et-ses-competences",
        "network--no-project",
        ("garantie", "club"),
    ),
    Want(
        2,
        "Parler mieux français pour travailler",
        "lecture-ecriture-calcul--maitriser-le-francais",
        "basic-skills--speaking-french",
        ("francais", "droits"),
    ),
    Want(
        3,
        "Faire ses démarches en ligne sans aide",
        "numerique--maitriser-les-fondamentaux-du-numerique",
        "digital--device-not-mastered",
        ("clics", "budget"),
    ),
    Want(
        4,
        "Une garde d’enfants pour aller en formation",
        "famille--garde-denfants",
        "family--child-under-three-without-care",
        ("garde", "droits"),
    ),
    Want(
        5,
        "Un véhicule pour des horaires décalés",
        "mobilite--acceder-a-un-vehicule",
        "mobility--public-transport-only",
        ("location", "permis"),
    ),
    Want(
        5,
        "Passer le permis",
        "mobilite--preparer-un-permis",
        "mobility--no-transport",
        ("permis", "location"),
    ),
    Want(
        6,
        "Garder son logement malgré les impayés",
        "logement-hebergement--se-maintenir-dans-le-logement",
        "housing--rent-hard-to-pay",
        ("toit", "budget"),
    ),
    Want(
        7,
        "Y voir clair dans son budget",
        "difficultes-financieres--ameliorer-sa-gestion-budgetaire",
        "money--budget-management",
        ("budget", "droits"),
    ),
    Want(8, "Un bilan de santé", "sante--acces-aux-soins", "", ("bilan", "budget")),
)


def want(door: str) -> Want:
    """The need whose best door is this service. Raises KeyError when there is none."""
    return {one.doors[0]: one for one in WANTS}[door]


HEALTH = 8


@dataclass(frozen=True)
class Resident:
    """Somebody of the cohort. `begins`: days ago; `home`: inside, outside or unsure; `basis`: held, ended or none."""

    first_name: str
    last_name: str
    follower: str
    age: int
    phone: str
    begins: int
    home: str
    basis: str
    french_level: str
    job_seeker: str
    channel: str
    wants: tuple[Want, ...]
    strengths: tuple[str, ...]
    situation: dict[str, str]
    restricted: bool


def cohort(town: Town, count: int, luck: Random, *, youngest: int = 45, oldest: int = 360) -> list[Resident]:
    """Draw so many residents, who came from `oldest` to `youngest` days ago. The same luck draws the same people."""
    firsts = luck.sample(FIRST_NAMES, count)
    lasts = luck.sample(LAST_NAMES, count)
    return [
        _resident(
            town, rank, (firsts[rank], lasts[rank]), luck, oldest - (oldest - youngest) * rank // max(1, count - 1)
        )
        for rank in range(count)
    ]


def _followers(town: Town) -> list[tuple[Persona, Follows]]:
    """Who follows people in a town, the largest shares first."""
    found = [(one, one.follows) for one in town.personas if one.follows]
    return sorted(found, key=lambda pair: -pair[1].share)


def _resident(town: Town, rank: int, name: tuple[str, str], luck: Random, begins: int) -> Resident:
    followers = _followers(town)
    follower, follows = luck.choices(followers, [each.share for _one, each in followers])[0]
    doors = town.doors()
    open_here = [want for want in WANTS if set(want.doors) <= set(doors)]
    possible = [want for want in open_here if doors[want.doors[0]] != follower.house]
    wants = {want.field: want for want in luck.sample(possible, luck.choice((1, 1, 2, 2, 3)))}
    speaks = luck.choice(("a2", "b1")) if 2 in wants else luck.choice(("b2", "c1", "c1", "not_asked"))
    return Resident(
        first_name=name[0],
        last_name=name[1],
        follower=follower.key,
        age=luck.randint(follows.youngest, follows.oldest),
        phone=f"06 39 98 {30 + rank // 10:02d} {10 + rank:02d}",
        begins=begins,
        home=luck.choices(("inside", "outside", "unsure"), (15, 3, 4))[0],
        basis="ended" if rank in ENDED else "none" if rank in NONE else "held",
        french_level=speaks,
        job_seeker=luck.choice(("yes", "yes", "yes", "no", "not_asked")),
        channel=luck.choice(("sms", "sms", "phone", "in_person")),
        wants=tuple(wants.values()),
        strengths=tuple(luck.sample(STRENGTHS, luck.choice((1, 1, 2)))),
        situation=_situation(Random(f"{name[0]}/{name[1]}")),  # noqa: S311 a fiction, not a secret
        restricted=rank == RESTRICTED,
    )


def _situation(luck: Random) -> dict[str, str]:
    """What was asked of somebody: never everything."""
    found = {name: luck.choice(values) for name, values in SITUATIONS.items()}
    return {name: found[name] for name in luck.sample(sorted(found), luck.randint(2, 6))}


SITUATIONS: dict[str, tuple[str, ...]] = {
    "seeking_length": ("under_6m", "under_1y", "under_2y", "over_2y", "unknown"),
    "minimum_income": ("none", "none", "rsa", "withheld"),
    "education": ("none", "cap", "cap", "bac", "bac2", "foreign", "unknown"),
    "has_children": ("yes", "no", "withheld"),
    "driving_licence": ("yes", "no"),
    "vehicle": ("yes", "no", "no"),
    "digital": ("alone", "helped", "none"),
    "housing": ("social", "social", "private", "hosted", "withheld"),
    "disability": ("no", "no", "yes"),
}
RESTRICTED = 23
"""One whom only their adviser reads: nothing of it is shared, so that no organisation awaits an answer."""
ENDED = frozenset({2, 5})
NONE = frozenset({23, 29})
