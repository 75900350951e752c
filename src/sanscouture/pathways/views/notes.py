"""Notes about a person: writing, correcting, taking back and putting back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from sanscouture.access.decorators import ActorRequest, requires
from sanscouture.access.enums import Perm
from sanscouture.core import clock
from sanscouture.core.errors import Refused
from sanscouture.pathways.forms.notes import NoteEditForm, NoteForm
from sanscouture.pathways.models import Note
from sanscouture.pathways.selectors.life import writing_for
from sanscouture.pathways.services import notes
from sanscouture.pathways.views.people import NOTE_BACK
from sanscouture.pathways.views.person_acts import attempt, home
from sanscouture.people.models import Beneficiary


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Perm.PERSON_EDIT, of=Beneficiary)
def new_note(request: ActorRequest, person: Beneficiary) -> HttpResponse:
    """Write a note, and choose who reads it."""
    organisation = writing_for(request.actor, person)
    form = NoteForm(request.POST if request.method == "POST" else None, organisation=organisation)
    status = 200
    if form.is_bound:

        def act() -> object:
            return notes.write_note(person, organisation=organisation, actor=request.actor, **form.cleaned_data)

        status = attempt(request, form, act, _("La note est écrite."))
        if not status:
            return redirect(home(person))
    return render(request, "pathways/note_new.html", {"person": person, "form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Perm.PERSON_EDIT, of=Note)
def note_edit(request: ActorRequest, note: Note) -> HttpResponse:
    """Correct a note of one's own, or choose other readers."""
    person = note.beneficiary
    if note.author_id != request.actor.user_id:
        messages.error(request, _("Seule la personne qui a écrit une note la modifie ou la retire."))
        return redirect(home(person))
    form = NoteEditForm(request.POST if request.method == "POST" else None, note=note)
    status = 200
    if form.is_bound:

        def act() -> object:
            return notes.edit_note(note, actor=request.actor, **form.cleaned_data)

        status = attempt(request, form, act, _("La note est à jour."))
        if not status:
            return redirect(home(person))
    return render(request, "pathways/note_edit.html", {"person": person, "note": note, "form": form}, status=status)


@require_POST
@requires(Perm.PERSON_EDIT, of=Note)
def note_remove(request: ActorRequest, note: Note) -> HttpResponse:
    """Take a note back; the page of the person offers to put it back."""
    try:
        notes.remove_note(note, actor=request.actor)
        request.session[NOTE_BACK] = {
            "note": str(note.pk),
            "person": str(note.beneficiary_id),
            "at": clock.now().timestamp(),
        }
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect(home(note.beneficiary))


@require_POST
@requires(Perm.PERSON_EDIT, of=Note)
def note_restore(request: ActorRequest, note: Note) -> HttpResponse:
    """Put back a note that was taken back."""
    try:
        notes.restore_note(note, actor=request.actor)
        request.session.pop(NOTE_BACK, None)
        messages.success(request, _("La note est revenue."))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect(home(note.beneficiary))
