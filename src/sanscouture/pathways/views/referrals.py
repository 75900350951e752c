"""A referral: its page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from sanscouture.access.decorators import requires
from sanscouture.access.enums import Perm
from sanscouture.pathways.models import Referral


@requires(Perm.REFERRAL_READ, of=Referral)
def referral_page(request: HttpRequest, referral: Referral) -> HttpResponse:
    """Show one referral."""
    return render(request, "pathways/referral.html", {"referral": referral})
