"""Reading data·inclusion files row by row: JSON array, JSON lines or page of the API, gzipped or not."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, NoReturn

import ijson
from django.utils.translation import gettext as _

from sanscouture.core.errors import Refused
from sanscouture.directory.services.offer_tables import table_rows

TABLES = {".csv", ".tsv", ".txt"}
GZIP_MAGIC = b"\x1f\x8b"
BOM = b"\xef\xbb\xbf"
LONGEST_LINE = 10_000_000  # bytes
DEEPEST = 50  # levels; a sheet has three
OPENING, CLOSING = {"start_map", "start_array"}, {"end_map", "end_array"}


class BadRow:
    """A line that is not JSON by itself: the lines around it are still good."""


def read_rows(path: Path) -> Iterator[tuple[int, Any]]:
    """Give each row with its number, from 1. A row may be anything that JSON holds, or BadRow.

    Raises Refused with a French sentence when the file as a whole cannot be read: missing, empty, cut, not JSON.
    """
    number = 0
    if _is_table(path):
        yield from table_rows(path)
        return
    try:
        with _opened(path) as file:
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


def _is_table(path: Path) -> bool:
    """Say whether a file is a table: its name says so, and it does not begin as JSON does."""
    if path.suffix.lower() not in TABLES or not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(64).lstrip(BOM + b" \t\r\n")[:1] not in {b"[", b"{", b""}


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


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    try:
        with path.open("rb") as raw:
            zipped = raw.peek(2)[:2] == GZIP_MAGIC
            if not zipped:
                yield raw
                return
            with gzip.open(raw) as unzipped:
                yield unzipped  # type: ignore[misc]
    except FileNotFoundError as error:
        raise Refused(_("Le fichier %(file)s n’existe pas.") % {"file": path}) from error
    except IsADirectoryError as error:
        raise Refused(_("%(file)s est un dossier\u00a0: donnez un fichier.") % {"file": path}) from error
    except PermissionError as error:
        raise Refused(_("Le fichier %(file)s ne peut pas être lu.") % {"file": path}) from error


def _rows(file: IO[bytes], path: Path) -> Iterator[Any]:
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


def _shallow(file: IO[bytes], path: Path) -> Iterator[tuple[str, Any]]:
    """Give the events of a JSON file, refused past fifty levels: each one costs the reader the memory of all above."""
    depth = 0
    for event, value in ijson.basic_parse(file, use_float=True):
        depth += (event in OPENING) - (event in CLOSING)
        if depth > DEEPEST:
            raise Refused(
                _("%(file)s emboîte trop de listes pour un fichier data·inclusion. Rien n’a été importé.")
                % {"file": path.name}
            )
        yield event, value


def _skip_blanks(file: IO[bytes]) -> bytes:
    """Move to the first byte that means something, and give it."""
    if file.read(len(BOM)) != BOM:
        file.seek(0)
    while (byte := file.read(1)).isspace():
        pass
    if byte:
        file.seek(-1, 1)
    return byte


def _is_page(file: IO[bytes]) -> bool:
    """Say whether the object that starts here is a page of the API (`items`), written on one line or many."""
    position = file.tell()
    head = file.read(200)
    file.seek(position)
    return head[1:].lstrip().startswith(b'"items"')


def _lines(file: IO[bytes]) -> Iterator[Any]:
    while line := file.readline(LONGEST_LINE):
        if line.strip():
            yield _parsed(line)


def _parsed(line: bytes) -> Any:
    try:
        return json.loads(line.decode(), parse_constant=_impossible)
    except (json.JSONDecodeError, RecursionError, ValueError) as error:
        if isinstance(error, UnicodeDecodeError):
            raise
        return BadRow


def _impossible(name: str) -> NoReturn:
    raise ValueError(name)
