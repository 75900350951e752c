"""Restoring: everything is checked before the server is touched, then filled aside, counted, and swapped at once."""

from __future__ import annotations

import re
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import psycopg
from psycopg import sql

from sanscouture.database import admin
from sanscouture.database.backup import follow
from sanscouture.database.binaries import client_programs, clients
from sanscouture.database.dsn import (
    SUPERUSER,
    administrator_parameters,
    connection_parameters,
    database_name,
    roles_given,
)
from sanscouture.database.errors import DatabaseUnavailable
from sanscouture.database.inventory import LONGEST_HEAD, TABLES, Manifest, Tell, differences, fingerprints, plainly
from sanscouture.database.programs import Running
from sanscouture.database.vault import BLOCK, Broken, identity, unseal

LOCK = 7_305_126_420
# What the database that receives has already, or what only a superuser may say.
LEFT_OUT = re.compile(r"^\d+; \d+ \d+ (EXTENSION - |COMMENT - EXTENSION |SCHEMA - public|COMMENT - SCHEMA public)")
Accept = Callable[[Manifest], None]


@dataclass(frozen=True)
class Opened:
    """A backup that was read to its end: what it says of itself, and pg_restore's list of its contents."""

    manifest: Manifest
    contents: str


@dataclass(frozen=True)
class Restored:
    """A database that came back."""

    manifest: Manifest
    seconds: float
    missing_keys: list[str]
    """Secrets of the installation that wrote the backup and that this one has not, or has otherwise."""
    kept: str = ""
    """The database that was there, when it was asked to keep it."""


class Sink:
    """Receive what a sealed file holds: the manifest for us, the rest for a program."""

    def __init__(self, onward: IO[bytes] | None, *, patient: bool) -> None:
        """`patient`: go on when the program has read enough and left."""
        self.onward = onward
        self.patient = patient
        self.head = bytearray()
        self.manifest: Manifest | None = None

    def write(self, block: bytes | memoryview) -> int:
        """Take the next bytes."""
        rest = bytes(block)
        if self.manifest is None:
            self.head += rest
            line, found, rest = bytes(self.head).partition(b"\n")
            if not found:
                if len(self.head) > LONGEST_HEAD:
                    raise Broken("Ce fichier s’ouvre, mais ce n’est pas une sauvegarde de Sans couture.")
                return len(block)
            self.manifest = Manifest.read(line)
        if self.onward:
            try:
                self.onward.write(rest)
            except BrokenPipeError:
                if not self.patient:
                    raise
                self.onward = None
        return len(block)

    def flush(self) -> None:
        """Nothing waits here."""


class Told:
    """A file being read, which says how far."""

    def __init__(self, file: IO[bytes], step: str, tell: Tell) -> None:
        """Begin at the start of the file."""
        self.file, self.step, self.tell = file, step, tell
        self.total, self.done = file.seek(0, 2), 0
        file.seek(0)

    def read(self, size: int = -1) -> bytes:
        """Give the next bytes."""
        block = self.file.read(size)
        self.done += len(block)
        self.tell(self.step, self.done, self.total)
        return block


def open_backup(path: Path, key: Path | None, tell: Tell) -> Opened:
    """Read a backup to its end: whatever was changed or cut is known before anything is touched.

    Raises:
        Broken: wrong key, damaged file, or another kind of file.
    """
    programs = clients()[-1]
    with tempfile.TemporaryFile() as listed:
        reader = Running([programs["pg_restore"], "--list"], stdin=subprocess.PIPE, stdout=listed)
        sink = Sink(reader.process.stdin, patient=True)
        try:
            pour(path, key, sink, "Vérification", tell)
        except BaseException:
            reader.abandon()
            raise
        reader.close_input()
        reader.finish()
        listed.seek(0)
        contents = listed.read().decode()
    if sink.manifest is None:
        raise Broken(f"« {path} » est vide\u00a0: prenez une autre sauvegarde.")
    return Opened(sink.manifest, contents)


