"""Pages that need nothing of the domain: the language switch is Django's; these say who answers for the service."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def accessibility(request: HttpRequest) -> HttpResponse:
    """What is accessible, what is not yet, and whom to tell."""
    return render(request, "ui/accessibility.html")


def legal(request: HttpRequest) -> HttpResponse:
    """Who publishes the service."""
    return render(request, "ui/legal.html")


def privacy(request: HttpRequest) -> HttpResponse:
    """What is kept about people, why, how long, and how to object."""
    return render(request, "ui/privacy.html")
