from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from sanscouture.access.decorators import ActorRequest, requires
from sanscouture.access.enums import Perm
from sanscouture.audit.services import record
from sanscouture.core.errors import Conflict, Refused
from sanscouture.people.forms import DecisionForm
from sanscouture.people.models import AttachmentRequest
from sanscouture.people.selectors import requests_made, requests_to_decide
from sanscouture.people.services import decide_attachment


@require_GET
@requires(Perm.PERSON_EDIT)
def attachments(request: ActorRequest) -> HttpResponse:
    """Requests to be attached: those to decide, those sent."""
    waiting = list(requests_to_decide(request.actor))
    record(request.actor, "attachment.list", waiting, read=True)
    sent = list(requests_made(request.actor)[:50])
    return render(request, "people/attachments.html", {"waiting": waiting, "sent": sent})


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Perm.PERSON_EDIT, of=AttachmentRequest)
def decide(request: ActorRequest, attachment: AttachmentRequest) -> HttpResponse:
    """One request, with the person it is about, for whoever decides."""
    if not requests_to_decide(request.actor).filter(pk=attachment.pk).exists():
        messages.info(request, _("Cette demande n’attend plus votre réponse."))
        return redirect("people:attachments")
    form = DecisionForm(request.POST if request.method == "POST" else None)
    status = 200
    if form.is_bound:
        try:
            if form.is_valid():
                decide_attachment(attachment, granted=form.cleaned_data["granted"], actor=request.actor)
                messages.success(request, _("Votre réponse est envoyée."))
                return redirect("people:attachments")
            status = 422
        except Refused as refusal:
            form.add_error(None, str(refusal))
            status = 409 if isinstance(refusal, Conflict) else 422
    return render(request, "people/attachment.html", {"attachment": attachment, "form": form}, status=status)
