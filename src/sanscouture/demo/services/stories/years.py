"""The year of each programme of the demonstration: Maubeuge's is the fullest, two have no tale."""

from __future__ import annotations

from collections.abc import Sequence

from sanscouture.demo.rules.places import (
    GRENOBLE,
    MAUBEUGE,
    NARBONNE,
    PAU,
    ROUBAIX,
    SAINT_OMER,
    SEDAN,
    VAL_DE_REUIL,
)
from sanscouture.demo.services.stories import (
    narbonne,
    pau,
    saint_omer,
    sedan,
    val_de_reuil_office,
    val_de_reuil_shop,
)
from sanscouture.demo.services.stories.dropped import Forgotten, Handed, Thread
from sanscouture.demo.services.stories.group import Group
from sanscouture.demo.services.stories.left import Left
from sanscouture.demo.services.stories.year import Year
from sanscouture.pathways.enums import CriterionFact
from sanscouture.pathways.rules.cohorts import Criterion

MAUBEUGE_THREADS: Sequence[Thread] = (
    Handed("conseil.maubeuge", "bilan", sent=41, severity=3),
    Handed("conseil.maubeuge", "location", sent=18, severity=3, message="Mission d’intérim à saisir."),
    Handed("emploi.maubeuge", "toit", sent=14, message="Deux mois de loyer en retard."),
    Handed("centre-social.maubeuge", "garde", sent=52, accepted=48, severity=3),
    Handed("conseil.maubeuge", "francais", sent=24, accepted=21, twice="centre-social.maubeuge"),
    Forgotten("emploi.maubeuge", "club", seen=61, severity=2),
    Forgotten("ccas.maubeuge", "clics", seen=24),
    Handed("conseil.maubeuge", "location", sent=2, message="Embauche prévue en début de mois, permis valide."),
    Handed("emploi.maubeuge", "permis", sent=4),
    Handed("ccas.maubeuge", "toit", sent=2, severity=3, message="Préavis reçu la semaine dernière."),
    Handed("emploi.maubeuge", "location", sent=8, accepted=5, meets=(0, 10)),
    Handed("conseil.maubeuge", "clics", sent=9, accepted=6, meets=(0, 14)),
    Handed("emploi.maubeuge", "budget", sent=10, accepted=7, meets=(2, 9)),
    Handed("mediation.maubeuge", "club", sent=9, accepted=5, meets=(3, 11)),
    Left(
        "conseil.maubeuge",
        "location",
        came=330,
        left=195,
        kind="lasting",
        contract="CDI, 28 heures, aide à domicile",
        unblocked_by="Une voiture louée le temps de passer le permis.",
        news=((3, 100, "working", ()),),
    ),
    Left(
        "conseil.maubeuge",
        "garde",
        came=240,
        left=101,
        kind="short",
        contract="CDD de quatre mois, agente de restauration",
        unblocked_by="Une place en crèche à horaires décalés.",
    ),
    Left(
        "emploi.maubeuge",
        "permis",
        came=200,
        left=40,
        kind="qualifying",
        contract="Titre professionnel, conduite de bus",
        unblocked_by="Le permis, financé en trois mois.",
        episode="training",
    ),
)
"""Five referrals and two people lost from sight, three just sent, four about to be met, three who left."""

MAUBEUGE_GROUP = Group(
    "Élan Sambre",
    "Reprendre un rythme et trouver un premier contrat dans l’industrie du bassin.",
    50,
    "conseil.maubeuge",
    "Maison de quartier du Pont",
    (Criterion(CriterionFact.AGE, 18, 45),),
    begins=150,
)
SAINT_OMER_GROUP = Group(
    "Cap vers l’emploi",
    "Lever les freins de mobilité et de garde avant les embauches de saison.",
    80,
    "mediation.saint-omer",
    "Centre social des Marais",
    begins=80,
)

YEARS: Sequence[Year] = (
    Year(MAUBEUGE, 24, MAUBEUGE_THREADS, begins=360, seed=59392, group=MAUBEUGE_GROUP),
    Year(
        SAINT_OMER,
        7,
        (
            Handed("mediation.saint-omer", "location", sent=19, severity=3, message="Intérim à trente kilomètres."),
            Handed("mediation.saint-omer", "garde", sent=3),
            Forgotten("mediation.saint-omer", "budget", seen=38),
        ),
        (saint_omer.TALE,),
        seed=62765,
        group=SAINT_OMER_GROUP,
    ),
    Year(
        SEDAN,
        7,
        (
            Handed("conseil.sedan", "permis", sent=21, severity=3),
            Handed("conseil.sedan", "clics", sent=20, accepted=17),
            Handed("conseil.sedan", "location", sent=1),
        ),
        (sedan.TALE,),
        seed=8409,
    ),
    Year(
        NARBONNE,
        7,
        (
            Handed("conseil.narbonne", "location", sent=17, severity=3),
            Handed("jeunes.narbonne", "club", sent=5),
            Forgotten("conseil.narbonne", "budget", seen=33),
        ),
        (narbonne.TALE,),
        seed=11262,
    ),
    Year(
        PAU,
        7,
        (
            Handed("conseil.pau", "francais", sent=16, severity=3, message="Disponible tous les matins."),
            Handed("emploi.pau", "permis", sent=3),
            Handed("conseil.pau", "budget", sent=19, accepted=16),
        ),
        (pau.TALE,),
        seed=64445,
    ),
    Year(
        VAL_DE_REUIL,
        6,
        (
            Handed("emploi.val-de-reuil", "garde", sent=15, severity=3),
            Handed("conseil.val-de-reuil", "location", sent=2),
        ),
        (val_de_reuil_office.TALE, val_de_reuil_shop.TALE),
        seed=27701,
    ),
    Year(
        GRENOBLE,
        7,
        (
            Handed("emploi.grenoble", "clics", sent=22),
            Forgotten("conseil.grenoble", "location", seen=29, severity=2),
        ),
        seed=38185,
    ),
    Year(
        ROUBAIX,
        7,
        (
            Handed("conseil.roubaix", "club", sent=13, severity=2),
            Handed("emploi.roubaix", "budget", sent=26, severity=3),
        ),
        seed=59512,
    ),
)
