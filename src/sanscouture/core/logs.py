"""Logs: one line an event, structured, without personal data.

A path may carry a signed link, a query a name, an error message the values of a row: none of them is written.
"""

from __future__ import annotations

import logging
import re
import time
import traceback

PLAIN_SEGMENT = re.compile(r"[a-z][a-z_.-]{0,40}|\d{1,5}|")
SECRET_PARENTS = frozenset({"r", "invitation", "invitations", "lien"})
FRAMES = 4  # innermost places of an error, enough to find it


def masked(path: str) -> str:
    """Keep the shape of a path: words stay, identifiers and tokens become `*`."""
    segments = path.split("?", 1)[0].split("/")
    shown = []
    for previous, segment in zip(["", *segments], segments, strict=False):
        plain = PLAIN_SEGMENT.fullmatch(segment) and not (segment and previous in SECRET_PARENTS)
        shown.append(segment if plain else "*")
    return "/".join(shown)


class OneLine(logging.Formatter):
    """`2026-11-22T08:00:00Z info sanscouture.jobs message error=ValueError at=services.py:12,views.py:40`."""

    converter = staticmethod(time.gmtime)

    def format(self, record: logging.LogRecord) -> str:
        """Write a record in one line."""
        when = self.formatTime(record, "%Y-%m-%dT%H:%M:%SZ")
        parts = [when, record.levelname.lower(), record.name, self.text_of(record)]
        if record.exc_info and record.exc_info[0]:
            parts.append(f"error={record.exc_info[0].__name__}")
            places = traceback.extract_tb(record.exc_info[2])[-FRAMES:]
            parts.append("at=" + ",".join(f"{place.filename.rsplit('/', 1)[-1]}:{place.lineno}" for place in places))
        return " ".join(part.replace("\n", " ") for part in parts)

    def text_of(self, record: logging.LogRecord) -> str:
        """The message, unless its author puts data into it: then only what happened."""
        if record.name.startswith("procrastinate"):
            job = getattr(record, "job", None) or {}
            task = f" task={job.get('task_name')} id={job.get('id')}" if job else ""
            return f"{getattr(record, 'action', 'event')}{task}"
        if record.name.startswith("django.request"):
            request = getattr(record, "request", None)
            path = masked(getattr(request, "path", ""))
            return f"answer status={getattr(record, 'status_code', '?')} path={path}"
        if record.name.startswith("django.security"):
            return record.name.rsplit(".", 1)[-1]
        return record.getMessage()


LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"one_line": {"()": "sanscouture.core.logs.OneLine"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "one_line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
        "procrastinate": {"level": "WARNING"},
        "psycopg.pool": {"level": "ERROR"},
        "gunicorn.error": {"level": "WARNING"},
    },
}
