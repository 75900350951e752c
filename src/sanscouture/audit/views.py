from __future__ import annotations

from dataclasses import replace

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from sanscouture.access.decorators import ActorRequest, requires
from sanscouture.access.enums import Perm
from sanscouture.audit import selectors
from sanscouture.audit.forms import JournalForm
from sanscouture.ui.tables import Column, build

PER_PAGE = 50


@requires(Perm.JOURNAL_READ)
@require_GET
def journal(request: ActorRequest) -> HttpResponse:
    """Who did or read what, when."""
    actor = request.actor
    form = JournalForm(request.GET, people=selectors.people_in(actor), verbs=selectors.verbs_in(actor))
    columns = (Column(_("Quand")), Column(_("Qui")), Column(_("Acte")), Column(_("Sur quoi")), Column(_("Précision")))
    table = build(
        selectors.journal(actor, form.asked()),
        columns=columns,
        query=request.GET,
        caption=_("Journal"),
        row_template="audit/row.html",
        per_page=PER_PAGE,
    )
    table = replace(table, rows=selectors.rows(table.rows))
    return render(request, "audit/journal.html", {"form": form, "table": table, "filtered": form.has_changed()})
