"""The register of processing: a page for every account, and the same words as a file."""

from __future__ import annotations

from datetime import date

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from sanscouture.access.decorators import ActorRequest, signed_in
from sanscouture.core import clock
from sanscouture.documents import services
from sanscouture.documents.enums import Form
from sanscouture.documents.rules.content import Document, edition, labelled
from sanscouture.documents.selectors import answering, register_of


@require_safe
@signed_in
def register(request: ActorRequest) -> HttpResponse:
    """What is kept about people, why, who sees it and for how long, as the code itself declares it."""
    return render(request, "documents/register.html", {"sections": labelled(register_of(answering()))})


@require_safe
@signed_in
def register_file(request: ActorRequest, form: str) -> HttpResponse:
    """The register as PDF or DOCX."""
    return answer_file(register_of(answering()), form, name="registre-des-traitements", on=clock.today())


def answer_file(
    document: Document, form: str, *, name: str, on: date, state: str = "", version: str = ""
) -> HttpResponse:
    """Answer a document as a file to keep; its foot says its title, its date and its fingerprint.

    Raises `Http404` for a form that is none.
    """
    if form not in list(Form):
        raise Http404(_("Cette forme n’existe pas : choisissez PDF ou DOCX."))
    made = services.render(document, edition(document, on=on, state=state, version=version), Form(form))
    answer = HttpResponse(made.content, content_type=made.media_type)
    answer["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
