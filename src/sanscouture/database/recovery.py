"""Point-in-time restoration of the embedded server: a base, then its log until the instant that is asked for."""

from __future__ import annotations

import contextlib
import gzip
import io
import os
import re
import shutil
import signal
import subprocess
import tarfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Thread
from typing import IO

from pyrage import x25519

from sanscouture.database import server
from sanscouture.database.archive import BASE, Base, bases, hand_over, must_be_ours
from sanscouture.database.binaries import binaries
from sanscouture.database.cluster import (
    clean_environment,
    finish_swap,
    give,
    recovered,
    server_binaries,
    write_configuration,
    write_for_servant,
)
from sanscouture.database.cluster import (
    identity as server_identity,
)
from sanscouture.database.dsn import SUPERUSER, USERS
from sanscouture.database.errors import DatabaseUnavailable
from sanscouture.database.inventory import Tell
from sanscouture.database.keeper import try_lock
from sanscouture.database.layout import Layout, layout, servant
from sanscouture.database.secrets import secret
from sanscouture.database.spool import folder_of
from sanscouture.database.vault import Broken, identity, new_file, seal, unseal

REACHED = re.compile(r"last completed transaction was at log time (\S+ \S+)")
SHORT = "recovery ended before configured recovery target was reached"


@dataclass(frozen=True)
class Recovered:
    """A cluster brought back to an instant."""

    base: datetime
    last_commit: str
    seconds: float
    kept: str = ""


def choose(found: list[Base], at: datetime | None) -> Base:
    """Choose the last base that was whole at an instant.

    Raises:
        DatabaseUnavailable: the archive begins later.
    """
    fit = [base for base in found if at is None or base.at <= at]
    if fit:
        return fit[-1]
    if found:
        raise DatabaseUnavailable(f"L’archive commence le {found[0].at.isoformat()}\u00a0: demandez une heure d’après.")
    raise DatabaseUnavailable("Cette archive ne contient aucune base\u00a0: vérifiez le dossier.")


def recover(
    at: datetime | None, *, archive: Path | None, key: Path | None, force: bool, keep_old: bool, tell: Tell
) -> Recovered:
    """Bring the whole embedded server back to an instant; without one, to the last that the archive knows.

    Rule: the present cluster gives its last segment first, and is replaced at the end by one renaming, only by `force`.

    Raises:
        DatabaseUnavailable: why nothing was changed.
    """
    must_be_ours()
    started = time.monotonic()
    place = layout()
    folder = archive or folder_of(place)
    if folder is None or not (folder / "base").is_dir():
        raise DatabaseUnavailable("L’archive est introuvable\u00a0: donnez son dossier par --archive.")
    if place.cluster.exists() and not force:
        raise DatabaseUnavailable(
            "Cette installation a déjà une base\u00a0: --force la remplace par celle de l’heure demandée "
            "(avec --keep-old, l’ancienne est gardée à côté)."
        )
    base, opens = choose(bases(folder), at), identity(key, make=False)
    if place.cluster.exists() and folder == folder_of(place):
        server.ensure_running()
        hand_over()
        server.release()
    server.stop()
    with server.alone(place.desk / "start"):
        keeper = try_lock(place.desk / "keeper")
        if keeper is None:
            raise DatabaseUnavailable("La base ne s’arrête pas\u00a0: arrêtez le site et le worker, puis recommencez.")
        with keeper, working_place(place) as wal:
            unpack(base, opens, place, tell)
            gather(folder, base, opens, wal, tell)
            last_commit = replay(place, wal, at)
            tell_the_archive(folder, place)
            let_in(place)
            kept = put_in_place(place, keep_old=keep_old)
    if at:
        set_aside(folder, at)
    server.ensure_running()
    return Recovered(base.at, last_commit, round(time.monotonic() - started, 1), kept)