def pour(path: Path, key: Path | None, sink: Sink, step: str, tell: Tell) -> None:
    """Decrypt a file into a sink."""
    try:
        with path.open("rb", buffering=BLOCK) as file:
            unseal(Told(file, step, tell), sink, identity(key, make=False), path.name)  # type: ignore[arg-type]
    except (FileNotFoundError, IsADirectoryError, PermissionError):
        raise Broken(f"La sauvegarde « {path} » ne peut pas être lue\u00a0: vérifiez son chemin.") from None


def restore(path: Path, *, key: Path | None, force: bool, keep_old: bool, accept: Accept, tell: Tell) -> Restored:
    """Bring a backup back into the database of this installation.

    Rule: nothing is touched before the file was read whole; a database that holds tables is replaced only by `force`,
    at once, after the new one was counted. `accept` may refuse a manifest by raising. Two restorations take turns.

    Raises:
        DatabaseUnavailable: why nothing was changed.
    """
    started = time.monotonic()
    opened = open_backup(path, key, tell)
    accept(opened.manifest)
    name = database_name()
    with one_at_a_time():
        must_fit(opened.manifest)
        if roles_given():
            must_be_empty(name, force=False)
            fill(path, key, opened, name, tell)
            kept = ""
        else:
            must_be_empty(name, force=force)
            fresh = f"{name}_restoring"
            admin.drop_database(fresh)
            admin.create_database(fresh)
            try:
                fill(path, key, opened, fresh, tell)
                kept = swap(fresh, name, keep_old=keep_old, stamp=str(int(time.time())))
            except BaseException:
                admin.drop_database(fresh)
                raise
    ours = fingerprints()
    missing = [one for one, print_ in opened.manifest.keys.items() if ours.get(one) != print_]
    return Restored(opened.manifest, round(time.monotonic() - started, 1), sorted(missing), kept)


def furnisher(name: str) -> dict[str, Any]:
    """Who prepares a database: the administrator, else the owner in the one database that it was given."""
    return connection_parameters("owner") if roles_given() else administrator_parameters(name)


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Hold the server's lock of restorations."""
    with psycopg.connect(**furnisher(SUPERUSER), autocommit=True) as connection:
        if connection.execute("SELECT pg_try_advisory_lock(%s)", [LOCK]).fetchone() != (True,):
            raise DatabaseUnavailable("Une autre restauration est en cours sur ce serveur.")
        yield


def must_fit(manifest: Manifest) -> None:
    """Refuse a backup that this server could not receive as it was."""
    with psycopg.connect(**furnisher(SUPERUSER)) as connection:
        major = connection.info.server_version // 10000
    theirs = manifest.postgres // 10000
    if theirs > major:
        raise DatabaseUnavailable(
            f"La sauvegarde vient de PostgreSQL {theirs} et ce serveur est PostgreSQL {major}\u00a0: "
            f"restaurez-la sur un serveur {theirs} ou plus récent."
        )
    if (manifest.owner, manifest.app) != (admin.owner_name(), admin.app_name()):
        raise DatabaseUnavailable(
            f"La sauvegarde donne ses droits aux rôles « {manifest.owner} » et « {manifest.app} », ici ils se nomment "
            f"« {admin.owner_name()} » et « {admin.app_name()} »\u00a0: donnez-leur les mêmes noms."
        )


def must_be_empty(name: str, *, force: bool) -> None:
    """Refuse to replace a database that holds tables, unless it is asked for."""
    if force or not (roles_given() or admin.database_exists(name)):
        return
    with psycopg.connect(**connection_parameters("owner", name)) as connection:
        full = connection.execute(TABLES).fetchone() is not None
    if full and roles_given():
        raise DatabaseUnavailable(
            f"La base « {name} » contient déjà des tables\u00a0: faites créer une base vide par l’administrateur du "
            "serveur, donnez son nom dans les adresses, et recommencez."
        )
    if full:
        raise DatabaseUnavailable(
            f"La base « {name} » contient déjà des tables\u00a0: --force la remplace "
            "(avec --keep-old, l’ancienne est gardée à côté)."
        )


