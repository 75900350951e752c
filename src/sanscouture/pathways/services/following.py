"""Asking for news by message: a link that the person answers in one tap (chapters 02 and 08).

The same secrets as those of partners: signed, one follow-up each, only the fingerprint kept; reading changes nothing.
"""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_noop

from sanscouture.audit.services import record
from sanscouture.core import clock
from sanscouture.core.verbs import verb
from sanscouture.notifications.services import Address, notify, send_sms
from sanscouture.pathways.enums import AfterExit
from sanscouture.pathways.models import FollowUp, FollowUpLink
from sanscouture.pathways.rules import exits as rules
from sanscouture.pathways.services.links import fingerprint, new_token
from sanscouture.people.enums import Channel, Scope
from sanscouture.people.models import Basis, Beneficiary
from sanscouture.people.rules import SafeWay, automatic_channel
from sanscouture.people.selectors import live_readers, safe_ways

NIGHTLY = gettext_noop("suivi après la sortie")


@verb
def ask_for_news(programme_id: UUID, *, today: date) -> int:
    """Send its link to each person whose follow-up has fallen due, once, by the channel that they prefer.

    Rule: only to those who were told that messages may be sent, and can safely receive one; the others, and those whose
    record is kept for named readers, stay on the call list.
    Gives how many left.
    """
    due = FollowUp.objects.get_queryset().filter(
        programme_id=programme_id, due_on__lte=today, answer="", asked_at=None, exit__reopened_at=None
    )
    told = Basis.objects.get_queryset().filter(
        scopes__contains=[Scope.SMS], ended_on=None, expires_on__gte=today, programme_id=programme_id
    )
    rows = due.filter(exit__pathway__beneficiary__in=told.values("beneficiary_id")).select_for_update(of=("self",))
    waiting = list(rows.select_related("exit__pathway__beneficiary", "programme").order_by("pk"))
    people = {row.exit.pathway.beneficiary_id for row in waiting}
    ways, kept = safe_ways(people), live_readers(people)
    asked = []
    for row in waiting:
        person = row.exit.pathway.beneficiary
        channel = _channel(person, ways.get(person.pk, SafeWay()))
        if channel and person.pk not in kept:
            _send(row, person, channel)
            asked.append(row)
    if asked:
        record(NIGHTLY, "followup.ask", asked)
    return len(asked)


def make_follow_up_link(follow_up: FollowUp) -> str:
    """Make a link to answer a follow-up, and give its token: the only time it is known. It lives thirty days."""
    token = new_token(follow_up.programme_id)
    FollowUpLink.objects.create(
        programme_id=follow_up.programme_id,
        follow_up=follow_up,
        token_hash=fingerprint(token),
        expires_at=clock.now() + timedelta(days=rules.LINK_DAYS),
    )
    return token


def find_follow_up(token: str) -> FollowUpLink | None:
    """Find the link of a token, in the scope of its programme; one that expired is found too."""
    found = FollowUpLink.objects.get_queryset().filter(token_hash=fingerprint(token))
    return found.select_related("follow_up__exit__pathway__beneficiary", "follow_up__programme").first()


def still_open(link: FollowUpLink) -> bool:
    """Say whether a link may still be used: not expired, and the pathway was not opened again meanwhile."""
    return clock.now() < link.expires_at and link.follow_up.exit.reopened_at is None


def may_answer(link: FollowUpLink) -> bool:
    """Say whether the answer is still waited for."""
    return link.follow_up.answer in {"", AfterExit.NO_ANSWER}


def _channel(person: Beneficiary, way: SafeWay) -> Channel | None:
    """By which channel a person may be asked; none when others may read it, for the link says what it is about."""
    return None if way.neutral else automatic_channel(person.channel, way, phone=person.phone, email=person.email)


def _send(row: FollowUp, person: Beneficiary, channel: Channel) -> None:
    url = reverse("portal:news", args=[make_follow_up_link(row)])
    language = person.language if person.language in {"fr", "en"} else "fr"
    kind, key = "pathways.follow_up_person", f"follow-up:{row.pk}:asked"
    if channel == Channel.SMS:
        send_sms(person.phone, kind=kind, programme_id=row.programme_id, url=url, language=language, key=key)
    else:
        notify(kind, to=[Address(person.email, language)], programme_id=row.programme_id, url=url, key=key)
    row.asked_at = clock.now()
    row.save(update_fields=["asked_at"])
