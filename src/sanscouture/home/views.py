"""The first page, by role: what waits for you this morning."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from sanscouture.access.decorators import ActorRequest, signed_in_to_names
from sanscouture.access.enums import Perm
from sanscouture.audit.services import record
from sanscouture.core import clock
from sanscouture.home import selectors
from sanscouture.programmes.models import Programme
from sanscouture.ui.navigation import Item


@require_safe
@signed_in_to_names
def home(request: ActorRequest) -> HttpResponse:
    """Lead each account to what waits for it, in the programme asked by `?programme=`, else the first by name."""
    actor = request.actor
    programmes = selectors.programmes_of(actor)
    asked = request.GET.get("programme", "")
    programme = next((one for one in programmes if one.slug == asked), programmes[0] if programmes else None)
    if programme is None:
        national = actor.holds(Perm.PROGRAMME_READ)
        return render(request, "home/national.html" if national else "home/no_role.html")
    context = {"programme": programme, "tabs": _tabs(programmes, programme)}
    if selectors.coordinates(actor, programme.pk):
        return _morning(request, programme, context)
    if actor.holds_in(Perm.PERSON_READ, programme.pk):
        return _portfolio(request, programme, context)
    return render(request, "home/partner.html", context)


def _morning(request: ActorRequest, programme: Programme, context: dict[str, object]) -> HttpResponse:
    if not programme.names_open:
        return render(request, "home/closed.html", context)
    morning = selectors.morning(programme, request.actor, today=clock.today())
    if morning.first:
        record(request.actor, "rupture.list", [line.rupture for line in morning.first], read=True)
    return render(request, "home/morning.html", {**context, "morning": morning, "figures": _figures(morning)})


def _portfolio(request: ActorRequest, programme: Programme, context: dict[str, object]) -> HttpResponse:
    if not programme.names_open:
        return render(request, "home/closed.html", context)
    portfolio = selectors.portfolio(programme, request.actor, today=clock.today())
    if portfolio.people:
        record(request.actor, "beneficiary.list", [person for person, _thread in portfolio.people], read=True)
    return render(request, "home/portfolio.html", {**context, "portfolio": portfolio})


def _tabs(programmes: list[Programme], current: Programme) -> list[Item]:
    if len(programmes) < 2:
        return []
    return [Item(one.name, f"/?programme={one.slug}", one == current) for one in programmes]


def _figures(morning: selectors.Morning) -> list[dict[str, object]]:
    """The four figures of the morning, each with its comparison and its eight weeks."""
    said = morning.figures
    return [
        {
            "value": said.accompanied.now,
            "unit": _("personnes accompagnées"),
            "comparison": _change(said.accompanied.change),
            "trend": said.accompanied.weeks,
        },
        {
            "value": said.entered,
            "unit": _("entrées ce mois-ci"),
            "comparison": _("%(n)d le mois dernier") % {"n": said.entered_before},
            "trend": said.entries,
        },
        {
            "value": said.open_needs.now,
            "unit": _("besoins ouverts"),
            "comparison": _("%(n)d sans solution") % {"n": said.uncovered},
            "trend": said.open_needs.weeks,
        },
        {
            "value": said.positive_exits.now,
            "unit": _("sorties positives"),
            "comparison": _change(said.positive_exits.change),
            "trend": said.positive_exits.weeks,
        },
    ]


def _change(n: int) -> str:
    if not n:
        return _("comme il y a huit semaines")
    if n > 0:
        return _("%(n)d de plus qu’il y a huit semaines") % {"n": n}
    return _("%(n)d de moins qu’il y a huit semaines") % {"n": -n}
