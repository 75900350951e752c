"""What is in the database once all is over, against what visitors were told. Printed as JSON.

Run by the rig in a process of its own. Nothing here trusts the services: rows are counted and compared.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import django

BY_EVENT = {"reminded", "withdrawn", "accepted", "refused", "started", "ended"}
STATE_AFTER = {
    "sent": "sent",
    "received": "received",
    "accepted": "accepted",
    "waiting_list": "accepted",
    "appointment_proposed": "accepted",
    "refused": "refused",
    "unanswered": "unanswered",
    "withdrawn": "withdrawn",
    "rerouted": "withdrawn",
}
DECIDING = {"accepted", "refused", "withdrawn", "rerouted", "waiting_list"}


def main(diary: Path, seen: dict[str, int], programme: str) -> dict[str, Any]:
    """Look at everything and say what is wrong, one sentence each, and what was counted."""
    from sanscouture.access.scope import scope

    acts = [json.loads(line) for line in diary.read_text().splitlines()]
    with scope(programmes=[UUID(programme)], named=[UUID(programme)]):
        lost, doubled = against_diary(acts)
        mails = mails_of(seen)
        return {
            "lost": lost,
            "doubled": doubled + mails.pop("doubled"),
            "orphaned": list(orphans()),
            "half": list(half_written()),
            "jobs": jobs(),
            **mails,
        }


def against_diary(acts: list[dict[str, Any]]) -> tuple[list[str], list[str]]:
    """Find each act: once if it was acknowledged, once at most if it was not."""
    from sanscouture.pathways.models import AnswerLink, Appointment, Need, Referral, ReferralEvent, Step
    from sanscouture.people.models import Beneficiary

    words: dict[str, Counter[str]] = {
        "person": Counter(Beneficiary.objects.values_list("last_name", flat=True)),
        "need": Counter(Need.objects.values_list("label", flat=True)),
        "step": Counter(Step.objects.values_list("label", flat=True)),
        "referral": Counter(Referral.objects.values_list("message", flat=True)),
        "appointment": Counter(Appointment.objects.values_list("place", flat=True)),
        "question": Counter(),
    }
    of_link = dict(AnswerLink.objects.values_list("token_hash", "referral_id"))
    events: Counter[tuple[str, UUID]] = Counter(
        (kind, referral) for kind, referral in ReferralEvent.objects.values_list("kind", "referral_id")
    )
    told: Counter[tuple[str, UUID]] = Counter()
    lost, doubled = [], []
    for act in acts:
        kind, marker = act["kind"], act["marker"]
        if kind in BY_EVENT or kind == "question":
            token = marker.strip("/").removeprefix("r/")
            key = (
                of_link[hashlib.sha256(token.encode()).hexdigest()]
                if marker.startswith("/r/")
                else UUID(marker.split("/")[2])
            )
            told[kind, key] += act["told"]
            continue
        found = words[kind][marker]
        if act["told"] and not found:
            lost.append(f"{kind} {marker}")
        if found > 1:
            doubled.append(f"{kind} {marker} × {found}")
    for (kind, referral), times in told.items():
        wanted = min(times, 1) if kind != "reminded" else times
        if events[kind, referral] < wanted:
            lost.append(f"{kind} {referral}")
    once_each = DECIDING | {"started", "ended", "sent", "met", "drafted"}
    doubled += [f"{kind} {referral} × {n}" for (kind, referral), n in events.items() if kind in once_each and n > 1]
    return lost, doubled


def orphans() -> Iterator[str]:
    """Whoever nobody holds: no owner, no clock, no referent."""
    from sanscouture.pathways.models import Need, Pathway, Referral
    from sanscouture.pathways.rules.referrals import holder, is_live
    from sanscouture.pathways.selectors.referrals import standing_of
    from sanscouture.people.models import Beneficiary

    for referral in Referral.objects.get_queryset():
        held = holder(standing_of(referral))
        if not is_live(referral.state, referral.delivery):
            continue
        if held is None or referral.clock_on is None or referral.owner_organisation_id is None:
            yield f"referral {referral.pk}: nobody holds it"
        elif referral.owner_organisation_id != (
            referral.sender_organisation_id if held.side == "sender" else referral.recipient_id
        ):
            yield f"referral {referral.pk}: held by the wrong side"
    for pathway in Pathway.objects.get_queryset().filter(closed_on=None):
        if pathway.referents.filter(until=None).count() != 1:
            yield f"pathway {pathway.pk}: {pathway.referents.filter(until=None).count()} referents"
    followed = Pathway.objects.get_queryset().filter(closed_on=None).values("beneficiary_id")
    for person in Beneficiary.objects.get_queryset().exclude(pk__in=followed):
        yield f"person {person.pk}: no pathway"
    for need in Need.objects.get_queryset().filter(state="open"):
        if need.owner_id is None or need.due_on is None:
            yield f"need {need.pk}: no owner or no day"


def half_written() -> Iterator[str]:
    """States, events, journal, messages and forms that do not tell the same story."""
    from sanscouture.audit.models import JournalEntry, Submission
    from sanscouture.notifications.models import OutgoingMessage
    from sanscouture.pathways.models import Referral, ReferralEvent
    from sanscouture.people.models import Basis, Beneficiary, Involvement

    story: defaultdict[UUID, list[tuple[str, str]]] = defaultdict(list)
    for event in ReferralEvent.objects.get_queryset().order_by("at", "pk"):
        story[event.referral_id].append((event.kind, str(event.pk)))
    journal: Counter[UUID] = Counter()
    entries = JournalEntry.objects.get_queryset().filter(verb__startswith="referral.", is_read=False)
    for ids in entries.values_list("object_ids", flat=True):
        journal.update(ids)
    written_to = {
        key.split(":")[1] for key in OutgoingMessage.objects.values_list("key", flat=True) if ":recipient:" in key
    }
    for referral in Referral.objects.get_queryset():
        for fault in faults_of(referral, story[referral.pk], journal[referral.pk], written_to):
            yield f"referral {referral.pk}: {fault}"
    if empty := Submission.objects.filter(answer="").count():
        yield f"{empty} forms that lead nowhere"
    whole = {
        "no organisation": Involvement.objects.filter(kind="captured"),
        "without what they were told": Basis.objects.get_queryset(),
    }
    for fault, rows in whole.items():
        for person in Beneficiary.objects.get_queryset().exclude(pk__in=rows.values("beneficiary_id")):
            yield f"person {person.pk}: {fault}"


def faults_of(referral: Any, story: list[tuple[str, str]], noted: int, written_to: set[str]) -> Iterator[str]:
    """Compare one referral with its events (kind and identifier), its rows of journal, the mails to recipients."""
    state = "draft"
    for kind, _ in story:
        state = STATE_AFTER.get(kind, state)
    if state != referral.state:
        yield f"{referral.state}, its events say {state}"
    moves = sum(kind != "drafted" for kind, _ in story)
    if (referral.version, noted) != (1 + moves, moves):
        yield f"version {referral.version}, {moves} moves, {noted} in the journal"
    for kind, event in story:
        if kind == "sent" and event not in written_to:
            yield "sent, and its recipient was not written to"


def mails_of(seen: dict[str, int]) -> dict[str, Any]:
    """Count the messages by state, and compare each with what the mail server took."""
    from sanscouture.notifications.models import OutgoingMessage

    states = dict(OutgoingMessage.objects.filter(channel="mail").values_list("pk", "state"))
    errors = dict(OutgoingMessage.objects.filter(state="uncertain").values_list("pk", "last_error"))
    came = Counter({UUID(key): times for key, times in seen.items()})
    doubt = [key for key, state in states.items() if state == "uncertain"]
    return {
        "doubled": [f"mail {key} × {times}" for key, times in came.items() if times > 1],
        "mails": len(states),
        "mails_came": len(came),
        "mails_unsent": [str(key) for key, state in states.items() if state in {"queued", "sending", "failed"}],
        "mails_said_sent_that_never_came": [
            str(key) for key, state in states.items() if state == "sent" and not came[key]
        ],
        "mails_in_doubt": len(doubt),
        "mails_in_doubt_that_came": sum(bool(came[key]) for key in doubt),
        "mails_in_doubt_why": dict(Counter(errors[key] or "its sender died" for key in doubt)),
    }


def jobs() -> dict[str, int]:
    """The queue, by state."""
    from procrastinate.contrib.django.models import ProcrastinateJob

    return dict(Counter(ProcrastinateJob.objects.values_list("status", flat=True)))


if __name__ == "__main__":
    from sanscouture.database.server import ensure_running

    ensure_running()
    django.setup()
    sys.stdout.write(json.dumps(main(Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text()), sys.argv[3])))
