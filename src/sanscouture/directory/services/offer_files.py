"""Reading data·inclusion files row by row: JSON array, JSON lines, page of the API, CSV or Parquet, gzipped or not."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator
from io import BufferedReader
from itertools import islice
from pathlib import Path
from typing import Any, NoReturn

import ijson
from django.utils.translation import gettext as _
from pydantic_core import from_json

from sanscouture.core.errors import Refused
from sanscouture.directory.services.offer_parquet import is_parquet, parquet_rows
from sanscouture.directory.services.offer_tables import table_rows
from sanscouture.directory.services.unfolding import as_plain_file, opened

TABLES = {".csv", ".tsv", ".txt"}
JSONS = {".json", ".jsonl", ".ndjson"}
READ = {*TABLES, *JSONS, ".parquet"} - {".txt"}
BOM = b"\xef\xbb\xbf"
LONGEST_LINE = 10_000_000  # bytes
DEEPEST = 50  # levels; a sheet has three
CHUNK = 1 << 20
FIRST = 20
OPENING, CLOSING = {"start_map", "start_array"}, {"end_map", "end_array"}


class BadRow:
    """A line that is not JSON by itself: the lines around it are still good."""


def offer_paths(paths: list[Path]) -> list[Path]:
    """Give the files named, and those that the folders named hold, by name. Raises Refused for a folder without any."""
    found: list[Path] = []
    for path in paths:
        if not path.is_dir():
            found.append(path)
            continue
        held = sorted(each for each in path.iterdir() if each.is_file() and _kind(each) in READ)
        if not held:
            sentence = _("Le dossier %(folder)s ne contient aucun fichier %(kinds)s, compressé (.gz) ou non.")
            raise Refused(sentence % {"folder": path, "kinds": ", ".join(sorted(READ))})
        found += held
    return found


def starts_with_services(path: Path) -> bool:
    """Say whether a file begins with services: it is read after those that begin with structures."""
    try:
        first = [row for _number, row in islice(read_rows(path), FIRST) if isinstance(row, dict)]
    except Refused:
        return False
    return bool(first) and "structure_id" in first[0]


def read_rows(path: Path) -> Iterator[tuple[int, Any]]:
    """Give each row with its number, from 1. A row may be anything that JSON holds, or BadRow.

    Raises Refused with a French sentence when the file as a whole cannot be read: missing, empty, cut, not JSON.
    """
    with opened(path):
        pass  # what cannot be opened says so, whatever it holds
    if is_parquet(path):
        yield from parquet_rows(path)
    elif _is_table(path):
        with as_plain_file(path) as plain:
            yield from table_rows(plain)
    else:
        yield from _json_rows(path)


def _json_rows(path: Path) -> Iterator[tuple[int, Any]]:
    number = 0
    try:
        with opened(path) as file:
            for row in _rows(file, path):
                number += 1
                yield number, row
    except ijson.JSONError as error:
        _refuse_json(path, number, error)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise Refused(
            _(
                "%(file)s est coupé ou abîmé\u00a0: l’archive gzip s’arrête après %(count)d lignes. "
                "Rien n’a été importé."
            )
            % {"file": path.name, "count": number}
        ) from error
    except UnicodeDecodeError as error:
        raise Refused(_("%(file)s n’est pas écrit en UTF-8. Rien n’a été importé.") % {"file": path.name}) from error


def _kind(path: Path) -> str:
    """The end of a file's name, but for `.gz`."""
    return Path(path.stem if path.suffix.lower() == ".gz" else path.name).suffix.lower()


def _is_table(path: Path) -> bool:
    """Say whether a file is a table: its name says so, and it does not begin as JSON does."""
    if _kind(path) not in TABLES or not path.is_file():
        return False
    try:
        with opened(path) as file:
            return file.peek(64)[:64].lstrip(BOM + b" \t\r\n")[:1] not in {b"[", b"{", b""}
    except (EOFError, gzip.BadGzipFile, zlib.error):
        return False  # read as JSON, it is told that it is damaged


