"""A programme's year: pathways told, a cohort drawn from the day's seed, and threads dropped on purpose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

from django.db import transaction

from sanscouture.demo.rules.residents import cohort
from sanscouture.demo.services.homes import Homes
from sanscouture.demo.services.player import Player, Stage
from sanscouture.demo.services.stories.cohort import Follow
from sanscouture.demo.services.stories.dropped import Thread
from sanscouture.demo.services.stories.group import Group
from sanscouture.demo.services.stories.tale import Tale


@dataclass(frozen=True)
class Year:
    """What happens in one programme. `people`: how many are drawn, beside those of the tales and of the threads.

    `begins`, `lately`: how many days ago the first and the last of them came; `seed`: their luck; `group`: who is
    followed together.
    """

    programme: str
    people: int = 0
    threads: Sequence[Thread] = ()
    tales: Sequence[Tale] = ()
    begins: int = 190
    lately: int = 45
    seed: int = 1
    group: Group | None = None


@transaction.atomic
def play(year: Year) -> int:
    """Play a year once; give how many people it brought. The same day gives the same year."""
    player = Player(year.programme)
    if player.has_begun():
        return 0
    stage = Stage(until=player.dawn)
    for tale in year.tales:
        for life in tale.lives(player):
            stage.also(life)
    drawn = _draw(year, player, stage)
    if year.group:
        stage.also(year.group.life(player))
    stage.also(player.nights(since=360))
    stage.play()
    player.night(on=player.dawn)
    for reader in player.town.personas:
        player.read_news(reader.key, on=player.ago(4, 8))
    return drawn + len(year.tales)


def _draw(year: Year, player: Player, stage: Stage) -> int:
    """Let the lives of the cohort and of the dropped threads begin; give how many."""
    luck = Random(year.seed)  # noqa: S311 a fiction, not a secret
    homes = Homes(player.programme, luck)
    count = year.people + len(year.threads)
    everybody = cohort(player.town, count, luck, youngest=year.lately, oldest=year.begins)
    for resident in everybody[: year.people]:
        stage.also(Follow(player, stage, homes, resident).life())
    for resident, thread in zip(everybody[year.people :], year.threads, strict=True):
        stage.also(thread(player, homes, replace(resident, basis="held", restricted=False)))
    return count
