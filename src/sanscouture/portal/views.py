"""Answering a referral by its link, without an account (chapters 02 and 08).

Reading changes nothing; each act is one tap and one confirmation. The link is the only proof asked for, and no cookie
counts, so nothing could be forged across sites: these pages take no CSRF token, which a page without referrer could
not send anyway.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from sanscouture.access.decorators import public
from sanscouture.access.scope import scope
from sanscouture.audit.services import once
from sanscouture.core import clock
from sanscouture.core.errors import Conflict, Refused
from sanscouture.pathways.enums import Act, Delivery, ReferralState, Side
from sanscouture.pathways.models import AnswerLink
from sanscouture.pathways.rules import referrals as rules
from sanscouture.pathways.selectors.boxes import badge, time_left
from sanscouture.pathways.selectors.referrals import next_appointment, standing_of
from sanscouture.pathways.selectors.travelling import kept, shown_need, travelling, ways_to_reach
from sanscouture.pathways.services import links
from sanscouture.pathways.views.acts import WAYS, as_seen, data_of
from sanscouture.people.rules import may_share
from sanscouture.portal.forms import CodeForm

LARGE = (Act.ACCEPT, Act.PROPOSE, Act.REFUSE)
SMALL = (Act.ASK, Act.WAIT, Act.MEET, Act.MISS, Act.START, Act.RESUME, Act.END, Act.PAUSE)
BY_LINK = (*LARGE, *SMALL)
IDENTITY_SECONDS = 3600
HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow"}


def by_link(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponseBase]:
    """Open the scope of the link's programme, find the link, hand it to the view; leave no copy behind."""

    @wraps(view)
    def inner(request: HttpRequest, token: str, **kwargs: Any) -> HttpResponseBase:
        response = _with_link(view, request, token, **kwargs)
        for name, value in HEADERS.items():
            response[name] = value
        return response

    return csrf_exempt(require_http_methods(["GET", "HEAD", "POST"])(public(inner)))


def _with_link(view: Callable[..., HttpResponse], request: HttpRequest, token: str, **kwargs: Any) -> HttpResponseBase:
    address = get_adapter(request).get_client_ip(request)
    programme_id = links.programme_of(token)
    if programme_id is None:
        return _closed(request, 404)
    with scope(programmes=[programme_id], named=[programme_id]):
        link = links.resolve(token)
        if link is None:
            return _closed(request, 404)
        if not links.is_open(link):
            return _closed(request, 410)
        if request.method == "POST":
            if links.is_throttled(address, link.pk):
                return _closed(request, 429)
            links.note_opening(link)
            return once(request, None, lambda: view(request, link, token, **kwargs))
        return view(request, link, token, **kwargs)


@by_link
def answer(request: HttpRequest, link: AnswerLink, token: str) -> HttpResponse:
    """Show who asks, what for, and what was ticked, without identity; once answered, where things stand."""
    if request.method == "POST":
        return redirect("portal:answer", token=token)
    referral = link.referral
    standing = standing_of(referral)
    allowed = rules.allowed(standing, frozenset({Side.RECIPIENT}))
    identity = _knows(request, link)
    context = {
        "referral": referral,
        "awaiting": standing.state in rules.ANSWERABLE,
        "badge": badge(standing, referral),
        "held": rules.holder(standing),
        "time": time_left(referral),
        "need": shown_need(referral.need, kept(referral)),
        "message": referral.message if kept(referral) else "",
        "facts": travelling(referral.need, kept(referral), identity=identity),
        "way": ways_to_reach(referral.need, kept(referral), identity=identity),
        "identity": identity,
        "identity_url": "" if identity or not _may_know(link) else reverse("portal:identity", args=[token]),
        "appointment": next_appointment(referral),
        "large": [_way(act, token) for act in LARGE if act in allowed],
        "small": [_way(act, token) for act in SMALL if act in allowed],
    }
    return render(request, "portal/answer.html", context)


@by_link
def act(request: HttpRequest, link: AnswerLink, token: str, act: Act) -> HttpResponse:
    """Confirm an act, then do it in the name of the organisation."""
    way, referral = WAYS[act], link.referral
    form = way.form(request.POST if request.method == "POST" else None)
    refusal, status = "", 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                way.do(as_seen(request, referral), links.answerer_by(link), data_of(form))
            except Refused as refused:
                refusal, status = str(refused), 409 if isinstance(refused, Conflict) else 422
            else:
                messages.success(request, str(way.done))
                return redirect("portal:answer", token=token)
    else:
        refusal = rules.blocked(act, standing_of(referral), frozenset({Side.RECIPIENT}))
    context = {
        "referral": referral,
        "way": way,
        "form": form,
        "refusal": refusal,
        "action": reverse(f"portal:{act}", args=[token]),
        "back": reverse("portal:answer", args=[token]),
    }
    return render(request, "portal/act.html", context, status=status)


@by_link
def identity(request: HttpRequest, link: AnswerLink, token: str) -> HttpResponse:
    """Show name and phone to whoever reads the organisation's mailbox: six digits, ten minutes, five attempts."""
    here, back = reverse("portal:identity", args=[token]), reverse("portal:answer", args=[token])
    if not _may_know(link) or _knows(request, link):
        return redirect(back)
    form, refusal, status = CodeForm(), "", 200
    if request.method == "POST" and "envoyer" in request.POST:
        try:
            links.send_code(link)
        except Refused as refused:
            refusal, status = str(refused), 422
        else:
            messages.success(request, _("Code envoyé à %(address)s.") % {"address": _hidden(link.email)})
            return redirect(here)
    elif request.method == "POST":
        form = CodeForm(request.POST)
        status = 422
        if form.is_valid() and not (refusal := links.check_code(link, form.cleaned_data["code"])):
            request.session[_key(link)] = clock.now().timestamp()
            return redirect(back)
    sent = bool(link.code_hash) and link.code_expires_at is not None and link.code_expires_at > clock.now()
    context = {
        "form": form,
        "refusal": refusal,
        "sent": sent,
        "address": _hidden(link.email),
        "here": here,
        "back": back,
    }
    return render(request, "portal/identity.html", context, status=status)


def _way(act: Act, token: str) -> dict[str, Any]:
    way = WAYS[act]
    return {"label": way.label, "href": reverse(f"portal:{act}", args=[token]), "icon": way.icon, "danger": way.danger}


def _may_know(link: AnswerLink) -> bool:
    """Whether the identity may be shown: accepted, still served, and the person's basis holds."""
    referral = link.referral
    held = may_share(referral.beneficiary.shared_until, today=clock.today())
    return held and referral.state == ReferralState.ACCEPTED and referral.delivery != Delivery.ENDED


def _knows(request: HttpRequest, link: AnswerLink) -> bool:
    """Whether this browser gave the code within the hour."""
    since = request.session.get(_key(link), 0)
    return _may_know(link) and clock.now().timestamp() - since < IDENTITY_SECONDS


def _key(link: AnswerLink) -> str:
    return f"identity:{link.pk}"


def _hidden(email: str) -> str:
    """An address that its owner recognises and nobody else learns."""
    name, _at, domain = email.partition("@")
    return f"{name[:2]}…@{domain}"


def _closed(request: HttpRequest, status: int) -> HttpResponse:
    return render(request, "portal/closed.html", {"status": status}, status=status)
