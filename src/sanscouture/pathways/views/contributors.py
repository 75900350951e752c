"""Who contributes to a pathway: joining and leaving."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from sanscouture.access.decorators import ActorRequest, requires
from sanscouture.access.enums import Perm
from sanscouture.core.errors import Refused
from sanscouture.pathways.forms.contributors import ContributorForm
from sanscouture.pathways.selectors.people import may_join
from sanscouture.pathways.services.contributors import join_pathway, leave_pathway
from sanscouture.pathways.views.person_acts import attempt
from sanscouture.people.models import Beneficiary, Involvement


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Perm.PERSON_EDIT, of=Beneficiary)
def contributor_new(request: ActorRequest, person: Beneficiary) -> HttpResponse:
    """Let a partner contribute."""
    form = ContributorForm(request.POST if request.method == "POST" else None, offered=may_join(person))
    status = 200
    if form.is_bound:

        def act() -> object:
            return join_pathway(person, form.cleaned_data["organisation"], actor=request.actor)

        status = attempt(request, form, act, _("La structure contribue au parcours. Le référent ne change pas."))
        if not status:
            return redirect("pathways:person_access", pk=person.pk)
    return render(request, "pathways/contributor_new.html", {"person": person, "form": form}, status=status)


@require_POST
@requires(Perm.PERSON_EDIT, of=Involvement)
def contributor_leave(request: ActorRequest, involvement: Involvement) -> HttpResponse:
    """End the contribution of an organisation."""
    person = involvement.beneficiary
    try:
        leave_pathway(person, involvement.organisation, actor=request.actor)
        messages.success(request, _("La structure ne contribue plus au parcours."))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("pathways:people", slug=person.programme.slug)
