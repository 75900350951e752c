"""Logs: one line an event, structured, without personal data.

A path may carry a signed link, a query a name, an error message the values of a row: none of them is written.
"""

from __future__ import annotations

import json
import logging
import re
import time
import traceback
from contextvars import ContextVar
from typing import Any

PLAIN_SEGMENT = re.compile(r"[a-z][a-z_.-]{0,40}|\d{1,5}|")
SECRET_PARENTS = frozenset({"r", "invitation", "invitations", "lien"})
reference: ContextVar[str] = ContextVar("reference", default="")
"""Names the request being answered, in its answer, its logs and its error page."""
REFERENCE = "sanscouture.reference"
"""Where a request keeps it, in its META."""
FRAMES = 4  # innermost places of an error, enough to find it


def masked(path: str) -> str:
    """Keep the shape of a path: words stay, identifiers and tokens become `*`."""
    segments = path.split("?", 1)[0].split("/")
    shown = []
    for previous, segment in zip(["", *segments], segments, strict=False):
        plain = PLAIN_SEGMENT.fullmatch(segment) and not (segment and previous in SECRET_PARENTS)
        shown.append(segment if plain else "*")
    return "/".join(shown)


def told(record: logging.LogRecord) -> dict[str, str]:
    """The parts of a record that may be written: when, how grave, who says it, what, in answer to which request."""
    parts = {
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created)),
        "level": record.levelname.lower(),
        "logger": record.name,
        "message": text_of(record),
    }
    if record.exc_info and record.exc_info[0]:
        places = traceback.extract_tb(record.exc_info[2])[-FRAMES:]
        parts["error"] = record.exc_info[0].__name__
        parts["places"] = ",".join(f"{place.filename.rsplit('/', 1)[-1]}:{place.lineno}" for place in places)
    asked = getattr(getattr(record, "request", None), "META", {})  # Django logs an answer once it has left
    request = getattr(record, "reference", "") or reference.get() or asked.get(REFERENCE, "")
    if request:
        parts["request"] = request
    return parts


def text_of(record: logging.LogRecord) -> str:
    """The message, unless its author puts data into it: then only what happened."""
    if record.name.startswith("procrastinate"):
        job = getattr(record, "job", None) or {}
        task = f" task={job.get('task_name')} id={job.get('id')}" if job else ""
        return f"{getattr(record, 'action', 'event')}{task}"
    if record.name.startswith("django.request"):
        path = masked(getattr(getattr(record, "request", None), "path", ""))
        return f"answer status={getattr(record, 'status_code', '?')} path={path}"
    if record.name.startswith("django.security"):
        return record.name.rsplit(".", 1)[-1]
    if record.name.startswith("asyncio"):  # what follows the first line is what it held
        return record.getMessage().partition("\n")[0]
    return record.getMessage()


class OneLine(logging.Formatter):
    """`2026-11-22T08:00:00Z info sanscouture.jobs message error=ValueError at=services.py:12 request=0f…`."""

    def format(self, record: logging.LogRecord) -> str:
        """Write a record in one line."""
        parts = told(record)
        words = [parts["at"], parts["level"], parts["logger"], parts["message"]]
        words += [f"{name}={parts[key]}" for name, key in (("error", "error"), ("at", "places")) if key in parts]
        words += [f"request={parts['request']}"] if "request" in parts else []
        return " ".join(word.replace("\n", " ") for word in words)


class JsonLine(logging.Formatter):
    """The same, as an object of JSON in one line, for a machine that gathers logs."""

    def format(self, record: logging.LogRecord) -> str:
        """Write a record in one line."""
        return json.dumps(told(record) | getattr(record, "figures", {}), ensure_ascii=False)


FORMATS = {"line": OneLine, "json": JsonLine}


def logging_of(form: str) -> dict[str, Any]:
    """Give Django's LOGGING for a form of lines: `line` or `json` (LOG_FORMAT)."""
    formatter = FORMATS.get(form, OneLine)
    return {**LOGGING, "formatters": {"one_line": {"()": f"{__name__}.{formatter.__name__}"}}}


LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
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
