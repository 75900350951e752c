"""The two boxes of referrals, received and sent: views with their counts, rows with their clock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from sanscouture.access.actor import Actor
from sanscouture.access.enums import Perm
from sanscouture.core import clock
from sanscouture.partners.models import Organisation
from sanscouture.partners.rules import shown_name
from sanscouture.pathways.enums import Box as Kept
from sanscouture.pathways.enums import Delivery, Fact, NeedState, ReferralState, Side
from sanscouture.pathways.models import Referral, SavedFilter
from sanscouture.pathways.rules import referrals as rules
from sanscouture.pathways.rules.filters import kept as kept_query
from sanscouture.pathways.rules.travel import HEALTH_FIELD
from sanscouture.pathways.selectors.referrals import local_day, standing_of
from sanscouture.pathways.selectors.travelling import kept, shown_need, shown_person
from sanscouture.ui.dates import days
from sanscouture.ui.navigation import Item
from sanscouture.ui.tables import address

PER_PAGE = 15
SOON_DAYS = 2
S, D = ReferralState, Delivery
FOLLOWED = Referral.objects.get_queryset().filter(parent=OuterRef("pk"), is_split=False)
BEFORE_START = (D.NONE, D.WAITING_LIST, D.TO_SCHEDULE, D.APPOINTMENT_SET)
CLOSED = Q(state=S.WITHDRAWN) | Q(delivery=D.ENDED)
TO_TAKE_UP = Q(state=S.UNANSWERED) | (Q(state=S.REFUSED, need__state=NeedState.OPEN) & ~Exists(FOLLOWED))

View = tuple[str, Promise, Any]
RECEIVED: tuple[View, ...] = (
    ("a-repondre", gettext_lazy("À répondre"), Q(state__in=rules.ANSWERABLE)),
    ("acceptees", gettext_lazy("Acceptées"), Q(state=S.ACCEPTED, delivery__in=BEFORE_START)),
    ("en-cours", gettext_lazy("En cours"), Q(state=S.ACCEPTED, delivery__in=(D.STARTED, D.PAUSED))),
    ("closes", gettext_lazy("Closes"), CLOSED | Q(state=S.REFUSED)),
)
SENT: tuple[View, ...] = (
    ("en-attente", gettext_lazy("En attente"), Q(state__in=(S.DRAFT, *rules.AWAITING))),
    ("a-reprendre", gettext_lazy("À reprendre"), TO_TAKE_UP),
    ("acceptees", gettext_lazy("Acceptées"), Q(state=S.ACCEPTED, delivery__in=BEFORE_START)),
    ("en-cours", gettext_lazy("En cours"), Q(state=S.ACCEPTED, delivery__in=(D.STARTED, D.PAUSED))),
    ("closes", gettext_lazy("Closes"), CLOSED | (Q(state=S.REFUSED) & ~TO_TAKE_UP)),
)


@dataclass(frozen=True)
class TimeLeft:
    """Time left before the clock, in days, as a bar and in words."""

    left: int
    total: int
    text: str
    tone: str


@dataclass(frozen=True)
class Row:
    """One referral in a box."""

    referral: Referral
    title: str
    need: str
    party: str
    task: str
    time: TimeLeft | None
    badge: tuple[str, str]
    href: str
    current: bool


@dataclass(frozen=True)
class Box:
    """One page of a box."""

    tabs: Sequence[Item]
    rows: Sequence[Row]
    chosen: Referral | None
    total: int
    late: int
    previous: str
    next: str


def received_by(actor: Actor) -> QuerySet[Referral]:
    """What an account may answer: what reached its organisations."""
    own = actor.organisations()
    found = Referral.objects.visible_to(actor, Perm.REFERRAL_ANSWER)
    return found.filter(recipient_id__in=own).exclude(state=S.DRAFT)


def sent_by(actor: Actor) -> QuerySet[Referral]:
    """What an account follows as a sender: its organisations' referrals, or the whole programme's for coordination."""
    found = Referral.objects.visible_to(actor, Perm.REFERRAL_SEND)
    own = actor.organisations()
    return found.filter(sender_organisation_id__in=own) if own else found


def box(source: QuerySet[Referral], views: Sequence[View], query: QueryDict, *, side: Side, actor: Actor) -> Box:
    """Cut a box to the view and the page asked; unknown ones fall back to the first."""
    names = [name for name, _label, _condition in views]
    current = query.get("vue", "") if query.get("vue", "") in names else names[0]
    counts = source.order_by().aggregate(
        late=Count("pk", filter=Q(clock_on__lt=clock.today())),
        **{f"view_{index}": Count("pk", filter=condition) for index, (_n, _l, condition) in enumerate(views)},
    )
    tabs = [
        Item(
            str(label), address(query, vue=name, orientation=None, page=None), name == current, counts[f"view_{index}"]
        )
        for index, (name, label, _condition) in enumerate(views)
    ]
    page = Paginator(_ordered(source.filter(views[names.index(current)][2])), PER_PAGE).get_page(query.get("page"))
    found = list(page.object_list)
    asked = query.get("orientation", "")
    chosen = next((one for one in found if str(one.pk) == asked), found[0] if found else None)
    return Box(
        tabs=tabs,
        rows=[
            row_of(one, side, actor, href=address(query, orientation=str(one.pk)), current=one == chosen)
            for one in found
        ],
        chosen=chosen,
        total=page.paginator.count,
        late=counts["late"],
        previous=address(query, page=page.number - 1, orientation=None) if page.has_previous() else "",
        next=address(query, page=page.number + 1, orientation=None) if page.has_next() else "",
    )


def narrowed(source: QuerySet[Referral], asked: Mapping[str, Any], actor: Actor) -> QuerySet[Referral]:
    """Narrow a box to filters (`rules.filters.KEYS`); what is unknown narrows nothing."""
    return source.filter(_condition(asked, actor))


def _condition(asked: Mapping[str, Any], actor: Actor) -> Q:
    today, condition = clock.today(), Q()
    field = str(asked.get("champ") or "")
    if field.isascii() and field.isdigit() and field != str(HEALTH_FIELD):
        condition &= Q(need__field=int(field[:2]))
    if asked.get("delai") == "retard":
        condition &= Q(clock_on__lt=today)
    elif asked.get("delai") == "semaine":
        condition &= Q(clock_on__range=(today, today + timedelta(days=7)))
    if asked.get("qui") == "moi":
        condition &= Q(owner_id=actor.user_id)
    return condition


def saved_views(
    source: QuerySet[Referral], views: Sequence[View], query: QueryDict, *, box: Kept, actor: Actor
) -> list[tuple[Item, SavedFilter]]:
    """The views of a box that an account keeps, each with its count: two queries at most."""
    rows = list(SavedFilter.objects.filter(user_id=actor.user_id, box=box).order_by("name", "pk"))
    if not rows:
        return []
    conditions = {name: condition for name, _label, condition in views}
    first = views[0][0]
    asked = [QueryDict(row.query).dict() for row in rows]
    counts = source.order_by().aggregate(
        **{
            f"saved_{index}": Count(
                "pk", filter=conditions.get(str(one.get("vue", first)), conditions[first]) & _condition(one, actor)
            )
            for index, one in enumerate(asked)
        }
    )
    here = kept_query(query.dict())
    return [
        (Item(row.name, f"?{row.query}", row.query == here, counts[f"saved_{index}"]), row)
        for index, row in enumerate(rows)
    ]


def _ordered(found: QuerySet[Referral]) -> QuerySet[Referral]:
    related = found.select_related(
        "need__barrier", "need__beneficiary__commune", "beneficiary", "recipient", "sender_organisation", "service"
    )
    return related.prefetch_related("events", "appointments").order_by(
        F("clock_on").asc(nulls_last=True), F("decided_at").desc(nulls_last=True), "pk"
    )


def row_of(referral: Referral, side: Side, actor: Actor, *, href: str, current: bool = False) -> Row:
    """Draw one line: the recipient reads what was ticked, the sender the person's name."""
    standing = standing_of(referral)
    held = rules.holder(standing)
    receives = side == Side.RECIPIENT
    need = referral.need
    party = referral.sender_organisation if receives else referral.recipient
    return Row(
        referral=referral,
        title=shown_person(need, kept(referral)) if receives else str(referral.beneficiary),
        need=said_need(referral, actor),
        party=named(party, referral, actor),
        task=held.task if held else "",
        time=time_left(referral),
        badge=badge(standing, referral),
        href=href,
        current=current,
    )


