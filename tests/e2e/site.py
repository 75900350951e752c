"""The real program, started once for the browser: its own data folder, a free port, the starter set."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError

from sanscouture.database.admin import drop_database
from sanscouture.database.dsn import external

PROGRAM = [sys.executable, "-m", "sanscouture"]
PATIENCE = 500  # seconds: a cold database and the whole demonstration, on a busy machine
STOPPING = 30  # seconds


@dataclass(frozen=True)
class Site:
    """Where the demonstration answers."""

    url: str


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running_demo(folder: Path) -> Iterator[Site]:
    """Run `sanscouture demo` in the folder, give its address, stop it as Ctrl-C does."""
    port = free_port()
    environment = os.environ | {
        "DATA_DIR": str(folder / "data"),
        "PORT": str(port),
        "HOST": "127.0.0.1",
        "REFERENCE_DATA": "",
        "SANSCOUTURE_DB_FSYNC": "off",
        "SANSCOUTURE_DB_GRACE": "1",
        "SANSCOUTURE_DB_NAME": f"test_demo_{port}",
    }
    log = folder / "demo.log"
    with log.open("wb") as output:
        program = subprocess.Popen([*PROGRAM, "demo"], env=environment, stdout=output, stderr=subprocess.STDOUT)
        try:
            wait_for_health(f"http://127.0.0.1:{port}/healthz", program, log)
            yield Site(f"http://localhost:{port}")
        finally:
            program.send_signal(signal.SIGINT)
            try:
                program.wait(STOPPING)
            except subprocess.TimeoutExpired:
                program.kill()
                program.wait()
            if external():
                drop_database(f"test_demo_{port}")


def wait_for_health(url: str, program: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until the site says that it is well; say why when it does not."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if program.poll() is not None:
            break
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 our own server
                if json.load(answer)["status"] == "ok":
                    return
        except (URLError, OSError):
            time.sleep(0.2)
    raise AssertionError(f"The demonstration does not answer:\n{log.read_text(errors='replace')[-4000:]}")
