"""What this process counts of the requests it answers. Labels are views, methods and statuses: never who or what.

One process serves the site; each process counts its own (docs/operations.md).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse
from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.process_collector import ProcessCollector

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
STEPS = (0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)  # seconds
NOWHERE = "none"
"""The view of an address that is none, or of a file."""

REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)
REQUESTS = Counter("sanscouture_requests", "Requests answered.", ("view", "method", "status"), registry=REGISTRY)
SECONDS = Histogram(
    "sanscouture_request_seconds", "Time to answer a request.", ("view",), buckets=STEPS, registry=REGISTRY
)
DATABASE_SECONDS = Counter(
    "sanscouture_request_database_seconds", "Time that requests spent in the database.", ("view",), registry=REGISTRY
)
QUERIES = Counter("sanscouture_request_queries", "Statements that requests sent.", ("view",), registry=REGISTRY)


class Clock:
    """The time that one request spends in the database, and its statements."""

    def __init__(self) -> None:
        """Start from nothing."""
        self.seconds = 0.0
        self.queries = 0

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        """Run a statement and add its time."""
        started = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.seconds += time.perf_counter() - started
            self.queries += 1


class Measured:
    """Count each request, its time and its time in the database."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Stand around everything that costs."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request, then count it."""
        spent, started = Clock(), time.perf_counter()
        with connection.execute_wrapper(spent):
            response = self.get_response(request)
        view = request.resolver_match.view_name if request.resolver_match else NOWHERE
        method = request.method if request.method in METHODS else "other"
        REQUESTS.labels(view, method, response.status_code).inc()
        SECONDS.labels(view).observe(time.perf_counter() - started)
        DATABASE_SECONDS.labels(view).inc(spent.seconds)
        QUERIES.labels(view).inc(spent.queries)
        return response
