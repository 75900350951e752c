"""How a job is declared, and who runs it.

An app's `tasks.py` declares its jobs with `@task`; calling `job.defer(…)` inside a transaction enqueues with it: a
rollback takes the job away too. Arguments are identifiers, never personal data (the queue keeps them).
"""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from functools import wraps
from threading import Event, Thread
from typing import Any, cast
from uuid import UUID

from asgiref.sync import sync_to_async
from django.apps import apps
from django.db import DatabaseError, connection, connections
from procrastinate import App, JobContext, RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.tasks import Task

from sanscouture.access.scope import scope

logger = logging.getLogger(__name__)

RETRY = RetryStrategy(max_attempts=8, exponential_wait=4)
"""Seven more tries after 4, 16, 64 seconds… the last after some four hours."""


PAUSE = 5
"""Seconds before a worker that lost the database tries again."""

HEARTBEAT, LOST_AFTER = 5, 20
"""Seconds between two signs of life of a worker, and without one before its job is given to another."""

TAKE_UP = """
WITH stalled AS (
    SELECT job.id, job.attempts >= %(most)s OR EXISTS (
        SELECT FROM procrastinate_jobs other
        WHERE other.queueing_lock = job.queueing_lock AND other.id > job.id AND other.status IN ('todo', 'doing')
    ) AS given_up
    FROM procrastinate_jobs job LEFT JOIN procrastinate_workers worker ON worker.id = job.worker_id
    WHERE job.status = 'doing'
      AND (worker.id IS NULL OR worker.last_heartbeat < now() - make_interval(secs => %(lost)s))
    FOR UPDATE OF job SKIP LOCKED
)
UPDATE procrastinate_jobs job
SET status = CASE WHEN given_up THEN 'failed' ELSE 'todo' END::procrastinate_job_status,
    attempts = attempts + 1, scheduled_at = now(), worker_id = NULL
FROM stalled WHERE job.id = stalled.id
RETURNING given_up
"""
"""One statement, so that a job just taken up by a living worker is not taken from it."""


@dataclass(frozen=True)
class Reach:
    """The row-level scope a job needs: programmes, programmes whose names it reads, one account."""

    programmes: Iterable[UUID] = ()
    named: Iterable[UUID] = ()
    user: UUID | None = None

    def open(self) -> AbstractContextManager[None]:
        """Open one transaction with these rows."""
        return scope(programmes=self.programmes, named=self.named, user=self.user)


def nothing(**_arguments: Any) -> Reach:
    """The reach of a job that touches no row of any programme."""
    return Reach()


def every_programme(**_arguments: Any) -> Reach:
    """The reach of a job that keeps house in every programme, without names."""
    return Reach(programmes=all_programmes())


def all_programmes() -> list[UUID]:
    """Give the identifier of every programme (public data), for jobs that go through them one by one."""
    return list(apps.get_model("programmes", "Programme")._default_manager.order_by("pk").values_list("pk", flat=True))


def task(
    *,
    reach: Callable[..., Reach],
    cron: str | None = None,
    retry: RetryStrategy | bool = False,
    lock: str | None = None,
    apart: bool = False,
) -> Callable[[Callable[..., Exception | None]], Task[..., Any, Any]]:
    """Declare a job.

    Rule: every job says which rows it may touch: `reach` receives the job's arguments and gives its row-level scope,
    in which the job runs as one transaction (chapter 08). `cron` makes it periodic. A job that *returns* an exception
    keeps what it wrote and is counted as failed, then tried again under `retry`; one that raises it writes nothing.
    With `apart` the job opens its transactions itself, by the `opening` it receives: for what leaves the database.
    A worker may die at any moment and its job be taken up again: a job that is done twice must do its work once.
    """

    def decorate(function: Callable[..., Exception | None]) -> Task[..., Any, Any]:
        @wraps(function)
        def run(**arguments: Any) -> None:
            arguments.pop("timestamp", None)
            wanted = reach(**arguments)
            if apart:
                failure = function(opening=wanted.open, **arguments)
            else:
                with wanted.open():
                    failure = function(**arguments)
            if failure is not None:
                raise failure

        name = f"{function.__module__}.{function.__name__}"
        declared = app.task(name=name, retry=retry, lock=lock, queueing_lock=name if cron else None)(run)
        if cron:
            cast("Any", app.periodic(cron=cron))(declared)
        return declared

    return decorate


