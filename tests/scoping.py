"""Test data are written in a scope that widens with each programme made."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from sanscouture.access import scope as row_scope


def widen(programme_id: UUID) -> None:
    """Let the rest of this test write rows of a programme, names included."""
    current = row_scope._current.get()
    assert current is not None, "Ask for the fixture `db` (or `fresh_db`) before making rows."
    wider = row_scope.RowScope(current.programmes | {programme_id}, current.named | {programme_id})
    row_scope._current.set(wider)
    row_scope._apply(wider)


@contextmanager
def writing() -> Iterator[None]:
    """Open the widening scope of one test."""
    token = row_scope._current.set(row_scope.RowScope())
    try:
        yield
    finally:
        row_scope._current.reset(token)
