"""The welcome of an organisation: places of its services, its habits, and how it answers."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from sanscouture.access.decorators import ActorRequest, requires
from sanscouture.access.enums import Perm
from sanscouture.core.errors import Refused
from sanscouture.pathways.forms.habits import HabitsForm
from sanscouture.pathways.selectors.habits import figures_of, habits_of, services_of, welcoming
from sanscouture.pathways.selectors.referrals import usual_answer
from sanscouture.pathways.services.habits import save_habits
from sanscouture.pathways.views.people import closed_page, status_of
from sanscouture.programmes.models import Programme
from sanscouture.ui.navigation import Item


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Perm.DIRECTORY_CORRECT, of=Programme, by="slug")
def welcome(request: ActorRequest, programme: Programme) -> HttpResponse:
    """What an organisation says of its places, what it ticks and when it answers, and the figures behind the word.

    Its own people keep it; the coordinator sees every partner's. Nobody else reads the figures (chapter 02).
    """
    if not programme.names_open:
        return closed_page(request, programme, _("Accueil des orientations"))
    choices = welcoming(programme, request.actor)
    asked = request.GET.get("structure", "")
    organisation = next((one for one in choices if str(one.pk) == asked), choices[0] if choices and not asked else None)
    if organisation is None:
        raise PermissionDenied(_("Cette page est à la structure et à la coordination."))
    here = f"{reverse('pathways:welcome', args=[programme.slug])}?structure={organisation.pk}"
    form = HabitsForm(request.POST or None, habits=habits_of(programme.pk, organisation.pk))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                save_habits(programme, organisation, actor=request.actor, **form.cleaned_data)
            except Refused as refusal:
                form.add_error(None, str(refusal))
                status = status_of(refusal)
            else:
                messages.success(request, _("C’est enregistré."))
                return redirect(here)
    context = {
        "programme": programme,
        "organisation": organisation,
        "choices": [Item(one.name, f"?structure={one.pk}", one == organisation) for one in choices],
        "services": services_of(organisation),
        "figures": figures_of(programme, organisation),
        "usual": usual_answer(organisation.pk),
        "form": form,
        "here": here,
    }
    return render(request, "pathways/welcome.html", context, status=status)
