from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any
from uuid import UUID, uuid4

import pytest
from asgiref.sync import sync_to_async
from django.db import connection, transaction
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import TaskNotFound

from factories import ProgrammeFactory
from sanscouture.jobs import services
from sanscouture.jobs.selectors import failed_jobs, queue_health
from sanscouture.jobs.services import Reach, enqueue, every_programme, nothing, task

done: list[str] = []


@pytest.fixture
def job() -> Iterator[Callable[..., Any]]:
    """Declare a job for one test."""
    before = dict(app.tasks)

    def declare(function: Callable[..., Any], **options: Any) -> Any:
        return task(**{"reach": nothing, **options})(function)

    done.clear()
    yield declare
    for name in app.tasks.keys() - before.keys():
        del app.tasks[name]


def write(*, word: str) -> None:
    done.append(word)


def work_until_empty() -> None:
    asyncio.run(services.work(until_empty=True))


def waiting() -> int:
    return ProcrastinateJob.objects.filter(status="todo").count()


@pytest.mark.django_db
def test_a_job_enqueued_in_a_transaction_that_rolls_back_never_was(job: Callable[..., Any]) -> None:
    declared = job(write)
    with transaction.atomic():
        declared.defer(word="lost")
        transaction.set_rollback(True)
    assert waiting() == 0
    declared.defer(word="kept")
    assert waiting() == 1


@pytest.mark.django_db
def test_a_service_enqueues_by_name_and_a_wrong_name_is_told_at_once(job: Callable[..., Any]) -> None:
    job(write)
    enqueue(f"{__name__}.write", word="named")
    assert waiting() == 1
    with pytest.raises(TaskNotFound):
        enqueue("sanscouture.nowhere.tasks.nothing")


@pytest.mark.django_db
def test_the_reach_of_housekeeping_is_every_programme_without_names() -> None:
    programme = ProgrammeFactory()
    reach = every_programme(anything="x")
    assert list(reach.programmes) == [programme.pk]
    assert list(reach.named) == []


@pytest.mark.usefixtures("fresh_db")
def test_a_job_runs_once_in_the_scope_it_asked_for(job: Callable[..., Any]) -> None:
    programme = uuid4()

    def look(*, programme_id: str) -> None:
        assert connection.in_atomic_block
        with connection.cursor() as cursor:
            cursor.execute("SELECT scope_programmes(), scope_named(), scope_user()")
            programmes, named, user = cursor.fetchone()
        assert (programmes, named or [], user) == ([UUID(programme_id)], [], None)
        done.append(programme_id)

    job(look, reach=lambda *, programme_id: Reach(programmes=[UUID(programme_id)])).defer(programme_id=str(programme))
    work_until_empty()
    assert done == [str(programme)]
    assert ProcrastinateJob.objects.get().status == "succeeded"


@pytest.mark.usefixtures("fresh_db")
def test_two_workers_never_run_the_same_job(job: Callable[..., Any]) -> None:
    declared = job(write)
    for number in range(12):
        declared.defer(word=str(number))
    with ThreadPoolExecutor(2) as pool:
        for future in [pool.submit(work_until_empty) for _ in range(2)]:
            future.result()
    assert sorted(done, key=int) == [str(number) for number in range(12)]


@pytest.mark.usefixtures("fresh_db")
def test_a_worker_does_not_begin_on_a_connection_that_the_database_closed() -> None:
    def cut() -> None:
        connection.ensure_connection()
        connection.connection.close()

    def is_cut() -> bool:
        return connection.connection is not None and connection.connection.closed

    async def cut_then_work() -> bool:
        await sync_to_async(cut)()
        await services.work(until_empty=True)
        return await sync_to_async(is_cut)()

    assert not asyncio.run(cut_then_work())


@pytest.mark.usefixtures("fresh_db")
def test_a_job_that_fails_writes_nothing_and_is_seen(job: Callable[..., Any]) -> None:
    def fail() -> None:
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO accounts_cache VALUES ('raised', '', now())")
        raise RuntimeError("broken")

    job(fail).defer()
    work_until_empty()
    assert queue_health().failed == 1
    assert [found.task_name for found in failed_jobs()] == [f"{__name__}.fail"]
    assert not _cached("raised")


