"""What the benches share: an empty migrated database of their own, dropped at the end, and a table printed."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@contextmanager
def own_database() -> Iterator[None]:
    """Work in a database of its own, with every scope closed."""
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


def table(title: str, rows: Sequence[tuple[str, str]]) -> None:
    """Print figures as a table in Markdown."""
    print(f"\n| {title} | |\n|---|---|")
    for name, figure in rows:
        print(f"| {name} | {figure} |")
