"""Threads dropped on purpose, or just handed over: what the coordinator and the recipients find this morning."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sanscouture.demo.rules.residents import ANSWERS, WANTS, Resident, Want
from sanscouture.demo.services.acts import Scene
from sanscouture.demo.services.homes import Homes
from sanscouture.demo.services.player import Life, Player, at
from sanscouture.demo.services.stories.cohort import arrive, want_help
from sanscouture.pathways.models import Referral

NEXT_STEP_DAYS = 16

Thread = Callable[[Player, Homes, Resident], Life]


@dataclass(frozen=True)
class Handed:
    """A referral sent so many days ago by somebody, to one door of a want; then what became of it.

    `accepted`: days ago, or None while nobody answers; `meets`: days from today of the appointment, with its hour.
    """

    follower: str
    want: int
    sent: int
    accepted: int | None = None
    meets: tuple[int, int] | None = None
    severity: int = 2
    message: str = ""

    def __call__(self, player: Player, homes: Homes, resident: Resident) -> Life:
        want = WANTS[self.want]
        scene = Scene(player, self.follower)
        moment = player.ago(self.sent + 6, 10)
        yield moment
        arrive(scene, resident, homes, on=moment)
        need = want_help(scene, want, self.severity, on=moment + timedelta(minutes=20))
        scene.step("Point de suivi", on=moment + timedelta(minutes=30), due=player.ago(-NEXT_STEP_DAYS, 10))
        moment = player.ago(self.sent, 15)
        yield moment
        house, offer = want.doors[0]
        referral = scene.refer(need, house, offer, on=moment, message=self.message)
        yield from self._answered(scene, want, referral)

    def _answered(self, scene: Scene, want: Want, referral: Referral) -> Life:
        if self.accepted is None:
            return
        by = ANSWERS[want.doors[0][0]]
        moment = scene.player.ago(self.accepted, 11)
        yield moment
        referral = scene.accept(referral, by, on=moment)
        if self.meets is None:
            return
        days, hour = self.meets
        when = at(scene.player.today + timedelta(days=days), hour)
        place = f"{scene.player.house(want.doors[0][0]).city}, à l’accueil"
        scene.appointment(referral, by, on=moment + timedelta(minutes=20), when=when, place=place)


@dataclass(frozen=True)
class Forgotten:
    """Somebody seen for the last time so many days ago, with nothing ahead."""

    follower: str
    want: int
    seen: int
    severity: int = 1

    def __call__(self, player: Player, homes: Homes, resident: Resident) -> Life:
        scene = Scene(player, self.follower)
        moment = player.ago(self.seen + 40, 10)
        yield moment
        arrive(scene, resident, homes, on=moment)
        want_help(scene, WANTS[self.want], self.severity, on=moment + timedelta(minutes=20))
        step = scene.step("Premier point de suivi", on=moment, due=player.ago(self.seen, 10))
        moment = player.ago(self.seen, 11)
        yield moment
        scene.done(step, on=moment)


MOBILITY, LICENCE, HOUSING, CHILDCARE, FRENCH, DIGITAL, BUDGET, HEALTH, NETWORK = 5, 6, 7, 4, 2, 3, 8, 9, 0

THREADS: Sequence[Thread] = (
    Handed("conseil.maubeuge", HEALTH, sent=41, severity=3),
    Handed("conseil.maubeuge", MOBILITY, sent=18, severity=3, message="Mission d’intérim à saisir."),
    Handed("emploi.maubeuge", HOUSING, sent=14, message="Deux mois de loyer en retard."),
    Handed("centre-social.maubeuge", CHILDCARE, sent=52, accepted=48, severity=3),
    Handed("conseil.maubeuge", FRENCH, sent=24, accepted=21),
    Forgotten("emploi.maubeuge", NETWORK, seen=61, severity=2),
    Forgotten("ccas.maubeuge", DIGITAL, seen=24),
    Handed("conseil.maubeuge", MOBILITY, sent=2, message="Embauche prévue en début de mois, permis valide."),
    Handed("emploi.maubeuge", LICENCE, sent=4),
    Handed("ccas.maubeuge", HOUSING, sent=2, severity=3, message="Préavis reçu la semaine dernière."),
    Handed("emploi.maubeuge", MOBILITY, sent=8, accepted=5, meets=(0, 10)),
    Handed("conseil.maubeuge", DIGITAL, sent=9, accepted=6, meets=(0, 14)),
    Handed("emploi.maubeuge", BUDGET, sent=10, accepted=7, meets=(2, 9)),
    Handed("mediation.maubeuge", NETWORK, sent=9, accepted=5, meets=(3, 11)),
)
"""Five referrals and two people lost from sight, three just sent, four about to be met."""
