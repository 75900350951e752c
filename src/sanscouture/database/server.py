"""The database, ready: `ensure_running` starts the embedded server if need be, `release` lets it go."""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from typing import IO

import psycopg

from sanscouture.database.admin import (
    bootstrap,
    create_database,
    drop_database,
    owner_dsn,
)
from sanscouture.database.dsn import DatabaseRole, administrator_parameters, connection_parameters, external
from sanscouture.database.errors import DatabaseUnavailable
from sanscouture.database.keeper import try_lock
from sanscouture.database.layout import Layout, layout

__all__ = [
    "DatabaseUnavailable",
    "create_database",
    "drop_database",
    "ensure_running",
    "keep_watch",
    "owner_dsn",
    "release",
    "status",
    "stop",
]

STOPPED = "stopped"  # the mark of a server that was asked to stop, until it is asked for again
WATCH_TICK = 1.0  # seconds
START_PATIENCE = 120.0  # seconds, for a first creation or a long recovery on a slow disk
leases: dict[Path, IO[str]] = {}
keepers: list[subprocess.Popen[bytes]] = []  # ours to reap, not to rule


@dataclass(frozen=True)
class Status:
    """What the embedded server is doing."""

    running: bool
    keeper: int | None
    cluster: Path | None
    sockets: Path | None


@contextlib.contextmanager
def alone(path: Path) -> Iterator[None]:
    """Hold a lock file while starting: two starters, one start."""
    with path.open("a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def accepting() -> bool:
    """Say whether the embedded server answers."""
    try:
        psycopg.connect(**administrator_parameters(), connect_timeout=5).close()
    except psycopg.OperationalError as error:
        if "password authentication failed" in str(error):
            raise DatabaseUnavailable(
                "La base refuse le mot de passe gardé dans le dossier des données\u00a0: "
                "remettez le dossier « secrets » qui allait avec elle."
            ) from None
        return False
    return True


def answers(role: DatabaseRole) -> bool:
    """Say whether the server lets a role in."""
    try:
        psycopg.connect(**connection_parameters(role) | {"connect_timeout": 5}).close()
    except psycopg.OperationalError:
        return False
    return True


def keeper_pid(place: Layout) -> int | None:
    """Give the keeper's process, if it lives."""
    path = place.desk / "keeper"
    if not path.exists():
        return None
    free = try_lock(path)
    if free:
        free.close()
        return None
    deadline = time.monotonic() + 1
    while not (text := path.read_text().strip()).isdigit():  # it lives but has not written its number yet
        if time.monotonic() > deadline:
            return None
        time.sleep(0.01)
    return int(text)


def take_lease(place: Layout) -> None:
    """Tell the keeper that this process, and those it becomes or forks, needs the server."""
    path = place.desk / "clients"
    if path in leases:
        return
    file = path.open("a+")
    fcntl.flock(file, fcntl.LOCK_SH)
    os.set_inheritable(file.fileno(), True)
    leases[path] = file
    atexit.register(file.close)


def launch_keeper(place: Layout) -> subprocess.Popen[bytes]:
    """Start the keeper, apart from our terminal and from our output."""
    keepers[:] = [keeper for keeper in keepers if keeper.poll() is None]
    (place.desk / "refusal").unlink(missing_ok=True)
    with place.log.open("ab") as output:
        keeper = subprocess.Popen(
            [sys.executable, "-m", "sanscouture.database.keeper"],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            env=os.environ | {"DATA_DIR": str(place.data)},
        )
    atexit.register(setattr, keeper, "returncode", 0)  # it outlives us on purpose: nothing to warn about
    return keeper


def start(place: Layout) -> None:
    """Start the server and wait until it answers."""
    keeper = None if keeper_pid(place) else launch_keeper(place)
    deadline = time.monotonic() + START_PATIENCE
    while not accepting():
        if keeper and keeper.poll():
            refusal = place.desk / "refusal"
            reason = (
                refusal.read_text() if refusal.exists() else f"La base ne démarre pas\u00a0: lisez « {place.log} »."
            )
            raise DatabaseUnavailable(reason)
        if keeper_pid(place) is None and (keeper is None or keeper.poll() is not None):
            keeper = launch_keeper(place)
        if time.monotonic() > deadline:
            raise DatabaseUnavailable(f"La base ne répond pas\u00a0: lisez « {place.log} ».")
        time.sleep(0.05)


def ensure_running() -> None:
    """Have a database that answers, with its roles, and hold it while this process lives.

    Raises:
        DatabaseUnavailable: it cannot be, with the reason in a French sentence.
    """
    if external():
        join()
        return
    place = layout()
    take_lease(place)
    with alone(place.desk / "start"):
        (place.desk / STOPPED).unlink(missing_ok=True)
        if not accepting():
            start(place)
        bootstrap()


def watch(left: Event) -> None:
    """Look after the embedded server until `left` is set: replace its keeper when it was killed.

    Rule: the keeper restarts a server that falls, and whoever uses the server restarts the keeper, unless it was asked
    to stop (ADR 0016). A keeper that cannot be replaced is tried again.
    """
    place = layout()
    while not left.wait(WATCH_TICK):
        if keeper_pid(place) or (place.desk / STOPPED).exists():
            continue
        with contextlib.suppress(DatabaseUnavailable), alone(place.desk / "start"):
            if not (place.desk / STOPPED).exists():
                start(place)


def keep_watch() -> Event:
    """Watch in a thread of this process; the event that is given back ends it."""
    left = Event()
    if not external():
        Thread(target=watch, args=[left], name="database", daemon=True).start()
    return left


def join() -> None:
    """Make ready a server that is not ours, or say in a sentence why it is not."""
    try:
        bootstrap()
    except psycopg.errors.InsufficientPrivilege as error:
        raise DatabaseUnavailable(
            f"Le rôle donné n’a pas assez de droits ({error.diag.message_primary})\u00a0: "
            "docs/operations.md dit lesquels il lui faut."
        ) from None
    except psycopg.OperationalError as error:
        raise DatabaseUnavailable(f"Le serveur PostgreSQL indiqué ne répond pas\u00a0: {error}") from None


def release() -> None:
    """Let the server go; stop it now if this was its last client and nobody asked that it stays."""
    if external():
        return
    place = layout()
    lease = leases.pop(place.desk / "clients", None)
    if lease is None:
        return
    lease.close()
    if (place.desk / "stay").exists():
        return
    last = try_lock(place.desk / "clients")
    if last:
        with last:
            stop()


def stay() -> None:
    """Keep the server until `stop`, whoever leaves."""
    (layout().desk / "stay").touch()


def stop() -> bool:
    """Stop the embedded server. False if it was not running."""
    place = layout()
    (place.desk / "stay").unlink(missing_ok=True)
    (place.desk / STOPPED).touch()
    pid = keeper_pid(place)
    if pid is None:
        return False
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + START_PATIENCE
    while keeper_pid(place) is not None and time.monotonic() < deadline:
        time.sleep(0.05)
    keepers[:] = [keeper for keeper in keepers if keeper.poll() is None]
    return True


def status() -> Status:
    """Say what the embedded server is doing; starts nothing."""
    if external():
        return Status(running=answers("app"), keeper=None, cluster=None, sockets=None)
    place = layout()
    return Status(accepting(), keeper_pid(place), place.cluster, place.sockets)
