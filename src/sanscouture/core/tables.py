"""Tables that people send as text: any usual encoding and separator, streamed, and never a character lost."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.utils.translation import gettext as _

from sanscouture.core.errors import Refused

LONGEST_CELL = 10_000_000
"""Characters; a quote never closed would otherwise swallow the file."""
SEPARATORS = (";", ",", "\t")
BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
CHUNK = 1 << 20


@dataclass(frozen=True)
class Layout:
    """How a table is written, and its columns; `skipped` lines come before them (Excel's `sep=;`)."""

    encoding: str
    separator: str
    columns: tuple[str, ...]
    skipped: int = 0


def layout_of(path: Path) -> Layout:
    """Find the encoding (UTF-8, UTF-16, else Windows's own), the separator and the columns of a table.

    Raises Refused with a French sentence when the file is missing, empty, a workbook, or no text at all.
    """
    with _told(path):
        encoding = _encoding(path)
        with path.open(encoding=encoding, newline="") as file:
            first = file.readline(LONGEST_CELL)
            skipped = int(first.strip().lower().strip('"') in {f"sep={mark}" for mark in SEPARATORS})
            line = file.readline(LONGEST_CELL) if skipped else first
            separator = first.strip().strip('"')[4:] if skipped else _separator(line)
        layout = Layout(encoding, separator or "\t", (), skipped)
        with path.open(encoding=encoding, newline="") as file:
            header = next(_cells(file, layout), (0, []))[1]
    columns = tuple(cell.strip() for cell in header)
    if not any(columns):
        raise Refused(_("%(file)s est vide\u00a0: la première ligne doit nommer les colonnes.") % {"file": path.name})
    return Layout(encoding, layout.separator, columns, skipped)


def read_table(path: Path, layout: Layout) -> Iterator[tuple[int, list[str]]]:
    """Stream the rows under the header, each with the number of the line where it ends; blank lines are left out.

    Raises Refused when a cell never ends or the text breaks on the way.
    """
    with _told(path), path.open(encoding=layout.encoding, newline="") as file:
        rows = _cells(file, layout)
        next(rows, None)
        yield from rows


def _cells(file: IO[str], layout: Layout) -> Iterator[tuple[int, list[str]]]:
    csv.field_size_limit(LONGEST_CELL)
    for _line in range(layout.skipped):
        file.readline()
    reader = csv.reader(file, delimiter=layout.separator)
    try:
        for cells in reader:
            if cells:
                yield reader.line_num + layout.skipped, cells
    except csv.Error as error:
        sentence = _("la ligne %(row)d ne peut pas être lue\u00a0: un guillemet n’est sans doute pas fermé")
        raise ValueError(sentence % {"row": reader.line_num + layout.skipped}) from error


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Say in French why a file cannot be read."""
    try:
        yield
    except FileNotFoundError as error:
        raise Refused(_("Le fichier %(file)s n’existe pas.") % {"file": path}) from error
    except IsADirectoryError as error:
        raise Refused(_("%(file)s est un dossier\u00a0: donnez un fichier.") % {"file": path}) from error
    except UnicodeDecodeError as error:
        raise Refused(_("%(file)s est abîmé\u00a0: son texte est illisible.") % {"file": path.name}) from error
    except OSError as error:
        raise Refused(_("Le fichier %(file)s ne peut pas être lu.") % {"file": path}) from error
    except ValueError as error:
        raise Refused(f"{path.name}\u00a0: {error}.") from error


def _encoding(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(4096)
        if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
            raise ValueError(_("c’est un classeur\u00a0: enregistrez-le d’abord au format CSV"))
        for bom, named in BOMS:
            if head.startswith(bom):
                return named
        if b"\x00" in head:
            return _utf_16(head)
        return next((named for named in ("utf-8", "cp1252") if _decodes(file, named)), "latin-1")


def _utf_16(head: bytes) -> str:
    """Guess UTF-16 without its mark: one byte in two is nil."""
    even, odd = head[::2].count(0), head[1::2].count(0)
    if max(even, odd) < len(head) // 4 or min(even, odd) > len(head) // 20:
        raise ValueError(_("ce n’est pas un texte\u00a0: un fichier CSV est attendu"))
    return "utf-16-le" if odd > even else "utf-16-be"


def _decodes(file: IO[bytes], encoding: str) -> bool:
    file.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while chunk := file.read(CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _separator(line: str) -> str:
    """The mark that cuts the header into the most columns."""
    counts = {mark: len(next(csv.reader([line], delimiter=mark), [])) for mark in SEPARATORS}
    return max(SEPARATORS, key=lambda mark: counts[mark])
