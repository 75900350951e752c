"""Carrying a list away: the rows of the page, in its order, journalled before the first of them leaves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from itertools import islice

from django.db.models import QuerySet
from django.http import HttpResponseBase, QueryDict, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from sanscouture.access.decorators import ActorRequest, recently_authenticated, requires
from sanscouture.access.enums import Perm
from sanscouture.audit.services import record
from sanscouture.core import clock
from sanscouture.core.sheets import MEDIA, Format, written
from sanscouture.pathways.forms.exports import ExportForm
from sanscouture.pathways.forms.people import PeopleFilterForm
from sanscouture.pathways.selectors.exporting import people_sheet
from sanscouture.pathways.selectors.people import PeopleFilters, people_of
from sanscouture.pathways.views.people import closed_page, columns
from sanscouture.people.models import Beneficiary
from sanscouture.programmes.models import Programme
from sanscouture.ui.tables import SORT, arranged

NOTED = 5_000
"""Records that one line of the journal names at most."""


@require_GET
@requires(Perm.PERSON_READ, of=Programme, by="slug")
@recently_authenticated
def people_export(request: ActorRequest, programme: Programme) -> HttpResponseBase:
    """Choose what to carry away of the list of people; once chosen, the file."""
    if not programme.names_open:
        return closed_page(request, programme, _("Emporter la liste"))
    asked = PeopleFilterForm(request.GET)
    filters = asked.filters()
    found: QuerySet[Beneficiary] = arranged(
        people_of(programme, request.actor, filters), columns(), request.GET, default_sort="nom"
    )
    form = ExportForm(request.GET if "fichier" in request.GET else None)
    if form.is_bound and form.is_valid():
        _note(request, programme, found, filters, form.format())
        rows = people_sheet(found, form.columns(), actor=request.actor)
        return _file(written(_("Personnes"), rows, form.format()), programme, form.format())
    context = {
        "programme": programme,
        "form": form,
        "total": found.count(),
        "filtered": filters != PeopleFilters(),
        "kept": _kept(request.GET, asked),
    }
    return render(request, "pathways/people_export.html", context, status=422 if form.is_bound else 200)


def _file(content: Iterator[bytes], programme: Programme, form: Format) -> StreamingHttpResponse:
    response = StreamingHttpResponse(content, content_type=MEDIA[form])
    name = f"personnes-{programme.slug}-{clock.today().isoformat()}.{form}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _note(
    request: ActorRequest, programme: Programme, found: QuerySet[Beneficiary], filters: PeopleFilters, form: Format
) -> None:
    """Tell the journal which records leave, by which filters; of a name that was searched, only that one was."""
    narrowed = sorted(name for name, value in asdict(filters).items() if value)
    note = " ".join([form.value, *narrowed])
    keys = found.values_list("pk", flat=True).iterator(chunk_size=NOTED)
    while some := list(islice(keys, NOTED)):
        rows = [Beneficiary(pk=key, programme=programme) for key in some]
        record(request.actor, "beneficiary.export", rows, read=True, note=note)


def _kept(query: QueryDict, asked: PeopleFilterForm) -> list[tuple[str, str]]:
    """The filters and the order of the page, which go along with the form."""
    return [(name, str(query[name])) for name in (*asked.fields, SORT) if query.get(name)]
