"""Signing in and keeping one's account. What allauth does well is left to it; the addresses and the pages are ours."""

from __future__ import annotations

from typing import Any

from allauth.account import views as allauth
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from sanscouture.access.decorators import public, signed_in
from sanscouture.accounts import services
from sanscouture.accounts.forms import STRENGTH, InvitationForm, ProfileForm
from sanscouture.accounts.models import User
from sanscouture.accounts.rules import InvitationState
from sanscouture.accounts.selectors import InvitationPage, invitation_page
from sanscouture.core.errors import Conflict, Refused

SECRETS = ("password", "password_again")


LABELS = {
    "login": gettext_lazy("Adresse électronique"),
    "email": gettext_lazy("Adresse électronique"),
    "password": gettext_lazy("Mot de passe"),
    "oldpassword": gettext_lazy("Mot de passe actuel"),
    "password1": gettext_lazy("Nouveau mot de passe"),
    "password2": gettext_lazy("Le nouveau mot de passe, une deuxième fois"),
    "code": gettext_lazy("Code à 6 chiffres, ou code de secours"),
    "name": gettext_lazy("Nom de la clé, pour la reconnaître"),
}
HELP = {"password1": STRENGTH}


def in_our_words(form: Any) -> Any:
    """Say each field of an allauth form in our words, and once."""
    for name, field in form.fields.items():
        field.label = LABELS.get(name, field.label)
        field.help_text = HELP.get(name, "")
        field.widget.attrs.pop("placeholder", None)
    return form


def owner(request: HttpRequest) -> User:
    """The account of a request that `signed_in` let through."""
    if not isinstance(request.user, User):
        raise TypeError(request.user)
    return request.user


class Ours:
    """An allauth page under our roof: a form with errors answers 422, and the page is drawn inside its scope."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer, fully rendered."""
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        render_now = getattr(response, "render", None)
        return render_now() if render_now else response

    def get_form(self, form_class: Any = None) -> Any:
        """Say each field in our words, and once."""
        return in_our_words(super().get_form(form_class))  # type: ignore[misc]

    def form_invalid(self, form: Any) -> HttpResponseBase:
        """Say what to correct."""
        response: HttpResponseBase = super().form_invalid(form)  # type: ignore[misc]
        response.status_code = 422
        return response


class Login(Ours, allauth.LoginView):  # type: ignore[misc]
    template_name = "accounts/login.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Propose ProConnect where it is configured."""
        return {**super().get_context_data(**kwargs), "proconnect": services.is_configured()}

    def form_valid(self, form: Any) -> HttpResponseBase:
        """Sign in, and go on in the language of the account."""
        response: HttpResponseBase = super().form_valid(form)
        if isinstance(self.request.user, User):
            speak(response, self.request.user)
        return response


