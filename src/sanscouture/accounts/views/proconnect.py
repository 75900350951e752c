"""ProConnect: leaving for it, coming back, linking it to one's account, leaving it at the end (docs/adr/0013).

Two pages stand between us and it. On the way out, a page that moves on by itself: a form that redirects to another
site is stopped by the security policy. On the way back, a real form that the page sends by itself: GET never writes.
"""

from __future__ import annotations

from typing import Any

from allauth.account.utils import get_next_redirect_url
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sanscouture.access.decorators import public, recently_authenticated, signed_in
from sanscouture.accounts import services
from sanscouture.accounts.models import User
from sanscouture.accounts.rules import Fault
from sanscouture.accounts.selectors import identity_of
from sanscouture.accounts.views.accounts import owner, speak
from sanscouture.core.errors import Conflict, Refused

acts = require_http_methods(["GET", "HEAD", "POST"])
come_back_view = services.ProConnectReturn.adapter_view
LOSSES = (gettext_lazy("La connexion par ProConnect, et vos autres connexions."),)
KEPT = (gettext_lazy("Votre compte, votre mot de passe et votre deuxième facteur."),)


def leave(request: HttpRequest, url: str) -> HttpResponse:
    """Show the page that moves on to ProConnect."""
    return render(request, "accounts/proconnect_leave.html", {"url": url})


def _depart(request: HttpRequest, process: str, following: str = "") -> HttpResponse:
    if not services.is_configured():
        raise Http404
    try:
        return leave(request, services.departure(request, process=process, following=following))
    except services.Unbelieved as error:
        return services.refused(request, error.fault)


@require_POST
@public
@never_cache
def start(request: HttpRequest) -> HttpResponse:
    """Leave for ProConnect, to sign in."""
    return _depart(request, "login", get_next_redirect_url(request) or "")


@require_POST
@signed_in
@recently_authenticated
def go_and_link(request: HttpRequest) -> HttpResponse:
    """Leave for ProConnect, to link it to one's account."""
    return _depart(request, "connect")


@acts
@public
@never_cache
def come_back(request: HttpRequest) -> HttpResponseBase:
    """Come back from ProConnect. Looking changes nothing; the page's form, which leaves by itself, goes on."""
    if not services.is_configured():
        raise Http404
    if "code" not in request.GET:
        cancelled = request.GET.get("error") == "access_denied"
        return services.refused(request, Fault.CANCELLED if cancelled else Fault.UNEXPECTED)
    if request.method != "POST":
        return render(request, "accounts/proconnect_return.html", {"here": request.get_full_path()})
    adapter = services.ProConnectAdapter(request, services.PROVIDER)
    try:
        response: HttpResponseBase = come_back_view(adapter)(request)
    except services.Unbelieved as error:  # allauth catches those of the tokens, not those of the discovery document
        return services.refused(request, error.fault)
    if isinstance(request.user, User):
        speak(response, request.user)
    return response


@acts
@signed_in
def link(request: HttpRequest) -> HttpResponse:
    """My link to ProConnect: the one that waits, the one that is, or how to make one."""
    if not services.is_configured():
        raise Http404
    user, pending = owner(request), services.pending_of(request)
    if request.method == "POST":
        return _answer(request, user)
    return _link_page(request, user, {"pending": pending})


def _answer(request: HttpRequest, user: User) -> HttpResponse:
    pending = services.pending_of(request)
    if request.POST.get("action") != "link":
        services.drop_pending(request)
        return redirect("accounts:profile")
    services.must_be_own(request)
    try:
        services.link_identity(pending, user=user)
    except Refused as refusal:
        services.drop_pending(request)
        messages.error(request, str(refusal))
        status = 409 if isinstance(refusal, Conflict) else 422
        return _link_page(request, user, {"pending": None}, status=status)
    services.drop_pending(request)
    messages.success(request, _("Votre compte est lié à ProConnect."))
    return redirect("accounts:proconnect_link")


def _link_page(request: HttpRequest, user: User, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    page = {"linked": identity_of(user), **context}
    return render(request, "accounts/proconnect_link.html", page, status=status)


@acts
@signed_in
@recently_authenticated
def unlink(request: HttpRequest) -> HttpResponse:
    """Unlink ProConnect from my account, after confirmation."""
    if request.method == "POST":
        services.unlink_identity(request, owner(request))
        messages.success(request, _("Votre compte n’est plus lié à ProConnect."))
        return redirect("accounts:profile")
    return render(request, "accounts/proconnect_unlink.html", {"losses": LOSSES, "kept": KEPT})


@require_safe
@public
@never_cache
def left(request: HttpRequest) -> HttpResponse:
    """Come back from the end of ProConnect's session."""
    expected = request.session.pop(services.LEFT, "")
    if expected and constant_time_compare(request.GET.get("state", ""), expected):
        messages.success(request, _("Vous êtes déconnecté, de ProConnect aussi."))
    else:
        messages.warning(request, _("Ce retour de ProConnect n’est pas attendu : il ne change rien."))
    return redirect("account_login")
