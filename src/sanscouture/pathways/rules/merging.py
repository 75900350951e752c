"""Pure rules of merging what two records say of one field of action."""

from __future__ import annotations

NOTE_LENGTH = 300


def both_notes(kept: str, merged: str, *, longest: int) -> str:
    """Give both notes on one line, the kept one alone when they say the same or there is no room.

    >>> both_notes("Sans voiture", "Permis en cours", longest=300)
    'Sans voiture / Permis en cours'
    """
    if not merged or merged in kept:
        return kept
    joined = f"{kept} / {merged}" if kept else merged
    return joined if len(joined) <= longest else kept
