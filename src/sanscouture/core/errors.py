"""What a service may raise: a sentence in French that says what to do. Views show it, never a traceback."""

from __future__ import annotations


class Refused(Exception):
    """A rule refuses the act. `str(error)` is the sentence to show (answer 422)."""


class Conflict(Refused):
    """Somebody else acted first, or the state moved on. The sentence says who and when (answer 409)."""
