"""Is each row of a file in a QPV? Rows come back in order, whole, answered by the rule that serves one person."""

from __future__ import annotations

import csv
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from sanscouture.core.errors import Refused
from sanscouture.core.tables import Layout, layout_of, read_table
from sanscouture.territories.enums import Answer, Generation
from sanscouture.territories.models import QpvPassage
from sanscouture.territories.rules import GeocodedAddress, point_shown
from sanscouture.territories.selectors import qpv_of_places
from sanscouture.territories.services.geocoding import find_addresses

ADDED = ("qpv_code", "qpv_name", "answer", "reason", "distance_m", "passage")
"""The columns that the output has more. `passage`: the QPV of the other list that this one was or became."""
BATCH = 10_000
FRANCE = (
    *((-5.5, 41.0, 9.8, 51.5), (-63.2, 14.3, -60.7, 18.2), (-54.7, 2.0, -51.5, 6.0), (55.1, -21.5, 55.9, -20.8)),
    *(
        (44.9, -13.1, 45.4, -12.5),
        (-56.6, 46.6, -56.0, 47.2),
        (163.0, -23.0, 169.0, -19.0),
        (-155.0, -28.0, -134.0, -7.0),
    ),
)
"""Boxes (west, south, east, north, degrees): mainland, Antilles, Guyane, La Réunion, Mayotte, Saint-Pierre,
Nouvelle-Calédonie, Polynésie."""
NUMBER = re.compile(r"[+-]?\d+(\.\d*)?([eE][+-]?\d+)?")
TRIMMED = str.maketrans({"\u00a0": None, "\u202f": None, " ": None, "'": None, "’": None, ",": ".", "°": None})

Located = tuple[GeocodedAddress | None, str]
"""The place of a row, and why the row cannot be read, if it cannot."""
Advance = Callable[[int], None]


class Unreadable(Exception):
    """A row whose place cannot be read; the sentence says why."""


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
    locate = _reader(layout, columns)
    report = BulkReport(source.name, layout, generation)
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    encoding = "utf-8" if layout.encoding == "utf-8" else "utf-8-sig"
    try:
        with draft.open("w", encoding=encoding, newline="") as file:
            writer = csv.writer(file, delimiter=layout.separator)
            writer.writerow((*layout.columns, *ADDED))
            rows = (cells for _line, cells in read_table(source, layout))
            while batch := list(islice(rows, BATCH)):
                writer.writerows(_answered(batch, locate, report))
                advance(len(batch))
        draft.replace(target)
    except OSError as error:
        raise Refused(_("Le fichier %(file)s ne peut pas être écrit.") % {"file": target}) from error
    finally:
        draft.unlink(missing_ok=True)
    return report


def _answered(
    batch: Sequence[list[str]], locate: Callable[[Sequence[str]], Located], report: BulkReport
) -> Iterator[list[Any]]:
    width = len(report.layout.columns)
    located = [locate(cells) for cells in batch]
    answers = qpv_of_places([place for place, _reason in located], generation=report.generation)
    passages = _passages({found.qpv_code for found in answers} - {""}, report.generation)
    for cells, (_place, unreadable), found in zip(batch, located, answers, strict=True):
        report.rows += 1
        report.unreadable += bool(unreadable)
        report.answers[found.answer.value] += 1
        padding = [""] * (width - len(cells))
        told = (found.qpv_code, found.qpv_name, found.answer.value, unreadable or found.reason, found.border_m)
        yield [*cells[:width], *padding, *told, passages.get(found.qpv_code, ""), *cells[width:]]


def _passages(codes: set[str], generation: Generation) -> dict[str, str]:
    """What each QPV was in the list before, or became in the list after, as codes apart by `|`."""
    here, there = ("qpv", "former") if generation is Generation.G2024 else ("former", "qpv")
    pairs = QpvPassage.objects.filter(**{f"{here}__in": codes, f"{there}__isnull": False}).order_by(here, there)
    found: dict[str, list[str]] = {}
    for code, other in pairs.values_list(here, there):
        found.setdefault(code, []).append(other)
    return {code: "|".join(others) for code, others in found.items()}


def _reader(layout: Layout, columns: Columns) -> Callable[[Sequence[str]], Located]:
    if columns.address:
        ranks = [_rank(layout, name) for name in (columns.address, columns.postcode, columns.city) if name]
        return _address_reader(ranks)
    return _point_reader(_rank(layout, columns.lat), _rank(layout, columns.lon))


def _rank(layout: Layout, name: str) -> int:
    names = [column.casefold() for column in layout.columns]
    if names.count(name.strip().casefold()) != 1:
        raise Refused(
            _("La colonne «\u00a0%(column)s\u00a0» est introuvable ou en double. Le fichier a\u00a0: %(columns)s.")
            % {"column": name, "columns": ", ".join(layout.columns)[:500]}
        )
    return names.index(name.strip().casefold())


def _point_reader(lat_rank: int, lon_rank: int) -> Callable[[Sequence[str]], Located]:
    needed = max(lat_rank, lon_rank)

    def locate(cells: Sequence[str]) -> Located:
        if len(cells) <= needed:
            return None, _("La ligne est trop courte\u00a0: la latitude ou la longitude manque.")
        try:
            lat, lon = degrees(cells[lat_rank]), degrees(cells[lon_rank])
            must_be_in_france(lat, lon)
        except Unreadable as error:
            return None, str(error)
        return point_shown(lon, lat), ""

    return locate


def _address_reader(ranks: Sequence[int]) -> Callable[[Sequence[str]], Located]:
    seen: dict[str, GeocodedAddress | None] = {}

    def locate(cells: Sequence[str]) -> Located:
        text = " ".join(" ".join(cells[rank].split()) for rank in ranks if rank < len(cells)).strip()
        if not text:
            return None, _("L’adresse est vide.")
        if text not in seen:
            seen[text] = next(iter(find_addresses(text, limit=1)), None)
        return seen[text], ""

    return locate


def degrees(text: str) -> float:
    """Read degrees as spreadsheets write them: decimal comma, spaces, apostrophe, scientific notation.

    Raises Unreadable with the reason.
    """
    try:
        if text.isascii() and "_" not in text and -180 <= (value := float(text)) <= 180:
            return value
    except ValueError:
        pass
    written = text.translate(TRIMMED).strip()
    if not written:
        raise Unreadable(_("La latitude ou la longitude est vide."))
    if not NUMBER.fullmatch(written):
        raise Unreadable(_("«\u00a0%(value)s\u00a0» n’est pas un nombre de degrés.") % {"value": text.strip()[:40]})
    value = float(written)
    if abs(value) > 180:
        raise Unreadable(
            _("«\u00a0%(value)s\u00a0» dépasse 180 degrés\u00a0: la virgule a sans doute été perdue.")
            % {"value": text.strip()[:40]}
        )
    return value


def must_be_in_france(lat: float, lon: float) -> None:
    """Refuse a point (degrees) that no French territory is near. Raises Unreadable, naming a likely exchange."""
    if _in_france(lon, lat):
        return
    if _in_france(lat, lon):
        raise Unreadable(_("La latitude et la longitude semblent échangées."))
    raise Unreadable(_("Ce point n’est pas en France."))


def _in_france(lon: float, lat: float) -> bool:
    return any(west <= lon <= east and south <= lat <= north for west, south, east, north in FRANCE)
