"""Pathways that ended: what unblocked them, and the news asked three and six months later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sanscouture.demo.rules.residents import Resident, want
from sanscouture.demo.services.acts import Scene
from sanscouture.demo.services.homes import Homes
from sanscouture.demo.services.player import Life, Player
from sanscouture.demo.services.stories.cohort import arrive, want_help
from sanscouture.pathways.enums import NeedState
from sanscouture.pathways.rules.exits import Ending
from sanscouture.pathways.services import needs


@dataclass(frozen=True)
class Left:
    """Somebody who came, and left, so many days ago.

    `news`: (months after, days ago, answer, barriers that came back) of each answer given.
    """

    follower: str
    door: str
    came: int
    left: int
    kind: str
    contract: str
    unblocked_by: str
    episode: str = "job"
    news: Sequence[tuple[int, int, str, tuple[int, ...]]] = ()

    def __call__(self, player: Player, homes: Homes, resident: Resident) -> Life:
        scene = Scene(player, self.follower)
        moment = player.ago(self.came, 10)
        yield moment
        arrive(scene, resident, homes, on=moment)
        wanted = want(self.door)
        need = want_help(scene, wanted, 2, on=moment + timedelta(minutes=20))
        scene.moves("confidence", level="4", on=moment + timedelta(minutes=40))
        step = scene.step("Point de suivi", on=moment + timedelta(minutes=50), due=player.ago(self.left + 20, 9))
        moment = player.ago(self.left, 11)
        yield moment
        scene.done(step, on=moment)
        scene.lives(self.episode, starts=moment, label=self.contract, on=moment)
        scene.moves("confidence", level="7", on=moment)
        with player.acting(self.follower, on=moment) as actor:
            needs.close_need(need, state=NeedState.COVERED, actor=actor)
        ending = Ending(
            self.kind,
            moment.date(),
            contract=self.contract,
            evidence="document",
            unblocked=(wanted.field,),
            unblocked_by=self.unblocked_by,
        )
        closing = scene.leaves(ending, on=moment + timedelta(minutes=10))
        for months, ago, answer, barriers in self.news:
            moment = player.ago(ago, 15)
            yield moment
            scene.gives_news(closing, months, answer, barriers=barriers, on=moment)
