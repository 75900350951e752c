"""The one place that asks what time it is. Rules receive `today`; they never ask."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone


def now() -> datetime:
    """The current instant, with its time zone."""
    return timezone.now()


def today() -> date:
    """The current day in Paris."""
    return timezone.localdate()
