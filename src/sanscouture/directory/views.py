from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST

from sanscouture.access.decorators import ActorRequest, requires
from sanscouture.access.enums import Perm
from sanscouture.core import clock
from sanscouture.core.errors import Conflict, Refused
from sanscouture.directory.enums import ActionField
from sanscouture.directory.forms import (
    DEFAULT_RADIUS,
    PARAMETERS,
    OrganisationSheetForm,
    SearchForm,
    ServiceSheetForm,
    SheetForm,
)
from sanscouture.directory.models import Correction, Service
from sanscouture.directory.rules import vocabulary, wording
from sanscouture.directory.selectors import (
    Found,
    FoundService,
    Place,
    Search,
    active_services,
    place_of_programme,
    places_named,
    row_of,
    search_services,
)
from sanscouture.directory.selectors.corrections import corrections_of, may_correct
from sanscouture.directory.services.corrections import StaleSheet, correct_sheet, restore_source
from sanscouture.partners.models import Organisation
from sanscouture.ui.forms import raw
from sanscouture.ui.maps import Map, Point
from sanscouture.ui.tables import Page, address, page_links


@dataclass(frozen=True)
class Card:
    """One result as it is read."""

    service: Service
    href: str
    where: str
    capacity: str
    tone: str
    freshness: str
    conditions: Sequence[str]


@dataclass(frozen=True)
class Loosening:
    """A filter to drop, and how many services would then be found."""

    label: str
    total: int
    href: str


@requires(Perm.DIRECTORY_READ)
def search(request: ActorRequest) -> HttpResponse:
    """The directory: one box, a place, filters with counts, cards and a map in step."""
    query = request.GET.copy()
    if "lieu" not in query and (centre := place_of_programme(request.actor.programmes)):
        query["lieu"] = centre.text
    query.setdefault("rayon", str(DEFAULT_RADIUS))
    form = SearchForm(query)
    form.is_valid()
    named = places_named(form.cleaned_data.get("lieu", ""))
    asked = _asked(form, named[0] if named else None)
    found = search_services(asked, page=_page_number(query))
    form.offer(found.counts)
    cards = [_card(each, asked.place) for each in found.results]
    return render(
        request,
        "directory/search.html",
        {
            "form": form,
            "asked": asked,
            "found": found,
            "cards": cards,
            "map": _map(asked, cards),
            "page": _page(found, query),
            "others": [(each.label, address(query, lieu=each.text, page=None)) for each in named[1:]],
            "unknown_place": form.cleaned_data.get("lieu", "") if not named else "",
            "loosenings": _loosenings(found, query),
        },
    )


@requires(Perm.DIRECTORY_READ)
def service(request: ActorRequest, pk: UUID) -> HttpResponse:
    """One service: who may enter, how to mobilise it, places, freshness, and who carries it."""
    services = active_services().select_related("organisation", "commune")
    found = get_object_or_404(services, pk=pk)
    return render(
        request,
        "directory/service.html",
        {
            "service": found,
            "card": _card(FoundService(found, None), None),
            "facts": _facts(found),
            "mobilisation": _mobilisation(found),
            "carrier": _carrier(found),
            "corrections": corrections_of(found),
            "may_correct": may_correct(request.actor, found),
            "may_correct_carrier": may_correct(request.actor, found.organisation),
            "map": _map(Search(), [_card(FoundService(found, None), None)]) if found.lat is not None else None,
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Perm.DIRECTORY_CORRECT, of=Service)
def correct_service(request: ActorRequest, service: Service) -> HttpResponse:
    """Correct the sheet of a service."""
    return _correct(request, service, ServiceSheetForm, reverse("directory:service", args=[service.pk]))


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Perm.DIRECTORY_CORRECT, of=Organisation)
def correct_organisation(request: ActorRequest, organisation: Organisation) -> HttpResponse:
    """Correct the sheet of a structure."""
    back = reverse("partners:organisation", args=[organisation.pk])
    return _correct(request, organisation, OrganisationSheetForm, back)


@require_POST
@requires(Perm.DIRECTORY_CORRECT, of=Correction)
def restore_field(request: ActorRequest, correction: Correction) -> HttpResponse:
    """Give a field back to its source."""
    sheet = correction.service or correction.organisation
    if sheet is None or not may_correct(request.actor, sheet):
        raise Http404
    page = "directory:correct_service" if isinstance(sheet, Service) else "directory:correct_organisation"
    try:
        restore_source(correction, actor=request.actor)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("La fiche dit de nouveau ce que dit sa source."))
    return redirect(page, sheet.pk)


def _correct(request: ActorRequest, sheet: Service | Organisation, form_of: type[SheetForm], back: str) -> HttpResponse:
    if not may_correct(request.actor, sheet):
        raise Http404
    form, status = form_of(request.POST or None, instance=sheet), 200
    title = sheet.name  # the form writes into its sheet what is being tried
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                changed = correct_sheet(sheet, form.said(), actor=request.actor, seen=form.seen())
            except StaleSheet as stale:
                form, status = _merged(form, stale), 409
            except Refused as refusal:
                form.add_error(None, str(refusal))
                status = 409 if isinstance(refusal, Conflict) else 422
            else:
                messages.success(request, _("La fiche est corrigée.") if changed else _("Rien n’a changé."))
                return redirect(back)
    context = {"sheet": sheet, "title": title, "form": form, "back": back, "corrections": corrections_of(sheet)}
    return render(request, "directory/correct.html", context, status=status)


