"""Answering a referral by its link, without an account."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from sanscouture.access.decorators import public


@public
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """Show what is asked."""
    return render(request, "portal/closed.html", status=404)
