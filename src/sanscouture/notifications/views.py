from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from sanscouture.access.decorators import ActorRequest, signed_in
from sanscouture.notifications import services
from sanscouture.notifications.selectors import notices_of, unread_count
from sanscouture.ui.tables import Column, build


@signed_in
@require_GET
def notices(request: ActorRequest) -> HttpResponse:
    """My news."""
    table = build(
        notices_of(request.actor),
        columns=(Column(_("Nouvelle")), Column(_("Reçue")), Column(_("Lire"), hidden=True)),
        query=request.GET,
        caption=_("Nouvelles"),
        row_template="notifications/row.html",
    )
    return render(request, "notifications/list.html", {"table": table, "unread": unread_count(request.actor)})


@signed_in
@require_POST
def read(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Note that a notice is read, and go where it leads."""
    notice = get_object_or_404(notices_of(request.actor), pk=pk)
    services.mark_read(request.actor, notice.pk)
    return redirect(notice.url or "notifications:list")


@signed_in
@require_POST
def read_all(request: ActorRequest) -> HttpResponse:
    """Note that every notice is read."""
    services.mark_read(request.actor)
    return redirect("notifications:list")
