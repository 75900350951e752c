"""Texts sealed before they are stored: AES-256-GCM, the key's fingerprint beside, and blind indexes (ADR 0019).

A sealed text reads `x1:<fingerprint of the key>:<nonce, cipher and tag>`. What cannot be opened is never shown, never
lost: it stands as an empty text that remembers what is stored, and is written back as it was.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import time
from dataclasses import dataclass, field
from typing import Self
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.utils.translation import gettext as _

from sanscouture.core import keys

MARK = "x1:"
NONCE = 12  # bytes
INDEX = 16  # bytes
TICK = 50_000_000  # nanoseconds: a folder's date is no finer than the kernel's clock


class Unreadable(str):
    """A sealed text whose key is not here, or that was altered: empty for whoever reads, whole for whoever stores."""

    sealed: str

    def __new__(cls, text: str = "", *, sealed: str = "") -> Self:
        """Remember what is stored."""
        made = super().__new__(cls, text)
        made.sealed = sealed
        return made


@dataclass(frozen=True)
class _Ring:
    """The keys as they were read: by fingerprint, and the one that writes."""

    folder: str = ""
    date: int = -1
    read_at: int = 0
    writer: str = ""
    ciphers: dict[str, AESGCM] = field(default_factory=dict)

    def is_of(self, folder: str, date: int) -> bool:
        """Say whether nothing can have changed since: one that was read in the very tick of a change is read again."""
        return (self.folder, self.date) == (folder, date) and self.read_at - date > TICK


_known = [_Ring()]


def seal(text: str) -> str:
    """Seal a text with the newest key; an empty one stays empty, one that could not be read stays as it is stored."""
    if isinstance(text, Unreadable):
        return text.sealed
    if not text:
        return ""
    ring = _current()
    nonce = os.urandom(NONCE)
    sealed = nonce + ring.ciphers[ring.writer].encrypt(nonce, text.encode(), None)
    return f"{MARK}{ring.writer}:{base64.urlsafe_b64encode(sealed).decode()}"


def unseal(stored: str) -> str:
    """Open a sealed text; one that was stored before texts were sealed is itself."""
    if not stored.startswith(MARK):
        return stored
    key_id = key_of(stored)
    cipher = _known[0].ciphers.get(key_id) or _read().ciphers.get(key_id)
    try:
        sealed = base64.urlsafe_b64decode(stored.rpartition(":")[2])
        return cipher.decrypt(sealed[:NONCE], sealed[NONCE:], None).decode() if cipher else Unreadable(sealed=stored)
    except (InvalidTag, ValueError):
        return Unreadable(sealed=stored)


def key_of(stored: str) -> str:
    """Name the key that opens a sealed text; empty for a text in clear."""
    return stored.removeprefix(MARK).partition(":")[0] if stored.startswith(MARK) else ""


def writing_mark() -> str:
    """How every text begins that the newest key seals."""
    return f"{MARK}{_current().writer}:"


def blind(what: str, programme_id: UUID, text: str) -> str:
    """Give what finds a sealed text by equality, inside one programme only; empty for an empty text.

    The same telephone in two programmes gives two answers, and without the key nobody makes one.
    """
    said = text.strip().lower()
    if not said:
        return ""
    message = "\0".join((what, str(programme_id), said)).encode()
    digest = hmac.digest(keys.index_key(), message, hashlib.sha256)
    return base64.urlsafe_b64encode(digest[:INDEX]).decode().rstrip("=")


def readable(text: str) -> str:
    """Give a text as a page says it: of one that cannot be opened, that it is there."""
    if isinstance(text, Unreadable):
        return _("illisible : la clé de chiffrement manque ; rien n’est perdu")
    return text


def _current() -> _Ring:
    """The keys of this instant: a look at the folder's date tells whether they are those that were read."""
    place = keys.folder()
    try:
        fresh = _known[0].is_of(str(place), place.stat().st_mtime_ns)
    except FileNotFoundError:
        fresh = False
    return _known[0] if fresh and _known[0].writer else _read(make=True)


def _read(*, make: bool = False) -> _Ring:
    """Read the keys again; `make`: the first one if there is none."""
    place = keys.folder()
    read_at = time.time_ns()
    found = keys.read_keys() or (keys.first_key() if make else [])
    date = place.stat().st_mtime_ns if place.is_dir() else -1
    writer = found[-1].id if found else ""
    _known[0] = _Ring(str(place), date, read_at, writer, {key.id: AESGCM(key.secret) for key in found})
    return _known[0]
