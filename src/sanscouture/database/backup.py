"""A backup: one sealed file, a line that says what it holds, then pg_dump's archive of one consistent snapshot."""

from __future__ import annotations

import io
import json
import re
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg

from sanscouture.database.admin import prepare_backup_role
from sanscouture.database.binaries import client_programs
from sanscouture.database.dsn import connection_parameters
from sanscouture.database.errors import DatabaseUnavailable
from sanscouture.database.inventory import Manifest, Tell, plainly, take
from sanscouture.database.programs import Running
from sanscouture.database.secrets import data_dir
from sanscouture.database.vault import new_file, seal

SUFFIX = ".sauvegarde"
OURS = re.compile(rf"sanscouture-\d{{8}}T\d{{6}}Z{re.escape(SUFFIX)}")
NOTE = "last-backup.json"


@dataclass(frozen=True)
class Made:
    """A backup that was written."""

    path: Path
    size: int
    seconds: float
    manifest: Manifest


class Archive(io.RawIOBase):
    """The stream to seal: the manifest, then what pg_dump says; its failure is ours before the file is closed."""

    def __init__(self, head: bytes, dump: Running) -> None:
        """Begin with the head."""
        self.head = head
        self.dump = dump

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def read(self, size: int | None = -1, /) -> bytes:
        """Give the next bytes; at the end, make sure that the dump ended well."""
        if self.head:
            block, self.head = self.head, b""
            if size is not None and 0 < size < len(block):
                block, self.head = block[:size], block[size:]
            return block
        pipe = self.dump.process.stdout
        found = pipe.read(-1 if size is None else size) if pipe and not pipe.closed else b""
        if not found:
            self.dump.finish()
        return found


def stamp(now: datetime) -> str:
    """Write an instant in the name of a file."""
    return now.strftime("%Y%m%dT%H%M%SZ")


def back_up(path: Path, *, version: str, now: datetime, tell: Tell) -> Made:
    """Write the whole database into a new file.

    Raises:
        DatabaseUnavailable: it cannot be, in a sentence; nothing is left of the file.
    """
    started = time.monotonic()
    if path.exists():
        raise DatabaseUnavailable(f"« {path} » existe déjà\u00a0: choisissez un autre nom.")
    prepare_backup_role()
    parameters = connection_parameters("backup")
    with psycopg.connect(**parameters | {"connect_timeout": 10}) as connection:
        programs = client_programs(connection.info.server_version // 10000)
        connection.execute("SET idle_in_transaction_session_timeout = 0")
        plainly(connection)
        connection.commit()
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        try:
            snapshot = (connection.execute("SELECT pg_export_snapshot()").fetchone() or ("",))[0]
            manifest = take(connection, made_at=now.isoformat(), version=version, tell=tell)
        except psycopg.errors.UndefinedTable:
            raise DatabaseUnavailable(
                "Cette base n’a pas encore de tables\u00a0: il n’y a rien à sauvegarder."
            ) from None
        with new_file(path) as file:
            command = [programs["pg_dump"], "--format=custom", f"--snapshot={snapshot}", "--verbose"]
            hear = follow("Sauvegarde", "dumping contents of table", len(manifest.tables), tell)
            dump = Running(command, database=parameters, hear=hear, stdout=subprocess.PIPE)
            try:
                seal(Archive(manifest.line(), dump), file)  # type: ignore[arg-type]
            except BaseException:
                dump.abandon()
                raise
    made = Made(path, path.stat().st_size, round(time.monotonic() - started, 1), manifest)
    note(made)
    return made


def follow(step: str, words: str, total: int, tell: Tell) -> Callable[[str], None]:
    """Count a program's lines that hold these words, for a progress bar."""
    seen = 0

    def hear(line: str) -> None:
        nonlocal seen
        if words in line:
            seen += 1
            tell(step, min(seen, total), total)

    return hear


def note(made: Made) -> None:
    """Keep what `check` and the metrics say of the last backup."""
    text = json.dumps({"at": made.manifest.made_at, "file": str(made.path), "size": made.size, "seconds": made.seconds})
    with new_file(data_dir() / NOTE) as file:
        file.write(text.encode())


def last_backup() -> dict[str, Any] | None:
    """Give the note of the last backup made from this data folder."""
    try:
        found: dict[str, Any] = json.loads((data_dir() / NOTE).read_text())
        datetime.fromisoformat(found["at"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return found


def forget_old(folder: Path, keep: int) -> list[Path]:
    """Remove the oldest backups of a folder, among those that we named, so that `keep` remain."""
    ours = sorted(path for path in folder.iterdir() if OURS.fullmatch(path.name))
    gone = ours[: max(0, len(ours) - keep)]
    for path in gone:
        path.unlink()
    return gone
