"""Fixed vocabularies (chapter 01): data·inclusion v1's, and the barriers that join a diagnosis to them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from functools import cache
from importlib.resources import files
from typing import Any

from data_inclusion.schema import v1
from django.utils.translation import get_language

from sanscouture.directory.enums import ActionField, ChainStage

Choices = tuple[tuple[str, str], ...]
STAGES = tuple(ChainStage.values)
MISSPELT = {"aide-materielle": "Aide matérielle"}


def _choices(enumeration: type[Enum]) -> Choices:
    return tuple(
        (str(member.value), MISSPELT.get(str(member.value), str(getattr(member, "label", member.value))))
        for member in enumeration
    )


THEMATIQUES: Choices = _choices(v1.Thematique)
CATEGORIES: Choices = _choices(v1.Categorie)
PUBLICS: Choices = _choices(v1.Public)
FEES: Choices = _choices(v1.Frais)
SERVICE_TYPES: Choices = _choices(v1.TypeService)
RECEPTION_MODES: Choices = _choices(v1.ModeAccueil)
MOBILISATION_MODES: Choices = _choices(v1.ModeMobilisation)
MOBILISING_PERSONS: Choices = _choices(v1.PersonneMobilisatrice)
NETWORKS: Choices = _choices(v1.ReseauPorteur)

ON_SITE = v1.ModeAccueil.EN_PRESENTIEL.value
REMOTE = v1.ModeAccueil.A_DISTANCE.value
EVERYONE = v1.Public.TOUS_PUBLICS.value

LABELS: dict[str, str] = dict(
    (
        *THEMATIQUES,
        *CATEGORIES,
        *PUBLICS,
        *FEES,
        *SERVICE_TYPES,
        *RECEPTION_MODES,
        *MOBILISATION_MODES,
        *MOBILISING_PERSONS,
    )
)


@dataclass(frozen=True, slots=True)
class Word:
    """A stable slug of ours, and its words in both languages."""

    slug: str
    french: str
    english: str

    @property
    def label(self) -> str:
        """The words in the reader's language."""
        return self.english if (get_language() or "fr").startswith("en") else self.french


@dataclass(frozen=True, slots=True)
class Term(Word):
    """One situation, objective or cross-cutting barrier, and where its words come from."""

    thematiques: tuple[str, ...]
    source: str
    version: str
    code: str
    restricted: bool = False


@dataclass(frozen=True, slots=True)
class Constraint(Word):
    """A family of barriers in one action field, with its situations and objectives."""

    field: ActionField
    situations: tuple[Term, ...]
    objectives: tuple[Term, ...]
    source: str
    version: str
    code: str
    situations_recorded: bool


def category_of(thematique: str) -> str:
    """Give the data·inclusion category of a thématique (the part before `--`)."""
    return thematique.partition("--")[0]


def expand(thematiques: Iterable[str]) -> frozenset[str]:
    """Replace each category by its thématiques; a thématique stays itself. Unknown words disappear."""
    wanted = set(thematiques)
    return frozenset(slug for slug, _label in THEMATIQUES if slug in wanted or category_of(slug) in wanted)


def action_fields_of(thematiques: Iterable[str]) -> list[int]:
    """Give the action fields (1 to 8, sorted) in which services on these thématiques help."""
    return sorted({field for slug in thematiques for field in _mapping(slug)["fields"]})


def chain_stages_of(thematiques: Iterable[str]) -> list[str]:
    """Give the stages of the chain of insertion where services on these thématiques help, in its order."""
    found = {stage for slug in thematiques for stage in _mapping(slug)["stages"]}
    return [stage for stage in STAGES if stage in found]


@cache
def thematiques_of_field(field: int) -> tuple[str, ...]:
    """Give the thématiques that help in one action field, in data·inclusion's order."""
    return tuple(slug for slug, _label in THEMATIQUES if field in _mapping(slug)["fields"])


@cache
def constraints(field: int | None = None) -> tuple[Constraint, ...]:
    """Give the families of barriers, of one action field when it is named."""
    found = (_constraint(entry) for entry in _barriers()["constraints"])
    return tuple(constraint for constraint in found if field is None or constraint.field == field)


@cache
def situations_of(field: int) -> tuple[Term, ...]:
    """Give what may be ticked in a field. Health has none: only the service needed is recorded (chapter 02)."""
    return tuple(term for family in constraints(field) if family.situations_recorded for term in family.situations)


@cache
def objectives_of(field: int) -> tuple[Term, ...]:
    """Give what a person may aim at in a field."""
    return tuple(term for family in constraints(field) for term in family.objectives)


@cache
def cross_cutting() -> tuple[Term, ...]:
    """Give the barriers that cut across the fields; a restricted one opens a restricted record (chapter 02)."""
    return tuple(_term(entry) for entry in _barriers()["cross_cutting"])


def term(slug: str) -> Term:
    """Find a situation, an objective or a cross-cutting barrier by its slug. Raises KeyError."""
    return _terms()[slug]


def thematiques_for(slugs: Iterable[str], *, field: int | None = None) -> tuple[str, ...]:
    """Join a diagnosis to the offer: the thématiques that situations and objectives call for, most asked first.

    With no known slug, the thématiques of the whole field (none without a field).
    """
    count: dict[str, int] = {}
    for slug in slugs:
        for thematique in _terms()[slug].thematiques if slug in _terms() else ():
            count[thematique] = count.get(thematique, 0) + 1
    if not count:
        return thematiques_of_field(field) if field else ()
    return tuple(sorted(count, key=lambda thematique: (-count[thematique], thematique)))


@cache
def _mapping(slug: str) -> dict[str, Any]:
    found: dict[str, Any] = _thematiques()["exceptions"].get(slug) or _thematiques()["categories"].get(
        category_of(slug), {"fields": [], "stages": []}
    )
    return found


def _term(entry: dict[str, Any]) -> Term:
    return Term(
        slug=entry["slug"],
        french=entry["label"],
        english=entry["en"],
        thematiques=tuple(entry["thematiques"]),
        source=entry["source"],
        version=entry["version"],
        code=entry["code"],
        restricted=entry.get("restricted", False),
    )


def _constraint(entry: dict[str, Any]) -> Constraint:
    return Constraint(
        slug=entry["slug"],
        french=entry["label"],
        english=entry["en"],
        field=ActionField(entry["field"]),
        situations=tuple(_term(each) for each in entry["situations"]),
        objectives=tuple(_term(each) for each in entry["objectives"]),
        source=entry["source"],
        version=entry["version"],
        code=entry["code"],
        situations_recorded=entry.get("situations_recorded", True),
    )


@cache
def _terms() -> dict[str, Term]:
    families = (each for family in constraints() for each in (*family.situations, *family.objectives))
    return {each.slug: each for each in (*families, *cross_cutting())}


@cache
def _barriers() -> dict[str, Any]:
    return _read("barriers.json")


@cache
def _thematiques() -> dict[str, Any]:
    return _read("thematiques.json")


def _read(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((files("sanscouture.directory") / "data" / name).read_text("utf-8"))
    return content
