"""Second factors: proved before a name is seen (chapter 08), added, removed, and their recovery codes."""

from __future__ import annotations

from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from allauth.core.exceptions import ReauthenticationRequired
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from sanscouture.access.actor import Actor
from sanscouture.accounts.models import TrustedDevice, User
from sanscouture.accounts.rules import proved_lately
from sanscouture.accounts.services.connections import end_connections
from sanscouture.audit.services import record
from sanscouture.core import clock
from sanscouture.core.errors import Conflict
from sanscouture.core.verbs import verb
from sanscouture.notifications.services import notify

PROVED = "second_factor"
"""In the session: the account that proved its second factor there."""


def second_factor_page(request: HttpRequest) -> str:
    """Give the page where this session must go before a name is shown; empty when nothing is missing.

    Named by ACCESS_SECOND_FACTOR, asked by the one decorator of views. Rule: the session has passed a factor, or has
    added it. The personas of the demonstration are exempt, in demonstration mode only.
    """
    user = request.user
    if request.session.get(PROVED) == str(user.pk) or (isinstance(user, User) and _exempt(user)):
        return ""
    return reverse("mfa_index")


def _exempt(user: User) -> bool:
    if not (settings.DEMO and settings.ACCOUNTS_EXEMPTION):
        return False
    exempt: bool = import_string(settings.ACCOUNTS_EXEMPTION)(user.email)
    return exempt


def must_be_recent(request: HttpRequest) -> None:
    """Ask again who is there when it was last proved too long ago (ACCOUNT_REAUTHENTICATION_TIMEOUT).

    Named by ACCESS_RECENT. Raises allauth's `ReauthenticationRequired`, which leads to the right page and back.
    """
    if not (isinstance(request.user, User) and _exempt(request.user)):
        request.POST.keys()  # a body that is no form is refused here, before allauth keeps it for afterwards
        raise_if_reauthentication_required(request, app="allauth.mfa")


def must_be_own(request: HttpRequest) -> None:
    """Ask who is there unless they said it by means of ours less than 15 minutes ago, signing in or since.

    Raises allauth's `ReauthenticationRequired`, which leads to the right page and back.
    """
    if not proved_lately(get_authentication_records(request, request.user), now=clock.now()):
        raise ReauthenticationRequired


def prove(request: HttpRequest, user: User) -> None:
    """Note in the session that its account passed its second factor there."""
    request.session[PROVED] = str(user.pk)


@verb
def factor_added(request: HttpRequest, user: User) -> None:
    """Note a new factor: this session has proved it, the others end, and the owner is told by mail."""
    prove(request, user)
    _changed(request, user, "factor.add")


@verb
def factors_removed(request: HttpRequest, user: User) -> None:
    """Note a factor taken away: other sessions and trusted devices end; without any factor left, names close."""
    if not has_factor(user):
        request.session.pop(PROVED, None)
    TrustedDevice.objects.filter(user=user).delete()
    _changed(request, user, "factor.remove")


def has_factor(user: User) -> bool:
    """Say whether an account has a factor of its own, recovery codes apart."""
    return bool(Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.RECOVERY_CODES).exists())


@verb
def show_codes(user: User) -> list[str]:
    """Give the recovery codes, once. Raises `Conflict` when they were shown already, or when there are none."""
    held = Authenticator.objects.select_for_update().filter(user=user, type=Authenticator.Type.RECOVERY_CODES).first()
    codes = RecoveryCodes(held) if held else None
    if codes is None or codes.did_view:
        raise Conflict(_("Ces codes ont déjà été montrés. Faites-en de nouveaux : les anciens ne marcheront plus."))
    codes.mark_as_viewed()
    return list(codes.get_unused_codes())


@verb
def generate_codes(user: User) -> None:
    """Make new recovery codes; the former ones stop working. Raises `Conflict` without a factor to recover."""
    User.objects.select_for_update().get(pk=user.pk)
    if not has_factor(user):
        raise Conflict(_("Ajoutez d’abord une application ou une clé d’accès."))
    Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).delete()
    RecoveryCodes.activate(user)
    record(Actor(user.pk), "factor.codes", user)
    notify("accounts.factor_changed", to=[user], programme_id=None)


def _changed(request: HttpRequest, user: User, verb_name: str) -> None:
    end_connections(user, but=request.session.session_key)
    if verb_name == "factor.add":
        record(Actor(user.pk), "factor.add", user)
    else:
        record(Actor(user.pk), "factor.remove", user)
    notify("accounts.factor_changed", to=[user], programme_id=None)
