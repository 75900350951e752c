"""Telling whether a row of a file says what it said at the last import, without reading it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from pydantic_core import to_json


def fingerprint(row: Mapping[str, Any], context: bytes) -> str | None:
    """Give 32 hexadecimal digits that change with what a row says, or with the `context` in which it is read.

    The order of its fields does not count. None for a row that cannot be written down: it has to be read.

    >>> fingerprint({"id": "a", "nom": "b"}, b"") == fingerprint({"nom": "b", "id": "a"}, b"")
    True
    >>> fingerprint({"id": "a"}, b"2025") == fingerprint({"id": "a"}, b"2026")
    False
    """
    try:
        told = to_json(dict(sorted(row.items())))
    except ValueError:
        return None
    return hashlib.blake2b(told, key=context, digest_size=16).hexdigest()


def context_of(*parts: str) -> bytes:
    """Gather what rows are read with (versions, communes): a fingerprint holds as long as none changes."""
    return hashlib.blake2b("\n".join(parts).encode()).digest()
