"""Tables that people send, whatever holds them: a workbook or a text, sniffed by content, every cell given as text."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from django.utils.translation import gettext as _

from sanscouture.core import workbook_reader
from sanscouture.core.errors import Refused
from sanscouture.core.tables import layout_of, read_table
from sanscouture.core.workbook_reader import PROTECTED, said

LARGEST = 5 * 1024 * 1024
"""Bytes of a file."""
MOST_ROWS, MOST_COLUMNS = 5_000, 60
PATIENCE = 40
"""Seconds that a workbook is waited for."""


@dataclass(frozen=True)
class Sheet:
    """A table that was read: the names of its columns, and its rows, each with its number in the file."""

    columns: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]


def read_sheet(content: bytes) -> Sheet:
    """Read the first sheet of a workbook (XLSX, ODS), or a text with separators in any usual encoding.

    Rule: the content says what it is, never its name. Blank rows are left out; the first that is not names the columns.
    Raises Refused with a sentence: too large, damaged, protected, no row, or more than 5,000.
    """
    if len(content) > LARGEST:
        raise Refused(_("Ce fichier est trop lourd\u00a0: 5 Mo au plus."))
    lines = _workbook(content) if content.startswith(b"PK\x03\x04") else _text(content)
    columns: tuple[str, ...] = ()
    rows: list[tuple[int, tuple[str, ...]]] = []
    for number, cells in lines:
        if not any(cells):
            continue
        if not columns:
            columns = _trimmed(cells)
        elif len(rows) == MOST_ROWS:
            raise Refused(_("Ce fichier a plus de 5 000 lignes\u00a0: coupez-le en plusieurs."))
        else:
            rows.append((number, (*cells, *[""] * len(columns))[: len(columns)]))
    if not rows:
        raise Refused(_("Ce fichier n’a aucune ligne sous celle qui nomme les colonnes."))
    if len(columns) > MOST_COLUMNS:
        raise Refused(_("Ce fichier a plus de 60 colonnes\u00a0: gardez celles qui servent."))
    return Sheet(columns, tuple(rows))


def _trimmed(cells: tuple[str, ...]) -> tuple[str, ...]:
    """Leave out the columns without name at the end of a heading."""
    last = max(rank for rank, cell in enumerate(cells, 1) if cell)
    return cells[:last]


def _text(content: bytes) -> Iterator[tuple[int, tuple[str, ...]]]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / _("fichier")
        path.write_bytes(content)
        layout = layout_of(path)
        yield layout.skipped + 1, tuple(map(said, layout.columns))
        for number, cells in read_table(path, layout):
            yield number, tuple(map(said, cells))


def _workbook(content: bytes) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Read a workbook apart, so that one made to swell or to kill its reader only loses its reader."""
    damaged = Refused(_("Ce classeur ne peut pas être lu\u00a0: ouvrez-le, enregistrez-le de nouveau, puis réessayez."))
    most = [str(MOST_ROWS * 4), str(MOST_COLUMNS + 1)]
    command = [sys.executable, "-I", workbook_reader.__file__, *most]
    try:
        read = subprocess.run(command, input=content, capture_output=True, timeout=PATIENCE, check=False)
    except subprocess.TimeoutExpired as error:
        raise damaged from error
    if read.returncode == PROTECTED:
        raise Refused(_("Ce classeur est protégé par un mot de passe\u00a0: retirez-le, puis réessayez."))
    if read.returncode:
        raise damaged
    for line in read.stdout.splitlines():
        number, cells = json.loads(line)
        yield number, tuple(cells)
