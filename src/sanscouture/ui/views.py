"""Pages that need nothing of the domain: the language switch is Django's; these say who answers for the service."""

from __future__ import annotations

import sys

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from sanscouture.ui import gallery

RETRY_AFTER = 5  # seconds that a database needs to come back


def accessibility(request: HttpRequest) -> HttpResponse:
    """What is accessible, what is not yet, and whom to tell."""
    return render(request, "ui/accessibility.html")


def legal(request: HttpRequest) -> HttpResponse:
    """Who publishes the service."""
    return render(request, "ui/legal.html", {"publisher": settings.PUBLISHER})


def privacy(request: HttpRequest) -> HttpResponse:
    """What is kept about people, why, how long, and how to object."""
    return render(request, "ui/privacy.html")


def components(request: HttpRequest) -> HttpResponse:
    """Every component in each state. Only where the code is written: elsewhere the page does not exist."""
    if not settings.DEBUG:
        raise Http404
    return render(request, "ui/gallery.html", gallery.context(request.GET))


def failed(request: HttpRequest) -> HttpResponse:
    """Say that a page failed: 503 when the database is away for a moment, 500 when the fault is ours (`handler500`).

    The page asks nothing of the database. An act that was on its way may have been kept: nobody knows before asking.
    """
    away = isinstance(sys.exc_info()[1], OperationalError | InterfaceError)
    response = HttpResponse(render_to_string("500.html", {"away": away}), status=503 if away else 500)
    if away:
        response["Retry-After"] = str(RETRY_AFTER)
    return response
