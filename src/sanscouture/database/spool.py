"""What the keeper does with the finished segments of the server's log: seal them into the archive, the oldest first."""

from __future__ import annotations

import gzip
import io
from pathlib import Path

from sanscouture.database.errors import DatabaseUnavailable
from sanscouture.database.layout import Layout
from sanscouture.database.vault import new_file, seal

AT_ONCE = 8
"""Segments sealed between two looks at who needs the server."""


def folder_of(place: Layout) -> Path | None:
    """The archive of an installation, if it has one."""
    pointer = place.desk / "archive"
    return Path(pointer.read_text().strip()) if pointer.exists() and place.spool.is_dir() else None


def trouble_of(place: Layout) -> str:
    """Why the last segment could not be archived; empty when all is well."""
    path = place.desk / "archive-trouble"
    return path.read_text() if path.exists() else ""


def drain(place: Layout, at_once: int = AT_ONCE) -> bool:
    """Seal into the archive what the server has left in the spool. False when it could not."""
    folder = folder_of(place)
    if folder is None:
        return True
    trouble = place.desk / "archive-trouble"
    try:
        for path in sorted(path for path in place.spool.iterdir() if path.name[0] != ".")[:at_once]:
            target = folder / "wal" / f"{path.name}.age"
            if not target.exists():  # else the server, interrupted, hands it over a second time
                with new_file(target) as file:
                    seal(io.BytesIO(gzip.compress(path.read_bytes(), 1)), file)
            path.unlink()
    except (DatabaseUnavailable, OSError) as error:
        trouble.write_text(str(error))
        return False
    trouble.unlink(missing_ok=True)
    return True
