"""Referring several people to one service: choose it, see whom it may help, send in one act."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from sanscouture.access.decorators import ActorRequest, requires
from sanscouture.access.enums import Perm
from sanscouture.audit.services import record
from sanscouture.core import clock
from sanscouture.core.errors import Refused
from sanscouture.directory.models import Service
from sanscouture.pathways.forms.together import TogetherForm
from sanscouture.pathways.rules.delays import default_deadline
from sanscouture.pathways.selectors.habits import habits_of
from sanscouture.pathways.selectors.offer import chosen_service, find_services
from sanscouture.pathways.selectors.together import Candidate, candidates
from sanscouture.pathways.services import referrals as services
from sanscouture.pathways.views.people import closed_page, status_of
from sanscouture.programmes.models import Programme


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Perm.REFERRAL_SEND, of=Programme, by="slug")
def refer_together(request: ActorRequest, programme: Programme) -> HttpResponse:
    """Choose a service, then see who may enter, who is to check and who may not; then send, each with its own clock."""
    if not programme.names_open:
        return closed_page(request, programme, _("Orienter plusieurs personnes"))
    service = chosen_service(request.GET.get("service", ""))
    if service is None:
        text = request.GET.get("q", "").strip()
        context = {"programme": programme, "text": text, "found": find_services(text)}
        return render(request, "pathways/together_choice.html", context)
    found = candidates(programme, service, request.actor)
    if found:
        record(request.actor, "need.read", [one.need for one in found], read=True)
    form, status = _form(request, programme, service, found), 200
    if request.method == "POST":
        status = _send(request, service, form, found)
        if not status:
            return redirect("pathways:referrals_sent")
    context = {
        "programme": programme,
        "service": service,
        "form": form,
        "possible": sum(one.may_leave for one in found),
        "others": [one for one in found if not one.may_leave],
    }
    return render(request, "pathways/together.html", context, status=status)


def _form(request: ActorRequest, programme: Programme, service: Service, found: list[Candidate]) -> TogetherForm:
    usual = habits_of(programme.pk, service.organisation_id).answer_days or service.organisation.default_deadline_days
    deadline = default_deadline(clock.today(), organisation_days=usual, programme_days=programme.answer_days)
    return TogetherForm(request.POST if request.method == "POST" else None, candidates=found, deadline=deadline)


def _send(request: ActorRequest, service: Service, form: TogetherForm, found: list[Candidate]) -> int:
    """Send what was ticked. Gives 0 when it is done, else the status to answer, the reason in the form."""
    if not form.is_valid():
        return 422
    ticked = [one.need for one in found if str(one.need.pk) in form.cleaned_data["needs"]]
    try:
        sent, kept = services.refer_together(
            ticked,
            service=service,
            message=form.cleaned_data["message"],
            deadline=form.cleaned_data["deadline"],
            actor=request.actor,
        )
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return status_of(refusal)
    said = ngettext("%(n)d orientation envoyée.", "%(n)d orientations envoyées.", len(sent)) % {"n": len(sent)}
    messages.success(request, said)
    for need, reason in kept:
        messages.warning(request, f"{need.beneficiary} : {reason}")
    return 0
