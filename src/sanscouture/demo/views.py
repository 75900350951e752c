"""Pages that exist in the demonstration only: signing in by a button, and reading what was sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from sanscouture.access.decorators import public
from sanscouture.access.scope import scope
from sanscouture.accounts import services as accounts
from sanscouture.accounts.models import User
from sanscouture.accounts.views import speak
from sanscouture.demo.rules.cast import PERSONAS
from sanscouture.demo.selectors import messages_to
from sanscouture.jobs.services import all_programmes
from sanscouture.ui.tables import Column, build

View = Callable[..., HttpResponseBase]


def demo_only(view: View) -> View:
    """Answer as if the page did not exist, outside the demonstration."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not settings.DEMO:
            raise Http404
        return view(request, *args, **kwargs)

    return inner


@contextmanager
def every_message() -> Iterator[None]:
    """Open the rows of every programme, without names: messages hold none."""
    with scope(programmes=all_programmes()):
        yield


@public
@demo_only
@require_POST
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in as a member of the cast, by a button."""
    asked = request.POST.get("email", "")
    if asked not in {one.email for one in PERSONAS}:
        raise Http404
    user = get_object_or_404(User, email=asked, is_active=True)
    accounts.sign_in(request, user)
    following = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(following, {request.get_host()}, require_https=request.is_secure())
    response = redirect(following if safe else settings.LOGIN_REDIRECT_URL)
    speak(response, user)
    return response


@public
@demo_only
@require_GET
def outbox(request: HttpRequest) -> HttpResponse:
    """Every message sent, last first."""
    asked = request.GET.get("destinataire", "")[:100]
    with every_message():
        table = build(
            messages_to(asked),
            columns=(
                Column(_("Objet")),
                Column(_("Destinataire")),
                Column(_("Canal")),
                Column(_("Envoyé")),
            ),
            query=request.GET,
            caption=_("Messages envoyés"),
            row_template="demo/outbox_row.html",
        )
        return render(request, "demo/outbox.html", {"table": table, "asked": asked})


@public
@demo_only
@require_GET
def message(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One message, as its recipient reads it."""
    with every_message():
        found = get_object_or_404(messages_to(""), pk=pk)
        paragraphs = [part for part in found.body_text.split("\n\n") if part.strip()]
        return render(request, "demo/message.html", {"message": found, "paragraphs": paragraphs})
