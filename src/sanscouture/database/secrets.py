"""Secrets of an installation: made once, kept in the data folder, readable by its owner only."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from pathlib import Path


def data_dir() -> Path:
    """The folder that holds everything an installation keeps on disk (DATA_DIR, default `.data`)."""
    return Path(os.environ.get("DATA_DIR") or ".data").absolute()


def write_once(path: Path, make: Callable[[], str]) -> str:
    """Give the text of a file, writing `make()` into it at first use.

    Two processes may ask at once: the first file linked into place wins and both read it.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(make())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text()


def secret(name: str) -> str:
    """Give the secret of that name, making it at first use."""
    folder = data_dir() / "secrets"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return write_once(folder / name, lambda: secrets.token_urlsafe(48))