@contextlib.contextmanager
def working_place(place: Layout) -> Iterator[Path]:
    """The folder of the decrypted log while it is replayed; nothing of it remains, nor of a cluster not finished."""
    wal = place.home / "recovered-wal"
    for folder in (recovered(place), wal):
        shutil.rmtree(folder, ignore_errors=True)
    for folder in (place.home, place.sockets, wal):
        give(folder)
    try:
        yield wal
    finally:
        for folder in (recovered(place), wal):
            shutil.rmtree(folder, ignore_errors=True)


def unpack(base: Base, key: x25519.Identity, place: Layout, tell: Tell) -> None:
    """Open a base into a new cluster of the server's user."""
    cluster = recovered(place)
    give(cluster)
    tell("Base", 0, 1)
    with piped(lambda target: unseal_file(base.path, key, target)) as source:
        line = source.readline()
        if b'"kind": "base"' not in line:
            raise Broken(f"« {base.path.name} » n’est pas une base d’archive.")
        with tarfile.open(fileobj=source, mode="r|gz") as tar:
            tar.extractall(cluster, filter="data")
    major = int((cluster / "PG_VERSION").read_text())
    if major != binaries().major:
        raise DatabaseUnavailable(
            f"Cette archive vient de PostgreSQL {major} et ce programme porte PostgreSQL {binaries().major}\u00a0: "
            "restaurez une sauvegarde."
        )
    own(cluster)
    tell("Base", 1, 1)


def own(cluster: Path) -> None:
    """Give a cluster to the server's user, and to nobody else."""
    who = servant()
    for folder, _, files in os.walk(cluster):
        for path in (Path(folder), *(Path(folder) / name for name in files)):
            if who:
                os.chown(path, who.uid, who.gid)
            path.chmod(0o700 if path.is_dir() else 0o600)


@contextlib.contextmanager
def piped(write: Callable[[IO[bytes]], None]) -> Iterator[io.BufferedReader]:
    """Read what a function writes, while it writes it; what it raises is raised here."""
    out, into = os.pipe()
    errors: list[BaseException] = []

    def run() -> None:
        try:
            with os.fdopen(into, "wb") as target:
                write(target)
        except BrokenPipeError:
            return  # who reads has had enough
        except Exception as error:
            errors.append(error)

    thread = Thread(target=run, daemon=True)
    thread.start()
    try:
        with os.fdopen(out, "rb") as source:
            yield source
    except (Broken, tarfile.TarError, EOFError, OSError) as error:
        thread.join()
        if errors:
            raise errors[0] from None
        if isinstance(error, Broken):
            raise
        raise Broken("Cette base d’archive est abîmée\u00a0: demandez une heure d’avant.") from None
    thread.join()
    if errors:
        raise errors[0]


def unseal_file(path: Path, key: x25519.Identity, target: IO[bytes]) -> None:
    """Decrypt a file into a stream."""
    with path.open("rb") as file:
        unseal(file, target, key, path.name)


def gather(folder: Path, base: Base, key: x25519.Identity, wal: Path, tell: Tell) -> None:
    """Decrypt the log from a base on, for the server to replay."""
    every = sorted((folder / "wal").glob("*.age"))
    wanted = [path for path in every if path.name.endswith(".history.age") or path.name[8:24] >= base.segment[8:]]
    for place, path in enumerate(wanted):
        tell("Journal", place, len(wanted))
        text = io.BytesIO()
        unseal_file(path, key, text)
        target = wal / path.name.removesuffix(".age")
        with target.open("wb") as file:
            file.write(gzip.decompress(text.getvalue()))
        target.chmod(0o600)
        if who := servant():
            os.chown(target, who.uid, who.gid)
    tell("Journal", len(wanted), len(wanted))


