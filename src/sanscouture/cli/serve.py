"""`sanscouture serve`: gunicorn, a few threads in each process, one line a request and nobody's name in it."""

from __future__ import annotations

import gc
import logging
import os
import socket
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import django
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.glogging import Logger
from gunicorn.workers.base import Worker

from sanscouture.cli.check import pending_migrations
from sanscouture.core.logs import masked
from sanscouture.core.references import HEADER
from sanscouture.database.server import ensure_running, keep_watch, release

THREADS = 8
MOST_PROCESSES = 64
PORT_PATIENCE = 2.0  # seconds
SETTLED_AFTER = frozenset({10, 100, 1_000})  # requests
QUIET_PREFIX = "/static/"
access = logging.getLogger("sanscouture.access_log")


class OneLine(Logger):  # type: ignore[misc]
    """Gunicorn's log through ours: no address, no agent, no query string, no token."""

    def setup(self, cfg: Any) -> None:
        """Leave handlers to Django's logging."""
        self._access_log_enabled = True
        self.error_log.propagate = True
        self.error_log.handlers = []

    def access(self, resp: Any, req: Any, environ: dict[str, Any], request_time: timedelta) -> None:
        """Write the line of one request; static files pass in silence."""
        path = str(environ.get("PATH_INFO", ""))
        if path.startswith(QUIET_PREFIX):
            return
        method, shown = str(environ.get("REQUEST_METHOD")), masked(path)
        status = str(resp.status).split(" ", 1)[0]
        milliseconds = int(request_time.total_seconds() * 1000)
        names = (value for name, value in resp.headers if name.lower() == HEADER.lower())
        figures = {"method": method, "path": shown, "status": int(status), "ms": milliseconds}
        access.info(
            "request method=%s path=%s status=%s ms=%d",
            method,
            shown,
            status,
            milliseconds,
            extra={"reference": next(names, ""), "figures": figures},
        )


class Server(BaseApplication):  # type: ignore[misc]
    """The site, told where to listen."""

    def __init__(self, *, on_ready: Callable[[], None], jobs: bool) -> None:
        """`on_ready` is called once, when the site answers; `jobs` runs them in this server."""
        self.on_ready = on_ready
        self.with_jobs = jobs
        self.jobs: Any = None
        self.requests = 0
        super().__init__()

    def load_config(self) -> None:
        """Settings of gunicorn; none comes from files or from its own environment."""
        for key, value in {
            "bind": f"{bracketed(host())}:{port()}",
            "worker_class": "gthread",
            "workers": processes(),
            "threads": THREADS,
            "timeout": 120,
            "graceful_timeout": 10,
            "keepalive": 5,
            "logger_class": OneLine,
            "control_socket_disable": True,
            "post_worker_init": self.worker_ready,
            "post_request": self.answered,
            "worker_exit": self.worker_leaves,
        }.items():
            self.cfg.set(key, value)

    def load(self) -> Any:
        """Give the WSGI application."""
        from sanscouture.config.wsgi import application  # noqa: PLC0415 — reads the settings

        return application

    def worker_ready(self, worker: Worker) -> None:
        """The site answers: watch the database, start the jobs (the queue hands each out once), tell the operator."""
        keep_watch()
        if self.with_jobs:
            from sanscouture.jobs.services import run_in_thread  # noqa: PLC0415 — reads the settings

            self.jobs = run_in_thread()
        if worker.age == 1:
            self.on_ready()

    def answered(self, _worker: Worker, _request: object, _environ: object, _response: object) -> None:
        """Once the first requests have brought what this process keeps, leave it out of the search for garbage.

        Each full search looked at all of it, and held a page up for 130 ms (docs/benchmarks.md).
        """
        self.requests += 1
        if self.requests in SETTLED_AFTER:
            gc.collect()
            gc.freeze()

    def worker_leaves(self, arbiter: Arbiter, worker: Worker) -> None:
        """The site stops: so do the jobs."""
        if self.jobs:
            self.jobs.stop()


def host() -> str:
    """The address to listen on (HOST)."""
    return os.environ.get("HOST") or "127.0.0.1"


def port() -> int:
    """The port to listen on (PORT)."""
    return int(os.environ.get("PORT") or 8000)


def processes() -> int:
    """How many processes serve the site (WEB_CONCURRENCY); each keeps its own copy of the offer in memory."""
    return int(os.environ.get("WEB_CONCURRENCY") or 1)


def bracketed(address: str) -> str:
    """An IPv6 address goes between brackets."""
    return f"[{address}]" if ":" in address else address


def refusal_to_serve() -> str:
    """Say in a sentence why the site cannot be served as it is asked; nothing when it can."""
    return refusal_of_processes() or refusal_of_port()


def refusal_of_processes() -> str:
    """Say in a sentence why WEB_CONCURRENCY means nothing; nothing when it does."""
    text = os.environ.get("WEB_CONCURRENCY") or "1"
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= MOST_PROCESSES):
        return f"WEB_CONCURRENCY doit être un nombre entre 1 et {MOST_PROCESSES}, pas «\u00a0{text}\u00a0»."
    return ""


def refusal_of_port() -> str:
    """Say in a sentence why the port cannot be had; nothing when it can."""
    text = os.environ.get("PORT") or "8000"
    if not text.isdigit() or not 0 < int(text) < 65536:
        return f"PORT doit être un nombre entre 1 et 65535, pas « {text} »."
    deadline = time.monotonic() + PORT_PATIENCE
    while (refusal := _refusal_to_bind(int(text))) and time.monotonic() < deadline:
        time.sleep(0.1)  # a server killed a moment ago may still be leaving
    return refusal


def _refusal_to_bind(number: int) -> str:
    family = socket.AF_INET6 if ":" in host() else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host(), number))
        except PermissionError:
            return f"Le port {number} est réservé\u00a0: choisissez-en un au-dessus de 1024, par exemple PORT=8001."
        except OSError:
            other = f"choisissez-en un autre, par exemple PORT={number + 1}."
            return f"Le port {number} est déjà pris sur {host()}\u00a0: {other}"
    return ""


def run_server(*, on_ready: Callable[[], None], jobs: bool) -> int:
    """Serve in the foreground until Ctrl-C or SIGTERM; then let the database go."""
    from django.db import connections  # noqa: PLC0415 — reads the settings

    connections.close_all()  # a connection must not cross the fork
    try:
        Server(on_ready=on_ready, jobs=jobs).run()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0
    finally:
        release()
    return 0


def serve(arguments: list[str]) -> int:
    """Serve the site on a database that is up to date."""
    refusal = refusal_to_serve()
    if refusal:
        sys.stderr.write(refusal + "\n")
        return 1
    ensure_running()
    django.setup()
    if pending_migrations():
        sys.stderr.write("Les tables ne sont pas à jour\u00a0: lancez d’abord « sanscouture migrate ».\n")
        return 1
    address = f"http://{bracketed(host())}:{port()}"
    return run_server(
        on_ready=lambda: print_line(f"Le site répond\u00a0: {address}"),
        jobs=os.environ.get("SANSCOUTURE_JOBS_IN_PROCESS") == "1",
    )


def print_line(text: str) -> None:
    """Tell the operator, at once even through a pipe."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
