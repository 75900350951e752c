"""The real program, in processes that are killed, and the one line that a supervisor is in production."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread
from typing import Any

HERE = Path(__file__).resolve().parent
PROGRAM = [sys.executable, "-m", "sanscouture"]
SERVICES = {"web": "serve", "jobs": "worker"}
PATIENCE = 120.0  # seconds for the site to come back


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Site:
    """The site, its worker and its embedded database, in a folder of its own; with fsync, unless careless."""

    def __init__(self, folder: Path, mail_port: int, *, careless: bool = False) -> None:
        self.data, self.port = folder / "data", free_port()
        self.log = folder / "site.log"
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("SANSCOUTURE_")}
        self.environment.pop("DATABASE_URL", None)
        self.environment |= {
            "DATA_DIR": str(self.data),
            "PORT": str(self.port),
            "HOST": "127.0.0.1",
            "EMAIL_HOST": "127.0.0.1",
            "EMAIL_PORT": str(mail_port),
            "TRUSTED_PROXIES": "1",
            "DJANGO_SETTINGS_MODULE": "sanscouture.config.settings",
        }
        if careless:
            self.environment["SANSCOUTURE_DB_FSYNC"] = "off"
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.stopping = Event()

    def run(self, *command: str) -> str:
        """Run something to its end on this database."""
        done = subprocess.run(command, env=self.environment, check=False, capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"{' '.join(command[1:])} : {done.stdout}{done.stderr}")
        return done.stdout

    def start(self) -> None:
        """Make the tables, then serve and work until `stop`."""
        self.run(*PROGRAM, "migrate", "--verbosity=0")
        Thread(target=self.supervise, daemon=True).start()

    def supervise(self) -> None:
        """What systemd or a container's restart policy does: start again whatever has ended."""
        while not self.stopping.wait(0.2):
            for name, command in SERVICES.items():
                if name not in self.processes or self.processes[name].poll() is not None:
                    with self.log.open("ab") as output:
                        self.processes[name] = subprocess.Popen(
                            [*PROGRAM, command], env=self.environment, stdout=output, stderr=output
                        )

    def stop(self) -> None:
        """Ask everything to leave, then forget the database."""
        self.stopping.set()
        time.sleep(0.5)
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            with suppress(subprocess.TimeoutExpired):
                process.wait(30)
        self.run(*PROGRAM, "db", "stop")
        shutil.rmtree(self.cluster().parent, ignore_errors=True)

    def health(self) -> dict[str, Any]:
        """What /healthz says; empty when nobody answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=5) as answer:
                return dict(json.load(answer))
        except (OSError, ValueError):
            return {}

    def well(self) -> bool:
        """Whether pages are served from the database."""
        return self.health().get("database") == "ok"

    def wait(self, condition: Callable[[], bool], seconds: float = PATIENCE) -> bool:
        """Wait for something to become true."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if condition():
                return True
            time.sleep(0.05)
        return False

    def cluster(self) -> Path:
        pointer = self.data / "database" / "home"
        return (Path(pointer.read_text()) if pointer.exists() else self.data / "postgres") / "cluster"

    def targets(self) -> dict[str, Callable[[], int | None]]:
        """Who may be killed, and how to find their process."""
        return {
            "web arbiter": lambda: self.processes["web"].pid,
            "web worker": lambda: next(iter(children(self.processes["web"].pid)), None),
            "jobs": lambda: self.processes["jobs"].pid,
            "database": self.postmaster,
            "session": lambda: next(iter(sessions(self.postmaster())), None),
            "keeper": lambda: number_in(self.data / "database" / "keeper"),
        }

    def postmaster(self) -> int | None:
        return number_in(self.cluster() / "postmaster.pid")

    def kill(self, pid: int) -> bool:
        """End a process at once, as the kernel does."""
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            return False
        return True


def number_in(path: Path) -> int | None:
    """The process that a file names first, if it lives."""
    with suppress(OSError, ValueError, IndexError):
        pid = int(path.read_text().split()[0])
        os.kill(pid, 0)
        return pid
    return None


def children(parent: int) -> list[int]:
    """The processes that another has started (Linux)."""
    with suppress(OSError):
        return [int(pid) for pid in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]
    return []


def sessions(postmaster: int | None) -> list[int]:
    """The sessions of the application in the database, those at work first."""
    found = []
    for pid in children(postmaster) if postmaster else []:
        with suppress(OSError):
            title = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
            if "sanscouture_app" in title:
                found.append(("idle" in title.replace("idle in transaction", ""), pid))
    return [pid for _, pid in sorted(found)]
