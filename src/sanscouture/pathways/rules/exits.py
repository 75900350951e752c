"""How a pathway ends, what counts as positive, and what is asked afterwards (chapters 01 and 02)."""

from __future__ import annotations

import calendar
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from sanscouture.pathways.enums import AfterExit, ExitKind
from sanscouture.pathways.rules.delays import working_day
from sanscouture.pathways.rules.diagnosis import HEALTH

NATIONAL_POSITIVE = frozenset(
    {
        ExitKind.LASTING,
        ExitKind.SHORT,
        ExitKind.ALTERNANCE,
        ExitKind.IAE,
        ExitKind.BUSINESS,
        ExitKind.QUALIFYING,
        ExitKind.CIVIC_SERVICE,
        ExitKind.SCHOOL,
    }
)
"""The national definition: work, a business, training that qualifies. A programme's own stands beside it."""

WITHOUT_WORDS = frozenset({ExitKind.HEALTH, ExitKind.DEATH})
"""Kinds that are not described: they are ticked, and that is all (chapter 02)."""

MONTHS = (3, 6)
ATTEMPTS = 3
"""After so many calls in vain a follow-up is closed as unanswered; it is never counted as « not in work »."""
BETWEEN_CALLS = timedelta(hours=4)
"""Two calls in vain are two only when some hours lie between them: a double click is one."""
LINK_DAYS = 30
POSITIVE_AFTER = frozenset({AfterExit.WORKING, AfterExit.TRAINING})
MAY_ANSWER = tuple(one for one in AfterExit if one is not AfterExit.NO_ANSWER)


@dataclass(frozen=True)
class Ending:
    """What is said of an exit. `unblocked`: numbers of the eight fields whose barrier fell."""

    kind: str
    on: date
    contract: str = ""
    evidence: str = ""
    unblocked: tuple[int, ...] = ()
    unblocked_by: str = ""


def wrong_exit(ending: Ending, *, opened_on: date, today: date) -> str:
    """Say why a pathway cannot end so, empty when it can."""
    if ending.kind not in ExitKind.values:
        return _("Choisissez comment le parcours se termine.")
    if not opened_on <= ending.on <= today:
        return _("La sortie a lieu entre l’ouverture du parcours et aujourd’hui.")
    if not set(ending.unblocked) <= set(range(1, HEALTH + 1)):
        return _("Choisissez parmi les huit champs d’action.")
    if ending.kind in WITHOUT_WORDS and (ending.contract or ending.unblocked_by or ending.unblocked):
        return _("Cette sortie ne se décrit pas : cochez-la seulement.")
    return ""


def is_positive(kind: str, definition: Collection[str]) -> bool:
    """Say whether an exit counts as positive by a definition."""
    return kind in definition


def follow_up_days(kind: str, on: date) -> dict[int, date]:
    """The days on which news are asked, three and six months after an exit, on a working day; none after a death."""
    return {} if kind == ExitKind.DEATH else {months: working_day(_months_after(on, months)) for months in MONTHS}


def gives_up(attempts: int) -> bool:
    """Say whether a follow-up is closed as unanswered after so many calls in vain."""
    return attempts >= ATTEMPTS


def asks_again(answer: str, barriers: Collection[int]) -> bool:
    """Say whether an answer should bring somebody back to the person: no longer in work, or a barrier came back."""
    return answer in {AfterExit.SEARCHING, AfterExit.OTHER} or bool(barriers)


def _months_after(day: date, months: int) -> date:
    """The same day of the month, or the last that it has."""
    year, month = day.year + (day.month - 1 + months) // 12, (day.month - 1 + months) % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
