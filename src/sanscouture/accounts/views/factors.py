"""Second factors: the page of a security-minded owner, each factor's pages, the second step of signing in."""

from __future__ import annotations

import json
from typing import Any

from allauth.mfa.base import views as base
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.mfa.webauthn.internal import auth
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from sanscouture.access.decorators import ActorRequest, recently_authenticated, signed_in
from sanscouture.accounts import services
from sanscouture.accounts.models import User
from sanscouture.accounts.selectors import factors_of
from sanscouture.accounts.views.accounts import Ours, in_our_words, owner, speak
from sanscouture.core.errors import Conflict

NEXT = "after_factor"
acts = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@signed_in
def security(request: ActorRequest) -> HttpResponse:
    """The factors of an account; where names ask for one and there is none, why, and how to add it."""
    user = owner(request)
    following = request.GET.get("next", "")
    if url_has_allowed_host_and_scheme(following, {request.get_host()}, require_https=request.is_secure()):
        request.session[NEXT] = following
    asked = request.actor.reaches_names and bool(services.second_factor_page(request))
    return render(request, "accounts/security.html", {"factors": factors_of(user), "asked": asked})


LOSSES = (
    gettext_lazy("Vos appareils de confiance et vos autres connexions."),
    gettext_lazy("L’accès aux noms, s’il ne vous reste aucun autre facteur."),
)
"""What goes with a factor."""


class ActivateTOTP(Ours, totp.ActivateTOTPView):  # type: ignore[misc]
    template_name = "accounts/totp_activate.html"

    def form_valid(self, form: Any) -> HttpResponseBase:
        """Keep the factor; its codes come next."""
        response: HttpResponseBase = super().form_valid(form)
        services.factor_added(self.request, owner(self.request))
        messages.success(self.request, _("L’application est ajoutée."))
        return response


class DeactivateTOTP(Ours, totp.DeactivateTOTPView):  # type: ignore[misc]
    template_name = "accounts/totp_deactivate.html"
    extra_context = {"losses": LOSSES}

    def form_valid(self, form: Any) -> HttpResponseBase:
        """Take the factor away."""
        response: HttpResponseBase = super().form_valid(form)
        services.factors_removed(self.request, owner(self.request))
        messages.success(self.request, _("L’application est retirée."))
        return response


class AddPasskey(Ours, webauthn.AddWebAuthnView):  # type: ignore[misc]
    template_name = "accounts/passkey_add.html"

    def get_form(self, form_class: Any = None) -> Any:
        """Ask for a name only: a passkey always signs in by itself."""
        form = super().get_form(form_class)
        form.fields.pop("passwordless", None)
        return form

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Give the browser what it needs to make a key that asks for a finger, a face or a code."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context["form"] = kwargs.get("form") or self.get_form()
        context["options"] = json.dumps(auth.begin_registration(self.request.user, True)["publicKey"])
        return context

    def form_valid(self, form: Any) -> HttpResponseBase:
        """Keep the key; recovery codes come next."""
        response: HttpResponseBase = super().form_valid(form)
        services.factor_added(self.request, owner(self.request))
        messages.success(self.request, _("La clé d’accès est ajoutée."))
        return response


class RemovePasskey(Ours, webauthn.RemoveWebAuthnView):  # type: ignore[misc]
    template_name = "accounts/passkey_remove.html"
    extra_context = {"losses": LOSSES}
    success_url = reverse_lazy("mfa_index")

    def form_valid(self, form: Any) -> HttpResponseBase:
        """Take the key away."""
        response: HttpResponseBase = super().form_valid(form)
        services.factors_removed(self.request, owner(self.request))
        messages.success(self.request, _("La clé d’accès est retirée."))
        return response


class PasskeySignIn(webauthn.LoginWebAuthnView):  # type: ignore[misc]
    """Signing in with a passkey alone: what the browser needs (GET, JSON), then its answer."""

    def form_valid(self, form: Any) -> HttpResponseBase:
        """Sign in, and go on in the language of the account."""
        response: HttpResponseBase = super().form_valid(form)
        if isinstance(self.request.user, User):
            speak(response, self.request.user)
        return response


class SecondStep(Ours, base.AuthenticateView):  # type: ignore[misc]
    template_name = "accounts/second_step.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Offer what this account has: a code, a key, or both."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        in_our_words(context["form"])
        held = Authenticator.objects.filter(user=self.stage.login.user).order_by()
        context["kinds"] = set(held.values_list("type", flat=True))
        context["options"] = json.dumps(context["js_data"]["request_options"]["publicKey"])
        return context


class Trust(Ours, base.TrustView):  # type: ignore[misc]
    template_name = "accounts/trust.html"

    def form_valid(self, form: Any) -> HttpResponseBase:
        """Sign in, and spare this browser the second step if its owner says so."""
        stage = self.request._login_stage
        response: HttpResponseBase = stage.exit()
        if self.request.POST.get("action") == "trust":
            services.trust_device(self.request, stage.login.user, response)
        speak(response, stage.login.user)
        return response


class CodeAgain(Ours, base.ReauthenticateView):  # type: ignore[misc]
    template_name = "accounts/reauthenticate.html"


class PasskeyAgain(Ours, webauthn.ReauthenticateWebAuthnView):  # type: ignore[misc]
    template_name = "accounts/reauthenticate_passkey.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Give the browser what it needs to use a key of this account."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context["options"] = json.dumps(context["js_data"]["request_options"]["publicKey"])
        return context


@acts
@signed_in
@recently_authenticated
def codes(request: HttpRequest) -> HttpResponse:
    """The recovery codes: shown once, by a button, ready to be printed."""
    user = owner(request)
    context: dict[str, object] = {"factors": factors_of(user), "following": request.session.get(NEXT, "")}
    if request.method == "POST":
        try:
            context["codes"] = services.show_codes(user)
        except Conflict as refusal:
            messages.error(request, str(refusal))
            return render(request, "accounts/codes.html", {**context, "codes": []}, status=409)
    return render(request, "accounts/codes.html", {"codes": [], **context})


@acts
@signed_in
@recently_authenticated
def new_codes(request: HttpRequest) -> HttpResponse:
    """New recovery codes in place of the former ones, after confirmation."""
    if request.method == "POST":
        try:
            services.generate_codes(owner(request))
        except Conflict as refusal:
            messages.error(request, str(refusal))
            return render(request, "accounts/codes_generate.html", status=409)
        return redirect("mfa_view_recovery_codes")
    return render(request, "accounts/codes_generate.html")
