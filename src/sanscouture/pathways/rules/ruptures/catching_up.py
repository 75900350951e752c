"""What follows a rupture: urgency, the quiet after an act by hand, how long it may be put off, when it escalates."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from django.utils.translation import gettext as _

from sanscouture.pathways.enums import ClosingAct
from sanscouture.pathways.rules.delays import working_day
from sanscouture.pathways.rules.ruptures.facts import ClosedByHand, Found
from sanscouture.ui.dates import day

QUIET_DAYS = 7
"""A rupture closed by hand is not raised again for so many days, unless its facts change."""
SNOOZE_DAYS = 30
"""A rupture is put off for so many days at most, at a time."""
LONGEST_SNOOZE_DAYS = 60
"""The same break is put off for so many days at most in all, counted from the first time."""
ESCALATE_DAYS = 7
"""Past the day to act by, so many days before coordination takes over, unless the programme says otherwise."""
LONGEST_ESCALATION = 60

BY_HAND = frozenset({ClosingAct.CALLED, ClosingAct.ENTRUSTED, ClosingAct.REASON, ClosingAct.SNOOZED})
"""Acts that close a rupture though its condition still holds. Each is told in words."""


def is_quiet(found: Found, closed: Iterable[ClosedByHand], *, today: date) -> bool:
    """Say whether a rupture stays silent: the same, no graver, was closed or put off by hand until today or later."""
    return any(
        one.quiet_until >= today and one.since == found.since and found.severity <= one.severity for one in closed
    )


def last_snooze(first_on: date | None, *, today: date) -> date:
    """The last day until which a rupture may be put off. `first_on`: the day it first was, for the same break."""
    latest = today + timedelta(days=SNOOZE_DAYS)
    return min(latest, first_on + timedelta(days=LONGEST_SNOOZE_DAYS)) if first_on else latest


def snooze_fault(until: date, *, first_on: date | None, today: date) -> str:
    """Give what is wrong with a day until which to put off. Empty when it is sound: a rupture cannot sleep for ever."""
    last = last_snooze(first_on, today=today)
    if last <= today:
        return _("Cette rupture a déjà été remise à plus tard pendant deux mois\u00a0: il faut agir, ou la clore.")
    if until <= today:
        return _("Choisissez un jour à venir.")
    return _("Au plus tard le %(day)s.") % {"day": day(last)} if until > last else ""


def escalates_on(due_on: date, days: int) -> date:
    """The day from which coordination takes over a rupture that nobody caught up."""
    return working_day(due_on + timedelta(days=days))


def days_late(since: date, *, today: date) -> int:
    """How many days the thread has been broken."""
    return max(0, (today - since).days)


def urgency(since: date, severity: int, *, today: date) -> int:
    """Days late × severity: what orders the coordinator's morning (chapter 10)."""
    return days_late(since, today=today) * severity
