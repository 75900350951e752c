"""The offer's conditions and ranks in French sentences, evaluated in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import cast

from django.utils import formats
from django.utils.functional import Promise, lazy
from django.utils.text import format_lazy
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from sanscouture.directory.enums import Capacity, Criterion, FrenchLevel, ResidenceRule
from sanscouture.directory.rules import vocabulary
from sanscouture.directory.rules.offers import OfferRow

Sentence = str | Promise

STALE_MONTHS = 12


def lazily(say: Callable[[int], str]) -> Callable[[int], Promise]:
    """Say a number later, in the reader's language; one class for all, where `ngettext_lazy` makes one a call."""
    return cast("Callable[[int], Promise]", lazy(say, str))


PLACES = lazily(lambda count: ngettext("{count} place", "{count} places", count).format(count=count))
WEEKS = lazily(
    lambda count: ngettext(
        "Liste d’attente\u00a0: {count} semaine", "Liste d’attente\u00a0: {count} semaines", count
    ).format(count=count)
)


def finding(criterion: Criterion, row: OfferRow, *, unmet: bool) -> Sentence:
    """Say why a person cannot enter (`unmet`), or which fact is missing to know."""
    condition = CONDITIONS[criterion](row)
    return condition if unmet else format_lazy(TO_CHECK[criterion], condition=condition)


def conditions(row: OfferRow) -> list[Sentence]:
    """Say each condition of a service in words; an empty list means that nothing is asked."""
    asked = {
        Criterion.AGE: row.age_min is not None or row.age_max is not None,
        Criterion.RESIDENCE: row.residence_rule == ResidenceRule.QPV or row.zone_counts,
        Criterion.FRENCH: row.french_level_min not in {"", FrenchLevel.BELOW_A1},
        Criterion.JOB_SEEKER: row.job_seeker_required is True,
        Criterion.PUBLIC: bool(row.publics) and vocabulary.EVERYONE not in row.publics,
    }
    return [CONDITIONS[criterion](row) for criterion, holds in asked.items() if holds]


def explanation(row: OfferRow, *, exact: bool, km: float | None, remote: bool, located: bool, today: date) -> Sentence:
    """Say in one sentence why a service stands where it does."""
    parts: list[Sentence] = [
        _("Répond à ce qui est demandé") if exact else _("Aide dans le même champ d’action"),
        *where(km, remote=remote, located=located),
        *([said] if (said := CAPACITY.get(row.capacity)) else []),
        freshness(row.source_updated_on, today),
    ]
    return format_lazy(", ".join("{}" for _part in parts) + ".", *parts)


def where(km: float | None, *, remote: bool, located: bool) -> list[Sentence]:
    """Say how far a service is, or that it comes by phone or screen."""
    if km is not None:
        return [format_lazy(_("{distance} ou à distance"), distance=distance(km)) if remote else distance(km)]
    if remote:
        return [_("à distance")]
    return [_("lieu à préciser")] if located else []


def distance(km: float) -> Sentence:
    """Say a distance as people do: hundreds of metres, then kilometres."""
    if km < 0.95:
        return format_lazy(_("à {metres} m"), metres=max(100, round(km * 10) * 100))
    return format_lazy(_("à {km} km"), km=formats.number_format(km, 1) if km < 10 else round(km))


