"""Is each row of a file in a QPV? Rows come back in order, whole, answered by the rule that serves one person."""

from __future__ import annotations

import csv
import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from sanscouture.core.errors import Refused
from sanscouture.core.tables import Layout, layout_of, read_table
from sanscouture.territories.enums import Answer, Generation
from sanscouture.territories.models import QpvPassage
from sanscouture.territories.rules import GeocodedAddress
from sanscouture.territories.rules.quarters import QpvIndex
from sanscouture.territories.rules.verdicts import ANSWERS, Verdicts
from sanscouture.territories.selectors import qpv_index, verdicts_of_places, verdicts_of_points
from sanscouture.territories.services.geocoding import find_addresses
from sanscouture.territories.services.points import read_points

ADDED = ("qpv_code", "qpv_name", "answer", "reason", "distance_m", "passage")
"""The columns that the output has more. `passage`: the QPV of the other list that this one was or became."""
BATCH = 50_000
Answered = tuple[Verdicts, dict[int, str]]
"""The answers to some rows, and why a row could not be read, by its place among them."""
Advance = Callable[[int], None]


@dataclass(frozen=True)
class Columns:
    """Where the place of each row is written: two columns of degrees (WGS84), or an address in one to three."""

    lat: str = ""
    lon: str = ""
    address: str = ""
    postcode: str = ""
    city: str = ""


@dataclass(slots=True)
class BulkReport:
    """What became of a file: as many rows out as in."""

    file: str
    layout: Layout
    generation: Generation
    rows: int = 0
    unreadable: int = 0
    answers: Counter[str] = field(default_factory=Counter)

    def as_dict(self) -> dict[str, Any]:
        """Give the report as a machine reads it."""
        return {
            "file": self.file,
            "encoding": self.layout.encoding,
            "separator": self.layout.separator,
            "generation": self.generation.value,
            "rows": self.rows,
            **{answer.value: self.answers[answer.value] for answer in Answer},
            "unreadable": self.unreadable,
        }


def answer_file(
    source: Path,
    target: Path,
    *,
    columns: Columns,
    generation: Generation = Generation.G2024,
    overwrite: bool = False,
    advance: Advance = lambda count: None,
) -> BulkReport:
    """Write a copy of a table with, on each row, whether its place is in a QPV and why (chapter 02's rule, `decide`).

    A row whose place cannot be read is answered « undetermined » with the reason; none is left out. The copy appears
    once whole; it is in UTF-8 with the separator of the source. `advance` is told each number of rows just written.
    Raises Refused when the source cannot be read, lacks a column, or the target exists and `overwrite` is not given.
    """
    layout = layout_of(source)
    if target.exists() and (not overwrite or target.is_dir() or target.samefile(source)):
        raise Refused(
            _("%(file)s existe déjà\u00a0: rien n’a été écrit. Ajoutez --force pour le remplacer.") % {"file": target}
        )
    answered = _reader(layout, columns, qpv_index(generation))
    report = BulkReport(source.name, layout, generation)
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    encoding = "utf-8" if layout.encoding == "utf-8" else "utf-8-sig"
    try:
        with draft.open("w", encoding=encoding, newline="") as file:
            writer = csv.writer(file, delimiter=layout.separator)
            writer.writerow((*layout.columns, *ADDED))
            rows = (cells for _line, cells in read_table(source, layout))
            while batch := list(islice(rows, BATCH)):
                writer.writerows(_told(batch, answered(batch), report))
                advance(len(batch))
        draft.replace(target)
    except OSError as error:
        raise Refused(_("Le fichier %(file)s ne peut pas être écrit.") % {"file": target}) from error
    finally:
        draft.unlink(missing_ok=True)
    return report


def _told(batch: Sequence[list[str]], answered: Answered, report: BulkReport) -> Iterator[list[Any]]:
    """Give each row whole with what is said of it, and count."""
    verdicts, unreadable = answered
    width, quarters = len(report.layout.columns), verdicts.quarters
    held = verdicts.inside.tolist()
    passages = _passages({quarters.codes[qpv] for qpv in set(held)} - {""}, report.generation)
    reasons = verdicts.sentences()
    for row, sentence in unreadable.items():
        reasons[row] = sentence
    report.rows += len(batch)
    report.unreadable += len(unreadable)
    answers = verdicts.answer.tolist()
    report.answers.update(ANSWERS[answer].value for answer in answers)
    for cells, qpv, answer, reason, border_m in zip(batch, held, answers, reasons, verdicts.borders(), strict=True):
        code = quarters.codes[qpv]
        told = [code, quarters.names[qpv], ANSWERS[answer].value, reason, border_m, passages.get(code, "")]
        padding = [""] * (width - len(cells))
        yield [*cells[:width], *padding, *told, *cells[width:]]


def _passages(codes: set[str], generation: Generation) -> dict[str, str]:
    """What each QPV was in the list before, or became in the list after, as codes apart by `|`."""
    here, there = ("qpv", "former") if generation is Generation.G2024 else ("former", "qpv")
    pairs = QpvPassage.objects.filter(**{f"{here}__in": codes, f"{there}__isnull": False}).order_by(here, there)
    found: dict[str, list[str]] = {}
    for code, other in pairs.values_list(here, there):
        found.setdefault(code, []).append(other)
    return {code: "|".join(others) for code, others in found.items()}


def _reader(layout: Layout, columns: Columns, index: QpvIndex) -> Callable[[Sequence[list[str]]], Answered]:
    if columns.address:
        ranks = [_rank(layout, name) for name in (columns.address, columns.postcode, columns.city) if name]
        return partial(_answer_addresses, ranks=ranks, seen={}, index=index)
    return partial(
        _answer_points, lat_rank=_rank(layout, columns.lat), lon_rank=_rank(layout, columns.lon), index=index
    )


def _rank(layout: Layout, name: str) -> int:
    names = [column.casefold() for column in layout.columns]
    if names.count(name.strip().casefold()) != 1:
        raise Refused(
            _("La colonne «\u00a0%(column)s\u00a0» est introuvable ou en double. Le fichier a\u00a0: %(columns)s.")
            % {"column": name, "columns": ", ".join(layout.columns)[:500]}
        )
    return names.index(name.strip().casefold())


def _answer_points(rows: Sequence[list[str]], *, lat_rank: int, lon_rank: int, index: QpvIndex) -> Answered:
    lons, lats, problems = read_points(rows, lat_rank, lon_rank)
    return verdicts_of_points(lons, lats, index), problems


def _answer_addresses(
    rows: Sequence[list[str]], *, ranks: Sequence[int], seen: dict[str, GeocodedAddress | None], index: QpvIndex
) -> Answered:
    """Locate each address once in the file."""
    texts = [" ".join(" ".join(cells[rank].split()) for rank in ranks if rank < len(cells)).strip() for cells in rows]
    for text in set(texts) - {"", *seen}:
        seen[text] = next(iter(find_addresses(text, limit=1)), None)
    empty = _("L’adresse est vide.")
    return (
        verdicts_of_places([seen.get(text) for text in texts], index),
        {row: empty for row, text in enumerate(texts) if not text},
    )
