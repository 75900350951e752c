"""Needs: writing one down, seeing where it stands with the services that match, closing and reopening it."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sanscouture.access.decorators import ActorRequest, requires
from sanscouture.access.enums import Perm
from sanscouture.core.errors import Conflict, Refused
from sanscouture.directory.enums import ActionField
from sanscouture.directory.models import Service
from sanscouture.directory.rules import vocabulary
from sanscouture.pathways.enums import NeedState
from sanscouture.pathways.forms.needs import CloseNeedForm, NeedForm
from sanscouture.pathways.models import Barrier, Need
from sanscouture.pathways.rules.diagnosis import FIELDS, suggested_theme
from sanscouture.pathways.selectors.health import reads
from sanscouture.pathways.selectors.needs import need_page, owner_name
from sanscouture.pathways.selectors.offer import chosen_service
from sanscouture.pathways.services import needs as services
from sanscouture.people.models import Beneficiary


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Perm.PERSON_EDIT, of=Beneficiary)
def new_need(request: ActorRequest, person: Beneficiary) -> HttpResponse:
    """Write a need down: first its field, then its words. From a service, the composer follows."""
    here = reverse("pathways:need_new", args=[person.pk])
    context = {"person": person, "person_url": f"/personnes/{person.pk}/", "here": here}
    asked = request.GET.get("champ", "")
    if asked not in map(str, FIELDS):
        return render(request, "pathways/need_field.html", {**context, "fields": ActionField.choices})
    field, service = int(asked), chosen_service(request.GET.get("service", ""))
    barrier = Barrier.objects.get_queryset().filter(beneficiary=person, field=field).first()
    form = NeedForm(request.POST or None, field=field, **_suggested(field, barrier, service))
    refusal, status = "", 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                need = services.open_need(
                    person, field=field, barrier=barrier, actor=request.actor, **form.cleaned_data
                )
            except Refused as refused:
                refusal = str(refused)
            else:
                return _after(request, need, service)
    more = {
        "form": form,
        "field": ActionField(field).label,
        "service": service,
        "refusal": refusal,
        "action": request.get_full_path(),
    }
    return render(request, "pathways/need_new.html", {**context, **more}, status=status)


@require_safe
@requires(Perm.PERSON_READ, of=Need)
def need(request: ActorRequest, need: Need) -> HttpResponse:
    """One need: who holds it and until when, what was tried, which services match now."""
    person_url = f"/personnes/{need.beneficiary_id}/"
    if not reads(need, request.actor):
        context = {"need": need, "owner": owner_name(need, request.actor), "person_url": person_url}
        return render(request, "pathways/need_reserved.html", context)
    page = need_page(need, request.actor)
    return render(request, "pathways/need.html", {"page": page, "need": page.need, "person_url": person_url})


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Perm.PERSON_EDIT, of=Need)
def close_need(request: ActorRequest, need: Need) -> HttpResponse:
    """Close a need: covered, withdrawn, or without solution and why."""
    _must_be_readable(request, need)
    form = CloseNeedForm(request.POST or None)
    refusal, status = "", 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            state, reason = NeedState(form.cleaned_data["state"]), form.cleaned_data["reason"]
            try:
                services.close_need(need, state=state, reason=reason, actor=request.actor)
            except Refused as refused:
                refusal, status = str(refused), 409 if isinstance(refused, Conflict) else 422
            else:
                messages.success(request, _("Le besoin est clos. Il peut se rouvrir à tout moment."))
                return redirect("pathways:need", pk=need.pk)
    context = {"need": need, "form": form, "refusal": refusal, "back": reverse("pathways:need", args=[need.pk])}
    return render(request, "pathways/need_close.html", context, status=status)


@require_POST
@requires(Perm.PERSON_EDIT, of=Need)
def reopen_need(request: ActorRequest, need: Need) -> HttpResponse:
    """Open a closed need again."""
    _must_be_readable(request, need)
    try:
        services.reopen_need(need, actor=request.actor)
    except Conflict as conflict:
        messages.warning(request, str(conflict))
    else:
        messages.success(request, _("Le besoin est de nouveau ouvert."))
    return redirect("pathways:need", pk=need.pk)


def _must_be_readable(request: ActorRequest, need: Need) -> None:
    if not reads(need, request.actor):
        raise Http404


def _suggested(field: int, barrier: Barrier | None, service: Service | None) -> dict[str, str]:
    """What the diagnosis, or the service chosen, already says of the need."""
    inside = set(vocabulary.thematiques_of_field(field))
    theme = next((slug for slug in service.thematiques if slug in inside), "") if service else ""
    ticked = [*barrier.situations, barrier.objective] if barrier else []
    theme = suggested_theme(field, ticked) or theme
    return {"theme": theme, "label": vocabulary.LABELS[theme] if theme else ""}


def _after(request: ActorRequest, need: Need, service: Service | None) -> HttpResponse:
    if service is not None:
        return redirect(f"{reverse('pathways:compose', args=[need.pk])}?service={service.pk}")
    messages.success(request, _("Le besoin est noté. Voici les services qui peuvent y répondre."))
    return redirect("pathways:need", pk=need.pk)
