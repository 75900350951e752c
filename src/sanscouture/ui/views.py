"""Pages that need nothing of the domain: who answers for the service, how it looks. The language switch is Django's."""

from __future__ import annotations

import sys

from django.conf import settings
from django.contrib import messages
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from sanscouture.ui import gallery, scheme
from sanscouture.ui.forms import DisplayForm

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
    """Every component in each state. Only where the code is written or shown: elsewhere the page does not exist."""
    if not (settings.DEBUG or settings.DEMO):
        raise Http404
    return render(request, "ui/gallery.html", gallery.context(request.GET))


@require_http_methods(["GET", "HEAD", "POST"])
def display(request: HttpRequest) -> HttpResponse:
    """Choose the colours of the screen, then come back to where one was; no address says where that is."""
    came_from = request.headers.get("Referer", "")
    start = {"scheme": scheme.chosen(request.COOKIES), "next": _safe(request, came_from)}
    form = DisplayForm(request.POST if request.method == "POST" else None, initial=start)
    back = _safe(request, form.data.get("next", "") if form.is_bound else start["next"])
    if not form.is_valid():
        return render(request, "ui/display.html", {"form": form, "back": back}, status=422 if form.is_bound else 200)
    messages.success(request, _("C’est noté pour ce navigateur."))
    answer = redirect(back)
    scheme.keep(answer, scheme.Scheme(form.cleaned_data["scheme"]))
    return answer


def _safe(request: HttpRequest, address: str) -> str:
    """An address of this site, or its first page."""
    here = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return address if here else "/"


def failed(request: HttpRequest) -> HttpResponse:
    """Say that a page failed: 503 when the database is away for a moment, 500 when the fault is ours (`handler500`).

    The page asks nothing of the database. An act that was on its way may have been kept: nobody knows before asking.
    """
    away = isinstance(sys.exc_info()[1], OperationalError | InterfaceError)
    response = HttpResponse(render_to_string("500.html", {"away": away}), status=503 if away else 500)
    if away:
        response["Retry-After"] = str(RETRY_AFTER)
    return response
