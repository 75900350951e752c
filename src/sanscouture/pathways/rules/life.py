"""Episodes and progress: what may be written of them (chapter 02)."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from sanscouture.pathways.enums import ProgressKind
from sanscouture.people.enums import FrenchLevel

CONFIDENCE_MOST = 10
LEVELS: dict[str, tuple[str, ...]] = {
    ProgressKind.LANGUAGE: (FrenchLevel.A1, FrenchLevel.A2, FrenchLevel.B1, FrenchLevel.B2, FrenchLevel.C1),
    ProgressKind.CONFIDENCE: tuple(str(mark) for mark in range(CONFIDENCE_MOST + 1)),
}
"""What is measured, and how: a level of the CECRL, a mark from 0 to 10 that the person gives."""


def wrong_dates(starts_on: date, ends_on: date | None) -> str:
    """Say why the dates of an episode cannot be, empty when they can. An episode may be ahead."""
    return _("La fin vient avant le début.") if ends_on and ends_on < starts_on else ""


def wrong_progress(kind: str, level: str, on: date, *, today: date) -> str:
    """Say why a progress cannot be written, empty when it can."""
    if kind not in ProgressKind.values:
        return _("Choisissez ce qui a bougé.")
    if on > today:
        return _("Un progrès est d’aujourd’hui ou d’un jour passé.")
    if level not in LEVELS.get(kind, ("",)):
        return _("Dites le niveau.") if kind in LEVELS else _("Ce progrès n’a pas de niveau.")
    return ""


def said_level(kind: str, level: str, before: str = "") -> str:
    """Say a level in words, with the one before when there was one: « 6 sur 10 (auparavant 3) »."""
    if not level:
        return ""
    if kind == ProgressKind.CONFIDENCE:
        said = _("%(mark)s sur %(most)d") % {"mark": level, "most": CONFIDENCE_MOST}
        return said + (_(" (auparavant %(mark)s)") % {"mark": before} if before else "")
    return level.upper() + (_(" (auparavant %(mark)s)") % {"mark": before.upper()} if before else "")
