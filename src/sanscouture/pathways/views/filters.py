"""Keeping and forgetting views of the boxes."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sanscouture.access.decorators import ActorRequest, requires
from sanscouture.access.enums import Perm
from sanscouture.core.errors import Refused
from sanscouture.pathways.enums import Box
from sanscouture.pathways.forms.filters import KeepFilterForm
from sanscouture.pathways.services.filters import forget_filter, keep_filter


@require_POST
@requires(Perm.REFERRAL_READ)
def keep(request: ActorRequest) -> HttpResponse:
    """Keep the view that is on the page; what is against it is said there."""
    form = KeepFilterForm(request.POST)
    box = Box.SENT if request.POST.get("box") == Box.SENT else Box.RECEIVED
    asked = QueryDict(request.POST.get("query", "")[:200])
    try:
        if not form.is_valid():
            raise Refused(_("Donnez un nom à cette vue."))
        keep_filter(box=box, name=form.cleaned_data["name"], asked=asked.dict(), actor=request.actor)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Cette vue est gardée."))
    return redirect(f"{reverse(f'pathways:referrals_{box}')}?{asked.urlencode()}")


@require_POST
@requires(Perm.REFERRAL_READ)
def forget(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Forget one's own view."""
    box = forget_filter(pk, actor=request.actor)
    messages.success(request, _("Cette vue n’est plus gardée. Les orientations n’ont pas bougé."))
    return redirect(f"pathways:referrals_{box}")
