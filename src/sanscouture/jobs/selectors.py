"""The state of the queue, for /healthz and for the people who look after it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min, Q, QuerySet
from procrastinate.contrib.django.models import ProcrastinateEvent, ProcrastinateJob, ProcrastinateWorker

from sanscouture.core import clock

ALIVE = timedelta(seconds=60)
"""A worker that has not given a sign for this long is not counted."""


@dataclass(frozen=True)
class QueueHealth:
    waiting: int
    failed: int
    workers: int
    oldest_seconds: int
    """How long the oldest job that may start has been waiting."""


def queue_health() -> QueueHealth:
    """Count the jobs that wait and those that failed, and the workers alive."""
    now = clock.now()
    due = Q(status="todo") & (Q(scheduled_at=None) | Q(scheduled_at__lte=now))
    counts = ProcrastinateJob.objects.aggregate(
        waiting=Count("pk", filter=Q(status="todo")),
        failed=Count("pk", filter=Q(status="failed")),
        first_due=Min("pk", filter=due),
    )
    workers = ProcrastinateWorker.objects.filter(last_heartbeat__gte=now - ALIVE).count()
    return QueueHealth(counts["waiting"], counts["failed"], workers, _age(counts["first_due"], now))


def failed_jobs() -> QuerySet[ProcrastinateJob]:
    """The jobs given up, last first."""
    return ProcrastinateJob.objects.filter(status="failed").order_by("-pk")


def _age(job_id: int | None, now: datetime) -> int:
    if job_id is None:
        return 0
    deferred = ProcrastinateEvent.objects.filter(job_id=job_id).order_by("at").values_list("at", flat=True).first()
    return max(0, int((now - deferred).total_seconds())) if deferred else 0
