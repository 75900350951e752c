"""What the schema's errors are called in French."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _
from pydantic_core import ErrorDetails

Reasons = list[tuple[str, str]]
"""Pairs of a field and a French sentence."""

TOO_LONG = _("la valeur est trop longue (au plus {max_length} caractères)")
MISSING = _("ce champ est obligatoire")
SENTENCES = (
    ("missing", MISSING),
    ("enum", _("«\u00a0{value}\u00a0» n’est pas dans le vocabulaire data·inclusion v1")),
    ("string_too_short", _("la valeur est trop courte (au moins {min_length} caractères)")),
    ("string_too_long", TOO_LONG),
    ("string_type", _("un texte est attendu")),
    ("date", _("«\u00a0{value}\u00a0» n’est pas une date (AAAA-MM-JJ)")),
    ("float", _("«\u00a0{value}\u00a0» n’est pas un nombre possible ici")),
    ("int", _("«\u00a0{value}\u00a0» n’est pas un nombre possible ici")),
    ("greater", _("«\u00a0{value}\u00a0» n’est pas un nombre possible ici")),
    ("url", _("«\u00a0{value}\u00a0» n’est pas une adresse web")),
    ("value_error", _("«\u00a0{value}\u00a0» n’est pas une adresse électronique")),
    ("list", _("une liste est attendue")),
    ("set", _("une liste est attendue")),
    ("too_short", _("la liste est vide\u00a0: ôtez le champ")),
    ("", _("«\u00a0{value}\u00a0» n’a pas la forme attendue")),
)
"""What to say of each kind of error of the schema, by the beginning of its name."""


def in_french(errors: Iterable[ErrorDetails]) -> Reasons:
    """Give each error once, by field."""
    seen: dict[tuple[str, str], None] = {}
    for error in errors:
        name = str(error["loc"][0]) if error["loc"] else ""
        seen[name, _sentence(error)] = None
    return list(seen)


def _printable(value: Any) -> str:
    """The beginning of a value, whatever it is made of."""
    return str(value)[:60].encode("utf-8", "replace").decode()


def _sentence(error: ErrorDetails) -> str:
    context = error.get("ctx", {})
    if error["type"] == "value_error" and isinstance(context.get("error"), ValueError):
        return str(context["error"])
    sentence = next(said for kind, said in SENTENCES if error["type"].startswith(kind))
    return str(sentence).format(**{"value": _printable(error.get("input")), **context})
