"""The page of one referral: where it stands, who holds it, what may be done, what happened, what could come next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from sanscouture.access.actor import Actor
from sanscouture.core import clock
from sanscouture.directory.selectors.matching import ServiceMatch
from sanscouture.pathways.enums import Act, EventKind, NeedState, ReferralState, Side
from sanscouture.pathways.models import Appointment, Referral
from sanscouture.pathways.rules import referrals as rules
from sanscouture.pathways.selectors.boxes import TimeLeft, badge, named, said_need, said_travels, time_left
from sanscouture.pathways.selectors.health import reads
from sanscouture.pathways.selectors.offer import services_for
from sanscouture.pathways.selectors.people import author_name
from sanscouture.pathways.selectors.referrals import AHEAD, place_on_list, standing_of
from sanscouture.pathways.selectors.travelling import kept, shown_person, travelling, ways_to_reach

ORDER = (
    Act.ACCEPT,
    Act.PROPOSE,
    Act.WAIT,
    Act.REFUSE,
    Act.ASK,
    Act.REPLY,
    Act.SEND,
    Act.RECEIVE,
    Act.CONFIRM,
    Act.MEET,
    Act.MISS,
    Act.START,
    Act.RESUME,
    Act.END,
    Act.PAUSE,
    Act.REMIND,
    Act.WITHDRAW,
)
"""In which order a page offers what may be done: answers first."""

ICONS = {
    EventKind.SENT: "fr-icon-send-plane-line",
    EventKind.ACCEPTED: "fr-icon-checkbox-circle-line",
    EventKind.REFUSED: "fr-icon-close-circle-line",
    EventKind.UNANSWERED: "fr-icon-alarm-warning-line",
    EventKind.REMINDED: "fr-icon-notification-3-line",
    EventKind.QUESTION: "fr-icon-question-answer-line",
    EventKind.REPLY: "fr-icon-question-answer-line",
    EventKind.APPOINTMENT_PROPOSED: "fr-icon-calendar-event-line",
    EventKind.APPOINTMENT_CONFIRMED: "fr-icon-calendar-event-line",
    EventKind.MET: "fr-icon-team-line",
    EventKind.ENDED: "fr-icon-flag-line",
}


@dataclass(frozen=True)
class ReferralPage:
    """What one reader sees of one referral."""

    referral: Referral
    receives: bool
    person: str
    person_url: str
    need: str
    message: str
    sender: str
    recipient: str
    service: str
    badge: tuple[str, str]
    holder: str
    task: str
    time: TimeLeft | None
    acts: Sequence[Act]
    facts: Sequence[tuple[str, str]]
    way: Sequence[str]
    events: Sequence[dict[str, Any]]
    appointments: Sequence[Appointment]
    parent: Referral | None
    children: Sequence[Referral]
    proposals: Sequence[ServiceMatch]
    links_open: bool
    """Whether a link that answers it is out, which the reader may close."""
    may_split: bool = False
    """Whether the reader may hand the same need to one more service beside this one."""
    place_on_list: int = 0
    """The person's place on the waiting list, first come first; 0 when not on it."""


def referral_page(referral: Referral, actor: Actor, sides: frozenset[Side]) -> ReferralPage:
    """Gather the page of a referral for one reader; whoever receives sees the facts ticked and no others.

    `sides`: the reader's, see `rules.referrals.sides_of`. A reader on both sides reads as the sender.
    """
    standing = standing_of(referral)
    held = rules.holder(standing)
    allowed = rules.allowed(standing, sides)
    receives = Side.SENDER not in sides
    need = referral.need
    recipient, sender = named(referral.recipient, referral, actor), named(referral.sender_organisation, referral, actor)
    veiled = recipient != referral.recipient.name
    travels = said_travels(referral, actor)
    stuck = standing.state in {ReferralState.REFUSED, ReferralState.UNANSWERED} and need.state == NeedState.OPEN
    return ReferralPage(
        referral=referral,
        receives=receives,
        person=shown_person(need, kept(referral)) if receives else str(referral.beneficiary),
        person_url="" if receives else _person_url(referral),
        need=said_need(referral, actor),
        message=referral.message if kept(referral) or not receives else "",
        sender=sender,
        recipient=recipient,
        service="" if veiled or referral.service is None else referral.service.name,
        badge=badge(standing, referral),
        holder=(sender if held.side == Side.SENDER else recipient) if held else "",
        task=held.task if held else "",
        time=time_left(referral),
        acts=[act for act in ORDER if act in allowed],
        facts=travelling(need, travels),
        way=ways_to_reach(need, travels),
        events=_events(referral, actor, receives=receives),
        appointments=[one for one in referral.appointments.all() if one.state in AHEAD] if not veiled else [],
        parent=None if receives else referral.parent,
        children=[] if receives else list(referral.children.select_related("recipient").order_by("created_at")),
        proposals=services_for(need).best if stuck and Act.REROUTE in allowed and reads(need, actor) else [],
        may_split=need.state == NeedState.OPEN and not rules.split_fault(standing, sides),
        place_on_list=place_on_list(referral),
        links_open=not receives and referral.answer_links.filter(revoked_at=None, expires_at__gt=clock.now()).exists(),
    )


def _person_url(referral: Referral) -> str:
    return reverse("pathways:person", args=[referral.beneficiary_id])


def _events(referral: Referral, actor: Actor, *, receives: bool) -> list[dict[str, Any]]:
    """What happened, newest first; the recipient does not read the time before the sending."""
    found = sorted(referral.events.all(), key=lambda event: (event.at, event.pk), reverse=True)
    hidden = {EventKind.DRAFTED} if receives else set()
    mine = actor.organisations(referral.programme_id)
    return [
        {
            "at": event.at,
            "title": str(event.get_kind_display()).capitalize(),
            "text": _(event.note),
            "who": author_name(event.by_label, referral, mine),
            "icon": ICONS.get(EventKind(event.kind), ""),
            "href": "",
        }
        for event in found
        if event.kind not in hidden
    ]
