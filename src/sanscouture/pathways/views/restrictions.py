"""Keeping a record for named readers: deciding it, naming, removing, opening again."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from sanscouture.access.decorators import ActorRequest, requires
from sanscouture.access.enums import Perm
from sanscouture.access.policy import can
from sanscouture.pathways.forms.restrictions import ReaderForm, RestrictionForm
from sanscouture.pathways.services.restrictions import restrict_record, take_reader_off
from sanscouture.pathways.views.person_acts import attempt
from sanscouture.people.enums import RestrictionReason
from sanscouture.people.models import Beneficiary, Reader, Restriction
from sanscouture.people.selectors import nameable_readers, possible_readers, readers_of, restriction_of
from sanscouture.people.services import lift, name_reader
from sanscouture.ui.forms import Form


def _page(person: Beneficiary) -> str:
    return reverse("pathways:restriction", args=[person.pk])


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Perm.PERSON_EDIT, of=Beneficiary)
def restriction(request: ActorRequest, person: Beneficiary) -> HttpResponse:
    """Keep a record for named readers; once it is, who reads it."""
    if request.method != "POST" and (live := restriction_of(person.pk)):
        return _readers_page(request, live)
    people = [user for user in possible_readers(person) if user.pk != request.actor.user_id]
    form = RestrictionForm(request.POST if request.method == "POST" else None, people=people)
    status = 200
    if form.is_bound:

        def act() -> object:
            reason = RestrictionReason(form.cleaned_data["reason"])
            return restrict_record(person, reason=reason, readers=form.chosen(), actor=request.actor)

        status = attempt(request, form, act, _("La fiche est réservée : pour les autres, elle n’existe plus."))
        if not status:
            return redirect(_page(person))
    return render(request, "pathways/restriction_new.html", {"person": person, "form": form}, status=status)


@require_POST
@requires(Perm.PERSON_EDIT, of=Restriction)
def reader_new(request: ActorRequest, restriction: Restriction) -> HttpResponse:
    """Name one more reader."""
    form = ReaderForm(request.POST, people=nameable_readers(restriction.programme_id))

    def act() -> object:
        return name_reader(restriction, user=form.chosen(), actor=request.actor)

    if status := attempt(request, form, act, _("Cette personne lit maintenant la fiche.")):
        return _readers_page(request, restriction, form, status)
    return redirect(_page(restriction.beneficiary))


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Perm.PERSON_EDIT, of=Reader)
def reader_remove(request: ActorRequest, reader: Reader) -> HttpResponse:
    """Let somebody read the record no longer, after a confirmation."""
    person = reader.restriction.beneficiary
    form, status = Form(request.POST if request.method == "POST" else None), 200
    if form.is_bound:
        done = _("Cette personne ne lit plus la fiche.")
        status = attempt(request, form, lambda: take_reader_off(reader, actor=request.actor), done)
        if not status:
            return redirect(_after(request, person))
    context = {"person": person, "reader": reader, "form": form}
    return render(request, "pathways/reader_remove.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Perm.PERSON_EDIT, of=Restriction)
def restriction_lift(request: ActorRequest, restriction: Restriction) -> HttpResponse:
    """Open the record again, after a confirmation."""
    person = restriction.beneficiary
    form, status = Form(request.POST if request.method == "POST" else None), 200
    if form.is_bound:
        done = _("La réserve est levée : la fiche se partage de nouveau selon l’information donnée.")
        status = attempt(request, form, lambda: lift(restriction, actor=request.actor), done)
        if not status:
            return redirect("pathways:person", pk=person.pk)
    context = {"person": person, "restriction": restriction, "form": form}
    return render(request, "pathways/restriction_lift.html", context, status=status)


def _after(request: ActorRequest, person: Beneficiary) -> str:
    """Where one goes after removing a reader: whoever removed themselves sees the record no longer."""
    if can(request.actor, Perm.PERSON_READ, person):
        return _page(person)
    messages.info(request, _("Vous ne lisez plus cette fiche."))
    return reverse("pathways:people", args=[person.programme.slug])


def _readers_page(
    request: ActorRequest, live: Restriction, form: ReaderForm | None = None, status: int = 200
) -> HttpResponse:
    readers = readers_of(live)
    named = {reader.user_id for reader in readers}
    others = [user for user in nameable_readers(live.programme_id) if user.pk not in named]
    context = {
        "person": live.beneficiary,
        "restriction": live,
        "readers": readers,
        "form": form or ReaderForm(people=others),
    }
    return render(request, "pathways/restriction.html", context, status=status)
