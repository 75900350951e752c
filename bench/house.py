"""What the benches share: a database of their own dropped at the end, clocks, and tables that tell their conditions."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
ROUNDS = 3


@contextmanager
def own_database() -> Iterator[None]:
    """Work in a migrated database of its own, with every scope closed."""
    os.environ.setdefault("DATA_DIR", str(ROOT / ".data" / "tests"))
    os.environ.setdefault("SANSCOUTURE_DB_FSYNC", "off")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sanscouture.config.settings")
    sys.path.insert(0, str(ROOT / "tests"))
    import django

    django.setup()
    import databases

    with databases.copy_of_template(f"bench_{os.getpid()}"):
        yield


def reference() -> Path:
    """The folder of the official data; leaves, saying so, when it is not there."""
    folder = Path(os.environ.get("REFERENCE_DATA") or ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        print("REFERENCE_DATA manque : rien n’est mesuré.")
        raise SystemExit(0)
    return folder


def number_asked(default: int) -> int:
    """How many rows the caller asked for, on the command line."""
    return int(sys.argv[1]) if len(sys.argv) > 1 else default


def seconds(act: Callable[[], Any]) -> float:
    """Run once."""
    start = perf_counter()
    act()
    return perf_counter() - start


def best(act: Callable[[], Any], rounds: int = ROUNDS) -> float:
    """The shortest of a few runs, in seconds."""
    return min(seconds(act) for _ in range(rounds))


def percentile(times: Sequence[float], share: float) -> float:
    """The time that this share of the runs does not exceed."""
    return sorted(times)[min(len(times) - 1, int(len(times) * share))]


def table(title: str, rows: Sequence[Sequence[str]], heads: Sequence[str] = ("",)) -> None:
    """Print figures as a table in Markdown, under the day, the machine and its load over the last minute."""
    load = os.getloadavg()[0]
    print(f"\n{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores ({platform.machine()}), load {load:.1f}\n")
    print(f"| {title} | {' | '.join(heads)} |\n|---|{'---|' * len(heads)}")
    for row in rows:
        print(f"| {' | '.join(row)} |")
