"""`sanscouture worker`."""

from __future__ import annotations

import django

from sanscouture.database.server import ensure_running, keep_watch


def worker(arguments: list[str]) -> int:
    """Run jobs in the foreground until Ctrl-C or SIGTERM."""
    ensure_running()
    django.setup()
    from sanscouture.jobs.services import run_worker  # noqa: PLC0415 — reads the settings

    keep_watch()
    run_worker()
    return 0
