"""What a person lives through: episodes, and what moved."""

from __future__ import annotations

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from sanscouture.access.decorators import ActorRequest, requires
from sanscouture.access.enums import Perm
from sanscouture.core import clock
from sanscouture.core.errors import Refused
from sanscouture.pathways.forms.life import EndEpisodeForm, EpisodeForm, ProgressForm
from sanscouture.pathways.models import Episode, Progress
from sanscouture.pathways.services import life
from sanscouture.pathways.views.person_acts import attempt, home
from sanscouture.people.models import Beneficiary


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Perm.PERSON_EDIT, of=Beneficiary)
def new_episode(request: ActorRequest, person: Beneficiary) -> HttpResponse:
    """Write an episode."""
    form = EpisodeForm(request.POST if request.method == "POST" else None, initial={"starts_on": clock.today()})
    status = 200
    if form.is_bound:

        def act() -> object:
            return life.add_episode(person, actor=request.actor, **form.cleaned_data)

        status = attempt(request, form, act, _("L’épisode est noté."))
        if not status:
            return redirect(home(person))
    return render(request, "pathways/episode_new.html", {"person": person, "form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Perm.PERSON_EDIT, of=Episode)
def episode(request: ActorRequest, episode: Episode) -> HttpResponse:
    """One episode: write its end, or take it back."""
    person = episode.beneficiary
    form = EndEpisodeForm(request.POST if request.method == "POST" else None, initial={"on": clock.today()})
    status = 200
    if form.is_bound:

        def act() -> object:
            return life.end_episode(episode, on=form.cleaned_data["on"], actor=request.actor)

        status = attempt(request, form, act, _("La fin de l’épisode est notée."))
        if not status:
            return redirect(home(person))
    context = {"person": person, "episode": episode, "form": form}
    return render(request, "pathways/episode.html", context, status=status)


@require_POST
@requires(Perm.PERSON_EDIT, of=Episode)
def episode_remove(request: ActorRequest, episode: Episode) -> HttpResponse:
    """Take back an episode that never was."""
    try:
        life.remove_episode(episode, actor=request.actor)
        messages.success(request, _("L’épisode est retiré."))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect(home(episode.beneficiary))


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Perm.PERSON_EDIT, of=Beneficiary)
def new_progress(request: ActorRequest, person: Beneficiary) -> HttpResponse:
    """Write what moved."""
    form = ProgressForm(request.POST if request.method == "POST" else None, initial={"on": clock.today()})
    status = 200
    if form.is_bound:

        def act() -> object:
            return life.note_progress(person, actor=request.actor, **form.said())

        status = attempt(request, form, act, _("Le progrès est noté."))
        if not status:
            return redirect(home(person))
    return render(request, "pathways/progress_new.html", {"person": person, "form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Perm.PERSON_EDIT, of=Progress)
def progress_remove(request: ActorRequest, progress: Progress) -> HttpResponse:
    """Take back a progress written by mistake, after a confirmation."""
    person = progress.beneficiary
    form, status = Form(request.POST if request.method == "POST" else None), 200
    if form.is_bound:
        done = _("Le progrès est retiré.")
        status = attempt(request, form, lambda: life.remove_progress(progress, actor=request.actor), done)
        if not status:
            return redirect(home(person))
    context = {"person": person, "progress": progress, "form": form}
    return render(request, "pathways/progress_remove.html", context, status=status)
