"""Deadlines, reminders and delays of referrals. Delays come from stored times, from nothing else (chapter 02)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from math import ceil
from statistics import median

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

LONGEST_DEADLINE = 60
ENOUGH_ANSWERS = 5
WORDED_DAYS = (1, 2, 3, 5, 7)
WORDED_WEEKS = (
    (14, gettext_lazy("répond souvent après une semaine")),
    (30, gettext_lazy("répond souvent après deux semaines")),
)
LINK_DAYS = 30
"""A link outlives the deadline by so many days, for the late answer and what follows."""
SATURDAY = 5
FIXED_HOLIDAYS = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
DAYS_AFTER_EASTER = (1, 39, 50)
"""Easter Monday, Ascension Day, Whit Monday."""


@dataclass(frozen=True)
class Times:
    """What is stored of a referral: instants, each None until it happens."""

    sent: datetime | None = None
    received: datetime | None = None
    decided: datetime | None = None
    met: datetime | None = None
    started: datetime | None = None
    ended: datetime | None = None


@dataclass(frozen=True)
class Delays:
    """Lengths between those instants; None where one is missing."""

    to_receipt: timedelta | None
    to_decision: timedelta | None
    to_meeting: timedelta | None
    to_start: timedelta | None
    of_service: timedelta | None


def delays(times: Times) -> Delays:
    """Compute the delays of one referral: from sending, but the service from its own start."""
    return Delays(
        to_receipt=_between(times.sent, times.received),
        to_decision=_between(times.sent, times.decided),
        to_meeting=_between(times.sent, times.met),
        to_start=_between(times.sent, times.started),
        of_service=_between(times.started, times.ended),
    )


def _between(first: datetime | None, then: datetime | None) -> timedelta | None:
    return then - first if first is not None and then is not None else None


def easter(year: int) -> date:
    """Easter Sunday of a year (Meeus’s Gregorian computation)."""
    golden, century, rest = year % 19, year // 100, year % 100
    moon = (19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    week = (32 + 2 * (century % 4) + 2 * (rest // 4) - moon - rest % 4) % 7
    late = (golden + 11 * moon + 22 * week) // 451
    month, day = divmod(moon + week - 7 * late + 114, 31)
    return date(year, month, day + 1)


@cache
def holidays(year: int) -> frozenset[date]:
    """The eleven public holidays of a year in France (Code du travail, art. L. 3133-1); local ones are not counted."""
    fixed = {date(year, month, day) for month, day in FIXED_HOLIDAYS}
    return frozenset(fixed | {easter(year) + timedelta(days=days) for days in DAYS_AFTER_EASTER})


def working_day(day: date) -> date:
    """The day itself, or the next on which offices open: neither Saturday, nor Sunday, nor public holiday."""
    while day.weekday() >= SATURDAY or day in holidays(day.year):
        day += timedelta(days=1)
    return day


def default_deadline(today: date, *, organisation_days: int | None, programme_days: int) -> date:
    """The day by which an answer is expected: the recipient's usual delay in days, else the programme's.

    One that falls on a day off moves to the next working day.
    """
    return working_day(today + timedelta(days=organisation_days or programme_days))


def deadline_fault(deadline: date, today: date) -> str:
    """Give what is wrong with a deadline: from tomorrow to 60 days ahead. Empty when it is sound."""
    if deadline <= today:
        return _("La date de réponse est au plus tôt demain.")
    if deadline > today + timedelta(days=LONGEST_DEADLINE):
        return _("La date de réponse est au plus tard dans %(n)d jours.") % {"n": LONGEST_DEADLINE}
    return ""


def reminder_days(sent_on: date, deadline: date) -> tuple[date, ...]:
    """The days of the reminders: halfway, then the day before the deadline, never on the day of sending."""
    halfway = sent_on + timedelta(days=(deadline - sent_on).days // 2)
    return tuple(sorted(day for day in {halfway, deadline - timedelta(days=1)} if day > sent_on))


def is_reminder_due(sent_on: date, deadline: date, *, reminded_on: date | None, today: date) -> bool:
    """Say whether a reminder leaves today: one of its days has come since the last, and the deadline has not passed."""
    last = reminded_on or sent_on
    return today <= deadline and any(last < day <= today for day in reminder_days(sent_on, deadline))


def link_expiry(deadline: date) -> date:
    """The last day of an answer link: thirty days after the deadline."""
    return deadline + timedelta(days=LINK_DAYS)


def usual_answer(answered_in: Sequence[timedelta]) -> str:
    """Say in a word how fast an organisation answers, or nothing under five answers (chapter 02: no league table).

    `answered_in`: time from sending to decision of its past answers. The median is rounded up to a round number.
    """
    if len(answered_in) < ENOUGH_ANSWERS:
        return ""
    days = ceil(median(length.total_seconds() for length in answered_in) / 86_400)
    rounded = next((limit for limit in WORDED_DAYS if days <= limit), None)
    if rounded is None:
        late = _("répond en général en plus d’un mois")
        return next((str(words) for limit, words in WORDED_WEEKS if days <= limit), late)
    return ngettext("répond en général sous %(n)d jour", "répond en général sous %(n)d jours", rounded) % {"n": rounded}
