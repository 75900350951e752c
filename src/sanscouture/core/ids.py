"""Public identifiers: UUIDs ordered by time, so that indexes stay compact."""

from __future__ import annotations

import secrets
import time
from uuid import UUID


def uuid7() -> UUID:
    """Make a UUID version 7 (RFC 9562): 48 bits of milliseconds, then 74 random bits."""
    milliseconds = time.time_ns() // 1_000_000
    chance = secrets.randbits(74)
    value = (milliseconds & (1 << 48) - 1) << 80 | 7 << 76 | (chance >> 62) << 64
    return UUID(int=value | 2 << 62 | chance & (1 << 62) - 1)
