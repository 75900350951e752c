"""Which account a ProConnect identity opens: the one that its owner linked to it, by their own proof, and no other."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any, cast

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from allauth.socialaccount.models import SocialAccount, SocialLogin
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sanscouture.access.actor import Actor
from sanscouture.accounts.models import User
from sanscouture.accounts.rules import PENDING_LIFE, Fault
from sanscouture.accounts.services.connections import end_connections
from sanscouture.accounts.services.proconnect import PROVIDER, Identity, farewell
from sanscouture.audit.services import record
from sanscouture.core import clock
from sanscouture.core.errors import Conflict, Refused
from sanscouture.core.verbs import verb
from sanscouture.notifications.services import notify

PENDING = "proconnect_pending"
"""In the session: an identity that no account has, waiting for its owner to sign in and link it."""
ENTERED = "proconnect"
"""In the session: the account that ProConnect opened, and what is needed to leave ProConnect too."""
LEFT = "proconnect_left"
"""In the session, signed out: what ProConnect must bring back."""
CONNECT = "connect"

SENTENCES = {
    Fault.CANCELLED: gettext_lazy("Vous avez arrêté la connexion par ProConnect. Rien n’a changé."),
    Fault.UNEXPECTED: gettext_lazy(
        "Ce retour de ProConnect n’est pas attendu : il a déjà servi, ou trop tardé. Recommencez."
    ),
    Fault.SILENT: gettext_lazy(
        "ProConnect ne répond pas. Réessayez dans quelques minutes, ou connectez-vous avec votre mot de passe."
    ),
    Fault.UNTRUSTED: gettext_lazy(
        "La réponse de ProConnect n’a pas pu être vérifiée : elle est refusée, et rien n’a changé. Recommencez, ou "
        "connectez-vous avec votre mot de passe."
    ),
    Fault.WEAK: gettext_lazy(
        "ProConnect n’a pas demandé de deuxième facteur, ou pas assez sûr. Ajoutez-en un à votre compte ProConnect, "
        "ou connectez-vous avec votre mot de passe."
    ),
}


@dataclass(frozen=True)
class Pending:
    """An identity that waits to be linked."""

    sub: str
    email: str


def refused(request: HttpRequest, fault: Fault) -> HttpResponse:
    """Go back where the person came from, with a sentence that says what to do."""
    messages.error(request, str(SENTENCES[fault]))
    return redirect("accounts:proconnect_link" if request.user.is_authenticated else "account_login")


def arrive(request: HttpRequest, login: SocialLogin) -> HttpResponse:
    """Decide what a verified identity opens.

    Rule (docs/adr/0013): `sub` alone opens an account, and only the one that linked it. An identity that no account
    has makes none and enters none, whatever its address: it waits 15 minutes for its owner to sign in by their own
    means and link it.
    """
    identity: Identity = login.identity
    linked = login.user if login.is_existing else None
    signed_in = request.user.is_authenticated
    if linked is None:
        _keep(request, identity)
        if signed_in:
            return redirect("accounts:proconnect_link")
        messages.warning(
            request,
            _(
                "Ce compte ProConnect n’est encore lié à aucun compte. Connectez-vous avec votre mot de passe : vous "
                "pourrez le lier ensuite. Sans compte, demandez une invitation."
            ),
        )
        following = urlencode({"next": reverse("accounts:proconnect_link")})
        return redirect(f"{reverse('account_login')}?{following}")
    if signed_in and login.state.get("process") == CONNECT:
        if linked != request.user:
            messages.error(request, _("Ce compte ProConnect est déjà lié à un autre compte."))
        return redirect("accounts:proconnect_link")
    return _enter(request, linked, identity, login.get_redirect_url(request))


def _keep(request: HttpRequest, identity: Identity) -> None:
    until = (clock.now() + PENDING_LIFE).timestamp()
    request.session[PENDING] = {"sub": identity.sub, "email": identity.email, "until": until}


def _enter(request: HttpRequest, user: User, identity: Identity, following: str | None) -> HttpResponse:
    """Begin to sign in; allauth goes on with the second step, unless ProConnect proved two factors."""
    if request.user.is_authenticated:
        get_adapter().logout(request)
    cast("Any", request).proconnect = identity
    request.session[ENTERED] = {
        "account": str(user.pk),
        "id_token": identity.id_token,
        "end_session": identity.end_session,
    }
    record_authentication(request, user, "socialaccount", provider=PROVIDER)
    response: HttpResponse = perform_login(request, user, email_verification=None, redirect_url=following)
    return response


def arriving(request: HttpRequest) -> Identity | None:
    """Give the identity that this very request brought back from ProConnect."""
    identity: Identity | None = getattr(request, "proconnect", None)
    return identity


def proves_twice(request: HttpRequest) -> bool:
    """Say whether this very request comes back from ProConnect with the proof of two factors."""
    identity = arriving(request)
    return identity is not None and identity.two_factors


def forget_other_ways(request: HttpRequest) -> None:
    """Signing in another way: what an abandoned ProConnect sign-in left in the session goes."""
    if arriving(request) is None:
        request.session.pop(ENTERED, None)


def entered_by_proconnect(request: HttpRequest, user: User) -> bool:
    """Say whether it is ProConnect that opened this session for this account."""
    return bool(request.session.get(ENTERED, {}).get("account") == str(user.pk))


def pending_of(request: HttpRequest) -> Pending | None:
    """Give the identity that waits in this session, for 15 minutes."""
    kept = request.session.get(PENDING)
    if not kept or kept["until"] < clock.now().timestamp():
        return None
    return Pending(kept["sub"], kept["email"])


def drop_pending(request: HttpRequest) -> None:
    """Let an identity wait no more."""
    request.session.pop(PENDING, None)


@verb
def link_identity(pending: Pending | None, *, user: User) -> None:
    """Link an identity that waits to the account of its owner, who has just proved who they are.

    Rule: one identity, one account, and the other way round. Raises `Refused` when none waits any more, `Conflict`
    when the account or the identity is linked already.
    """
    if pending is None:
        raise Refused(_("Rien n’attend d’être lié, ou depuis trop longtemps. Recommencez."))
    User.objects.select_for_update().get(pk=user.pk)
    if SocialAccount.objects.filter(user=user).exists():
        raise Conflict(_("Votre compte est déjà lié à ProConnect. Déliez-le d’abord."))
    kept, _made = SocialAccount.objects.get_or_create(provider=PROVIDER, uid=pending.sub, defaults={"user": user})
    if kept.user_id != user.pk:
        raise Conflict(_("Ce compte ProConnect est déjà lié à un autre compte."))
    record(Actor(user.pk), "proconnect.link", user)
    notify("accounts.proconnect_changed", to=[user], programme_id=None)


@verb
def unlink_identity(request: HttpRequest, user: User) -> None:
    """Unlink ProConnect: it opens this account no more, and the other sessions end. Does nothing without a link."""
    if not forget_identities(user):
        return
    end_connections(user, but=request.session.session_key)
    record(Actor(user.pk), "proconnect.unlink", user)
    notify("accounts.proconnect_changed", to=[user], programme_id=None)


def forget_identities(user: User) -> bool:
    """Delete what links an account to ProConnect; say whether there was something."""
    gone, _each = SocialAccount.objects.filter(user=user).delete()
    return bool(gone)


@dataclass(frozen=True)
class Farewell:
    """Where to leave ProConnect, and what it must bring back."""

    url: str
    state: str


def farewell_of(request: HttpRequest) -> Farewell | None:
    """Give where a session opened by ProConnect must go to end there too; None for the others. Asks no network."""
    entered = request.session.get(ENTERED)
    if not entered or not request.user.is_authenticated:
        return None
    state = secrets.token_urlsafe(32)
    return Farewell(farewell(end_session=entered["end_session"], id_token=entered["id_token"], state=state), state)