@pytest.mark.usefixtures("fresh_db")
def test_a_job_that_returns_its_failure_keeps_what_it_wrote_and_is_tried_again(job: Callable[..., Any]) -> None:
    def half() -> Exception:
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO accounts_cache VALUES ('returned', '', now())")
        return RuntimeError("later")

    job(half, retry=RetryStrategy(max_attempts=3, wait=3600)).defer()
    work_until_empty()
    found = ProcrastinateJob.objects.get()
    assert (found.status, found.attempts) == ("todo", 1)
    assert _cached("returned")
    assert queue_health().oldest_seconds == 0, "a job that waits for its hour is not late"


@pytest.mark.usefixtures("fresh_db")
def test_the_worker_of_a_thread_runs_what_comes_and_stops_when_told(job: Callable[..., Any]) -> None:
    ran = Event()
    declared = job(ran.set)
    worker = services.run_in_thread()
    try:
        declared.defer()
        assert ran.wait(10)
        assert queue_health().workers == 1
    finally:
        worker.stop()
    assert not worker.alive


def _cached(key: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM accounts_cache WHERE cache_key = %s", [key])
        return cursor.fetchone() is not None


class LateWorker(services.Worker):
    """A worker whose thread takes its time to begin."""

    def _main(self) -> None:
        time.sleep(0.2)
        super()._main()


def test_a_worker_stopped_before_it_began_never_works(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "keep_working", lambda: pytest.fail("It works."))
    worker = LateWorker().start()
    worker.stop()
    assert not worker.alive


def test_a_worker_told_to_leave_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    async def work() -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.sleep(60)

    monkeypatch.setattr(services, "work", work)
    before = time.monotonic()
    services.run_worker()
    assert time.monotonic() - before < 30


def test_a_queue_that_breaks_is_taken_up_again(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    tries: list[int] = []

    async def work() -> None:
        tries.append(1)
        if len(tries) == 2:
            raise asyncio.CancelledError
        raise OSError("the database has gone")

    monkeypatch.setattr(services, "work", work)
    monkeypatch.setattr(services, "PAUSE", 0)
    with caplog.at_level("WARNING", logger=services.logger.name), pytest.raises(asyncio.CancelledError):
        asyncio.run(services.keep_working())
    assert len(tries) == 2
    assert "interrompus (OSError)" in caplog.text


def _left_by_a_dead_worker(*, attempts: int = 0, seconds: int = services.LOST_AFTER + 1) -> None:
    """Let what waits have been begun by a worker that gave its last sign some seconds ago."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat)"
            " VALUES (now() - make_interval(secs => %s)) RETURNING id",
            [seconds],
        )
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'doing', attempts = %s, worker_id = %s",
            [attempts, cursor.fetchone()[0]],
        )


@pytest.mark.usefixtures("fresh_db")
def test_a_job_whose_worker_died_is_taken_up_and_done(job: Callable[..., Any]) -> None:
    job(write).defer(word="resumed")
    _left_by_a_dead_worker()
    assert services.take_up_stalled() == (1, 0)
    assert services.take_up_stalled() == (0, 0)
    work_until_empty()
    assert done == ["resumed"]


@pytest.mark.django_db
def test_a_job_of_a_living_worker_is_left_to_it(job: Callable[..., Any]) -> None:
    job(write).defer(word="mine")
    _left_by_a_dead_worker(seconds=services.LOST_AFTER - 5)
    assert services.take_up_stalled() == (0, 0)


@pytest.mark.django_db
def test_a_job_that_kills_each_worker_is_given_up(job: Callable[..., Any]) -> None:
    job(write).defer(word="deadly")
    _left_by_a_dead_worker(attempts=services.RETRY.max_attempts or 0)
    assert services.take_up_stalled() == (0, 1)
    assert queue_health().failed == 1


@pytest.mark.django_db
def test_a_periodic_job_is_given_up_once_the_next_one_waits(job: Callable[..., Any]) -> None:
    declared = job(write, cron="0 0 1 1 *")
    declared.defer(word="yesterday")
    _left_by_a_dead_worker()
    declared.defer(word="today")
    assert services.take_up_stalled() == (0, 1)
    assert [found.args for found in ProcrastinateJob.objects.filter(status="todo")] == [{"word": "today"}]


@pytest.mark.usefixtures("fresh_db")
def test_a_job_apart_opens_its_transactions_itself(job: Callable[..., Any]) -> None:
    def twice(*, opening: Any) -> None:
        assert not connection.in_atomic_block
        for word in ("first", "second"):
            with opening():
                assert connection.in_atomic_block
            done.append(word)

    job(twice, apart=True).defer()
    work_until_empty()
    assert done == ["first", "second"]