def replay(place: Layout, wal: Path, at: datetime | None) -> str:
    """Let a server replay the log until the instant, alone and closed; give the time of the last commit it found.

    Raises:
        DatabaseUnavailable: the log ends before, or is damaged.
    """
    cluster, log = recovered(place), place.desk / "recovery.log"
    until = {"recovery_target_time": at.isoformat(), "recovery_target_action": "promote"} if at else {}
    copy = f"cp '{wal}/%f' %p"
    write_configuration(place, cluster, restore_command=copy, hot_standby="off", archive_mode="off", **until)
    write_for_servant(cluster / "recovery.signal", "")
    log.unlink(missing_ok=True)
    with log.open("wb") as output:
        alone = subprocess.Popen(
            [server_binaries()["postgres"], "-D", str(cluster)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=clean_environment(),
            cwd="/",
            **server_identity(),
        )
        try:
            started = in_production(cluster, alone)
        finally:
            if alone.poll() is None:
                alone.send_signal(signal.SIGINT)
            alone.wait()
    said = log.read_text(errors="replace")
    if not started:
        raise DatabaseUnavailable(
            "L’archive s’arrête avant cette heure\u00a0: demandez une heure d’avant, ou « --at fin » pour tout ce "
            "qu’elle a."
            if SHORT in said
            else f"La base n’a pas pu être remise à cette heure\u00a0: lisez « {log} »."
        )
    found = REACHED.findall(said)
    return str(found[-1]) if found else ""


def in_production(cluster: Path, alone: subprocess.Popen[bytes]) -> bool:
    """Wait until a server has replayed all it had to; False when it stopped before.

    It removes its signal file once on its new timeline, then says that it is in production, as its base once did.
    """
    while alone.poll() is None:
        time.sleep(0.1)
        if (cluster / "recovery.signal").exists():
            continue
        said = subprocess.run(
            [server_binaries()["pg_controldata"], str(cluster)],
            capture_output=True,
            text=True,
            check=False,
            env=clean_environment(),
            cwd="/",
            **server_identity(),
        ).stdout
        if re.search(r"^Database cluster state: +in production$", said, re.MULTILINE):
            return True
    return False


def tell_the_archive(folder: Path, place: Layout) -> None:
    """Archive where the new story leaves the old one: the next restoration follows it, and numbers its own after it."""
    for path in (recovered(place) / "pg_wal").glob("*.history"):
        target = folder / "wal" / f"{path.name}.age"
        if not target.exists():
            with new_file(target) as file:
                seal(io.BytesIO(gzip.compress(path.read_bytes(), 1)), file)


def let_in(place: Layout) -> None:
    """Give the roles the passwords of this data folder; the archive may come from another machine."""
    names = {SUPERUSER: "superuser", **{user: role for role, user in USERS.items()}}
    words = "".join(f"ALTER ROLE {user} PASSWORD '{secret(f'postgres-{name}')}'\n" for user, name in names.items())
    command = [server_binaries()["postgres"], "--single", "-D", str(recovered(place)), SUPERUSER]
    done = subprocess.run(
        command,
        input=words.encode(),
        capture_output=True,
        env=clean_environment(),
        cwd="/",
        check=False,
        **server_identity(),
    )
    if done.returncode:
        raise DatabaseUnavailable("La base remise à cette heure ne reçoit pas ses mots de passe\u00a0: recommencez.")


def put_in_place(place: Layout, *, keep_old: bool) -> str:
    """Replace the cluster; an interruption between the two renamings is finished by the next start."""
    old = place.home / f"cluster.before-{int(time.time())}"
    (place.home / "recovered.ready").touch()
    replaced = place.cluster.exists()
    if replaced:
        place.cluster.rename(old)
    finish_swap(place)
    if replaced and not keep_old:
        shutil.rmtree(old, ignore_errors=True)
    return str(old) if replaced and keep_old else ""


def set_aside(folder: Path, at: datetime) -> None:
    """Forget the bases of the time that was left: they belong to another story."""
    for base in bases(folder):
        if base.at > at and BASE.fullmatch(base.path.name):
            base.path.rename(base.path.with_suffix(".abandoned"))