def enqueue(name: str, **arguments: str | int) -> int:
    """Enqueue the job of that full name (`sanscouture.<app>.tasks.<job>`) and give its number.

    Rule: it starts when the transaction commits, and never if it rolls back. For services, which do not import tasks.
    Raises `TaskNotFound` for an unknown name.
    """
    return app.configure_task(name, allow_unknown=False).defer(**arguments)


class Worker:
    """A worker in a thread of this process, for the demonstration and the tests."""

    def __init__(self) -> None:
        self._stopping = Event()
        self._thread = Thread(target=self._main, name="jobs", daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._running: asyncio.Task[None] | None = None

    def start(self) -> Worker:
        """Begin to work."""
        self._thread.start()
        return self

    def stop(self, timeout: float = 10) -> None:
        """Finish the job in hand, then stop; give up waiting after `timeout` seconds."""
        self._stopping.set()
        if self._loop is not None and self._running is not None:
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._running.cancel)
        self._thread.join(timeout)

    @property
    def alive(self) -> bool:
        """Say whether it still works."""
        return self._thread.is_alive()

    def _main(self) -> None:
        with suppress(asyncio.CancelledError):
            asyncio.run(self._work())

    async def _work(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._running = asyncio.current_task()
        if not self._stopping.is_set():
            await keep_working()


def run_in_thread() -> Worker:
    """Start a worker in a thread; `stop()` it before the database goes."""
    return Worker().start()


def run_worker() -> None:
    """Work until SIGINT or SIGTERM, finishing the job in hand."""

    async def until_signal() -> None:
        working = asyncio.ensure_future(keep_working())
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, working.cancel)
        with suppress(asyncio.CancelledError):
            await working

    asyncio.run(until_signal())


async def keep_working() -> None:
    """Work until cancelled; when the database goes, come back with it (chapter 08, Faults)."""
    while True:
        try:
            await work()
        except Exception as error:  # whatever it was, the queue must go on
            logger.warning("Les travaux sont interrompus (%s).", type(error).__name__)
        logger.warning("Reprise des travaux dans %d secondes.", PAUSE)
        await asyncio.sleep(PAUSE)


async def work(*, until_empty: bool = False) -> None:
    """Run jobs on the worker's own connections, while `job.defer` keeps using the transaction of its caller."""
    await sync_to_async(connections.close_all)()  # one that the database closed would fail at each return
    connector = cast("DjangoConnector", app.connector).get_worker_connector()
    worker_app = _worker_app(connector)
    async with worker_app.open_async():
        taking_up = asyncio.create_task(_keep_taking_up())
        try:
            await worker_app.run_worker_async(
                wait=not until_empty,
                install_signal_handlers=False,
                listen_notify=not until_empty,
                shutdown_graceful_timeout=30,
                update_heartbeat_interval=HEARTBEAT,
                stalled_worker_timeout=LOST_AFTER,
                task_middleware=[_closing],
            )
        finally:
            taking_up.cancel()


def take_up_stalled() -> tuple[int, int]:
    """Give back to the queue the jobs whose worker died, and give up those that it kills each time.

    Rule: a worker that has given no sign for twenty seconds is dead; a job is taken up as often as it would be tried,
    and no more once a later one of its kind is there. Gives how many were taken up, and given up.
    """
    with connection.cursor() as cursor:
        cursor.execute(TAKE_UP, {"most": RETRY.max_attempts, "lost": LOST_AFTER})
        given_up = [row[0] for row in cursor.fetchall()]
    if given_up:
        logger.warning("Travaux repris\u00a0: %d, abandonnés\u00a0: %d.", given_up.count(False), given_up.count(True))
    return given_up.count(False), given_up.count(True)


async def _keep_taking_up() -> None:
    """Look for stalled jobs from time to time; without the database there is nothing to look at."""
    while True:
        with suppress(DatabaseError):
            await sync_to_async(_take_up_and_close)()
        await asyncio.sleep(LOST_AFTER / 2)


def _take_up_and_close() -> None:
    try:
        take_up_stalled()
    finally:
        connections.close_all()


def _closing(call_next: Callable[[], Any], context: JobContext, worker: Any) -> Any:
    """Give each job its own connection: the threads that run jobs come and go."""
    try:
        return call_next()
    finally:
        connections.close_all()


def _worker_app(connector: Any) -> App:
    worker_app = app.with_connector(connector)
    worker_app.periodic_defaults = app.periodic_defaults
    return worker_app
