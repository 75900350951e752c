"""Reading an import: how many rows are where, and each with its sentence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count
from django.utils.translation import gettext as _

from sanscouture.core.sheets import Row
from sanscouture.people.enums import RowState
from sanscouture.people.models import PeopleImport

WAITING = (RowState.NEW, RowState.CLOSE)


@dataclass(frozen=True)
class Progress:
    """How far an import is: rows dealt with, rows in all, and how many there are of each state, in words."""

    done: int
    total: int
    counts: tuple[tuple[str, int], ...]
    close: int


def progress_of(batch: PeopleImport) -> Progress:
    """Count the rows of an import by what becomes of them."""
    found = dict(batch.rows.order_by("state").values_list("state").annotate(n=Count("pk")))
    total, waiting = sum(found.values()), sum(found.get(state, 0) for state in WAITING)
    counts = tuple((str(state.label), found[state]) for state in RowState if state in found)
    return Progress(total - waiting, total, counts, found.get(RowState.CLOSE, 0))


def sample_of(batch: PeopleImport) -> list[str]:
    """The first row of a file, to recognise its columns by."""
    first = batch.rows.order_by("number").first()
    return list(first.cells) if first else []


def report_of(batch: PeopleImport) -> Iterator[Row]:
    """What became of each row, by its number in the file: no name is in it."""
    yield [_("Ligne"), _("Résultat"), _("Remarques")]
    for row in batch.rows.order_by("number"):
        yield [row.number, row.get_state_display(), " ".join(row.said)]
