"""PostgreSQL's programs at work: followed while they run, their failure told in a sentence."""

from __future__ import annotations

import subprocess
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import IO, Any

from psycopg.conninfo import make_conninfo

from sanscouture.database.cluster import clean_environment
from sanscouture.database.errors import DatabaseUnavailable

KEPT = 3  # sentences of a program that failed
NO_ROOM = "No space left on device"


class Running:
    """A program that runs, its words heard one line at a time."""

    def __init__(
        self,
        command: list[str],
        *,
        database: dict[str, Any] | None = None,
        hear: Callable[[str], None] | None = None,
        stdin: IO[bytes] | int | None = subprocess.DEVNULL,
        stdout: IO[bytes] | int | None = subprocess.DEVNULL,
    ) -> None:
        """Start it. `database`: libpq's parameters, whose password goes by the environment."""
        environment = clean_environment()
        parameters = dict(database or {})
        if parameters:
            environment["PGPASSWORD"] = str(parameters.pop("password", "") or "")
            command = [*command, "--no-password", f"--dbname={make_conninfo('', **parameters)}"]
        self.name = Path(command[0]).name
        self.hear = hear
        self.errors: deque[str] = deque(maxlen=KEPT)
        self.process = subprocess.Popen(
            command, stdin=stdin, stdout=stdout, stderr=subprocess.PIPE, env=environment, cwd="/"
        )
        self.ear = Thread(target=self.listen, daemon=True)
        self.ear.start()

    def listen(self) -> None:
        """Hear each line; keep what is an error."""
        for raw in self.process.stderr or ():
            line = raw.decode(errors="replace").strip()
            if " error: " in line or NO_ROOM in line:
                self.errors.append(line)
            elif self.hear:
                self.hear(line)

    def finish(self) -> None:
        """Wait for the end.

        Raises:
            DatabaseUnavailable: it failed.
        """
        code = self.process.wait()
        self.ear.join()
        self.close()
        if code:
            raise DatabaseUnavailable(self.sentence())

    def sentence(self) -> str:
        """Say why it failed."""
        if any(NO_ROOM in line for line in self.errors):
            return "Le serveur n’a plus de place sur son disque\u00a0: libérez-en et recommencez."
        reason = " ".join(line.partition(" error: ")[2] or line for line in self.errors)
        return f"{self.name} s’est arrêté\u00a0: {reason or 'sans dire pourquoi'}"

    def abandon(self) -> None:
        """Stop it now."""
        self.process.kill()
        self.process.wait()
        self.ear.join()
        self.close()

    def close_input(self) -> None:
        """Tell it that there is no more to read."""
        with suppress(BrokenPipeError):  # it left before reading all
            if self.process.stdin:
                self.process.stdin.close()

    def close(self) -> None:
        """Close its pipes."""
        self.close_input()
        for pipe in (self.process.stdout, self.process.stderr):
            if pipe:
                pipe.close()
