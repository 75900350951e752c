"""Is the site well? For load balancers and those who watch."""

from __future__ import annotations

from importlib.metadata import version

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.http import HttpRequest, JsonResponse
from django.utils.module_loading import import_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from sanscouture.access.decorators import public
from sanscouture.jobs.selectors import queue_health

LATE = 300  # seconds that a job may wait for a worker before the queue is said late


@transaction.non_atomic_requests
@never_cache
@require_safe
@public
def health(request: HttpRequest) -> JsonResponse:
    """Answer 200 if pages can be served, 503 if the database is away. A stopped queue is told, and serves still."""
    answer: dict[str, object] = {"status": "ok", "version": version("sanscouture"), "database": "ok", "queue": "ok"}
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        queue = queue_health()
        counts = {name: import_string(count)() for name, count in settings.HEALTH_COUNTS.items()}
    except DatabaseError:
        answer |= {"status": "unavailable", "database": "unavailable", "queue": "unknown"}
        return JsonResponse(answer, status=503)
    if queue.workers == 0:
        answer |= {"status": "degraded", "queue": "stopped"}
    elif queue.oldest_seconds > LATE:
        answer |= {"status": "degraded", "queue": "late"}
    answer |= {"jobs_waiting": queue.waiting, "jobs_failed": queue.failed, **counts}
    return JsonResponse(answer)
