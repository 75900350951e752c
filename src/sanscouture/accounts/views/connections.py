"""Where my account is signed in, and the devices it trusts."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from sanscouture.access.decorators import signed_in
from sanscouture.accounts import services
from sanscouture.accounts.models import Connection, TrustedDevice
from sanscouture.accounts.selectors import connections_of, devices_of
from sanscouture.accounts.views.accounts import owner


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def connections(request: HttpRequest) -> HttpResponse:
    """My sessions and my trusted devices; the button ends every other session."""
    user = owner(request)
    if request.method == "POST":
        ended = services.end_connections(user, but=request.session.session_key)
        said = ngettext("%(n)s autre connexion est terminée.", "%(n)s autres connexions sont terminées.", ended)
        messages.success(request, said % {"n": ended})
        return redirect("accounts:connections")
    context = {
        "connections": connections_of(user),
        "here": request.session.session_key,
        "devices": devices_of(user),
    }
    return render(request, "accounts/connections.html", context)


@require_POST
@signed_in
def end(request: HttpRequest, pk: UUID) -> HttpResponse:
    """End one of my sessions."""
    services.end_connection(get_object_or_404(Connection, pk=pk, user=owner(request)))
    messages.success(request, _("La connexion est terminée."))
    return redirect("accounts:connections")


@require_POST
@signed_in
def forget(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Trust one of my devices no more."""
    services.forget_device(get_object_or_404(TrustedDevice, pk=pk, user=owner(request)))
    messages.success(request, _("Cet appareil demandera de nouveau la deuxième étape."))
    return redirect("accounts:connections")
