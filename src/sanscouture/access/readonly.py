"""GET never writes: a wrapper around the connection refuses any statement but a reading one (chapter 09, habit 1)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import connection

_READING = re.compile(r"\s*(\(|SELECT|WITH|SAVEPOINT|RELEASE|ROLLBACK|EXPLAIN|SHOW|FETCH|DECLARE|CLOSE)", re.IGNORECASE)
_WRITING_CTE = re.compile(r"\b(INSERT\s+INTO|UPDATE\s+\S+\s+SET|DELETE\s+FROM)\b", re.IGNORECASE)
_journalling: ContextVar[bool] = ContextVar("journalling", default=False)


class WriteInRead(RuntimeError):
    """A page that should only read tried to write."""


@contextmanager
def reading_only() -> Iterator[None]:
    """Refuse every statement that is not a reading one, but for the journal of reads."""
    with connection.execute_wrapper(_refuse_writes):
        yield


@contextmanager
def journalling() -> Iterator[None]:
    """The one exception: the journal notes who read a named record (used by `audit.services` only)."""
    token = _journalling.set(True)
    try:
        yield
    finally:
        _journalling.reset(token)


def _refuse_writes(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    if not _journalling.get() and (not _READING.match(sql) or _WRITING_CTE.search(sql)):
        message = f"GET never writes: {sql.split(maxsplit=3)[:3]}"
        raise WriteInRead(message)
    return execute(sql, params, many, context)
