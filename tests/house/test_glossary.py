"""The words of the trade: docs/glossaire.md names every model as its users do."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from django.apps import apps
from django.utils import translation

from house.project import ROOT

GLOSSARY = ROOT / "docs/glossaire.md"
MODEL = re.compile(r"[a-z]+\.[A-Z]\w+$")


class Entry(NamedTuple):
    """A line of the table."""

    term: str
    meaning: str
    identifier: str
    not_to_be_confused: str


def entries(text: str) -> list[Entry]:
    """The lines of the tables of a glossary."""
    rows = re.findall(r"^\|(.+)\|\s*$", text, re.MULTILINE)
    cells = [[cell.strip() for cell in row.split("|")] for row in rows]
    return [Entry(*row) for row in cells if len(row) == 4 and row[0] != "Terme" and not set(row[0]) <= set("-: ")]


def models() -> dict[str, str]:
    """Our concrete models and their French names."""
    with translation.override("fr"):
        return {
            f"{model._meta.app_label}.{model.__name__}": str(model._meta.verbose_name)
            for model in apps.get_models(include_auto_created=False)
            if model.__module__.startswith("sanscouture.")
        }


def disagreements(glossary: Iterable[Entry], named: dict[str, str]) -> Iterator[str]:
    """Models without a word, words without a model, and words that differ."""
    glossary = list(glossary)
    told = {name: entry for entry in glossary if MODEL.match(name := entry.identifier.strip("`"))}
    for identifier, name in sorted(named.items()):
        if identifier not in told:
            yield f"Add to docs/glossaire.md: | {name} | … | `{identifier}` | … |"
        elif told[identifier].term != name:
            yield f"{identifier} is « {name} » on screen and « {told[identifier].term} » in the glossary: choose one."
    for identifier in sorted(told.keys() - named.keys()):
        yield f"docs/glossaire.md names {identifier}, which does not exist: remove the line."
    for entry in glossary:
        if not entry.meaning.endswith(".") or len(entry.meaning) < 12:
            yield f"docs/glossaire.md: « {entry.term} » needs one whole sentence, with its full stop."


def test_every_model_has_its_word() -> None:
    said = "\n".join(disagreements(entries(GLOSSARY.read_text(encoding="utf-8")), models()))
    assert not said, said


def test_no_term_names_two_models() -> None:
    terms = [
        entry.term
        for entry in entries(GLOSSARY.read_text(encoding="utf-8"))
        if MODEL.match(entry.identifier.strip("`"))
    ]
    assert len(terms) == len(set(terms)), "Two lines of docs/glossaire.md have the same term."


def test_this_guard_can_fail() -> None:
    named = {"people.Beneficiary": "bénéficiaire", "pathways.Need": "besoin"}
    table = "| Terme | Sens | Code | Autre |\n|---|---|---|---|\n"
    good = table + "| bénéficiaire | Une personne suivie. | `people.Beneficiary` | usager |\n"
    need = "| besoin | Une demande ouverte. | `pathways.Need` | frein |\n"
    assert not list(disagreements(entries(good + need), named))
    assert list(disagreements(entries(good), named))
    assert list(disagreements(entries(good + need.replace("besoin", "demande")), named))
    assert list(disagreements(entries(good + need + need.replace("Need", "Gone")), named))
    assert list(disagreements(entries(good + need.replace("Une demande ouverte.", "demande")), named))
