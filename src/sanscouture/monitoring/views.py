"""What Prometheus reads. Closed unless a token or an address opens it; totals only."""

from __future__ import annotations

import platform
from importlib.metadata import version

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.db import DatabaseError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, CollectorRegistry, generate_latest
from prometheus_client.core import Metric

from sanscouture.access.decorators import public
from sanscouture.core.metrics import REGISTRY
from sanscouture.monitoring import rules, selectors


@transaction.non_atomic_requests
@never_cache
@require_safe
@public
def metrics(request: HttpRequest) -> HttpResponse:
    """Give what this process counted and what the database totals; nothing says that this page exists to others."""
    if not _may_read(request):
        raise Http404
    try:
        figures = selectors.figures()
    except DatabaseError:
        figures = None
    build = {
        "version": version("sanscouture"),
        "django": version("django"),
        "python": platform.python_version(),
    }
    totals = CollectorRegistry()
    totals.register(Once(list(rules.metrics(figures, selectors.safety(timezone.now()), build))))
    return HttpResponse(generate_latest(REGISTRY) + generate_latest(totals), content_type=CONTENT_TYPE_PLAIN_0_0_4)


class Once:
    """Metrics counted a moment ago, as a collector."""

    def __init__(self, found: list[Metric]) -> None:
        """Hold them."""
        self.found = found

    def collect(self) -> list[Metric]:
        """Give them."""
        return self.found


def _may_read(request: HttpRequest) -> bool:
    try:
        address = get_adapter(request).get_client_ip(request)
    except (ImproperlyConfigured, PermissionDenied):  # the header of proxies is not as declared, or names nobody
        address = ""
    undeclared = "X-Forwarded-For" in request.headers and not settings.ALLAUTH_TRUSTED_PROXY_COUNT
    return rules.may_read(
        authorization=request.headers.get("Authorization", ""),
        address=address,
        forwarded=undeclared,
        token=settings.METRICS_TOKEN,
        allowed=settings.METRICS_ALLOW,
    )
