"""Each request has a reference: in its answer, in each line of log that it causes, on the error page one reads."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import uuid4

from django.http import HttpRequest, HttpResponse

from sanscouture.core.logs import REFERENCE, reference

HEADER = "X-Request-ID"
# 32 hexadecimal digits, hyphens of a UUID or not: what proxies make, and nothing in which a name or a number would fit.
WELL_FORMED = re.compile(r"[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class References:
    """Take the reference that a proxy gives, if it is well formed, else make one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Stand before everything else."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Name the request while it is answered."""
        given = request.headers.get(HEADER, "").lower()
        name = given if WELL_FORMED.fullmatch(given) else uuid4().hex
        request.META[REFERENCE] = name
        token = reference.set(name)
        try:
            response = self.get_response(request)
        finally:
            reference.reset(token)
        response[HEADER] = name
        return response
