"""The facts of a person as people read them: those that are known, and what each one was before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sanscouture.core import clock
from sanscouture.people.models import Beneficiary, FactChange
from sanscouture.people.rules import SITUATION, UNTOLD, VALUELESS, Standing, age_on, ages_in, guardian_missing
from sanscouture.people.selectors import standings


@dataclass(frozen=True)
class SituationSeen:
    """What is known of a situation; `withheld`: what the person prefers not to say, not to be asked again."""

    facts: Sequence[tuple[str, str]]
    publics: Sequence[Standing]
    withheld: Sequence[str]
    guardian_missing: bool


@dataclass(frozen=True)
class Changed:
    """One correction, as a line of a timeline."""

    at: datetime
    title: str
    text: str
    who: str
    icon: str = "fr-icon-edit-line"


def situation_seen(person: Beneficiary) -> SituationSeen:
    """Gather the facts that are known, in the order of their form, and the publics that follow."""
    told = [(label_of(name), said_fact(name, getattr(person, name))) for name in SITUATION if _is_told(person, name)]
    age = age_on(person.birth_date, clock.today()) if person.birth_date else None
    return SituationSeen(
        facts=told,
        publics=[one for one in standings(person) if one.belongs],
        withheld=[_name(name) for name in SITUATION if getattr(person, name) == "withheld"],
        guardian_missing=guardian_missing(age, person.guardian),
    )


def history_of(person: Beneficiary) -> list[Changed]:
    """Every correction of the facts of a person, the newest first."""
    rows = FactChange.objects.get_queryset().filter(beneficiary=person).select_related("changed_by")
    return [
        Changed(row.created_at, label_of(row.name), _change(row), row.changed_by.full_name)
        for row in rows.order_by("-created_at", "-pk")
    ]


def _change(row: FactChange) -> str:
    if row.name in VALUELESS:
        return ""
    words = {"before": said_fact(row.name, row.before), "after": said_fact(row.name, row.after)}
    return _("%(before)s, puis %(after)s") % words


def label_of(name: str) -> str:
    """The name of a fact, as it begins a line."""
    return str(capfirst(_name(name)))


def _name(name: str) -> str:
    field: Any = Beneficiary._meta.get_field(name)
    return str(field.verbose_name)


def said_fact(name: str, value: Any) -> str:
    """A fact in words, whatever it is stored as."""
    field: Any = Beneficiary._meta.get_field(name)
    if name == "child_years" and value:
        ages = [ngettext("%(n)d an", "%(n)d ans", age) % {"n": age} for age in ages_in(value, today=clock.today())]
        return ", ".join(ages)
    if name == "birth_date" and value:
        return date_format(date.fromisoformat(value), "j F Y")
    said = dict(field.flatchoices).get(value, value)
    return _("rien") if said is None or said == "" else str(said)


def _is_told(person: Beneficiary, name: str) -> bool:
    value = getattr(person, name)
    return value is not None and str(value) not in UNTOLD