def _refuse_json(path: Path, number: int, error: Exception) -> NoReturn:
    said = str(error)
    if "premature EOF" in said:
        sentence = _("%(file)s est coupé\u00a0: il s’arrête au milieu de la ligne %(row)d. Rien n’a été importé.")
    elif "NaN" in said or "overflow" in said or "Infinity" in said:
        sentence = _(
            "%(file)s n’est pas du JSON valable\u00a0: un nombre impossible (NaN ou infini) à la ligne %(row)d. "
            "Rien n’a été importé."
        )
    else:
        sentence = _("%(file)s n’est pas du JSON valable à partir de la ligne %(row)d. Rien n’a été importé.")
    raise Refused(sentence % {"file": path.name, "row": number + 1}) from error


def _rows(file: BufferedReader[Any], path: Path) -> Iterator[Any]:
    start = _skip_blanks(file)
    if not start:
        raise Refused(_("%(file)s est vide.") % {"file": path.name})
    if start == b"[":
        yield from ijson.items(ijson.parse(_shallow(file, path)), "item")
    elif start == b"{" and _is_page(file):
        yield from ijson.items(ijson.parse(_shallow(file, path)), "items.item")
    elif start == b"{":
        yield from _lines(file)
    else:
        raise Refused(
            _(
                "%(file)s n’est pas un fichier data·inclusion\u00a0: "
                "un tableau JSON ou un objet JSON par ligne est attendu."
            )
            % {"file": path.name}
        )


def _shallow(file: BufferedReader[Any], path: Path) -> Iterator[tuple[str, Any]]:
    """Give the events of a JSON file, refused past fifty levels: each one costs the reader the memory of all above."""
    depth, read = 0, _Measured(file, path)
    for event, value in ijson.basic_parse(read, buf_size=CHUNK, use_float=True):
        read.since = 0
        depth += (event in OPENING) - (event in CLOSING)
        if depth > DEEPEST:
            raise Refused(
                _("%(file)s emboîte trop de listes pour un fichier data·inclusion. Rien n’a été importé.")
                % {"file": path.name}
            )
        yield event, value


class _Measured:
    """A file in which no value is longer than a line may be: the reader of JSON reads them over and over."""

    def __init__(self, file: BufferedReader[Any], path: Path) -> None:
        self._file, self._path, self.since = file, path, 0

    def read(self, size: int = -1) -> bytes:
        """Give the next bytes. Raises Refused."""
        self.since += size
        if self.since > LONGEST_LINE:
            sentence = _("%(file)s contient une valeur de plus de dix millions de caractères. Rien n’a été importé.")
            raise Refused(sentence % {"file": self._path.name})
        return self._file.read(size)


def _skip_blanks(file: BufferedReader[Any]) -> bytes:
    """Move to the first byte that means something, and give it."""
    if file.peek(len(BOM)).startswith(BOM):
        file.read(len(BOM))
    while head := file.peek():
        kept = head.lstrip()
        file.read(len(head) - len(kept))
        if kept:
            return kept[:1]
    return b""


def _is_page(file: BufferedReader[Any]) -> bool:
    """Say whether the object that starts here is a page of the API (`items`), written on one line or many."""
    return file.peek(200)[1:200].lstrip().startswith(b'"items"')


def _lines(file: BufferedReader[Any]) -> Iterator[Any]:
    while line := file.readline(LONGEST_LINE):
        if line.strip():
            yield _parsed(line)


def _parsed(line: bytes) -> Any:
    """Read one line: the quick reader first, and the patient one where it gives up."""
    try:
        return from_json(line, allow_inf_nan=False)
    except ValueError:
        text = line.decode()
    try:
        return json.loads(text, parse_constant=_impossible)
    except (RecursionError, ValueError):
        return BadRow


def _impossible(name: str) -> NoReturn:
    raise ValueError(name)
