"""What the official files say, before anything is written: streamed, checked, told row by row.

A file that cannot be read raises `Refused` with a sentence naming the file; a row that cannot be kept raises
`RowRefused` with the field and the reason, and the others go on. Source: data/README.md and its PROVENANCE files.
"""

from __future__ import annotations

import csv
import gzip
import json
import math
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from django.utils.translation import gettext as _

from sanscouture.core.errors import Refused


@dataclass(frozen=True)
class ProgrammeFacts:
    """What a file tells about one cité de l’emploi; the app `programmes` makes a programme of it.

    `id` is ANCT's number (`cde-010`); `lon` and `lat` are degrees; `candidate_qpv_codes` are all the QPV of its
    communes in the official file (too broad for a few), and exactly the QPV told by the documents in the starter set;
    `departements` are codes, `region` is a name.
    """

    id: str
    name: str
    label_year: int | None
    commune_codes: tuple[str, ...]
    candidate_qpv_codes: tuple[str, ...]
    lon: float
    lat: float
    departements: tuple[str, ...]
    region: str
    carrier: str = ""
    source: str = ""


MOST_PEOPLE = 2_000_000_000


class RowRefused(Exception):
    """A row that cannot be kept; the sentence names the field."""


@dataclass(frozen=True)
class RawRow:
    """One row as written in its file: line number (or rank of the outline, from 1) and text by column."""

    line: int
    cells: dict[str, Any]

    def text(self, field: str, *, longest: int = 200) -> str:
        value = str(self.cells[field] or "").strip().replace("'", "’")
        if not value:
            raise RowRefused(_("le champ « %(field)s » est vide") % {"field": field})
        if len(value) > longest:
            raise RowRefused(_("le champ « %(field)s » est trop long") % {"field": field})
        return value

    def number(self, field: str) -> float:
        value = self.optional_number(field)
        if value is None:
            raise RowRefused(_("le champ « %(field)s » est vide") % {"field": field})
        return value

    def optional_number(self, field: str) -> float | None:
        written = str(self.cells[field] or "").strip()
        if not written:
            return None
        try:
            value = float(written)
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            raise RowRefused(
                _("le champ « %(field)s » n’est pas un nombre : « %(value)s »")
                % {"field": field, "value": written[:40]}
            )
        return value

    def optional_count(self, field: str) -> int | None:
        """Give a number of people. Raises RowRefused for one that no place has."""
        value = self.optional_number(field)
        if value is not None and not 0 <= value < MOST_PEOPLE:
            raise RowRefused(_("le champ «\u00a0%(field)s\u00a0» n’est pas un nombre d’habitants") % {"field": field})
        return None if value is None else int(value)

    def several(self, field: str, *, longest: int = 200) -> list[str]:
        parts = [part for part in str(self.cells[field] or "").split("|") if part]
        if any(len(part) > longest for part in parts):
            raise RowRefused(_("le champ «\u00a0%(field)s\u00a0» est trop long") % {"field": field})
        return parts


def _unreadable(path: Path, reason: str) -> Refused:
    return Refused(_("Le fichier %(file)s ne peut pas être lu : %(reason)s.") % {"file": path.name, "reason": reason})


def _open(path: Path) -> IO[str]:
    if not path.is_file():
        raise _unreadable(path, _("il n’existe pas dans %(folder)s") % {"folder": path.parent})
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


BROKEN = (OSError, EOFError, zlib.error, UnicodeDecodeError, csv.Error, json.JSONDecodeError, RecursionError)


def read_csv(path: Path, columns: Sequence[str]) -> Iterator[RawRow]:
    """Stream the rows of a CSV file, gzipped or not.

    Raises Refused when the file is missing, broken, or lacks one of the columns.
    """
    try:
        with _open(path) as file:
            reader = csv.DictReader(file)
            missing = [column for column in columns if column not in (reader.fieldnames or ())]
            if missing:
                raise _unreadable(path, _("il manque la colonne « %(column)s »") % {"column": missing[0]})
            for cells in reader:
                yield RawRow(reader.line_num, {name: _storable(cell) for name, cell in cells.items()})
    except BROKEN as error:
        raise _unreadable(path, str(error)) from error


def read_features(path: Path, properties: Sequence[str]) -> Iterator[RawRow]:
    """Give the features of a GeoJSON file, gzipped or not, as rows with a cell `geometry`.

    Raises Refused when the file is missing, broken, or is not a collection of features.
    """
    try:
        with _open(path) as file:
            content = json.load(file)
        features = content["features"]
        rows = [
            RawRow(
                rank,
                {name: _storable(feature["properties"].get(name)) for name in properties}
                | {"geometry": feature["geometry"]},
            )
            for rank, feature in enumerate(features, 1)
        ]
    except BROKEN as error:
        raise _unreadable(path, str(error)) from error
    except (KeyError, TypeError, AttributeError) as error:
        raise _unreadable(path, _("ce n’est pas une collection GeoJSON")) from error
    yield from rows


def _storable(cell: Any) -> Any:
    """Leave out of a text what the database cannot hold: NUL, and halves of characters."""
    return cell.replace("\x00", "").encode("utf-8", "ignore").decode() if isinstance(cell, str) else cell


def read_programmes(folder: Path, *, refuse: Callable[[int, str], None]) -> Iterator[ProgrammeFacts]:
    """Read the 84 cités de l’emploi with their communes and candidate QPV.

    `folder` has the layout of the official data; `refuse(line, reason)` is told each row that cannot be kept.
    Raises Refused when a file cannot be read.
    """
    place = folder / "cites_emploi"
    communes = _pairs(place / "cites_emploi_communes.csv", "id_cite", "insee_com")
    qpvs = _pairs(place / "cites_emploi_qpv_candidats.csv", "id_cite", "code_qp_2024")
    columns = ("id_cite", "nom", "annee_label", "departements", "region", "lon", "lat")
    for row in read_csv(place / "cites_emploi.csv", columns):
        try:
            key = row.text("id_cite", longest=20)
            year = row.optional_number("annee_label")
            yield ProgrammeFacts(
                id=key,
                name=row.text("nom"),
                label_year=int(year) if year else None,
                commune_codes=communes.get(key, ()),
                candidate_qpv_codes=qpvs.get(key, ()),
                lon=row.number("lon"),
                lat=row.number("lat"),
                departements=tuple(row.several("departements")),
                region=row.text("region"),
                source="ANCT, cites_emploi.csv",
            )
        except RowRefused as refusal:
            refuse(row.line, str(refusal))


def _pairs(path: Path, left: str, right: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for row in read_csv(path, (left, right)):
        found.setdefault(row.cells[left], []).append(row.cells[right])
    return {key: tuple(values) for key, values in found.items()}
