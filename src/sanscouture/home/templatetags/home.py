"""The main menu: what this account may open, in the programme where it is."""

from __future__ import annotations

from collections.abc import Iterator

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.template.context import Context
from django.urls import reverse
from django.utils.translation import gettext as _

from sanscouture.access.actor import Actor
from sanscouture.access.enums import Perm
from sanscouture.home.selectors import programmes_of
from sanscouture.programmes.models import Programme
from sanscouture.ui.navigation import Item

register = template.Library()

SORTS = frozenset({"personnes", "ruptures", "cohortes"})
"""Lists whose records live at `/<sort>/<uuid>/`."""


@register.simple_tag(takes_context=True)
def main_menu(context: Context) -> list[Item]:
    """The entries of the menu, the current one marked. One query: the programmes of the account."""
    request = context.get("request")
    actor = getattr(request, "actor", None)
    if request is None or actor is None:
        return []
    programmes = programmes_of(actor)
    current = _current(request, programmes)
    entries = list(_entries(actor, current))
    here = max((href for _label, href in entries if _holds(href, request.path)), key=len, default="")
    return [Item(label, href, href == here) for label, href in entries]


def _current(request: HttpRequest, programmes: list[Programme]) -> Programme | None:
    """The programme of the address (`/programmes/<slug>/…` or `?programme=`), else the first of the account."""
    match = request.resolver_match
    asked = (match.kwargs.get("slug") if match else None) or request.GET.get("programme", "")
    return next((one for one in programmes if one.slug == asked), programmes[0] if programmes else None)


def _entries(actor: Actor, programme: Programme | None) -> Iterator[tuple[str, str]]:
    home = reverse("home:home")
    yield _("Accueil"), f"{home}?programme={programme.slug}" if programme and _has_several(actor) else home
    if programme is not None and actor.holds_in(Perm.PERSON_READ, programme.pk):
        yield _("Personnes"), reverse("pathways:people", args=[programme.slug])
    if actor.holds(Perm.REFERRAL_ANSWER):
        yield _("Orientations reçues"), reverse("pathways:referrals_received")
    if actor.holds(Perm.REFERRAL_SEND):
        yield _("Orientations envoyées"), reverse("pathways:referrals_sent")
    if programme is not None and actor.holds_in(Perm.RUPTURE_READ, programme.pk):
        yield _("Ruptures"), reverse("pathways:ruptures", args=[programme.slug])
    if programme is not None and actor.holds_in(Perm.COHORT_READ, programme.pk):
        yield _("Cohortes"), reverse("pathways:cohorts", args=[programme.slug])
    if actor.holds(Perm.DIRECTORY_READ):
        yield _("Annuaire"), reverse("directory:search")
    if programme is not None:
        yield _("Programme"), reverse("programmes:programme", args=[programme.slug])
    else:
        yield _("Programmes"), reverse("programmes:france")
    if actor.holds(Perm.JOURNAL_READ):
        yield _("Journal"), reverse("audit:journal")
    if settings.DEMO:
        yield _("Boîte d’envoi (démo)"), reverse("demo:outbox")


def _has_several(actor: Actor) -> bool:
    return len({grant.programme_id for grant in actor.grants if grant.programme_id}) > 1


def _holds(href: str, path: str) -> bool:
    """Say whether an entry leads to a page: the page itself, one below, or one of a record of the same sort."""
    plain = href.partition("?")[0]
    sort = plain.rstrip("/").rpartition("/")[2]
    return (
        path == plain or (plain != "/" and path.startswith(plain)) or (sort in SORTS and path.startswith(f"/{sort}/"))
    )