def freshness(updated_on: date | None, today: date) -> Sentence:
    """Say how old a sheet is; past a year it asks to be confirmed."""
    if updated_on is None:
        return _("fiche sans date, à confirmer")
    months = max(0, (today.year - updated_on.year) * 12 + today.month - updated_on.month)
    if months == 0:
        return _("fiche mise à jour ce mois-ci")
    if months <= STALE_MONTHS:
        return _months_old(months)
    return _years_old(months // 12)


@lazily
def _months_old(months: int) -> str:
    return ngettext("fiche mise à jour il y a {months} mois", "fiche mise à jour il y a {months} mois", months).format(
        months=months
    )


@lazily
def _years_old(years: int) -> str:
    return ngettext(
        "fiche de plus d’{years} an, à confirmer", "fiche de plus de {years} ans, à confirmer", years
    ).format(years=years)


def _age(row: OfferRow) -> Sentence:
    if row.age_min is None:
        return format_lazy(_("jusqu’à {age} ans"), age=row.age_max)
    if row.age_max is None:
        return format_lazy(_("à partir de {age} ans"), age=row.age_min)
    return format_lazy(_("de {low} à {high} ans"), low=row.age_min, high=row.age_max)


def _residence(row: OfferRow) -> Sentence:
    if row.residence_rule == ResidenceRule.QPV:
        return _("réservé aux habitants d’un quartier prioritaire")
    return _("réservé aux habitants de la zone du service")


def _french(row: OfferRow) -> Sentence:
    return format_lazy(_("niveau de français {level} au moins"), level=row.french_level_min)


def _job_seeker(_row: OfferRow) -> Sentence:
    return _("réservé aux demandeurs d’emploi")


def _public(row: OfferRow) -> Sentence:
    labels = [vocabulary.LABELS.get(slug, slug) for slug in sorted(row.publics)]
    return format_lazy(_("réservé à ce public\u00a0: {publics}"), publics=", ".join(labels).lower())


CONDITIONS = {
    Criterion.AGE: _age,
    Criterion.RESIDENCE: _residence,
    Criterion.FRENCH: _french,
    Criterion.JOB_SEEKER: _job_seeker,
    Criterion.PUBLIC: _public,
}
TO_CHECK = {
    Criterion.AGE: _("âge à préciser ({condition})"),
    Criterion.RESIDENCE: _("lieu de résidence à préciser ({condition})"),
    Criterion.FRENCH: _("niveau de français à préciser ({condition})"),
    Criterion.JOB_SEEKER: _("inscription à France Travail à préciser ({condition})"),
    Criterion.PUBLIC: _("situation à préciser ({condition})"),
}
CAPACITY: dict[str, Sentence] = {
    Capacity.OPEN: _("places disponibles"),
    Capacity.WAITING: _("liste d’attente"),
    Capacity.ASSESSMENT: _("évaluation d’abord"),
    Capacity.CLOSED: _("fermé en ce moment"),
}


DAYS = {
    "Mo": _("lun."),
    "Tu": _("mar."),
    "We": _("mer."),
    "Th": _("jeu."),
    "Fr": _("ven."),
    "Sa": _("sam."),
    "Su": _("dim."),
}


def opening_hours(value: str) -> list[str]:
    """Say opening hours (OpenStreetMap format) in words, one line per rule; what is not understood stays as it is."""
    return [_opening_rule(rule.strip()) for rule in value.split(";") if rule.strip()]


def _opening_rule(rule: str) -> str:
    if rule.lower() == "ph off":
        return str(_("fermé les jours fériés"))
    said = re.sub(r"\b(Mo|Tu|We|Th|Fr|Sa|Su)\b", lambda found: str(DAYS[found[0]]), rule)
    if (get_language() or "fr").startswith("fr"):
        said = re.sub(r"(\d\d?):(\d\d)", lambda found: f"{int(found[1])}\u00a0h{found[2].replace('00', '')}", said)
    return re.sub(r"\s*,\s*", ", ", said).replace("-", "–")


CAPACITY_TONES: dict[str, str] = {
    Capacity.OPEN: "success",
    Capacity.WAITING: "warning",
    Capacity.ASSESSMENT: "info",
    Capacity.CLOSED: "error",
    Capacity.UNKNOWN: "neutral",
}


def capacity(state: str, *, places: int | None, weeks: int | None, until: date | None) -> Sentence:
    """Say whether a service can receive someone, in a few words."""
    if state == Capacity.OPEN and places:
        return PLACES(places)
    if state == Capacity.WAITING and weeks:
        return WEEKS(weeks)
    if state == Capacity.CLOSED and until:
        return format_lazy(_("Fermé jusqu’au {day}"), day=f"{until:%d/%m/%Y}")
    return Capacity(state).label


def phone(value: str) -> str:
    """Write a French number as it is read aloud, by pairs; another one stays as it is."""
    digits = "0" + value.removeprefix("+33") if value.startswith("+33") else value
    if re.fullmatch(r"0\d{9}", digits):
        return "\u00a0".join(digits[start : start + 2] for start in range(0, 10, 2))
    return value