def fill(path: Path, key: Path | None, opened: Opened, name: str, tell: Tell) -> None:
    """Fill an empty database with a backup, whole or not at all, and count it.

    Raises:
        DatabaseUnavailable: it could not be, or what came is not what the backup announced.
    """
    owner = connection_parameters("owner", name)
    with psycopg.connect(**furnisher(name)) as connection:
        admin.withhold(connection)
        programs = client_programs(connection.info.server_version // 10000)
    wanted = [line for line in opened.contents.splitlines() if line[:1].isdigit() and not LEFT_OUT.match(line)]
    with tempfile.NamedTemporaryFile("w", suffix=".list") as listed:
        listed.write("\n".join(wanted) + "\n")
        listed.flush()
        command = [programs["pg_restore"], "--no-owner", "--exit-on-error", "--single-transaction", "--verbose"]
        hear = follow("Restauration", "processing data for table", len(opened.manifest.tables), tell)
        running = Running([*command, f"--use-list={listed.name}"], database=owner, hear=hear, stdin=subprocess.PIPE)
        try:
            pour(path, key, Sink(running.process.stdin, patient=False), "Restauration", lambda *_: None)
        except BrokenPipeError:
            running.finish()  # says why it left
        except BaseException:
            running.abandon()
            raise
        running.close_input()
        running.finish()
    with psycopg.connect(**furnisher(name)) as connection:
        admin.furnish(connection)
        comment = sql.SQL("COMMENT ON DATABASE {} IS {}")
        connection.execute(comment.format(sql.Identifier(name), sql.Literal(opened.manifest.comment)))
    count(opened.manifest, name, tell)


def count(manifest: Manifest, name: str, tell: Tell) -> None:
    """Compare a restored database with what its backup announced, as the role that sees every row."""
    admin.prepare_backup_role(name)
    with psycopg.connect(**connection_parameters("backup", name)) as connection:
        plainly(connection)
        said = differences(manifest, connection, tell)
    if said:
        raise DatabaseUnavailable(
            "Ce qui est revenu n’est pas ce que la sauvegarde annonçait\u00a0: " + " ; ".join(said[:5]) + "."
        )


def swap(fresh: str, name: str, *, keep_old: bool, stamp: str) -> str:
    """Put a database in the place of another, in one transaction; give the name of the old one if it is kept."""
    old = f"{name}_before_{stamp}"
    names = {"fresh": sql.Identifier(fresh), "name": sql.Identifier(name), "old": sql.Identifier(old)}
    replaced = admin.database_exists(name)
    with admin.connect() as connection:
        if replaced:
            close_and_cut(connection, name)
        try:
            with connection.transaction():
                if replaced:
                    connection.execute(sql.SQL("ALTER DATABASE {name} RENAME TO {old}").format(**names))
                connection.execute(sql.SQL("ALTER DATABASE {fresh} RENAME TO {name}").format(**names))
        except BaseException:
            if replaced:
                connection.execute(sql.SQL("ALTER DATABASE {name} ALLOW_CONNECTIONS true").format(**names))
            raise
    if replaced and not keep_old:
        admin.drop_database(old)
    return old if replaced and keep_old else ""


def close_and_cut(connection: admin.Connection, name: str) -> None:
    """Let nobody enter a database any more, and send out who is there."""
    connection.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(sql.Identifier(name)))
    connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
    deadline = time.monotonic() + 20
    there = "SELECT 1 FROM pg_stat_activity WHERE datname = %s"
    while connection.execute(there, [name]).fetchone() and time.monotonic() < deadline:
        time.sleep(0.05)
