"""Handing a need over: which service, what travels, a message, a deadline, and exactly what they will receive."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from sanscouture.access.decorators import ActorRequest, requires
from sanscouture.access.enums import Perm
from sanscouture.core.errors import Conflict, Refused
from sanscouture.directory.enums import Capacity
from sanscouture.directory.models import Service
from sanscouture.partners.models import Organisation
from sanscouture.pathways.forms.referrals import ComposeForm
from sanscouture.pathways.models import Need, Referral
from sanscouture.pathways.rules import travel
from sanscouture.pathways.selectors import offer
from sanscouture.pathways.selectors.habits import habits_of
from sanscouture.pathways.selectors.health import reads
from sanscouture.pathways.selectors.referrals import members_answering, usual_answer
from sanscouture.pathways.selectors.travelling import shown_need, travelling
from sanscouture.pathways.services import referrals as services


@dataclass(frozen=True)
class Target:
    """Where a need may go: a service, or an organisation as a whole."""

    organisation: Organisation
    service: Service | None
    usual: str

    @property
    def query(self) -> str:
        return f"?service={self.service.pk}" if self.service else f"?structure={self.organisation.pk}"

    @property
    def warning(self) -> str:
        """What to know before sending: closed, or a waiting list."""
        if self.service is None:
            return ""
        if self.service.capacity == Capacity.CLOSED:
            return _("Ce service est fermé en ce moment. La personne risque d’attendre sans réponse.")
        if self.service.capacity == Capacity.WAITING:
            weeks = self.service.waiting_weeks
            wait = _("%(n)d semaines environ") % {"n": weeks} if weeks else _("durée non précisée")
            return _("Ce service a une liste d’attente : %(wait)s.") % {"wait": wait}
        return ""


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Perm.REFERRAL_SEND, of=Need)
def compose(request: ActorRequest, need: Need) -> HttpResponse:
    """Write a referral on one screen, see what they will receive, send it."""
    need = _readable(request, need)
    target = _target(request)
    if target is None:
        return render(request, "pathways/compose.html", _choice(request, need))
    form = _form(request, need, target)
    refusal, status = "", 200
    if request.method == "POST" and "apercu" not in request.POST:
        status = 422
        if form.is_valid():
            try:
                sent = _send(request, need, target, form)
            except Refused as refused:
                refusal, status = str(refused), 409 if isinstance(refused, Conflict) else 422
            else:
                messages.success(request, _("Orientation envoyée à %(name)s.") % {"name": target.organisation.name})
                return redirect("pathways:referral", pk=sent.pk)
    context = {
        "need": need,
        "target": target,
        "form": form,
        "refusal": refusal,
        "preview": preview(need, target, form),
        "person_url": reverse("pathways:person", args=[need.beneficiary_id]),
        "here": f"{reverse('pathways:compose', args=[need.pk])}{target.query}",
        "change": reverse("pathways:compose", args=[need.pk]),
    }
    template = "pathways/compose.html#preview" if request.htmx and "apercu" in request.POST else "pathways/compose.html"  # type: ignore[attr-defined]
    return render(request, template, context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Perm.REFERRAL_SEND, of=Referral)
def reroute(request: ActorRequest, referral: Referral) -> HttpResponse:
    """Turn elsewhere in one act: the same facts and message, another service, after a confirmation."""
    target = _target(request)
    if target is None:
        return redirect("pathways:referral", pk=referral.pk)
    said = _("L’orientation précédente est gardée dans l’historique ; si elle attendait une réponse, elle est retirée.")
    return _again(request, referral, target, services.reroute, "pathways:referral_reroute", said)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Perm.REFERRAL_SEND, of=Referral)
def split(request: ActorRequest, referral: Referral) -> HttpResponse:
    """Hand the same need to one more service, beside the first, after a confirmation."""
    target = _target(request)
    if target is None:
        need = _readable(request, referral.need)
        change = reverse("pathways:referral_split", args=[referral.pk])
        return render(request, "pathways/compose.html", {**_choice(request, need), "change": change})
    said = _("La première orientation continue : les deux structures aident, chacune avec son délai.")
    return _again(request, referral, target, services.split_referral, "pathways:referral_split", said)


def _again(
    request: ActorRequest, referral: Referral, target: Target, act: Callable[..., Referral], name: str, question: str
) -> HttpResponse:
    """Send what a referral already says to another place."""
    need = _readable(request, referral.need)
    back = reverse("pathways:referral", args=[referral.pk])
    refusal, status = "", 200
    if request.method == "POST":
        try:
            sent = act(referral, recipient=target.organisation, service=target.service, actor=request.actor)
        except Refused as refused:
            refusal, status = str(refused), 409 if isinstance(refused, Conflict) else 422
        else:
            messages.success(request, _("Orientation envoyée à %(name)s.") % {"name": target.organisation.name})
            return redirect("pathways:referral", pk=sent.pk)
    context = {
        "referral": referral,
        "target": target,
        "refusal": refusal,
        "facts": travelling(need, referral.travels),
        "need_shown": shown_need(need, referral.travels),
        "deadline": services.default_deadline(need, target.organisation),
        "action": f"{reverse(name, args=[referral.pk])}{target.query}",
        "question": question,
        "back": back,
    }
    return render(request, "pathways/reroute.html", context, status=status)


def preview(need: Need, target: Target, form: ComposeForm) -> dict[str, Any]:
    """Exactly what the recipient will receive, from what the form holds now, sound or not."""
    chosen = [fact for fact in (form["travels"].value() or []) if fact in set(travel.offered(need.field))]
    return {
        "need": shown_need(need, chosen),
        "facts": travelling(need, chosen),
        "message": form["message"].value() or "",
        "deadline": _day(form["deadline"].value()),
    }


def _day(value: Any) -> date | None:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value or "")
    except ValueError:
        return None


def _form(request: ActorRequest, need: Need, target: Target) -> ComposeForm:
    deadline = services.default_deadline(need, target.organisation)
    data = request.POST if request.method == "POST" else None
    has_account = bool(members_answering(need.programme_id, target.organisation.pk))
    usual = habits_of(need.programme_id, services.sender_organisation(need, request.actor)).travels
    return ComposeForm(data, need=need, service=target.service, deadline=deadline, has_account=has_account, usual=usual)


def _send(request: ActorRequest, need: Need, target: Target, form: ComposeForm) -> Referral:
    given = form.cleaned_data
    return services.refer(
        need,
        recipient=target.organisation,
        service=target.service,
        travels=given["travels"],
        message=given["message"],
        deadline=given["deadline"],
        meets_together=given["meets_together"],
        actor=request.actor,
    )


def _readable(request: ActorRequest, need: Need) -> Need:
    """The need with what its pages show; 404 where it is not for this reader (health)."""
    related = ("programme", "barrier", "beneficiary__commune", "beneficiary__qpv", "owner_organisation")
    whole = Need.objects.get_queryset().select_related(*related).get(pk=need.pk)
    if not reads(whole, request.actor):
        raise Http404
    return whole


def _target(request: ActorRequest) -> Target | None:
    service = offer.chosen_service(request.GET.get("service", ""))
    organisation = service.organisation if service else _organisation(request.GET.get("structure", ""))
    return Target(organisation, service, usual_answer(organisation.pk)) if organisation else None


def _organisation(pk: str) -> Organisation | None:
    try:
        return Organisation.objects.filter(pk=UUID(pk), is_active=True).first()
    except ValueError:
        return None


def _choice(request: ActorRequest, need: Need) -> dict[str, Any]:
    text = request.GET.get("q", "").strip()
    tried = offer.tried_services(need, request.actor)
    found = [(service, tried.get(service.pk, "")) for service in offer.find_services(text)]
    return {
        "need": need,
        "target": None,
        "text": text,
        "found": found,
        "tried": len(tried),
        "matches": offer.services_for(need),
        "person_url": reverse("pathways:person", args=[need.beneficiary_id]),
        "change": reverse("pathways:compose", args=[need.pk]),
    }
