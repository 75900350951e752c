"""What the writing pages of programmes share: a form and its act, a confirmation and its act."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from sanscouture.access.decorators import ActorRequest
from sanscouture.core.errors import Conflict, Refused
from sanscouture.programmes.models import Programme


@dataclass(frozen=True)
class Place:
    """Where a writing page stands: its title, its programme, and the page it goes back to."""

    title: str
    programme: Programme
    back: str
    submit: str
    above: str = ""
    """The name of the page it goes back to, for the trail; none when that is the programme's own."""
    lead: str = ""


def partners_page(programme: Programme) -> str:
    """The address of the partners of a programme."""
    return reverse("programmes:partners", args=[programme.slug])


def programme_page(programme: Programme) -> str:
    """The address of a programme."""
    return reverse("programmes:programme", args=[programme.slug])


def members_page(programme: Programme) -> str:
    """The address of the accounts of a programme."""
    return reverse("programmes:members", args=[programme.slug])


def answer_form(
    request: ActorRequest, form: forms.Form, place: Place, act: Callable[[], object], done: str | Callable[[Any], str]
) -> HttpResponse:
    """Show a form, or do its act and go back: 422 for what is to correct, 409 when somebody was faster.

    `done` is what is said then, or says it from what the act gave.
    """
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                made = act()
            except Refused as refusal:
                form.add_error(None, str(refusal))
                status = 409 if isinstance(refusal, Conflict) else 422
            else:
                messages.success(request, done if isinstance(done, str) else done(made))
                return redirect(place.back)
    return render(request, "programmes/form.html", {"place": place, "form": form}, status=status)


@dataclass(frozen=True)
class Question:
    """What a confirmation asks, and what is at stake."""

    text: str
    loses: Sequence[str] = ()
    keeps: Sequence[str] = ()


def answer_confirmation(
    request: ActorRequest, place: Place, question: Question, act: Callable[[], object], done: str
) -> HttpResponse:
    """Ask, or do the act and go back; what is against it is said on the same page."""
    status = 200
    if request.method == "POST":
        try:
            act()
        except Refused as refusal:
            messages.error(request, str(refusal))
            status = 409 if isinstance(refusal, Conflict) else 422
        else:
            messages.success(request, done)
            return redirect(place.back)
    return render(request, "programmes/confirm.html", {"place": place, "question": question}, status=status)


def answer_act(request: ActorRequest, back: str, act: Callable[[], object], done: str) -> HttpResponse:
    """Do an act that loses nothing and go back; what is against it is said there."""
    try:
        act()
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
    return redirect(back)
