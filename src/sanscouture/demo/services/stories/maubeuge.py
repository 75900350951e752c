"""Maubeuge's year: some forty invented people, drawn from the day's seed, and threads dropped on purpose."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from django.db import transaction

from sanscouture.demo.rules.places import MAUBEUGE
from sanscouture.demo.rules.residents import ANSWERS, cohort
from sanscouture.demo.services.homes import Homes
from sanscouture.demo.services.player import Player, Stage
from sanscouture.demo.services.stories import dropped
from sanscouture.demo.services.stories.cohort import Follow

SEED = 59392
PEOPLE = 27


@transaction.atomic
def play() -> int:
    """Play the year once; give how many people it brought. The same day gives the same year."""
    player = Player(MAUBEUGE)
    if player.has_begun():
        return 0
    luck = Random(SEED)  # noqa: S311 a fiction, not a secret
    homes = Homes(player.programme, luck)
    stage = Stage(until=player.dawn)
    everybody = cohort(PEOPLE + len(dropped.THREADS), luck)
    regulars, lost = everybody[:PEOPLE], everybody[PEOPLE:]
    for resident in regulars:
        stage.also(Follow(player, stage, homes, resident).life())
    for resident, thread in zip(lost, dropped.THREADS, strict=True):
        stage.also(thread(player, homes, replace(resident, basis="held")))
    stage.also(player.nights(since=360))
    stage.play()
    player.night(on=player.dawn)
    for reader in (*filter(None, ANSWERS.values()), "coordination.maubeuge", "referente.maubeuge"):
        player.read_news(reader, on=player.ago(4, 8))
    return len(everybody)
