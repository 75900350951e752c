from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from sanscouture.access.decorators import ActorRequest, requires
from sanscouture.access.enums import Perm
from sanscouture.partners.forms import OrganisationFilters
from sanscouture.partners.models import Organisation
from sanscouture.partners.selectors import organisations_matching
from sanscouture.ui.maps import Map, Point
from sanscouture.ui.tables import Column, build


@require_safe
@requires(Perm.DIRECTORY_READ)
def organisations(request: ActorRequest) -> HttpResponse:
    """Every organisation of the field, to search."""
    form = OrganisationFilters(request.GET)
    form.is_valid()
    said = form.cleaned_data
    table = build(
        organisations_matching(said.get("q", ""), category=said.get("categorie", "")),
        columns=[
            Column(_("Structure"), "nom", ["name_key"]),
            Column(_("Type"), "type", ["kind", "name_key"]),
            Column(_("Catégorie"), "categorie", ["category", "name_key"]),
            Column(_("Ville"), "ville", ["city", "name_key"]),
        ],
        query=request.GET,
        caption=_("Structures"),
        row_template="partners/organisation_row.html",
        default_sort="nom",
    )
    return render(request, "partners/organisations.html", {"form": form, "table": table})


@require_safe
@requires(Perm.DIRECTORY_READ)
def organisation(request: ActorRequest, pk: UUID) -> HttpResponse:
    """One organisation: who it is, what it offers, where it takes part.

    Its name is shown whatever its kind: that it exists is public; what is veiled is its tie to a person.
    """
    found = get_object_or_404(Organisation.objects.select_related("commune"), pk=pk)
    here = (
        Map(_("Où se trouve %(name)s") % {"name": found.name}, [Point(found.name, found.lon, found.lat, here=True)])
        if found.lon is not None and found.lat is not None
        else None
    )
    identity = [
        (_("Type"), found.get_kind_display()),
        (_("Catégorie"), found.get_category_display()),
        (_("SIRET"), found.siret),
        (_("Adresse"), found.full_address),
        (_("Commune"), found.commune.name if found.commune else ""),
        (_("Téléphone"), found.phone),
        (_("Adresse électronique"), found.email),
        (_("Source"), found.source),
    ]
    search = f"{reverse('directory:search')}?{urlencode({'lieu': '', 'q': found.name})}"
    context = {"organisation": found, "identity": identity, "map": here, "search": search}
    return render(request, "partners/organisation.html", context)
