"""Exits: ending a pathway, opening it again, what counts, whom to call three and six months after."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from sanscouture.access.decorators import ActorRequest, requires
from sanscouture.access.enums import Perm
from sanscouture.audit.services import record
from sanscouture.core import clock
from sanscouture.core.errors import Refused
from sanscouture.pathways.enums import ExitKind
from sanscouture.pathways.forms.exits import DefinitionForm, ExitForm, NewsForm, ReopenForm
from sanscouture.pathways.models import Exit, FollowUp, Pathway
from sanscouture.pathways.rules.exits import NATIONAL_POSITIVE
from sanscouture.pathways.selectors.definitions import locally_positive
from sanscouture.pathways.selectors.exits import outcomes, to_call, told_exit
from sanscouture.pathways.services import exits
from sanscouture.pathways.views.people import closed_page
from sanscouture.pathways.views.person_acts import attempt, home
from sanscouture.people.rules import SafeWay, may_call, said_phone, way_words
from sanscouture.people.selectors import safe_way, safe_ways
from sanscouture.programmes.models import Programme

PERIOD_DAYS = 365
LONGEST_LIST = 100


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Perm.PERSON_EDIT, of=Pathway)
def pathway_exit(request: ActorRequest, pathway: Pathway) -> HttpResponse:
    """End a pathway."""
    person = pathway.beneficiary
    if pathway.closed_on is not None:
        messages.error(request, _("Ce parcours est déjà clos."))
        return redirect(home(person))
    form = ExitForm(request.POST if request.method == "POST" else None, pathway=pathway)
    status = 200
    if form.is_bound:

        def act() -> object:
            return exits.close_pathway(pathway, ending=form.ending(), actor=request.actor)

        status = attempt(request, form, act, _("Le parcours est clos. Des nouvelles seront demandées ensuite."))
        if not status:
            return redirect(home(person))
    return render(request, "pathways/exit_new.html", {"person": person, "form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Perm.PERSON_EDIT, of=Exit)
def exit_reopen(request: ActorRequest, closing: Exit) -> HttpResponse:
    """Open a closed pathway again, with the reason."""
    person = closing.pathway.beneficiary
    form = ReopenForm(request.POST if request.method == "POST" else None)
    status = 200
    if form.is_bound:

        def act() -> object:
            return exits.reopen_exit(closing, reason=form.cleaned_data["reason"], actor=request.actor)

        status = attempt(request, form, act, _("Le parcours est rouvert."))
        if not status:
            return redirect(home(person))
    context = {"person": person, "told": told_exit(closing, person, request.actor), "form": form}
    return render(request, "pathways/exit_reopen.html", context, status=status)


@require_GET
@requires(Perm.PERSON_READ, of=Programme, by="slug")
def exits_page(request: ActorRequest, programme: Programme) -> HttpResponse:
    """How pathways ended over a year, by both definitions, and what moved beside."""
    if not programme.names_open:
        return closed_page(request, programme, _("Sorties et progrès"))
    today = clock.today()
    context = {
        "programme": programme,
        "outcomes": outcomes(programme, request.actor, since=today - timedelta(days=PERIOD_DAYS), today=today),
        "to_call": to_call(programme, request.actor, today=today).count(),
        "may_define": request.actor.holds_in(Perm.PROGRAMME_EDIT, programme.pk),
    }
    return render(request, "pathways/exits.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Perm.PROGRAMME_EDIT, of=Programme, by="slug")
def exits_definition(request: ActorRequest, programme: Programme) -> HttpResponse:
    """Say which exits the partners count as positive."""
    initial = {"positive": sorted(locally_positive(programme.pk))}
    form = DefinitionForm(request.POST if request.method == "POST" else None, initial=initial)
    status = 200
    if form.is_bound:

        def act() -> object:
            return exits.define_exits(programme, positive=form.cleaned_data["positive"], actor=request.actor)

        status = attempt(request, form, act, _("La définition du programme est notée."))
        if not status:
            return redirect("pathways:exits", slug=programme.slug)
    national = [kind.label for kind in ExitKind if kind in NATIONAL_POSITIVE]
    context = {"programme": programme, "form": form, "national": national}
    return render(request, "pathways/exits_definition.html", context, status=status)


@require_GET
@requires(Perm.PERSON_READ, of=Programme, by="slug")
def follow_ups(request: ActorRequest, programme: Programme) -> HttpResponse:
    """Whom to call: news due three and six months after an exit."""
    if not programme.names_open:
        return closed_page(request, programme, _("Personnes à rappeler"))
    found = to_call(programme, request.actor, today=clock.today())
    rows = list(found[:LONGEST_LIST])
    people = [row.exit.pathway.beneficiary for row in rows]
    ways = safe_ways(person.pk for person in people)
    record(request.actor, "followup.list", rows, read=True)
    lines = [
        {
            "row": row,
            "person": person,
            "phone": said_phone(person.phone) if may_call(ways.get(person.pk, SafeWay())) else "",
            "way": way_words(ways.get(person.pk, SafeWay())),
            "told": told_exit(row.exit, person, request.actor),
        }
        for row, person in zip(rows, people, strict=True)
    ]
    context = {"programme": programme, "lines": lines, "total": found.count()}
    return render(request, "pathways/follow_ups.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Perm.PERSON_EDIT, of=FollowUp)
def follow_up(request: ActorRequest, news: FollowUp) -> HttpResponse:
    """Write the answer of somebody who was called."""
    person = news.exit.pathway.beneficiary
    form = NewsForm(request.POST if request.method == "POST" else None)
    status = 200
    if form.is_bound:

        def act() -> object:
            said = form.cleaned_data
            return exits.answer_follow_up(news, answer=said["answer"], barriers=said["barriers"], actor=request.actor)

        status = attempt(request, form, act, _("La réponse est notée."))
        if not status:
            return redirect("pathways:follow_ups", slug=person.programme.slug)
    way = safe_way(person.pk)
    context = {
        "person": person,
        "news": news,
        "phone": said_phone(person.phone) if may_call(way) else "",
        "way": way_words(way),
        "told": told_exit(news.exit, person, request.actor),
        "form": form,
    }
    return render(request, "pathways/follow_up.html", context, status=status)


@require_POST
@requires(Perm.PERSON_EDIT, of=FollowUp)
def follow_up_call(request: ActorRequest, news: FollowUp) -> HttpResponse:
    """Write that a call was in vain."""
    try:
        done = exits.note_call(news, actor=request.actor)
        said = _("Le suivi est clos, sans réponse.") if done.answer else _("L’appel est noté.")
        messages.success(request, said)
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("pathways:follow_ups", slug=news.exit.pathway.beneficiary.programme.slug)
