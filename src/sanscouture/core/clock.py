"""The one place that asks what time it is. Rules receive `today`; they never ask."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime

from django.utils import timezone

_moment: ContextVar[datetime | None] = ContextVar("moment", default=None)


def now() -> datetime:
    """The current instant, with its time zone."""
    return _moment.get() or timezone.now()


def today() -> date:
    """The current day in Paris."""
    return timezone.localdate(now())


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Act as if it were another moment: the demonstration plays a year in a minute. Never used by the site itself."""
    token = _moment.set(moment)
    try:
        yield
    finally:
        _moment.reset(token)
