"""Reading a need: where it stands, what was tried, which services match beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from sanscouture.access.actor import Actor
from sanscouture.access.enums import Perm
from sanscouture.core import clock
from sanscouture.directory.enums import ActionField, Criterion, Verdict
from sanscouture.directory.rules import vocabulary
from sanscouture.directory.selectors import ServiceMatches
from sanscouture.pathways.enums import NeedState
from sanscouture.pathways.models import Need, Referral
from sanscouture.pathways.selectors.boxes import TimeLeft, badge, named
from sanscouture.pathways.selectors.offer import services_for
from sanscouture.pathways.selectors.people import veiled
from sanscouture.pathways.selectors.referrals import local_day, standing_of
from sanscouture.ui.dates import days

SHOWN = 6
SOON_DAYS = 3
TONES = {NeedState.OPEN: "info", NeedState.COVERED: "success", NeedState.UNCOVERED: "error"}


@dataclass(frozen=True)
class Tried:
    """One referral of a need."""

    href: str
    recipient: str
    service: str
    badge: tuple[str, str]
    referral: Referral


@dataclass(frozen=True)
class NeedPage:
    """What one reader sees of one need."""

    need: Need
    owner: str
    field: str
    theme: str
    badge: tuple[str, str]
    time: TimeLeft | None
    tried: Sequence[Tried]
    services: ServiceMatches | None
    blocking: str
    search_url: str

    @property
    def compose_url(self) -> str:
        """Where a referral is prepared; ends with the service to choose."""
        return f"{reverse('pathways:compose', args=[self.need.pk])}?service="

    @property
    def tried_services(self) -> int:
        """How many services were already chosen, and are not proposed again."""
        return len({one.referral.service_id for one in self.tried if one.service})

    @property
    def is_open(self) -> bool:
        return self.need.state == NeedState.OPEN


def need_page(need: Need, actor: Actor) -> NeedPage:
    """Gather a need's page. A closed need proposes no service; a sensitive recipient keeps its veil."""
    need = whole(need)
    is_open = need.state == NeedState.OPEN
    services = services_for(need, limit=SHOWN) if is_open else None
    return NeedPage(
        need=need,
        owner=owner_name(need, actor),
        field=str(ActionField(need.field).label),
        theme=vocabulary.LABELS.get(need.theme, ""),
        badge=(str(need.get_state_display()).capitalize(), TONES.get(NeedState(need.state), "neutral")),
        time=time_left(need) if is_open else None,
        tried=_tried(need, actor),
        services=services,
        blocking=_blocking(services) if services else "",
        search_url=_search_url(need),
    )


def owner_name(need: Need, actor: Actor) -> str:
    """Name the organisation that holds a need; a sensitive one only to itself (chapter 01)."""
    return veiled(need.owner_organisation, actor.organisations(need.programme_id))


def whole(need: Need) -> Need:
    """A need with what its page shows."""
    related = ("programme", "barrier", "beneficiary__commune", "owner", "owner_organisation")
    return Need.objects.get_queryset().select_related(*related).get(pk=need.pk)


def time_left(need: Need) -> TimeLeft:
    """The clock of an open need."""
    today = clock.today()
    left = (need.due_on - today).days
    total = max(1, (need.due_on - local_day(need.created_at)).days, left)
    if left < 0:
        return TimeLeft(left, total, _("en retard de %(length)s") % {"length": days(-left)}, "error")
    tone = "warning" if left <= SOON_DAYS else ""
    text = _("dernier jour") if left == 0 else _("encore %(length)s") % {"length": days(left)}
    return TimeLeft(left, total, text, tone)


def _tried(need: Need, actor: Actor) -> list[Tried]:
    found = Referral.objects.visible_to(actor, Perm.REFERRAL_READ).filter(need=need)
    related = found.select_related("recipient", "sender_organisation", "service")
    rows = []
    for referral in related.prefetch_related("events", "appointments").order_by("-created_at", "-pk"):
        recipient = named(referral.recipient, referral, actor)
        veiled = recipient != referral.recipient.name
        rows.append(
            Tried(
                href=reverse("pathways:referral", args=[referral.pk]),
                recipient=recipient,
                service="" if veiled or referral.service is None else referral.service.name,
                badge=badge(standing_of(referral), referral),
                referral=referral,
            )
        )
    return rows


def _blocking(services: ServiceMatches) -> str:
    """The criterion that closes most of the services shown, when the person may enter none."""
    if services.total or not services.best:
        return ""
    unmet = Counter(
        finding.criterion
        for one in services.best
        for finding in one.match.findings
        if finding.verdict is Verdict.NOT_ELIGIBLE
    )
    criterion, _count = max(unmet.items(), key=lambda each: (each[1], each[0]))
    return str(Criterion(criterion).label)


def _search_url(need: Need) -> str:
    commune = need.beneficiary.commune
    asked = {"champ": need.field, **({"theme": need.theme} if need.theme else {})}
    if commune:
        asked |= {"lieu": commune.name, "rayon": 100}
    return f"{reverse('directory:search')}?{urlencode(asked)}"
