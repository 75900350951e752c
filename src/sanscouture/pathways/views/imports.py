"""Lists of people made elsewhere: sent, tried, brought in, taken back."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from sanscouture.access.decorators import ActorRequest, requires
from sanscouture.access.enums import Perm
from sanscouture.core.errors import Refused
from sanscouture.core.sheets import MEDIA, Format, written
from sanscouture.core.workbooks import LARGEST
from sanscouture.pathways.forms.imports import ConfirmForm, ImportForm, MappingForm
from sanscouture.pathways.selectors.imports import progress_of, report_of, sample_of
from sanscouture.pathways.selectors.people import organisations_for
from sanscouture.pathways.views.people import closed_page, status_of
from sanscouture.people import services
from sanscouture.people.enums import ImportState
from sanscouture.people.models import PeopleImport
from sanscouture.programmes.models import Programme
from sanscouture.ui.tables import Column, build

PAGE = 50
OPEN = (ImportState.READ, ImportState.READY)


def _columns() -> tuple[Column, ...]:
    return (
        Column(_("Ligne"), "ligne", ("number",), numeric=True),
        Column(_("Résultat"), "resultat", ("state", "number")),
        Column(_("Remarques")),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Perm.PERSON_CREATE, of=Programme, by="slug")
def people_import_new(request: ActorRequest, programme: Programme) -> HttpResponse:
    """Send a list of people; nothing is made before it was tried and confirmed."""
    if not programme.names_open:
        return closed_page(request, programme, _("Importer une liste"))
    organisations = organisations_for(request.actor, programme)
    bound = request.method == "POST"
    form = ImportForm(request.POST if bound else None, request.FILES if bound else None, organisations=organisations)
    status = 200
    if bound:
        status = 422
        if form.is_valid():
            clean = form.cleaned_data
            try:
                batch = services.begin_import(
                    programme,
                    organisation=clean["organisation"],
                    content=clean["file"].read(LARGEST + 1),
                    actor=request.actor,
                )
                return redirect("pathways:people_import", pk=batch.pk)
            except Refused as refusal:
                form.add_error("file", str(refusal))
    mine = PeopleImport.objects.visible_to(request.actor, Perm.PERSON_CREATE).filter(programme=programme)
    context = {"programme": programme, "form": form, "past": mine.order_by("-created_at", "-pk")[:10]}
    return render(request, "pathways/people_import_new.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Perm.PERSON_CREATE, of=PeopleImport)
def people_import(request: ActorRequest, batch: PeopleImport) -> HttpResponse:
    """An import: say what its columns are, read what would become of each row, then what did."""
    form, status = None, 200
    if batch.state in OPEN:
        form = MappingForm(request.POST if request.method == "POST" else None, batch=batch, sample=sample_of(batch))
    if request.method == "POST":
        if form is None:
            messages.error(request, _("Cet import est déjà confirmé."))
            return redirect("pathways:people_import", pk=batch.pk)
        status = 422
        if form.is_valid():
            try:
                services.try_import(batch, mapping=form.mapping(), actor=request.actor)
                return redirect("pathways:people_import", pk=batch.pk)
            except Refused as refusal:
                form.add_error(None, str(refusal))
                status = status_of(refusal)
    return _page(request, batch, form, status)


def _page(request: ActorRequest, batch: PeopleImport, form: MappingForm | None, status: int) -> HttpResponse:
    table = build(
        batch.rows.all(),
        columns=_columns(),
        query=request.GET,
        caption=_("Lignes du fichier"),
        row_template="pathways/people_import_row.html",
        per_page=PAGE,
        default_sort="ligne",
    )
    context = {
        "batch": batch,
        "form": form,
        "table": table,
        "progress": progress_of(batch),
        "confirm": ConfirmForm() if batch.state == ImportState.READY else None,
    }
    return render(request, "pathways/people_import.html", context, status=status)


@require_POST
@requires(Perm.PERSON_CREATE, of=PeopleImport)
def import_confirm(request: ActorRequest, batch: PeopleImport) -> HttpResponse:
    """Bring the list in."""
    form = ConfirmForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("La raison tient en 300 caractères au plus."))
        return redirect("pathways:people_import", pk=batch.pk)
    reason = form.cleaned_data["reason"]
    return _done(
        request,
        batch,
        lambda: services.confirm_import(batch, reason=reason, actor=request.actor),
        _("L’import a commencé. Cette page dit où il en est."),
    )


@require_POST
@requires(Perm.PERSON_CREATE, of=PeopleImport)
def import_undo(request: ActorRequest, batch: PeopleImport) -> HttpResponse:
    """Take back what an import made."""
    return _done(
        request,
        batch,
        lambda: services.undo_import(batch, actor=request.actor),
        _("L’import est annulé. Les fiches que quelqu’un a complétées depuis restent."),
    )


@require_POST
@requires(Perm.PERSON_CREATE, of=PeopleImport)
def import_drop(request: ActorRequest, batch: PeopleImport) -> HttpResponse:
    """Give an import up before it was confirmed."""
    slug = batch.programme.slug
    try:
        services.drop_import(batch, actor=request.actor)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("pathways:people_import", pk=batch.pk)
    messages.success(request, _("L’import est abandonné et ses lignes sont effacées."))
    return redirect("pathways:people_import_new", slug=slug)


def _done(request: ActorRequest, batch: PeopleImport, act: Callable[[], object], said: str) -> HttpResponse:
    try:
        act()
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, said)
    return redirect("pathways:people_import", pk=batch.pk)


@require_GET
@requires(Perm.PERSON_CREATE, of=PeopleImport)
def import_report(request: ActorRequest, batch: PeopleImport) -> HttpResponse:
    """What became of each row, as a file; it names nobody."""
    content = b"".join(written(_("Import"), report_of(batch), Format.CSV))
    headers = {"Content-Disposition": 'attachment; filename="import.csv"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(content, content_type=MEDIA[Format.CSV], headers=headers)
