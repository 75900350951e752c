"""The way back of somebody who lost every factor."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from sanscouture.access.decorators import public
from sanscouture.accounts import services
from sanscouture.accounts.forms import NewPasswordForm
from sanscouture.accounts.selectors import recovery_of
from sanscouture.core.errors import Conflict


@public
@never_cache
@sensitive_post_parameters("password", "password_again")
@require_http_methods(["GET", "HEAD", "POST"])
def recover(request: HttpRequest, token: str) -> HttpResponse:
    """A recovery link. Looking at it changes nothing; choosing a password is a form."""
    recovery = recovery_of(token)
    if not recovery.works:
        return render(request, "accounts/recovery_closed.html", status=410)
    form = NewPasswordForm(request.POST or None, user=recovery.user)
    if request.method == "POST" and form.is_valid():
        try:
            services.use_recovery(recovery, password=form.cleaned_data["password"])
        except Conflict:
            return render(request, "accounts/recovery_closed.html", status=409)
        messages.success(
            request,
            _("Votre accès est rouvert. Connectez-vous avec votre nouveau mot de passe, puis ajoutez un facteur."),
        )
        return redirect("account_login")
    return render(request, "accounts/recovery.html", {"form": form}, status=422 if form.errors else 200)
