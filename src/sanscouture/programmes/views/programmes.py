"""The programmes of France, and the page of one."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from sanscouture.access.decorators import ActorRequest, signed_in
from sanscouture.access.enums import Perm
from sanscouture.programmes.forms import ProgrammeFilters
from sanscouture.programmes.models import Perimeter, Programme
from sanscouture.programmes.rules import spaced
from sanscouture.programmes.selectors import (
    ProgrammeRow,
    alliance_of,
    communes_of,
    perimeter_of,
    programmes_of_france,
)
from sanscouture.territories.models import Commune
from sanscouture.ui.maps import Map, Outline, Point
from sanscouture.ui.tables import Column, build

AVERAGE_PARTNERS = 36
"""Partners mobilised per cité on average (chapter 00, the programme's own documents)."""


@require_safe
@signed_in
def france(request: ActorRequest) -> HttpResponse:
    """Every programme: a map, and a list to narrow."""
    form = ProgrammeFilters(request.GET)
    form.is_valid()
    said = form.cleaned_data
    rows = programmes_of_france(
        text=said.get("q", ""),
        region=said.get("region", ""),
        year=said.get("annee"),
        kind=said.get("forme", ""),
    )
    table = build(
        rows,
        columns=[
            Column(_("Programme"), "nom", ["key"]),
            Column(_("Label"), "annee", ["year", "key"]),
            Column(_("Départements"), "departement", ["departements", "key"]),
            Column(_("Région"), "region", ["regions", "key"]),
            Column(_("QPV"), "qpv", ["qpvs", "key"], numeric=True),
            Column(_("Habitants des QPV"), "habitants", ["people", "key"], numeric=True),
        ],
        query=request.GET,
        caption=_("Programmes"),
        row_template="programmes/france_row.html",
        default_sort="nom",
    )
    people = sum(row.people for row in rows)
    context = {
        "form": form,
        "table": table,
        "map": _map_of_france(rows),
        "people": spaced(people) if people else "",
        "total": len(rows),
    }
    return render(request, "programmes/france.html", context)


@require_safe
@signed_in
def programme(request: ActorRequest, slug: str) -> HttpResponse:
    """One programme: identity for every account, team and partners for its members."""
    found = get_object_or_404(Programme, slug=slug)
    perimeter, communes = perimeter_of(found), communes_of(found)
    alliance = alliance_of(found, request.actor)
    context = {
        "programme": found,
        "perimeter": perimeter,
        "alliance": alliance,
        "identity": _identity(found, communes, perimeter),
        "figures": _figures(perimeter, communes, None if alliance is None else alliance.total),
        "map": _map_of_quarters(found, perimeter),
        "may_edit": request.actor.holds_in(Perm.PROGRAMME_EDIT, found.pk),
    }
    return render(request, "programmes/programme.html", context)


def _map_of_france(rows: Sequence[ProgrammeRow]) -> Map:
    points = [
        Point(
            row.programme.name,
            row.programme.lon,
            row.programme.lat,
            reverse("programmes:programme", args=[row.programme.slug]),
            row.departements,
        )
        for row in rows
        if row.programme.lon is not None and row.programme.lat is not None
    ]
    return Map(_("Carte des programmes"), points, france=True)


def _map_of_quarters(found: Programme, perimeter: Sequence[Perimeter]) -> Map:
    outlines = [
        Outline(row.qpv.name, row.qpv.outline, text=_state(row), indicative=row.qpv.indicative)
        for row in perimeter
        if row.qpv.outline
    ]
    points = []
    if not outlines and found.lon is not None and found.lat is not None:
        points.append(Point(found.name, found.lon, found.lat, here=True))
    return Map(_("Carte des quartiers de %(name)s") % {"name": found.name}, points, outlines)


def _state(row: Perimeter) -> str:
    words = [_("à confirmer") if row.candidate else "", _("contour indicatif") if row.qpv.indicative else ""]
    return ", ".join(word for word in words if word)


def _identity(
    found: Programme, communes: Sequence[Commune], perimeter: Sequence[Perimeter]
) -> list[tuple[str, str | int | None]]:
    departements = sorted({one.departement.name for one in communes})
    regions = sorted({one.departement.region.name for one in communes})
    sources = sorted({f"{row.qpv.source} ({row.qpv.vintage})" for row in perimeter if row.qpv.population})
    return [
        (_("Forme"), found.get_kind_display()),
        (_("Année du label"), str(found.label_year or "")),
        (_("Structure porteuse"), found.carrier),
        (_("Communes"), ", ".join(one.name for one in communes)),
        (_("Département"), ", ".join(departements)),
        (_("Région"), ", ".join(regions)),
        (_("Source"), found.source),
        (_("Source des habitants"), _("\u00a0; ").join(sources)),
    ]


def _figures(
    perimeter: Sequence[Perimeter], communes: Sequence[Commune], partners: int | None
) -> list[tuple[str, str, str]]:
    """Three figures: value, unit, comparison."""
    told = [row.qpv.population for row in perimeter if row.qpv.population is not None]
    people, silent = sum(told), len(perimeter) - len(told)
    waiting = sum(row.candidate for row in perimeter)
    whole = [one.population for one in communes if one.population is not None]
    comparison = ""
    if silent and told:
        comparison = ngettext("sans un QPV dont on l’ignore", "sans %(n)d QPV dont on l’ignore", silent) % {"n": silent}
    elif told and whole and len(whole) == len(communes):
        comparison = _("sur %(total)s dans ses communes") % {"total": spaced(sum(whole))}
    first = (spaced(people) if told else "–", _("habitants dans ses QPV"), comparison)
    quarters = (
        str(len(perimeter)),
        ngettext("quartier prioritaire", "quartiers prioritaires", len(perimeter)),
        _("dont %(n)d à confirmer") % {"n": waiting} if waiting else "",
    )
    if partners is None:
        return [first, quarters, (str(len(communes)), ngettext("commune", "communes", len(communes)), "")]
    unit = ngettext("structure partenaire", "structures partenaires", partners)
    return [first, quarters, (str(partners), unit, _("%(n)d en moyenne par cité") % {"n": AVERAGE_PARTNERS})]
