"""Read a workbook in a process of its own, which a file made to hurt may fill or kill without harm to anybody.

Run by path, without the rest of the program: the workbook comes in, each row goes out as a JSON list of texts.
"""

from __future__ import annotations

import io
import json
import resource
import sys
from datetime import date, datetime
from typing import Any

MEMORY, SECONDS = 1 << 30, 20
"""Bytes and seconds of processor that one workbook may take."""
PROTECTED = 3
"""What the process answers of a workbook with a password."""
MIDNIGHT = datetime.min.time()
EXACT = 1e15
LONGEST = 500


def said(cell: Any) -> str:
    """Give a cell as text: whole numbers without decimals, days as 2026-11-25, no mark that cannot be stored."""
    if isinstance(cell, datetime):
        cell = cell.date() if cell.time() == MIDNIGHT else cell
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < EXACT:
        cell = int(cell)
    text = cell.isoformat() if isinstance(cell, date) else str(cell)
    clean = text.replace("\x00", "").encode("utf-8", "ignore").decode()
    return " ".join(clean.split())[:LONGEST]


def main(most_rows: int, most_columns: int) -> int:
    """Write the first rows of the first sheet, as many as are asked for."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    from python_calamine import CalamineWorkbook, PasswordError  # noqa: PLC0415 under the limits

    try:
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read())).get_sheet_by_index(0)
    except PasswordError:
        return PROTECTED
    for number, cells in enumerate(sheet.iter_rows(), 1):
        if number > most_rows:
            break
        if any(texts := [said(cell) for cell in cells[:most_columns]]):
            sys.stdout.write(json.dumps([number, texts]) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
