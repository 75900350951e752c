"""Pure rules of attendance: what is marked, and how many sessions were missed in a row."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext as _

from sanscouture.core.errors import Refused
from sanscouture.pathways.enums import Presence

MISSED_IN_A_ROW = 2
"""From so many absences in a row on, a thread may be breaking (chapter 02: « session missed twice »)."""
COUNTED = frozenset({Presence.PRESENT, Presence.ABSENT, Presence.EXCUSED})


def missed_in_a_row(marks: Iterable[str]) -> int:
    """Count the last absences that no presence interrupts; `marks` in the order of the sessions.

    Who was excused told somebody: an excuse neither counts nor interrupts.

    >>> missed_in_a_row(["present", "absent", "excused", "absent"])
    2
    """
    count = 0
    for mark in marks:
        if mark == Presence.ABSENT:
            count += 1
        elif mark == Presence.PRESENT:
            count = 0
    return count


def must_have_begun(day: date, *, today: date) -> None:
    """Let a presence be noted: not before the day of the session. Raises Refused."""
    if day > today:
        raise Refused(_("Cette séance n’a pas encore eu lieu."))


def rate(marks: Iterable[str]) -> int | None:
    """Give the share of presences among those noted, in whole per cent; none when nothing is noted.

    >>> rate(["present", "absent", "expected"])
    50
    """
    noted = [mark for mark in marks if mark in COUNTED]
    return round(100 * sum(mark == Presence.PRESENT for mark in noted) / len(noted)) if noted else None
