"""Records that may be one person: the queue, two side by side, merging them, telling them apart, undoing."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from sanscouture.access.decorators import ActorRequest, requires
from sanscouture.access.enums import Perm
from sanscouture.access.policy import fetch
from sanscouture.audit.services import record
from sanscouture.pathways.forms.duplicates import MergeForm
from sanscouture.pathways.selectors.duplicates import comparison, merges_of, pairs_of
from sanscouture.pathways.services.merging import merge_records, undo_merge
from sanscouture.pathways.views.people import closed_page
from sanscouture.pathways.views.person_acts import attempt
from sanscouture.people.models import Beneficiary, Merge
from sanscouture.people.services import tell_apart
from sanscouture.programmes.models import Programme
from sanscouture.ui.forms import Form


@require_GET
@requires(Perm.PERSON_EDIT, of=Programme, by="slug")
def duplicates(request: ActorRequest, programme: Programme) -> HttpResponse:
    """The close pairs of a programme, and the merges that can still be undone."""
    if not programme.names_open:
        return closed_page(request, programme, _("Doublons"))
    pairs, merges = pairs_of(programme, request.actor), list(merges_of(programme, request.actor))
    people = {side.person.pk: side.person for pair in pairs for side in pair}
    people |= {merge.kept_record_id: merge.kept_record for merge in merges}
    record(request.actor, "beneficiary.list", people.values(), read=True)
    return render(request, "pathways/duplicates.html", {"programme": programme, "pairs": pairs, "merges": merges})


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Perm.PERSON_EDIT, of=Beneficiary)
def merge(request: ActorRequest, kept: Beneficiary, other: UUID) -> HttpResponse:
    """Two records side by side, what would move, which value to keep; then one record."""
    merged = fetch(Beneficiary, request.actor, Perm.PERSON_EDIT, pk=other, programme=kept.programme)
    compared = comparison(kept, merged, request.actor)
    form = MergeForm(request.POST if request.method == "POST" else None, compared=compared)
    status = 200
    if form.is_bound:

        def act() -> object:
            return merge_records(
                kept,
                merged,
                versions=form.versions(),
                taken=form.taken(),
                other_pathway=form.other_pathway(),
                actor=request.actor,
            )

        done = _("Les deux fiches n’en font plus qu’une. La fusion s’annule depuis la page des doublons.")
        status = attempt(request, form, act, done)
        if not status:
            return redirect("pathways:person", pk=kept.pk)
    record(request.actor, "beneficiary.compare", merged, read=True)
    context = {"programme": kept.programme, "compared": compared, "form": form}
    return render(request, "pathways/merge.html", context, status=status)


@require_POST
@requires(Perm.PERSON_EDIT, of=Beneficiary)
def tell_two_apart(request: ActorRequest, one: Beneficiary, other: UUID) -> HttpResponse:
    """Remember that two close records are two people."""
    second = fetch(Beneficiary, request.actor, Perm.PERSON_EDIT, pk=other, programme=one.programme)
    form = Form(request.POST)
    done = _("C’est noté : ce sont deux personnes, la paire ne sera plus proposée.")
    if attempt(request, form, lambda: tell_apart(one, second, actor=request.actor), done):
        messages.error(request, " ".join(map(str, form.non_field_errors())))
    return redirect("pathways:duplicates", slug=one.programme.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Perm.PERSON_EDIT, of=Merge)
def merge_undo(request: ActorRequest, merge: Merge) -> HttpResponse:
    """Give back the two records of a merge, after a confirmation."""
    form, status = Form(request.POST if request.method == "POST" else None), 200
    if form.is_bound:
        done = _("La fusion est annulée : les deux fiches sont comme avant.")
        status = attempt(request, form, lambda: undo_merge(merge, actor=request.actor), done)
        if not status:
            return redirect("pathways:duplicates", slug=merge.programme.slug)
    return render(request, "pathways/merge_undo.html", {"merge": merge, "form": form}, status=status)
