"""Deadlines, reminders and delays of referrals. Delays come from stored times, from nothing else (chapter 02)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil
from statistics import median

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

LONGEST_DEADLINE = 60
ENOUGH_ANSWERS = 5
WORDED_DAYS = (1, 2, 3, 5, 7, 10, 15, 30)
LINK_DAYS = 30
"""A link outlives the deadline by so many days, for the late answer and what follows."""


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


def default_deadline(today: date, *, organisation_days: int | None, programme_days: int) -> date:
    """The day by which an answer is expected: the recipient's usual delay in days, else the programme's."""
    return today + timedelta(days=organisation_days or programme_days)


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
        return _("répond en général en plus d’un mois")
    return ngettext("répond en général sous %(n)d jour", "répond en général sous %(n)d jours", rounded) % {"n": rounded}
