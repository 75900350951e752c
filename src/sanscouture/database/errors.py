"""What the supervisor says when it cannot go on."""

from __future__ import annotations


class DatabaseUnavailable(Exception):
    """The database cannot be started or reached. `str(error)` is a French sentence that says what to do."""
