"""What allauth asks of us: our words, our queue, our stages."""

from __future__ import annotations

import base64
import hashlib
import secrets
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.stages import AuthenticateStage
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from requests import RequestException

from sanscouture.access.actor import Actor
from sanscouture.accounts.models import User
from sanscouture.accounts.rules import Fault
from sanscouture.accounts.services.connections import is_trusted, note_connection
from sanscouture.accounts.services.factors import has_factor, prove
from sanscouture.accounts.services.identities import (
    arrive,
    entered_by_proconnect,
    forget_other_ways,
    proves_twice,
    refused,
)
from sanscouture.audit.services import record
from sanscouture.notifications.services import Address, notify

MAILS = {
    "password_reset_key": ("accounts.password_reset", "password_reset_url"),
    "email_confirmation": ("accounts.address_confirmation", "activate_url"),
    "email_confirmation_signup": ("accounts.address_confirmation", "activate_url"),
    "password_changed": ("accounts.password_changed", ""),
    "password_reset": ("accounts.password_changed", ""),
    "password_set": ("accounts.password_changed", ""),
    "email_changed": ("accounts.address_changed", ""),
}
"""What allauth calls its mails, what we call them, and where it puts their link. Those not here are not sent."""


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """How allauth behaves here: no sign-up without invitation, our words, our queue."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Refuse: an account is opened by an invitation."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Queue a mail in the request's transaction, so that the answer's delay tells nothing about the account."""
        kind, link = MAILS.get(template_prefix.rsplit("/", 1)[-1], ("", ""))
        if kind:
            user = context.get("user")
            language = user.language if isinstance(user, User) else translation.get_language()
            notify(kind, to=[Address(email, language)], programme_id=None, url=context[link] if link else "")

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse | None:
        """Begin to sign in: what another way left unfinished is forgotten."""
        forget_other_ways(request)
        response: HttpResponse | None = super().pre_login(request, user, **kwargs)
        return response

    def login(self, request: HttpRequest, user: User) -> None:
        """Open the session, once every step is passed, and keep that it is open."""
        super().login(request, user)
        if has_factor(user) or proves_twice(request):
            prove(request, user)
        by_proconnect = entered_by_proconnect(request, user)
        note_connection(request, user, by_proconnect=by_proconnect)
        if by_proconnect:
            record(Actor(user.pk), "proconnect.sign_in", user)

    def get_login_stages(self) -> list[str]:
        """Give the second step, ours, then the question of trust."""
        return ["sanscouture.accounts.services.SecondStep", "allauth.mfa.stages.TrustStage"]

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *args: Any, **kwargs: Any
    ) -> None:
        """Leave factors to our own sentences."""
        if not (message_template or "").startswith("mfa/"):
            super().add_message(request, level, message_template, *args, **kwargs)


class SecondStep(AuthenticateStage):  # type: ignore[misc]
    """The second step of signing in, spared to the devices the account trusts, and when ProConnect proved it."""

    def _should_handle(self, request: HttpRequest) -> bool:
        spared = proves_twice(request) or is_trusted(request, self.login.user.pk)
        return bool(super()._should_handle(request)) and not spared


class IdentityAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """What becomes of an identity that ProConnect brings: our rule, and our sentences."""

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Take over from allauth, which would make an account."""
        raise ImmediateHttpResponse(arrive(request, sociallogin))

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: Any = None,
        exception: Exception | None = None,
        extra_context: dict[str, Any] | None = None,
    ) -> None:
        """Say what went wrong where the person came from."""
        fault = Fault.UNEXPECTED if exception is None else Fault.UNTRUSTED
        if isinstance(exception, RequestException):
            fault = Fault.SILENT
        raise ImmediateHttpResponse(refused(request, getattr(exception, "fault", fault)))

    def generate_state_param(self, state: dict[str, Any]) -> str:
        """Draw a state of 43 characters: ProConnect asks for 32 at least."""
        return secrets.token_urlsafe(32)


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Second factors in our words, their secrets encrypted by the application."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("Ce code n’est pas le bon. Attendez le suivant, et vérifiez l’heure de votre téléphone."),
        "unverified_email": _("Confirmez d’abord votre adresse électronique."),
    }

    def encrypt(self, text: str) -> str:
        """Encrypt a secret before it is stored."""
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Read a stored secret, written with the present key or one of SECRET_KEY_FALLBACKS."""
        return _cipher().decrypt(encrypted_text.encode()).decode()


def _cipher() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([_key(str(key)) for key in keys])


def _key(secret: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(f"second factors {secret}".encode()).digest()))
