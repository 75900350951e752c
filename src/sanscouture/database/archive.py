"""The archive of the embedded server: sealed bases, and each finished segment of its log, for a restoration in time.

The server copies a segment into a spool beside the cluster; the keeper seals it into the archive: it may read the keys
and the server's user may not. The spool's existence is what turns archiving on (docs/adr/0015-backups.md).
"""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sanscouture.database import admin
from sanscouture.database.backup import Archive, stamp
from sanscouture.database.binaries import binaries
from sanscouture.database.cluster import command_of, give
from sanscouture.database.dsn import connection_parameters, external
from sanscouture.database.errors import DatabaseUnavailable
from sanscouture.database.layout import Layout, layout
from sanscouture.database.programs import Running
from sanscouture.database.spool import folder_of, trouble_of
from sanscouture.database.vault import new_file, seal

BASE = re.compile(r"base-(\d{8}T\d{6}Z)-([0-9A-F]{24})\.age")
SEGMENT = re.compile(r"[0-9A-F]{24}")
PATIENCE = 60.0
"""Seconds left to the server to hand over its last segment."""


@dataclass(frozen=True)
class Base:
    """A copy of the whole cluster: the instant at which it was whole, and the segment where its log begins."""

    path: Path
    at: datetime
    segment: str


def must_be_ours() -> None:
    """Refuse to archive a server that somebody else runs."""
    if external():
        raise DatabaseUnavailable(
            "Ce serveur n’est pas la base embarquée\u00a0: la restauration à une heure donnée s’y fait par les moyens "
            "de son hébergeur (docs/operations.md)."
        )


def turn_on(folder: Path) -> None:
    """Begin to archive into a folder; needs the server.

    Raises:
        DatabaseUnavailable: the folder cannot be written, or it is the archive of another cluster.
    """
    must_be_ours()
    place = layout()
    with admin.connect() as connection:
        if connection.execute("SHOW archive_command").fetchone() != (command_of(place),):
            raise DatabaseUnavailable(
                "La base a démarré avec une version plus ancienne\u00a0: arrêtez le site et le worker, "
                "« sanscouture db stop », puis recommencez."
            )
        ours = str((connection.execute("SELECT system_identifier FROM pg_control_system()").fetchone() or ("",))[0])
    try:
        for part in ("base", "wal"):
            (folder / part).mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        raise DatabaseUnavailable(f"Le dossier « {folder} » ne peut pas être créé.") from None
    mark = folder / "cluster"
    if not mark.exists():
        with new_file(mark) as file:
            file.write(ours.encode())
    elif mark.read_text() != ours:
        raise DatabaseUnavailable(f"« {folder} » est l’archive d’une autre base\u00a0: choisissez un dossier vide.")
    with new_file(place.desk / "archive") as file:
        file.write(str(folder).encode())
    give(place.spool)


def turn_off() -> None:
    """Stop archiving; what is in the archive stays."""
    must_be_ours()
    place = layout()
    (place.desk / "archive").unlink(missing_ok=True)
    (place.desk / "archive-trouble").unlink(missing_ok=True)
    shutil.rmtree(place.spool, ignore_errors=True)


def take_base() -> Base:
    """Copy the whole cluster into the archive, while it works.

    Raises:
        DatabaseUnavailable: there is no archive, or it could not be written.
    """
    must_be_ours()
    place = layout()
    folder = folder_of(place)
    if folder is None:
        raise DatabaseUnavailable("L’archivage n’est pas en marche\u00a0: lancez « sanscouture archive DOSSIER ».")
    admin.prepare_backup_role()
    with admin.connect() as connection:
        row = connection.execute("SELECT pg_walfile_name(pg_current_wal_lsn())").fetchone()
    segment = str(row[0]) if row else ""
    command = [binaries()["pg_basebackup"], "--pgdata=-", "--format=tar", "--wal-method=fetch", "--checkpoint=fast"]
    draft = folder / "base" / f"new-{segment}.age"
    draft.unlink(missing_ok=True)
    with new_file(draft) as file:
        copy = Running(
            [*command, "--compress=client-gzip:1"], database=connection_parameters("backup"), stdout=subprocess.PIPE
        )
        try:
            seal(Archive(head(), copy), file)  # type: ignore[arg-type]
        except BaseException:
            copy.abandon()
            raise
    time.sleep(1 - datetime.now(UTC).microsecond / 1e6)  # names hold whole seconds, and this one is not over
    at = datetime.now(UTC).replace(microsecond=0)
    path = draft.rename(folder / "base" / f"base-{stamp(at)}-{segment}.age")
    return Base(path, at, segment)


def head() -> bytes:
    """Write the first line of a base."""
    return json.dumps({"format": 1, "kind": "base", "postgres": binaries().major}).encode() + b"\n"


def bases(folder: Path) -> list[Base]:
    """Every base of an archive, the oldest first."""
    found = ((path, BASE.fullmatch(path.name)) for path in sorted((folder / "base").glob("base-*.age")))
    return [
        Base(path, datetime.strptime(name[1], "%Y%m%dT%H%M%S%z"), name[2]) for path, name in found if name is not None
    ]


def prune(folder: Path, keep: int) -> int:
    """Remove the oldest bases so that `keep` remain, and the segments that only they needed; count what went."""
    every = bases(folder)
    if len(every) <= keep:
        return 0
    gone = [base.path for base in every[:-keep]]
    first = every[-keep].segment[8:]
    gone += [path for path in (folder / "wal").glob("*.age") if SEGMENT.match(path.name) and path.name[8:24] < first]
    for path in gone:
        path.unlink()
    return len(gone)


def hand_over() -> None:
    """Have the server finish its present segment, and wait until it is in the archive."""
    place = layout()
    folder = folder_of(place)
    if folder is None:
        return
    with admin.connect() as connection:
        connection.execute("SELECT pg_current_xact_id()")  # a commit after the instant that is asked for
        row = connection.execute("SELECT pg_walfile_name(pg_switch_wal())").fetchone()
    last = folder / "wal" / f"{row[0] if row else ''}.age"
    for _ in waiting(PATIENCE):
        if last.exists():
            return
    raise DatabaseUnavailable(f"Le journal de la base n’arrive pas dans l’archive\u00a0: {trouble_of(place) or last}")


def waiting(seconds: float) -> Iterator[None]:
    """Go on trying for a while."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        yield
        time.sleep(0.1)


def age_of(place: Layout) -> float | None:
    """Seconds since the last base; None without one."""
    folder = folder_of(place)
    with contextlib.suppress(OSError):
        found = bases(folder) if folder else []
        return (datetime.now(UTC) - found[-1].at).total_seconds() if found else None
    return None