class Logout(Ours, allauth.LogoutView):  # type: ignore[misc]
    template_name = "accounts/logout.html"

    def post(self, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Sign out here, then of ProConnect if it opened the session."""
        farewell = services.farewell_of(self.request)
        response: HttpResponseBase = super().post(*args, **kwargs)
        if farewell is None:
            return response
        self.request.session[services.LEFT] = farewell.state
        return render(self.request, "accounts/proconnect_leave.html", {"url": farewell.url})


class PasswordReset(Ours, allauth.PasswordResetView):  # type: ignore[misc]
    template_name = "accounts/password_reset.html"


class PasswordResetDone(Ours, allauth.PasswordResetDoneView):  # type: ignore[misc]
    template_name = "accounts/password_reset_done.html"


class PasswordResetFromKey(Ours, allauth.PasswordResetFromKeyView):  # type: ignore[misc]
    template_name = "accounts/password_reset_from_key.html"


class PasswordResetFromKeyDone(Ours, allauth.PasswordResetFromKeyDoneView):  # type: ignore[misc]
    template_name = "accounts/password_reset_from_key_done.html"


class PasswordChange(Ours, allauth.PasswordChangeView):  # type: ignore[misc]
    template_name = "accounts/password_change.html"

    def form_valid(self, form: Any) -> HttpResponseBase:
        """Change it: every other session ends, and no device is trusted any more."""
        before = self.request.session.session_key
        response: HttpResponseBase = super().form_valid(form)
        services.password_changed(self.request, owner(self.request), before=before)
        return response


class Reauthenticate(Ours, allauth.ReauthenticateView):  # type: ignore[misc]
    template_name = "accounts/reauthenticate.html"


class Address(Ours, allauth.EmailView):  # type: ignore[misc]
    template_name = "accounts/address.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show without writing: allauth would first copy the address of an account made without one."""
        if request.method == "POST":
            return super().dispatch(request, *args, **kwargs)
        self._did_send_verification_email = False
        shown: HttpResponseBase = self.get(request, *args, **kwargs).render()
        return shown


class AddressConfirm(Ours, allauth.ConfirmEmailView):  # type: ignore[misc]
    template_name = "accounts/address_confirm.html"


class AddressSent(Ours, allauth.EmailVerificationSentView):  # type: ignore[misc]
    template_name = "accounts/address_sent.html"


class Inactive(Ours, allauth.AccountInactiveView):  # type: ignore[misc]
    template_name = "accounts/inactive.html"


def too_many(request: HttpRequest) -> HttpResponse:
    """Ask for patience: too many tries from the same place (allauth calls this by `handler429`)."""
    return render(request, "accounts/too_many.html", status=429)


@public
def signup(request: HttpRequest) -> HttpResponse:
    """Say how an account is opened."""
    return render(request, "accounts/signup.html")


@signed_in
@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """My account."""
    user = owner(request)
    form = ProfileForm(request.POST or None, instance=user)
    if request.method == "POST" and form.is_valid():
        services.update_profile(user, **form.cleaned_data)
        messages.success(request, _("Votre compte est à jour."))
        response = redirect("accounts:profile")
        speak(response, user)
        return response
    context = {"form": form, "proconnect": services.is_configured()}
    return render(request, "accounts/profile.html", context, status=422 if form.errors else 200)


@public
@never_cache
@sensitive_post_parameters(*SECRETS)
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """An invitation's link. Looking at it changes nothing; accepting is a form."""
    page = invitation_page(token)
    if page.state is not InvitationState.OPEN:
        return _closed(request, page)
    try:
        return _join(request, page) if page.account_exists else _open_account(request, page)
    except Conflict:
        return _closed(request, invitation_page(token), status=409)


def _open_account(request: HttpRequest, page: InvitationPage) -> HttpResponse:
    form = InvitationForm(request.POST or None, email=page.invitation.email)
    if request.method == "POST" and form.is_valid():
        data = {key: value for key, value in form.cleaned_data.items() if key != "password_again"}
        user = services.accept_invitation(page.invitation, **data)
        services.sign_in(request, user)
        return _welcome(request, user)
    context = {"page": page, "form": form}
    return render(request, "accounts/invitation.html", context, status=422 if form.errors else 200)


def _join(request: HttpRequest, page: InvitationPage) -> HttpResponse:
    user = request.user if isinstance(request.user, User) else None
    mine = user is not None and user.email == page.invitation.email
    if request.method == "POST" and user is not None:
        try:
            services.accept_with_account(page.invitation, user=user)
        except Conflict:
            raise
        except Refused as refusal:
            messages.error(request, str(refusal))
            return render(request, "accounts/invitation_join.html", {"page": page, "mine": mine}, status=422)
        return _welcome(request, user)
    return render(request, "accounts/invitation_join.html", {"page": page, "mine": mine})


def _welcome(request: HttpRequest, user: User) -> HttpResponse:
    messages.success(request, _("Bienvenue. Votre compte est ouvert."))
    response = redirect(settings.LOGIN_REDIRECT_URL)
    speak(response, user)
    return response


def _closed(request: HttpRequest, page: InvitationPage, *, status: int = 410) -> HttpResponse:
    return render(request, "accounts/invitation_closed.html", {"page": page}, status=status)


def speak(response: HttpResponseBase, user: User) -> None:
    """Let the next pages come in the language of the account."""
    response.set_cookie(settings.LANGUAGE_COOKIE_NAME, user.language, samesite="Lax", httponly=True)
