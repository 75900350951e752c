"""Threads dropped on purpose, or just handed over: what the coordinator and the recipients find this morning."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sanscouture.demo.rules.residents import Resident, want
from sanscouture.demo.services.acts import TOLD, Scene
from sanscouture.demo.services.homes import Homes
from sanscouture.demo.services.player import Life, Player, at
from sanscouture.demo.services.stories.cohort import arrive, want_help
from sanscouture.pathways.models import Referral

NEXT_STEP_DAYS = 16

Thread = Callable[[Player, Homes, Resident], Life]


@dataclass(frozen=True)
class Handed:
    """A referral sent so many days ago by somebody, to the best door of a want; then what became of it.

    `accepted`: days ago, or None while nobody answers; `meets`: days from today of the appointment, with its hour;
    `twice`: who wrote the same person down a second time.
    """

    follower: str
    door: str
    sent: int
    accepted: int | None = None
    meets: tuple[int, int] | None = None
    severity: int = 2
    message: str = ""
    twice: str = ""

    def __call__(self, player: Player, homes: Homes, resident: Resident) -> Life:
        scene = Scene(player, self.follower)
        moment = player.ago(self.sent + 6, 10)
        yield moment
        arrive(scene, resident, homes, on=moment)
        if self.twice:
            self._written_again(player, resident, on=moment + timedelta(minutes=50))
        need = want_help(scene, want(self.door), self.severity, on=moment + timedelta(minutes=20))
        scene.step("Point de suivi", on=moment + timedelta(minutes=30), due=player.ago(-NEXT_STEP_DAYS, 10))
        moment = player.ago(self.sent, 15)
        yield moment
        referral = scene.refer(need, player.offer(self.door), on=moment, message=self.message)
        yield from self._answered(scene, referral)

    def _written_again(self, player: Player, resident: Resident, *, on: datetime) -> None:
        """Somebody else meets the same person the same day, and does not see that the record is there."""
        scene = Scene(player, self.twice)
        scene.welcome(
            on=on,
            basis=TOLD,
            first_name=resident.first_name,
            last_name=resident.last_name.upper(),
            phone=resident.phone,
        )
        scene.step("Rappeler pour l’atelier", on=on + timedelta(minutes=5), due=player.ago(-NEXT_STEP_DAYS, 11))

    def _answered(self, scene: Scene, referral: Referral) -> Life:
        if self.accepted is None:
            return
        moment = scene.player.ago(self.accepted, 11)
        yield moment
        referral = scene.accept(referral, on=moment)
        if self.meets is None:
            return
        days, hour = self.meets
        when = at(scene.player.today + timedelta(days=days), hour)
        scene.appointment(referral, on=moment + timedelta(minutes=20), when=when)


@dataclass(frozen=True)
class Forgotten:
    """Somebody seen for the last time so many days ago, with nothing ahead."""

    follower: str
    door: str
    seen: int
    severity: int = 1

    def __call__(self, player: Player, homes: Homes, resident: Resident) -> Life:
        scene = Scene(player, self.follower)
        moment = player.ago(self.seen + 40, 10)
        yield moment
        arrive(scene, resident, homes, on=moment)
        want_help(scene, want(self.door), self.severity, on=moment + timedelta(minutes=20))
        step = scene.step("Premier point de suivi", on=moment, due=player.ago(self.seen, 10))
        moment = player.ago(self.seen, 11)
        yield moment
        scene.done(step, on=moment)