def _merged(form: SheetForm, stale: StaleSheet) -> SheetForm:
    """The form with what the sheet says now beside each field that both changed."""
    said = {name: raw(getattr(stale.saved, name)) or _("rien") for name in stale.fields}
    form = form.read_again(stale.saved)
    form.add_error(None, str(stale))
    for name, now in said.items():
        form.add_error(name, _("La fiche dit maintenant « %(now)s ».") % {"now": now})
    return form


def _asked(form: SearchForm, place: Place | None) -> Search:
    said = form.cleaned_data
    return Search(
        text=said.get("q", ""),
        place=place,
        radius_km=said.get("rayon") or DEFAULT_RADIUS,
        theme=said.get("theme", ""),
        field=said.get("champ"),
        public=said.get("public", ""),
        mode=said.get("mode", ""),
        only_places=said.get("places", False),
    )


def _page_number(query: QueryDict) -> int:
    asked = query.get("page", "1")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1


def _page(found: Found, query: QueryDict) -> Page:
    return Page(
        number=found.page,
        count=found.pages,
        total=found.total,
        previous=address(query, page=found.page - 1) if found.page > 1 else "",
        next=address(query, page=found.page + 1) if found.page < found.pages else "",
        links=page_links(found.page, found.pages, query),
    )


def _loosenings(found: Found, query: QueryDict) -> list[Loosening]:
    labels = {
        "text": _("sans les mots «\u00a0%(words)s\u00a0»") % {"words": query.get("q", "")},
        "place": _("partout en France"),
        "field": _("dans tous les champs d’action"),
        "theme": _("sur tous les thèmes"),
        "public": _("pour tous les publics"),
        "mode": _("sur place ou à distance"),
        "only_places": _("avec ou sans place"),
    }
    changes: dict[str, dict[str, str | None]] = {name: {PARAMETERS[name]: None} for name in labels}
    changes["place"] = {"lieu": ""}
    return [
        Loosening(labels[name], total, address(query, page=None, **changes[name]))
        for name, total in found.loosened.items()
    ]


def _card(found: FoundService, place: Place | None) -> Card:
    each = found.service
    words = wording.where(found.km, remote=each.is_remote, located=place is not None)
    capacity = wording.capacity(each.capacity, places=each.places, weeks=each.waiting_weeks, until=each.capacity_until)
    return Card(
        service=each,
        href=reverse("directory:service", args=[each.pk]),
        where=" · ".join(str(part) for part in (*words, each.city) if part),
        capacity=str(capacity),
        tone=wording.CAPACITY_TONES[each.capacity],
        freshness=str(wording.freshness(each.source_updated_on, clock.today())),
        conditions=[str(said) for said in wording.conditions(row_of(each))],
    )


def _map(asked: Search, cards: Sequence[Card]) -> Map:
    points = [
        Point(card.service.name, card.service.lon, card.service.lat, card.href, card.where)
        for card in cards
        if card.service.lon is not None and card.service.lat is not None
    ]
    if asked.place:
        points.append(Point(asked.place.label, asked.place.lon, asked.place.lat, here=True))
    return Map(_("Carte des services de cette page"), points, france=not points)


def _labels(slugs: Sequence[str]) -> str:
    return ", ".join(vocabulary.LABELS.get(slug, slug) for slug in slugs)


def _facts(found: Service) -> list[tuple[str, str]]:
    pace = _("%(hours)g heures par semaine") % {"hours": found.weekly_hours} if found.weekly_hours else ""
    lasts = _("pendant %(weeks)d semaines") % {"weeks": found.weeks} if found.weeks else ""
    rows = [
        (_("Type"), vocabulary.LABELS.get(found.type, "")),
        (_("Thèmes"), _labels(found.thematiques)),
        (_("Champs d’action"), ", ".join(str(ActionField(each).label) for each in found.action_fields)),
        (_("Nature de l’offre"), str(found.get_kind_display())),
        (pgettext("service", "Accueil"), _labels(found.reception_modes)),
        (_("Adresse"), found.full_address),
        (_("Horaires"), _("\u00a0; ").join(wording.opening_hours(found.opening_hours))),
        (_("Rythme"), " ".join(part for part in (pace, lasts) if part)),
        (_("Frais"), " – ".join(part for part in (_labels([found.fees]), found.fees_details) if part)),
    ]
    return [(name, value) for name, value in rows if value]


def _mobilisation(found: Service) -> list[tuple[str, str]]:
    rows = [
        (_("Comment"), _labels(found.mobilisation_modes)),
        (_("Qui peut le demander"), _labels(found.mobilised_by)),
        (_("Précisions"), found.mobilisation_details),
        (_("Documents à présenter"), found.documents),
        (_("Contact"), found.contact_name),
        (_("Téléphone"), wording.phone(found.phone)),
        (_("Adresse électronique"), found.email),
    ]
    return [(name, value) for name, value in rows if value]


def _carrier(found: Service) -> list[tuple[str, str]]:
    carrier = found.organisation
    rows = [
        (_("Type de structure"), str(carrier.get_kind_display())),
        (_("Adresse"), carrier.full_address),
        (_("Téléphone"), wording.phone(carrier.phone)),
        (_("Adresse électronique"), carrier.email),
    ]
    return [(name, value) for name, value in rows if value]
