"""The rig that kills the site (`make faults`) sees what is lost, doubled, held by nobody or half written."""

from __future__ import annotations

import json
import smtplib
import sys
from pathlib import Path
from typing import Any

import pytest

from factories import BasisFactory, NeedFactory, OrganisationFactory, PathwayFactory, StepFactory
from house.project import ROOT
from personas import Persona
from sanscouture.notifications.models import OutgoingMessage
from sanscouture.pathways.models import Referral, ReferralEvent
from sanscouture.pathways.services import referrals

sys.path.append(str(ROOT / "faults"))

import sink
import verdict


@pytest.fixture
def referral(adviser: Persona) -> Referral:
    pathway = PathwayFactory(
        beneficiary__programme=adviser.programme,
        beneficiary__captured_by=adviser.organisation,
        beneficiary__created_by=adviser.user,
        beneficiary__last_name="Personne-0-0",
    )
    BasisFactory(beneficiary=pathway.beneficiary)
    StepFactory(pathway=pathway, label="Étape-0-1")
    need = NeedFactory(beneficiary=pathway.beneficiary, label="Besoin-0-2")
    return referrals.refer(need, recipient=OrganisationFactory(), message="Message-0-3", actor=adviser.actor)


def judged(referral: Referral, tmp_path: Path, *acts: dict[str, Any], seen: dict[str, int] | None = None) -> Any:
    diary = tmp_path / "diary.jsonl"
    told = [{"kind": kind, "marker": marker, "told": True} for kind, marker in TOLD]
    diary.write_text("".join(json.dumps(act) + "\n" for act in (*told, *acts)))
    sent = {str(message.pk): 1 for message in OutgoingMessage.objects.order_by("pk")}
    OutgoingMessage.objects.filter(state="queued").update(state="sent", sent_at=referral.sent_at)
    return verdict.main(diary, sent | (seen or {}), str(referral.programme_id))


TOLD = (("person", "Personne-0-0"), ("step", "Étape-0-1"), ("need", "Besoin-0-2"), ("referral", "Message-0-3"))
FAULTS = ("lost", "doubled", "orphaned", "half", "mails_unsent", "mails_said_sent_that_never_came")


def test_all_is_well(referral: Referral, tmp_path: Path) -> None:
    found = judged(referral, tmp_path)
    assert {name: found[name] for name in FAULTS} == {name: [] for name in FAULTS}
    assert (found["mails"], found["mails_came"]) == (1, 1)


def test_what_was_acknowledged_and_is_not_there_is_lost(referral: Referral, tmp_path: Path) -> None:
    act = {"kind": "accepted", "marker": f"/orientations/{referral.pk}/", "told": True}
    found = judged(referral, tmp_path, {"kind": "need", "marker": "Besoin-9-9", "told": True}, act)
    assert found["lost"] == ["need Besoin-9-9", f"accepted {referral.pk}"]


def test_what_is_there_twice_is_doubled(referral: Referral, tmp_path: Path) -> None:
    NeedFactory(beneficiary=referral.beneficiary, label="Besoin-0-2")
    mail = OutgoingMessage.objects.get()
    found = judged(referral, tmp_path, seen={str(mail.pk): 2})
    assert found["doubled"] == ["need Besoin-0-2 × 2", f"mail {mail.pk} × 2"]


def test_a_state_without_its_event_is_half_written(referral: Referral, tmp_path: Path) -> None:
    ReferralEvent.objects.filter(kind="sent").delete()
    assert any("its events say draft" in fault for fault in judged(referral, tmp_path)["half"])


def test_a_mail_said_to_have_left_that_never_came_is_told(referral: Referral, tmp_path: Path) -> None:
    mail = OutgoingMessage.objects.get()
    assert judged(referral, tmp_path, seen={str(mail.pk): 0})["mails_said_sent_that_never_came"] == [str(mail.pk)]


def test_the_mail_server_counts_what_comes_and_keeps_its_links() -> None:
    taken = sink.Sink(seed=1)
    link = f"/r/{'a' * 60}/"
    with smtplib.SMTP("127.0.0.1", taken.port) as client:
        for _ in range(2):
            client.sendmail("a@x.example", ["b@x.example"], f"Message-ID: <one@x>\r\n\r\nhttp://x{link}\r\n.\r\n")
    taken.shutdown()
    taken.server_close()
    assert dict(taken.seen) == {"one": 2}
    assert taken.links == [link, link]
