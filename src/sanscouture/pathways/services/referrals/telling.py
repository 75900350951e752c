"""Four parties told, each in their words: sender, recipient, pathway referent, person (chapter 02).

Mails hold no personal data: they say that something happened, and where to read it. Of a restricted record, only its
readers are told, and no link leaves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.urls import reverse

from sanscouture.accounts.models import User
from sanscouture.notifications.services import Address, notify, send_sms
from sanscouture.partners.models import Organisation
from sanscouture.partners.rules import shown_name
from sanscouture.pathways.enums import EventKind
from sanscouture.pathways.models import Referral, ReferralEvent
from sanscouture.pathways.selectors.referrals import (
    address_of,
    current_referent,
    members_answering,
    next_appointment,
)
from sanscouture.pathways.services import links
from sanscouture.people.enums import Channel
from sanscouture.people.rules import automatic_channel
from sanscouture.people.selectors import among_readers, is_restricted, safe_way
from sanscouture.ui.dates import at_hour, day

NEUTRAL = "pathways.neutral_person"
"""What is written to somebody whose messages others may read: nothing but that there is news."""
SENDER, RECIPIENT, REFERENT, PERSON = "sender", "recipient", "referent", "person"

TOLD: Mapping[EventKind, tuple[str, ...]] = {
    EventKind.SENT: (RECIPIENT, REFERENT, PERSON),
    EventKind.ACCEPTED: (SENDER, REFERENT, PERSON),
    EventKind.WAITING_LIST: (SENDER, REFERENT, PERSON),
    EventKind.REFUSED: (SENDER, REFERENT, PERSON),
    EventKind.UNANSWERED: (SENDER, REFERENT),
    EventKind.REMINDED: (RECIPIENT,),
    EventKind.QUESTION: (SENDER,),
    EventKind.REPLY: (RECIPIENT,),
    EventKind.WITHDRAWN: (RECIPIENT,),
    EventKind.REROUTED: (RECIPIENT,),
    EventKind.APPOINTMENT_PROPOSED: (SENDER, REFERENT, PERSON),
    EventKind.APPOINTMENT_MISSED: (SENDER, REFERENT),
    EventKind.MET: (SENDER, REFERENT),
    EventKind.STARTED: (SENDER, REFERENT),
    EventKind.ENDED: (SENDER, REFERENT),
}
"""Who is told of what. Whoever acted is never told of their own act."""


def tell(referral: Referral, event: ReferralEvent) -> None:
    """Tell each party concerned by an event, in the transaction that made it."""
    for party in TOLD.get(EventKind(event.kind), ()):
        if party == PERSON:
            _tell_person(referral, event)
        elif party == RECIPIENT:
            _tell_recipient(referral, event)
        else:
            _tell_professional(referral, event, party)


def _tell_professional(referral: Referral, event: ReferralEvent, party: str) -> None:
    referent = current_referent(referral)
    told: User | None = referral.sender if party == SENDER else referent
    if told is None or told.pk == event.by_id or (party == REFERENT and told.pk == referral.sender_id):
        return
    _notify(
        referral,
        event,
        party,
        among_readers([told], referral.beneficiary_id),
        reverse("pathways:referral", args=[referral.pk]),
    )


def _tell_recipient(referral: Referral, event: ReferralEvent) -> None:
    members = members_answering(referral.programme_id, referral.recipient_id)
    if members:
        told = among_readers(members, referral.beneficiary_id)
        _notify(referral, event, RECIPIENT, told, reverse("pathways:referral", args=[referral.pk]))
    elif (address := address_of(referral)) and not is_restricted(referral.beneficiary_id):
        url = reverse("portal:answer", args=[links.make_link(referral)])
        _notify(referral, event, RECIPIENT, [Address(address)], url)


def _tell_person(referral: Referral, event: ReferralEvent) -> None:
    """Tell the person by the channel they prefer, if it is safe; else whoever follows them does (chapter 02)."""
    person = referral.beneficiary
    language = person.language if person.language in {"fr", "en"} else "fr"
    way = safe_way(person.pk)
    channel = automatic_channel(person.channel, way, phone=person.phone, email=person.email)
    kind, key = NEUTRAL if way.neutral else _kind(event, PERSON), f"referral:{event.pk}:{PERSON}"
    context = {} if way.neutral else _context(referral, PERSON)
    if channel == Channel.SMS:
        send_sms(
            person.phone,
            kind=kind,
            programme_id=referral.programme_id,
            context=context,
            language=language,
            key=key,
        )
    elif channel == Channel.EMAIL:
        to = [Address(person.email, language)]
        notify(kind, to=to, programme_id=referral.programme_id, context=context, key=key, neutral=way.neutral)


def _notify(referral: Referral, event: ReferralEvent, party: str, to: Iterable[User | Address], url: str) -> None:
    notify(
        _kind(event, party),
        to=to,
        programme_id=referral.programme_id,
        context={**_context(referral, party), "happened": event},
        url=url,
        key=f"referral:{event.pk}:{party}",
    )


def _kind(event: ReferralEvent, party: str) -> str:
    happened = EventKind.WITHDRAWN if event.kind == EventKind.REROUTED else event.kind
    return "pathways.referral_news_referent" if party == REFERENT else f"pathways.referral_{happened}_{party}"


def _context(referral: Referral, party: str) -> dict[str, Any]:
    """What a message may say. The referent and the person are not always on the step: sensitive names are veiled."""
    ahead = next_appointment(referral)
    service = referral.service.name if referral.service and not referral.recipient.is_sensitive else ""
    return {
        "programme": referral.programme.name,
        "sender": _veiled(referral.sender_organisation, party),
        "recipient": _veiled(referral.recipient, party),
        "service": service,
        "deadline": Lazily(day, referral.deadline),
        "reason": referral.get_refusal_reason_display(),
        "weeks": referral.waiting_weeks or 0,
        "outcome": referral.get_outcome_display(),
        "appointment": Lazily(at_hour, ahead.starts_at) if ahead else "",
        "with_sender": ahead is not None and ahead.with_sender,
        "place": ahead.place if ahead and not referral.recipient.is_sensitive else "",
    }


class Lazily:
    """A date in words, said in the language of whoever reads."""

    def __init__(self, say: Any, value: Any) -> None:
        self.say, self.value = say, value

    def __str__(self) -> str:
        return str(self.say(self.value))


def _veiled(organisation: Organisation, party: str) -> str:
    on_step = party in {SENDER, RECIPIENT}
    return str(shown_name(organisation.name, organisation.kind, on_step=on_step))
