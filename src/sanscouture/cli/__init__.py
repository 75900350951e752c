"""The installed program `sanscouture`."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from types import FrameType

from sanscouture.cli.commands import COMMANDS, DATABASE_FREE, OWNERS, SERVERS, usage
from sanscouture.database.errors import DatabaseUnavailable
from sanscouture.database.secrets import data_dir
from sanscouture.database.server import ensure_running

USAGE_ERROR = 2
INTERRUPTED = 130
TERMINATED = 143


def main(arguments: list[str] | None = None) -> int:
    """Run one command; give its exit code."""
    words = sys.argv[1:] if arguments is None else arguments
    settle_environment()
    signal.signal(signal.SIGTERM, leaving(words[0] if words else ""))
    try:
        return run(words)
    except DatabaseUnavailable as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except PermissionError as error:
        sys.stderr.write(f"Accès refusé\u00a0: {error.filename}. Reprenez le compte qui a créé ce dossier.\n")
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def settle_environment() -> None:
    """Write down what the environment leaves out, so that every process we start sees the same place."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sanscouture.config.settings")
    os.environ["DATA_DIR"] = str(data_dir())
    shared = Path("../shared/data")
    if "REFERENCE_DATA" not in os.environ and shared.is_dir():
        os.environ["REFERENCE_DATA"] = str(shared.resolve())
    os.environ.setdefault("SCALE", "story")


def leaving(name: str) -> Callable[[int, FrameType | None], None]:
    """Leave on SIGTERM with all that was opened closed; what had an end to reach says that it did not reach it."""

    def leave(number: int, frame: FrameType | None) -> None:
        raise SystemExit(0 if name in SERVERS else TERMINATED)

    return leave


def run(words: list[str]) -> int:
    """Find the command, ours or Django's, and run it."""
    if not words or words in (["-h"], ["--help"], ["help"]):
        sys.stdout.write(usage())
        return 0 if words else USAGE_ERROR
    name, *rest = words
    command = COMMANDS.get(name)
    if command and command.target:
        module, function = command.target.split(":")
        return int(getattr(import_module(module), function)(rest))
    return run_django(name.replace("-", "_"), rest)


def run_django(name: str, rest: list[str]) -> int:
    """Run a management command, as the owner if it changes tables, with the database if it needs one."""
    if name in OWNERS:
        os.environ["SANSCOUTURE_DB_ROLE"] = "owner"
    if name not in DATABASE_FREE and not {"-h", "--help"} & set(rest):
        ensure_running()
    management = import_module("django.core.management")
    management.execute_from_command_line(["sanscouture", name, *rest])
    return 0
