"""data·inclusion rows written as a table: one column per field, lists in one cell."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from data_inclusion.schema import v1
from django.utils.translation import gettext as _

from sanscouture.core.errors import Refused
from sanscouture.core.tables import layout_of, read_table

NEEDED = ("source", "id", "nom")
LISTS = frozenset(
    {"thematiques", "publics", "modes_accueil", "modes_mobilisation", "mobilisable_par", "zone_eligibilite"}
    | {"reseaux_porteurs"}
)
NUMBERS = frozenset({"longitude", "latitude", "volume_horaire_hebdomadaire", "nombre_semaines", "score_qualite"})
FIELDS = frozenset({*v1.Structure.model_fields, *v1.Service.model_fields, "score_qualite"})


class WideRow:
    """A line that has more cells than the table has columns: nobody can tell which is which."""


def table_rows(path: Path) -> Iterator[tuple[int, Any]]:
    """Give each row of a CSV file as the JSON row it stands for; empty cells are left out.

    Raises Refused when the file is no table of structures or services.
    """
    layout = layout_of(path)
    missing = [name for name in NEEDED if name not in layout.columns]
    if missing:
        raise Refused(
            _("%(file)s n’est pas un tableau data·inclusion\u00a0: il manque la colonne «\u00a0%(column)s\u00a0».")
            % {"file": path.name, "column": missing[0]}
        )
    for number, (_line, cells) in enumerate(read_table(path, layout), 1):
        if len(cells) > len(layout.columns):
            yield number, WideRow
            continue
        named = zip(layout.columns, cells, strict=False)
        yield number, {name: _value(name, cell) for name, cell in named if name in FIELDS and cell.strip()}


def _value(name: str, cell: str) -> Any:
    text = cell.strip()
    if name in NUMBERS:
        return text.replace(",", ".").replace("\u00a0", "")
    return _several(text) if name in LISTS else text


def _several(text: str) -> list[Any] | str:
    """Read a list written as JSON, as PostgreSQL does, or with commas, bars or semicolons."""
    if text.startswith("["):
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            return text
        return found if isinstance(found, list) else text
    for mark in "|;":
        text = text.replace(mark, ",")
    return [part.strip().strip('"') for part in text.strip("{}").split(",") if part.strip()]