def said_travels(referral: Referral, actor: Actor) -> list[str]:
    """What travels, as a reader may know it (chapter 02).

    The sender's organisation reads all that was ticked, the recipient what it still keeps, the others all but health.
    """
    mine = actor.organisations(referral.programme_id)
    if referral.sender_organisation_id in mine:
        return referral.travels
    if referral.recipient_id in mine:
        return list(kept(referral))
    return [fact for fact in referral.travels if fact != Fact.HEALTH]


def said_need(referral: Referral, actor: Actor) -> str:
    """Say the need of a referral: its sender's organisation in full, the others as what travels allows."""
    if referral.sender_organisation_id in actor.organisations(referral.programme_id):
        return referral.need.label
    return shown_need(referral.need, said_travels(referral, actor))


def named(organisation: Organisation, referral: Referral, actor: Actor) -> str:
    """Name an organisation of a referral; a sensitive one is veiled to whoever is not on that step (chapter 01)."""
    on_step = bool({referral.recipient_id, referral.sender_organisation_id} & actor.organisations())
    return str(shown_name(organisation.name, organisation.kind, on_step=on_step))


def time_left(referral: Referral) -> TimeLeft | None:
    """The clock of a live referral; None when nothing is awaited any more."""
    if referral.clock_on is None:
        return None
    today = clock.today()
    begun = local_day(referral.decided_at or referral.sent_at or referral.created_at)
    left = (referral.clock_on - today).days
    total = max(1, (referral.clock_on - begun).days, left)
    if left < 0:
        return TimeLeft(left, total, _("en retard de %(length)s") % {"length": days(-left)}, "error")
    if left == 0:
        return TimeLeft(left, total, _("dernier jour"), "warning")
    text = ngettext("reste %(length)s", "restent %(length)s", left) % {"length": days(left)}
    return TimeLeft(left, total, text, "warning" if left <= SOON_DAYS else "")


def badge(standing: rules.Standing, referral: Referral) -> tuple[str, str]:
    """The state in a word and its tone: transport, then delivery once accepted, then the outcome."""
    if standing.question_open:
        return _("Question posée"), "new"
    if standing.state != S.ACCEPTED:
        tones = {S.REFUSED: "warning", S.UNANSWERED: "error", S.SENT: "info", S.RECEIVED: "info"}
        return str(S(standing.state).label).capitalize(), tones.get(standing.state, "neutral")
    if standing.delivery == D.ENDED:
        return referral.get_outcome_display().capitalize(), "success" if referral.outcome == "covered" else "neutral"
    tone = "warning" if standing.delivery in {D.WAITING_LIST, D.PAUSED} else "success"
    if standing.met_on and standing.delivery == D.APPOINTMENT_SET:
        return _("Rencontre faite"), tone
    return str(D(standing.delivery).label).capitalize(), tone
