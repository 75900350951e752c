"""Referrals: the two boxes, the page of one, its calendar file."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from sanscouture.access.decorators import ActorRequest, requires
from sanscouture.access.enums import Perm
from sanscouture.audit.services import record
from sanscouture.pathways.enums import Box, Side
from sanscouture.pathways.forms.filters import BoxFilters, KeepFilterForm
from sanscouture.pathways.models import Referral
from sanscouture.pathways.rules.filters import kept
from sanscouture.pathways.selectors import boxes
from sanscouture.pathways.selectors.boxes import named
from sanscouture.pathways.selectors.habits import programmes_answered
from sanscouture.pathways.selectors.referral_page import ReferralPage
from sanscouture.pathways.selectors.referral_page import referral_page as page_of
from sanscouture.pathways.services.appointments import calendar_file
from sanscouture.pathways.services.links import revoke_links
from sanscouture.pathways.services.referrals import sides_of
from sanscouture.pathways.views.acts import links_of


@requires(Perm.REFERRAL_READ, of=Referral)
def referral_page(request: ActorRequest, referral: Referral) -> HttpResponse:
    """Show one referral: where it stands, who holds it, what may be done."""
    page = _page(request, referral)
    return render(request, "pathways/referral.html", {"page": page, "acts": links_of(page)})


@requires(Perm.REFERRAL_ANSWER)
def received(request: ActorRequest) -> HttpResponse:
    """List what one's organisations were sent, the most urgent first, with the chosen one beside."""
    return _box(request, boxes.received_by(request.actor), boxes.RECEIVED, Side.RECIPIENT)


@requires(Perm.REFERRAL_SEND)
def sent(request: ActorRequest) -> HttpResponse:
    """List what one's organisations sent (the whole programme's, for coordination), with what is waited for."""
    return _box(request, boxes.sent_by(request.actor), boxes.SENT, Side.SENDER)


@requires(Perm.REFERRAL_READ, of=Referral)
def appointment_file(request: ActorRequest, referral: Referral, appointment: UUID) -> HttpResponse:
    """Give an appointment as a calendar file."""
    if named(referral.recipient, referral, request.actor) != referral.recipient.name:
        raise Http404
    found = get_object_or_404(referral.appointments.select_related("referral__recipient"), pk=appointment)
    response = HttpResponse(calendar_file(found), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="rendez-vous.ics"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Perm.REFERRAL_SEND, of=Referral)
def close_links(request: ActorRequest, referral: Referral) -> HttpResponse:
    """Close the answer links that have left, after a confirmation."""
    if request.method == "POST":
        revoke_links(referral, actor=request.actor)
        messages.success(request, _("Les liens envoyés ne s’ouvrent plus. Une relance en envoie un nouveau."))
        return redirect("pathways:referral", pk=referral.pk)
    return render(request, "pathways/links_close.html", {"referral": referral})


def _box(request: ActorRequest, source: QuerySet[Referral], views: tuple[boxes.View, ...], side: Side) -> HttpResponse:
    kind = Box.RECEIVED if side == Side.RECIPIENT else Box.SENT
    filters = BoxFilters(request.GET)
    filters.is_valid()
    narrow = boxes.narrowed(source, filters.cleaned_data, request.actor)
    box = boxes.box(narrow, views, request.GET, side=side, actor=request.actor)
    asked = any(filters.cleaned_data.values())
    context: dict[str, Any] = {"box": box, "side": side.value, "page": None, "acts": None, "filters": filters}
    context["saved"] = boxes.saved_views(source, views, request.GET, box=kind, actor=request.actor)
    context["keep"] = KeepFilterForm(initial={"box": kind, "query": kept(request.GET.dict())})
    context["reset"] = reverse(f"pathways:referrals_{kind}") if asked else ""
    context["view"] = [("vue", request.GET["vue"])] if request.GET.get("vue") else []
    context["welcomes"] = programmes_answered(request.actor)[:1] if side == Side.RECIPIENT else []
    if box.rows:
        record(request.actor, "referral.list", [row.referral for row in box.rows], read=True)
    if box.chosen is not None:
        page = _page(request, box.chosen)
        context |= {"page": page, "acts": links_of(page), "whole": reverse("pathways:referral", args=[box.chosen.pk])}
    return render(request, "pathways/referrals.html", context)


def _page(request: ActorRequest, referral: Referral) -> ReferralPage:
    related = ("programme", "need__barrier", "need__beneficiary__commune", "need__beneficiary__qpv", "beneficiary")
    parties = ("recipient", "sender_organisation", "service", "parent__recipient")
    whole = (
        Referral.objects.get_queryset().select_related(*related, *parties).prefetch_related("events", "appointments")
    )
    found = whole.filter(pk=referral.pk).first()
    if found is None:
        raise Http404
    return page_of(found, request.actor, sides_of(request.actor, found))
