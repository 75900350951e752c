"""Acts on one person: correcting facts, what was told, the referent, the steps."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, cast

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from sanscouture.access.actor import Actor
from sanscouture.access.decorators import ActorRequest, requires
from sanscouture.access.enums import Perm
from sanscouture.core.errors import Refused
from sanscouture.pathways.forms.steps import ReferentForm, StepForm
from sanscouture.pathways.models import Pathway, Step
from sanscouture.pathways.selectors.people import live_pathway, possible_referents
from sanscouture.pathways.selectors.situation import history_of
from sanscouture.pathways.services.pathways import add_step, cancel_step, change_referent, complete_step
from sanscouture.pathways.services.people import end_sharing
from sanscouture.pathways.views.people import status_of
from sanscouture.people.forms import BasisForm, CorrectionForm, PublicForm, SafeContactForm, SituationForm
from sanscouture.people.models import Basis, Beneficiary
from sanscouture.people.rules import NOTICE_VERSION, Facts, said_phone
from sanscouture.people.selectors import safe_way, standings
from sanscouture.people.services import StaleRecord, keep_contact_safe, mark_public, record_basis, update_beneficiary
from sanscouture.ui.forms import raw

Correcting = CorrectionForm | SituationForm


def _home(person: Beneficiary) -> str:
    return reverse("pathways:person", kwargs={"pk": person.pk})


def choice(actor: Actor, person: Beneficiary) -> dict[str, Any]:
    """Whom a form offers, and for whose eyes."""
    return {"professionals": possible_referents(person), "mine": actor.organisations(person.programme_id)}


def attempt(request: ActorRequest, form: Form, act: Callable[[], object], done: str) -> int:
    """Do an act whose form is valid. Gives 0 when it is done, else the status to answer, the reason in the form."""
    if not form.is_valid():
        return 422
    try:
        act()
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return status_of(refusal)
    messages.success(request, done)
    return 0


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Perm.PERSON_EDIT, of=Beneficiary)
def edit(request: ActorRequest, person: Beneficiary) -> HttpResponse:
    """Correct who somebody is and how to reach them."""
    return _correct(request, person, CorrectionForm, "pathways/person_edit.html")


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Perm.PERSON_EDIT, of=Beneficiary)
def situation(request: ActorRequest, person: Beneficiary) -> HttpResponse:
    """Correct the facts that open or close services; beside them, the publics that follow."""
    return _correct(request, person, SituationForm, "pathways/situation.html")


def _correct(
    request: ActorRequest, person: Beneficiary, kind: type[CorrectionForm] | type[SituationForm], template: str
) -> HttpResponse:
    """Correct facts; when somebody saved meanwhile, choose between both values."""
    facts = {name: getattr(person, name) for name in (*Facts.__annotations__, "version")}
    form = kind(request.POST if request.method == "POST" else None, initial=facts)

    def page(status: int) -> HttpResponse:
        context: dict[str, Any] = {"person": person, "form": form}
        if kind is SituationForm:
            context |= {"standings": standings(person), "mark": PublicForm()}
        return render(request, template, context, status=status)

    if not form.is_bound:
        return page(200)
    if not form.is_valid():
        return page(422)
    try:
        update_beneficiary(
            person, version=form.read_version(), actor=request.actor, seen=cast("Facts", form.seen()), **form.changed()
        )
    except StaleRecord as stale:
        return _merge_page(request, form, stale)
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return page(status_of(refusal))
    messages.success(request, _("La fiche est à jour."))
    return redirect(_home(person))


@require_POST
@requires(Perm.PERSON_EDIT, of=Beneficiary)
def public_mark(request: ActorRequest, person: Beneficiary) -> HttpResponse:
    """Say that the person belongs to a public, or does not, or leave it to the facts."""
    form = PublicForm(request.POST)
    if form.is_valid():
        mark_public(person, public=form.public_said(), belongs=form.belongs(), actor=request.actor)
        messages.success(request, _("C’est noté."))
    else:
        messages.error(request, _("Choisissez un public."))
    return redirect("pathways:situation", pk=person.pk)


@require_GET
@requires(Perm.PERSON_READ, of=Beneficiary)
def history(request: ActorRequest, person: Beneficiary) -> HttpResponse:
    """Every correction of the facts: who, when, from what to what."""
    return render(request, "pathways/history.html", {"person": person, "events": history_of(person)})


def _merge_page(request: ActorRequest, form: Correcting, stale: StaleRecord) -> HttpResponse:
    """Both values of each field that both changed; elsewhere, the value of whoever changed it.

    What is chosen is saved as if it had been written now, over what is saved now.
    """
    now = {name: getattr(stale.saved, name) for name in Facts.__annotations__ if name in form.fields}
    mine = {**now, **form.changed()}
    differing = {difference.field: difference for difference in stale.differences}
    rows = [
        {
            "name": name,
            "label": form[name].label,
            "saved": raw(difference.saved),
            "saved_words": said(stale.saved, name),
            "mine": raw(difference.mine),
            "mine_words": said_of(form, name),
        }
        for name, difference in differing.items()
    ]
    kept = [(name, raw(value)) for name, value in mine.items() if name not in differing]
    kept += [(form.add_initial_prefix(name), raw(value)) for name, value in now.items()]
    context: dict[str, Any] = {"person": stale.saved, "rows": rows, "kept": kept, "version": stale.saved.version}
    context |= {"sentence": str(stale), "action": request.path}
    return render(request, "pathways/person_merge.html", context, status=409)


def said(person: Beneficiary, name: str) -> str:
    """A saved fact in words."""
    words = getattr(person, f"get_{name}_display", None)
    return shown(words() if words else getattr(person, name))


def said_of(form: Correcting, name: str) -> str:
    """A written fact in words."""
    value = form.cleaned_data[name]
    choices = dict(getattr(form.fields[name], "choices", ()))
    return shown(choices.get(value, value) if choices else value)


def shown(value: object) -> str:
    """A value as it is read: a date in figures, a phone as people say it."""
    if isinstance(value, date):
        return date_format(value, "j F Y")
    if isinstance(value, list):
        return raw(value)
    text = str(value or "")
    return said_phone(text) if text.startswith("+") else text


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Perm.PERSON_EDIT, of=Beneficiary)
def contact(request: ActorRequest, person: Beneficiary) -> HttpResponse:
    """Write how the person may be reached without putting them in danger."""
    way = safe_way(person.pk)
    written = {
        "avoided": sorted(way.avoided),
        "call_from": way.since,
        "call_until": way.until,
        "neutral": way.neutral,
    }
    form = SafeContactForm(request.POST if request.method == "POST" else None, initial=written)
    status = 200
    if form.is_bound:
        done = _("C’est noté.")
        status = attempt(request, form, lambda: keep_contact_safe(person, way=form.way(), actor=request.actor), done)
        if not status:
            return redirect(_home(person))
    return render(request, "pathways/person_contact.html", {"person": person, "form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Perm.PERSON_EDIT, of=Beneficiary)
def information(request: ActorRequest, person: Beneficiary) -> HttpResponse:
    """Write what the person was told."""
    form = BasisForm(request.POST if request.method == "POST" else None)
    status = 200
    if form.is_bound:
        done = _("C’est noté\u00a0: la fiche peut se partager.")
        status = attempt(request, form, lambda: record_basis(person, given=form.given(), actor=request.actor), done)
        if not status:
            return redirect(_home(person))
    context = {"person": person, "form": form, "notice_version": NOTICE_VERSION}
    return render(request, "pathways/person_information.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Perm.PERSON_EDIT, of=Basis)
def end_information(request: ActorRequest, basis: Basis) -> HttpResponse:
    """Withdraw what allowed sharing: confirm, then at once."""
    person = basis.beneficiary
    form, status = Form(request.POST if request.method == "POST" else None), 200
    if form.is_bound:
        done = _("L’accord est retiré. Le partage s’arrête maintenant.")
        status = attempt(request, form, lambda: end_sharing(basis, actor=request.actor), done)
        if not status:
            return redirect("pathways:people", slug=person.programme.slug)
    context = {"person": person, "basis": basis, "form": form}
    return render(request, "pathways/basis_end.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Perm.PERSON_EDIT, of=Pathway)
def referent(request: ActorRequest, pathway: Pathway) -> HttpResponse:
    """Hand the pathway over to another professional."""
    person = pathway.beneficiary
    now = pathway.referents.get(until=None)
    posted = request.POST if request.method == "POST" else None
    form = ReferentForm(posted, initial={"seen": now.pk}, **choice(request.actor, person))
    status = 200
    if form.is_bound:

        def act() -> object:
            user, organisation = form.chosen()
            seen = form.cleaned_data["seen"]
            return change_referent(pathway, user=user, organisation=organisation, seen=seen, actor=request.actor)

        status = attempt(request, form, act, _("Le parcours a un nouveau référent."))
        if not status:
            return redirect(_home(person))
    return render(request, "pathways/referent.html", {"person": person, "form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Perm.PERSON_EDIT, of=Beneficiary)
def new_step(request: ActorRequest, person: Beneficiary) -> HttpResponse:
    """Add one thing to do."""
    pathway = live_pathway(person)
    if pathway is None:
        messages.error(request, _("Aucun parcours n’est ouvert pour cette personne."))
        return redirect(_home(person))
    form = StepForm(request.POST if request.method == "POST" else None, **choice(request.actor, person))
    status = 200
    if form.is_bound:

        def act() -> object:
            user, organisation = form.carried_by()
            return add_step(
                pathway,
                label=form.cleaned_data["label"],
                due_on=form.cleaned_data["due_on"],
                carrier_organisation=organisation,
                carrier=user,
                actor=request.actor,
            )

        status = attempt(request, form, act, _("L’étape est ajoutée."))
        if not status:
            return redirect(_home(person))
    return render(request, "pathways/step_new.html", {"person": person, "form": form}, status=status)


@require_POST
@requires(Perm.PERSON_EDIT, of=Step)
def step_done(request: ActorRequest, step: Step) -> HttpResponse:
    """Write that a step is done today."""
    try:
        complete_step(step, actor=request.actor)
        messages.success(request, _("Étape faite\u00a0: %(label)s.") % {"label": step.label})
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect(_home(step.pathway.beneficiary))


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Perm.PERSON_EDIT, of=Step)
def step_cancel(request: ActorRequest, step: Step) -> HttpResponse:
    """Give a step up, after a confirmation."""
    person = step.pathway.beneficiary
    form, status = Form(request.POST if request.method == "POST" else None), 200
    if form.is_bound:
        status = attempt(request, form, lambda: cancel_step(step, actor=request.actor), _("L’étape est abandonnée."))
        if not status:
            return redirect(_home(person))
    context = {"person": person, "step": step, "form": form}
    return render(request, "pathways/step_cancel.html", context, status=status)
