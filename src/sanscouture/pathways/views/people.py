"""People: the list, a new person, the page of one, corrections, who sees what."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from sanscouture.access.decorators import ActorRequest, requires
from sanscouture.access.enums import Perm
from sanscouture.access.policy import can
from sanscouture.audit.services import record
from sanscouture.core import clock
from sanscouture.core.errors import Conflict, Refused
from sanscouture.pathways.forms.people import PeopleFilterForm, WelcomeForm
from sanscouture.pathways.selectors.cohorts import admissions_of
from sanscouture.pathways.selectors.exits import last_exit
from sanscouture.pathways.selectors.life import episodes_of, life_of, living
from sanscouture.pathways.selectors.people import organisations_for, people_of
from sanscouture.pathways.selectors.person_page import person_page, timeline, watchers
from sanscouture.pathways.selectors.threads import threads_of
from sanscouture.pathways.services.people import welcome_person
from sanscouture.people.models import Beneficiary
from sanscouture.people.rules import NOTICE_VERSION, Facts, Identity, may_share, sharing
from sanscouture.people.selectors import readers_of, restriction_of
from sanscouture.people.services import CloseRecords, close_records, request_attachment
from sanscouture.programmes.models import Programme
from sanscouture.ui.navigation import Item
from sanscouture.ui.tables import Column, address, build

PAGE = 20
NOTE_BACK = "note_removed"
"""Where a browser keeps the note that it took back, so that the page offers to put it back."""
NOTE_BACK_SECONDS = 600
KINDS = (
    ("", gettext_lazy("Tout")),
    ("orientations", gettext_lazy("Orientations")),
    ("etapes", gettext_lazy("Étapes")),
    ("besoins", gettext_lazy("Besoins")),
    ("notes", gettext_lazy("Notes")),
    ("vie", gettext_lazy("Vie et progrès")),
    ("information", gettext_lazy("Information")),
)


def status_of(refusal: Refused) -> int:
    """409 when somebody acted first, 422 when a rule refuses."""
    return 409 if isinstance(refusal, Conflict) else 422


def closed_page(request: ActorRequest, programme: Programme, title: str) -> HttpResponse:
    """Answer, in place of a page of names, why it is closed and where it opens."""
    return render(request, "pathways/people_closed.html", {"programme": programme, "title": title})


def columns() -> tuple[Column, ...]:
    return (
        Column(_("Personne"), "nom", ("name_key",)),
        Column(_("Douze dernières semaines")),
        Column(_("Référent"), "referent", ("referent_last", "referent_first")),
        Column(_("Besoins ouverts"), "besoins", ("open_needs",), numeric=True),
        Column(_("Prochaine étape"), "etape", ("next_on",)),
        Column(_("Partage"), "partage", ("shared_until",)),
    )


@require_GET
@requires(Perm.PERSON_READ, of=Programme, by="slug")
def people(request: ActorRequest, programme: Programme) -> HttpResponse:
    """The people of a programme whom the reader may see, each with the last twelve weeks of their thread."""
    if not programme.names_open:
        return closed_page(request, programme, _("Personnes"))
    form = PeopleFilterForm(request.GET)
    filters = form.filters()
    found = people_of(programme, request.actor, filters)
    table = build(
        found,
        columns=columns(),
        query=request.GET,
        caption=_("Personnes suivies"),
        row_template="pathways/person_row.html",
        per_page=PAGE,
        default_sort="nom",
    )
    threads = threads_of(table.rows, request.actor, today=clock.today())
    for person in table.rows:
        person.thread = threads[person.pk]
        person.sharing = sharing(person.shared_until, today=clock.today())
    record(request.actor, "beneficiary.list", table.rows, read=True)
    return render(
        request,
        "pathways/people.html",
        {
            "programme": programme,
            "form": form,
            "table": table,
            "filtered": filters != type(filters)(),
            "without_step": people_of(programme, request.actor, replace(filters, step="none")).count(),
            "may_hand_over": request.actor.holds_in(Perm.PERSON_EDIT, programme.pk),
            "may_create": request.actor.holds_in(Perm.PERSON_CREATE, programme.pk),
            "may_refer": request.actor.holds_in(Perm.REFERRAL_SEND, programme.pk),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Perm.PERSON_CREATE, of=Programme, by="slug")
def new(request: ActorRequest, programme: Programme) -> HttpResponse:
    """Write a person down: as little as a first name, a phone and a need."""
    if not programme.names_open:
        return closed_page(request, programme, _("Accueillir une personne"))
    organisations = organisations_for(request.actor, programme)
    form = WelcomeForm(request.POST if request.method == "POST" else None, organisations=organisations)
    if not form.is_bound:
        return _welcome_page(request, programme, form)
    if not form.is_valid():
        return _welcome_page(request, programme, form, status=422)
    try:
        return _welcome(request, programme, form)
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return _welcome_page(request, programme, form, status=status_of(refusal))


def _welcome(request: ActorRequest, programme: Programme, form: WelcomeForm) -> HttpResponse:
    facts = form.facts()
    organisation = form.cleaned_data["organisation"]
    act = request.POST.get("proceed", "")
    if act == "attach":
        reason = request.POST.get("reason", "")
        request_attachment(programme, _identity(facts), organisation=organisation, reason=reason, actor=request.actor)
        messages.success(request, _("Votre demande est partie. Vous recevrez la réponse par courriel."))
        return redirect("pathways:people", slug=programme.slug)
    if act != "create" and (close := close_records(programme, _identity(facts), actor=request.actor)):
        return _welcome_page(request, programme, form, close=close, status=409)
    person = welcome_person(
        programme,
        actor=request.actor,
        organisation=organisation,
        basis=form.given(),
        need=form.need(),
        **facts,
    )
    messages.success(request, _("La fiche de %(name)s est créée.") % {"name": person.first_name})
    return redirect("pathways:person", pk=person.pk)


def _identity(facts: Facts) -> Identity:
    return Identity(facts["first_name"], facts["last_name"], facts["birth_date"], facts["phone"])


def _welcome_page(
    request: ActorRequest,
    programme: Programme,
    form: WelcomeForm,
    *,
    close: CloseRecords | None = None,
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {
        "programme": programme,
        "form": form,
        "close": close,
        "reason": request.POST.get("reason", ""),
        "notice_version": NOTICE_VERSION,
    }
    return render(request, "pathways/person_new.html", context, status=status)


@require_GET
@requires(Perm.PERSON_READ, of=Beneficiary)
def person(request: ActorRequest, person: Beneficiary) -> HttpResponse:
    """The page of a person: who, the thread, the eight fields, needs, what happened, the quick acts."""
    page = person_page(person, request.actor, today=clock.today())
    only, episodes = request.GET.get("voir", ""), episodes_of(person)
    kinds = [Item(str(label), address(request.GET, voir=key or None), key == only) for key, label in KINDS]
    return render(
        request,
        "pathways/person.html",
        {
            "page": page,
            "person": person,
            "events": timeline(page, request.actor, only=only, more=life_of(person, request.actor, episodes)),
            "kinds": kinds,
            "admissions": admissions_of(person),
            "shared": may_share(person.shared_until, today=clock.today()),
            "today": clock.today(),
            "living": living(episodes),
            "closed": None if page.pathway else last_exit(person, request.actor),
            "note_removed": just_removed(request, person),
        },
    )


@require_GET
@requires(Perm.PERSON_READ, of=Beneficiary)
def access(request: ActorRequest, person: Beneficiary) -> HttpResponse:
    """Who sees what of a person, and why."""
    restriction = restriction_of(person.pk)
    found = watchers(person, request.actor, today=clock.today())
    context = {
        "person": person,
        "present": [one for one in found if one.until is None],
        "past": [one for one in found if one.until is not None],
        "shared": may_share(person.shared_until, today=clock.today()),
        "restriction": restriction,
        "readers": readers_of(restriction) if restriction else (),
        "may_edit": can(request.actor, Perm.PERSON_EDIT, person),
        "bases": person.bases.select_related("recorded_by"),
    }
    return render(request, "pathways/person_access.html", context)


def just_removed(request: ActorRequest, person: Beneficiary) -> str:
    """The note of this person that this browser took back within ten minutes, empty when there is none."""
    kept = request.session.get(NOTE_BACK) or {}
    recent = clock.now().timestamp() - kept.get("at", 0) < NOTE_BACK_SECONDS
    return str(kept["note"]) if recent and kept.get("person") == str(person.pk) else ""
