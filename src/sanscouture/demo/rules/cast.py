"""The cast: organisations and accounts that act in the stories. All are invented; the programmes are real ones."""

from __future__ import annotations

from collections.abc import Sequence

from sanscouture.demo.rules.parts import Persona, Town
from sanscouture.demo.rules.towns import NATION, TOWNS

PASSWORD = "Fil-Rouge-Aiguille-2026"  # noqa: S105 shown to everybody, and good for the demonstration only

EVERYWHERE: Sequence[Town] = (*TOWNS, NATION)
PROGRAMMES: Sequence[str] = tuple(town.programme for town in TOWNS)
PERSONAS: Sequence[Persona] = tuple(one for town in EVERYWHERE for one in town.personas)

MAIN: Sequence[str] = (
    "coordination.maubeuge",
    "conseil.maubeuge",
    "mobilite.maubeuge",
    "mediation.maubeuge",
    "copilote.maubeuge",
    "animation.nationale",
)
"""Those whose buttons come first: one of each role."""


def persona(key: str) -> Persona:
    """Find a member of the cast by its key. Raises KeyError when there is none."""
    return _BY_KEY[key]


def town(programme: str) -> Town:
    """Find who acts in a programme, by its national identifier. Raises KeyError when nobody does."""
    return _TOWN[programme]


_BY_KEY = {one.key: one for one in PERSONAS}
_TOWN = {one.programme: one for one in TOWNS}
