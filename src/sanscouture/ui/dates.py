"""Dates and lengths of time as people say them: “mardi 3 mars, il y a 12 jours”."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache

from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sanscouture.core import clock

WEEK = 7
MONTH = 30
YEAR = 365


def _in_french() -> bool:
    return (translation.get_language() or "fr").startswith("fr")


def _local(value: date) -> date:
    """The day in Paris of an instant; a day stays itself."""
    if isinstance(value, datetime):
        return timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    return value


def day(value: date | None) -> str:
    """“mardi 3 mars”, with the year when it is not this one: “mardi 3 mars 2025”."""
    if value is None:
        return ""
    local = _local(value)
    pattern = "l j F" if local.year == clock.today().year else "l j F Y"
    text = formats.date_format(local, pattern)
    return text.lower().replace(" 1 ", " 1er ", 1) if _in_french() else text


def ago(value: date | None) -> str:
    """The distance from today in words: “hier”, “il y a 12 jours”, “dans 3 semaines”."""
    if value is None:
        return ""
    distance = (_local(value) - clock.today()).days
    near = {0: _("aujourd’hui"), -1: _("hier"), 1: _("demain"), -2: _("avant-hier"), 2: _("après-demain")}
    if distance in near:
        return near[distance]
    length = days(abs(distance))
    return _("il y a %(length)s") % {"length": length} if distance < 0 else _("dans %(length)s") % {"length": length}


def said(value: date | None) -> str:
    """Day and distance: “mardi 3 mars, il y a 12 jours”."""
    return "" if value is None else _said(_local(value), clock.today(), translation.get_language())


@lru_cache(maxsize=4096)
def _said(value: date, _today: date, _language: str | None) -> str:
    """A list says the same days over and over. What the words depend on besides the day is in the key."""
    return _("%(day)s, %(distance)s") % {"day": day(value), "distance": ago(value)}


def hour(value: datetime | None) -> str:
    """“14 h 30”, and “14:30” in English."""
    if value is None:
        return ""
    local = timezone.localtime(value) if timezone.is_aware(value) else value
    if not _in_french():
        return f"{local:%H:%M}"
    return f"{local.hour}\u00a0h\u00a0{local.minute:02}" if local.minute else f"{local.hour}\u00a0h"


def at_hour(value: datetime | None) -> str:
    """“mardi 3 mars à 14 h 30”."""
    return "" if value is None else _("%(day)s à %(hour)s") % {"day": day(value), "hour": hour(value)}


def days(count: int) -> str:
    """A number of days in words, rounded as people round: “12 jours”, “5 semaines”, “3 mois”, “2 ans”."""
    if count < 3 * WEEK:
        return ngettext("%(n)d\u00a0jour", "%(n)d\u00a0jours", count) % {"n": count}
    if count < 2 * MONTH:
        weeks = count // WEEK
        return ngettext("%(n)d\u00a0semaine", "%(n)d\u00a0semaines", weeks) % {"n": weeks}
    if count < 2 * YEAR:
        months = round(count / 30.44)
        return ngettext("%(n)d\u00a0mois", "%(n)d\u00a0mois", months) % {"n": months}
    years = count // YEAR
    return ngettext("%(n)d\u00a0an", "%(n)d\u00a0ans", years) % {"n": years}


def duration(value: timedelta | None) -> str:
    """A length of time in words: “moins d’une heure”, “5 heures”, “12 jours”."""
    if value is None:
        return ""
    hours = int(value.total_seconds() // 3600)
    if hours < 1:
        return _("moins d’une heure")
    if hours < 24:
        return ngettext("%(n)d\u00a0heure", "%(n)d\u00a0heures", hours) % {"n": hours}
    return days(value.days)
