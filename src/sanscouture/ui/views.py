"""Pages that need nothing of the domain: the language switch is Django's; these say who answers for the service."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from sanscouture.ui import gallery


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
