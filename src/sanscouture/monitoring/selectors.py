"""Totals for those who look after the machine: of the queue, of messages, of ruptures; ages of what saves them."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta

from django.core.cache import caches
from django.db.models import Count, OuterRef, Subquery
from procrastinate.contrib.django.models import ProcrastinateEvent, ProcrastinateJob

from sanscouture.access.scope import scope
from sanscouture.core import clock
from sanscouture.database.archive import age_of
from sanscouture.database.backup import last_backup
from sanscouture.database.dsn import external
from sanscouture.database.layout import layout
from sanscouture.database.spool import trouble_of
from sanscouture.jobs.selectors import queue_health
from sanscouture.jobs.services import all_programmes
from sanscouture.monitoring.rules import Figures, Safety
from sanscouture.notifications.models import OutgoingMessage
from sanscouture.pathways.models import Rupture

FRESH = 15
"""Seconds during which figures are not counted again, however often they are asked for."""
ENDS = ("succeeded", "failed", "deferred_for_retry")
WINDOW = timedelta(hours=1)


def figures() -> Figures:
    """Count what the database knows, at most every FRESH seconds."""
    found: Figures | None = caches["memory"].get("monitoring.figures")
    if found is None:
        found = _counted()
        caches["memory"].set("monitoring.figures", found, FRESH)
    return found


def _counted() -> Figures:
    queue = queue_health()
    every = all_programmes()
    states = ProcrastinateJob.objects.order_by("status").values_list("status").annotate(Count("pk"))
    with scope(programmes=every, named=every):
        written = OutgoingMessage.objects.order_by("channel", "state").values_list("channel", "state")
        messages = {(channel, state): count for channel, state, count in written.annotate(Count("pk"))}
        ruptures = Rupture.objects.get_queryset().filter(closed_at=None).count()
    return Figures(dict(states), queue.oldest_seconds, queue.workers, _finished(), messages, ruptures)


def _finished() -> dict[tuple[str, str], tuple[int, float]]:
    """The jobs that ended in the last hour, with the time between their last start and that end."""
    starts = ProcrastinateEvent.objects.filter(job_id=OuterRef("job_id"), type="started", at__lte=OuterRef("at"))
    ends = (
        ProcrastinateEvent.objects.filter(type__in=ENDS, at__gte=clock.now() - WINDOW)
        .annotate(started=Subquery(starts.order_by("-at").values("at")[:1]))
        .order_by("pk")
        .values_list("job__task_name", "type", "at", "started")
    )
    found: dict[tuple[str, str], tuple[int, float]] = defaultdict(lambda: (0, 0.0))
    for task, end, at, started in ends:
        count, seconds = found[task, end]
        found[task, end] = (count + 1, seconds + (at - started).total_seconds() if started else seconds)
    return dict(found)


def safety(now: datetime) -> Safety:
    """Say how old the last backup is, and whether the archive of the embedded server goes on."""
    last = last_backup()
    backup = (now - datetime.fromisoformat(last["at"])).total_seconds() if last else None
    if external():
        return Safety(backup)
    place = layout()
    return Safety(backup, age_of(place), bool(trouble_of(place)))
