"""The keys of sealed fields: one file each in DATA_DIR/secrets, the newest writes, all of them read (ADR 0019).

A file is named after the moment it was made and the fingerprint of its key: a folder that comes back from elsewhere
adds its keys and replaces none.
"""

from __future__ import annotations

import base64
import fcntl
import hashlib
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from sanscouture.database.secrets import data_dir, write_once

NAME = re.compile(r"field-key-(\d{8}T\d{12}Z)-([0-9a-f]{8})")
STAMP = "%Y%m%dT%H%M%S%fZ"
SIZE = 32  # bytes


class KeysBusy(Exception):
    """Somebody else is turning the keys."""


@dataclass(frozen=True, order=True)
class Key:
    """A key: when it was made, its fingerprint, what it is."""

    made_at: datetime
    id: str
    secret: bytes
    path: Path


def folder() -> Path:
    """Where the keys are."""
    return data_dir() / "secrets"


def read_keys() -> list[Key]:
    """Give the keys that are there, the oldest first; a file that is not the key of its name is none."""
    try:
        found = [key for path in folder().iterdir() if (key := _read(path))]
    except FileNotFoundError:
        return []
    return sorted(found)


def make_key(now: datetime) -> Key:
    """Make a key, which writes from now on."""
    secret = secrets.token_bytes(SIZE)
    name = f"field-key-{now.astimezone(UTC).strftime(STAMP)}-{fingerprint(secret)}"
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    write_once(folder() / name, lambda: f"{base64.b64encode(secret).decode()}\n")
    return Key(_instant(name), fingerprint(secret), secret, folder() / name)


def first_key() -> list[Key]:
    """Give the keys, making one if there is none: of two processes that ask at once, one makes it."""
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder() / ".field-keys").open("a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        return read_keys() or [make_key(datetime.now(UTC))]


@contextmanager
def turning() -> Iterator[None]:
    """Turn the keys alone. Raises KeysBusy when somebody else does."""
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder() / ".rotation").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise KeysBusy from None
        yield


def index_key() -> bytes:
    """Give the key of blind indexes, made at first use."""
    return _index_key(folder())


@cache
def _index_key(place: Path) -> bytes:
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    return base64.b64decode(write_once(place / "field-index", _drawn))


def fingerprint(secret: bytes) -> str:
    """Name a key without telling it."""
    return hashlib.sha256(b"field key " + secret).hexdigest()[:8]


def _drawn() -> str:
    return f"{base64.b64encode(secrets.token_bytes(SIZE)).decode()}\n"


def _instant(name: str) -> datetime:
    return datetime.strptime(name.split("-")[2], STAMP).replace(tzinfo=UTC)


def _read(path: Path) -> Key | None:
    named = NAME.fullmatch(path.name)
    if named is None:
        return None
    try:
        secret = base64.b64decode(path.read_bytes(), validate=False)
    except (OSError, ValueError):
        return None
    same = len(secret) == SIZE and fingerprint(secret) == named[2]
    return Key(_instant(path.name), named[2], secret, path) if same else None
