"""Handing a portfolio over: proposing, answering, taking back, and what was."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from sanscouture.access.decorators import ActorRequest, requires
from sanscouture.access.enums import Perm
from sanscouture.audit.services import record
from sanscouture.core.errors import Refused
from sanscouture.pathways.enums import HandoverState
from sanscouture.pathways.forms.handovers import AnswerHandoverForm, GiverForm, HandoverForm
from sanscouture.pathways.forms.steps import key_of
from sanscouture.pathways.models import Handover
from sanscouture.pathways.selectors.handovers import boxes, givers, held_by, lines_of, possible_takers
from sanscouture.pathways.services import handovers as services
from sanscouture.pathways.views.people import closed_page
from sanscouture.pathways.views.person_acts import attempt
from sanscouture.programmes.models import Programme


@require_GET
@requires(Perm.PERSON_EDIT)
def handovers(request: ActorRequest) -> HttpResponse:
    """Hand-overs to answer, those that wait for somebody else, those decided."""
    found = boxes(request.actor)
    record(request.actor, "handover.list", [*found.to_answer, *found.waiting, *found.decided], read=True)
    return render(request, "pathways/handovers.html", {"boxes": found})


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Perm.PERSON_EDIT, of=Programme, by="slug")
def handover_new(request: ActorRequest, programme: Programme) -> HttpResponse:
    """Propose one or all pathways of a professional to another."""
    if not programme.names_open:
        return closed_page(request, programme, _("Confier des parcours"))
    mine = request.actor.organisations(programme.pk)
    people = givers(programme, request.actor)
    keys = {key_of(one): one for one in people}
    own = next((one for one in people if one[0].pk == request.actor.user_id), None)
    giver = keys.get(request.GET.get("de", ""), own or next(iter(people), None))
    context: dict[str, Any] = {"programme": programme, "giver": giver, "form": None, "choice": None}
    if giver is None:
        return render(request, "pathways/handover_new.html", context)
    held = held_by(programme, giver, request.actor)
    takers = possible_takers(programme.pk, giver, [row.pathway.beneficiary_id for row in held])
    form = HandoverForm(request.POST if request.method == "POST" else None, held=held, takers=takers, mine=mine)
    status = 200
    if form.is_bound:

        def act() -> object:
            return services.propose_handover(
                programme.pk,
                giver=giver,
                taker=form.to(),
                pathways=form.chosen(),
                reason=form.cleaned_data["reason"],
                actor=request.actor,
            )

        status = attempt(request, form, act, _("La proposition est partie. Rien ne change avant la réponse."))
        if not status:
            return redirect("pathways:handovers")
    context["form"] = form
    context["choice"] = GiverForm({"de": key_of(giver)}, people=people, mine=mine) if len(people) > 1 else None
    return render(request, "pathways/handover_new.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Perm.PERSON_EDIT, of=Handover)
def handover(request: ActorRequest, handover: Handover) -> HttpResponse:
    """One hand-over: for whoever is asked, taking some or all; for the others, where it stands."""
    lines = lines_of(handover, request.actor)
    asked = handover.taker_id == request.actor.user_id
    form = AnswerHandoverForm(request.POST if request.method == "POST" else None, lines=lines)
    status = 200
    if form.is_bound:

        def act() -> object:
            return services.answer_handover(handover, accepted=form.taken(), actor=request.actor)

        status = attempt(request, form, act, _("Votre réponse est partie."))
        if not status:
            return redirect("pathways:handovers")
    waiting = handover.state == HandoverState.PROPOSED
    context = {
        "handover": handover,
        "lines": lines,
        "form": form if (asked and waiting) or form.is_bound else None,
        "may_withdraw": waiting and request.actor.user_id in {handover.giver_id, handover.proposed_by_id},
    }
    return render(request, "pathways/handover.html", context, status=status)


@require_POST
@requires(Perm.PERSON_EDIT, of=Handover)
def handover_withdraw(request: ActorRequest, handover: Handover) -> HttpResponse:
    """Take a proposal back."""
    try:
        services.withdraw_handover(handover, actor=request.actor)
        messages.success(request, _("La proposition est retirée."))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("pathways:handovers")
