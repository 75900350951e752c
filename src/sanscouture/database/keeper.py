"""The keeper: a small process that holds the server while somebody needs it.

A client holds a shared lock on `clients`; the kernel drops it however the client dies. When the keeper can take that
lock alone for a while, nobody is left: it stops the server and goes. It restarts a server that falls.
Started by `server.ensure_running`; it is the server's parent, and the server dies with it.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

from sanscouture.database.cluster import clean_environment, identity, prepare, server_binaries
from sanscouture.database.errors import DatabaseUnavailable
from sanscouture.database.layout import Layout, layout
from sanscouture.database.spool import drain

GRACE = float(os.environ.get("SANSCOUTURE_DB_GRACE") or 30)  # seconds without a client before the server stops
TICK = 0.5  # seconds
ARCHIVE_PAUSE = 10.0  # seconds before a segment that could not be archived is tried again
STOP_PATIENCE = 60.0  # seconds left to the server to close its files
LEFTOVER_PATIENCE = 5.0  # seconds left to each session of a killed server
LARGEST_LOG = 5_000_000  # bytes
LONGEST_PAUSE = 30.0  # seconds between two tries at starting a server that does not come up
READY = "ready"  # what the server writes in postmaster.pid once it lets clients in
PR_SET_PDEATHSIG = 1  # Linux: the signal this process gets when its parent dies


def try_lock(path: Path) -> IO[str] | None:
    """Take a lock alone without waiting; None when another holds it."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = path.open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        return None
    return file


def die_with_parent() -> None:
    """Ask the kernel to stop the server at once if the keeper is killed (Linux only)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGINT)


def running_server(place: Layout) -> int | None:
    """Give the process that really runs on this cluster, whatever postmaster.pid says."""
    try:
        pid = int((place.cluster / "postmaster.pid").read_text().split("\n", 1)[0])
        os.kill(pid, 0)
    except (OSError, ValueError):
        return None
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return pid  # no /proc here: believe the file
    return pid if os.fsencode(place.cluster) in command else None


def leftovers(place: Layout) -> list[int]:
    """The sessions that outlive a killed server: they work in the cluster's folder (told by /proc; none elsewhere)."""
    cluster, found = str(place.cluster.resolve()), []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if os.readlink(process / "cwd") == cluster and os.readlink(process / "exe").endswith("/postgres"):
                found.append(int(process.name))
    return found


def clear_the_way(place: Layout) -> None:
    """Stop what is left of a former server, then forget it.

    Rule: the lock file of a dead server is left to PostgreSQL, which refuses to start while one session of the former
    still writes; only one that names a stranger's living process is removed, when no session is left (ADR 0016).

    Raises:
        DatabaseUnavailable: something of it does not stop.
    """
    orphan = running_server(place)
    if orphan:
        with contextlib.suppress(ProcessLookupError):
            os.kill(orphan, signal.SIGINT)
        _wait_until(lambda: running_server(place) is None)
    for number in (signal.SIGQUIT, signal.SIGKILL):
        for pid in leftovers(place):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
        if _wait_until(lambda: not leftovers(place), seconds=LEFTOVER_PATIENCE):
            break
    if running_server(place) or leftovers(place):
        raise DatabaseUnavailable("Un serveur de base abandonné ne s’arrête pas\u00a0: redémarrez la machine.")
    if _names_a_stranger(place.cluster / "postmaster.pid"):
        (place.cluster / "postmaster.pid").unlink(missing_ok=True)


def _wait_until(condition: Callable[[], bool], *, seconds: float = STOP_PATIENCE) -> bool:
    deadline = time.monotonic() + seconds
    while not (met := condition()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return met


def _names_a_stranger(path: Path) -> bool:
    """Say whether a lock file names a living process, which is then not our server: that was looked at before."""
    try:
        os.kill(int(path.read_text().split("\n", 1)[0]), 0)
    except PermissionError:
        return True
    except (OSError, ValueError):
        return False
    return True


class Keeper:
    """Start the server, watch over it, stop it."""

    def __init__(self, place: Layout) -> None:
        """Take the place; nothing starts yet."""
        self.place = place
        self.asked_to_stop = False
        self.server: subprocess.Popen[bytes] | None = None
        self.last_seen = time.monotonic()
        self.farewell: IO[str] | None = None
        self.archive_from = 0.0

    def start(self) -> None:
        """Start the server; its words go to the log."""
        log = self.place.log
        if log.exists() and log.stat().st_size > LARGEST_LOG:
            log.replace(log.with_suffix(".old"))
        command = [server_binaries()["postgres"], "-D", str(self.place.cluster)]
        with log.open("ab") as output:
            self.server = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd="/",
                env=clean_environment(),
                preexec_fn=die_with_parent,  # noqa: PLW1509 — a process of one thread
                **identity(),
            )

    def stop(self) -> None:
        """Stop the server: sessions are cut, files are closed."""
        if self.server is None or self.server.poll() is not None:
            return
        self.server.send_signal(signal.SIGINT)
        try:
            self.server.wait(STOP_PATIENCE)
        except subprocess.TimeoutExpired:
            self.server.send_signal(signal.SIGQUIT)
            self.server.wait()

    def wanted(self) -> bool:
        """Say whether somebody holds the server, or did a moment ago, or asked that it stays."""
        if self.asked_to_stop:
            return False
        alone = try_lock(self.place.desk / "clients")
        if alone is None or (self.place.desk / "stay").exists():
            self.last_seen = time.monotonic()
            if alone:
                alone.close()
            return True
        if time.monotonic() - self.last_seen < GRACE:
            alone.close()
            return True
        self.farewell = alone  # held until we are gone: a client who comes now waits, then starts anew
        return False

    def run(self) -> None:
        """Hold the server until nobody wants it; a server that cannot start is tried again, ever more slowly."""
        clear_the_way(self.place)
        failures, ready, not_before = 0, True, 0.0
        try:
            while self.wanted():
                if self.server is None or self.server.poll() is not None:
                    if not ready:
                        failures += 1
                        not_before = time.monotonic() + min(LONGEST_PAUSE, TICK * 2**failures)
                        ready = True  # counted once
                    if time.monotonic() >= not_before:
                        clear_the_way(self.place)
                        self.start()
                        ready = False
                elif not ready and self.is_ready():
                    failures, ready = 0, True
                self.archive()
                time.sleep(TICK)
        finally:
            self.stop()
            drain(self.place, at_once=10_000)

    def archive(self) -> None:
        """Seal what the server has left to archive; after a failure, wait before trying again."""
        if time.monotonic() >= self.archive_from and not drain(self.place):
            self.archive_from = time.monotonic() + ARCHIVE_PAUSE

    def is_ready(self) -> bool:
        """Say whether the server has let clients in, by its own lock file."""
        try:
            return (self.place.cluster / "postmaster.pid").read_text().split()[-1] == READY
        except (OSError, IndexError):
            return False

    def on_signal(self, *_: object) -> None:
        """Leave at the next tick."""
        self.asked_to_stop = True


def main() -> int:
    """Keep the server of DATA_DIR's installation, unless another keeper does."""
    place = layout()
    lock = try_lock(place.desk / "keeper")
    if lock is None:
        return 0
    lock.truncate(0)
    lock.write(str(os.getpid()))
    lock.flush()
    keeper = Keeper(place)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, keeper.on_signal)
    try:
        prepare(place)
        keeper.run()
    except DatabaseUnavailable as error:
        (place.desk / "refusal").write_text(str(error))
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
