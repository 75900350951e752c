from __future__ import annotations

from datetime import timedelta

import pytest

from factories import BeneficiaryFactory
from sanscouture.audit.models import JournalEntry
from sanscouture.core import clock
from sanscouture.people.enums import AttachmentState
from sanscouture.people.models import AttachmentRequest

LIST = "/rattachements/"


@pytest.fixture
def asked(programme, organisation, recipient) -> AttachmentRequest:
    person = BeneficiaryFactory(programme=programme, captured_by=organisation, first_name="Lina", last_name="Inventée")
    return AttachmentRequest.objects.create(
        programme=programme,
        beneficiary=person,
        organisation=recipient.organisation,
        requested_by=recipient.user,
        reason="Vue à l’accueil",
    )


@pytest.fixture
def path(asked) -> str:
    return f"{LIST}{asked.pk}/"


def test_who_holds_the_record_sees_the_request(asked, adviser) -> None:
    answer = adviser.client.get(LIST)
    assert "Une demande attend votre réponse" in answer.text
    assert "Lina" in answer.text
    assert JournalEntry.objects.get(verb="attachment.list").object_ids == [asked.pk]


def test_who_asked_sees_its_state_and_not_the_record(asked, recipient) -> None:
    answer = recipient.client.get(LIST)
    assert "Vue à l’accueil" in answer.text
    assert "Lina" not in answer.text


def test_nothing_to_decide_is_said(adviser) -> None:
    assert "Aucune demande" in adviser.client.get(LIST).text


def test_it_is_granted(asked, path, adviser) -> None:
    assert "Lina" in adviser.client.get(path).text
    assert adviser.client.post(path, {"granted": "yes"})["Location"] == LIST
    asked.refresh_from_db()
    assert asked.state == AttachmentState.GRANTED


def test_an_answer_is_needed(path, adviser) -> None:
    assert adviser.client.post(path, {}).status_code == 422


def test_a_person_not_informed_is_refused_with_the_sentence(asked, path, adviser) -> None:
    type(asked.beneficiary).objects.update(shared_until=clock.today() - timedelta(days=1))
    answer = adviser.client.post(path, {"granted": "yes"})
    assert answer.status_code == 422
    assert "Informez d’abord" in answer.text


def test_the_asker_is_told_it_is_not_theirs_to_decide(path, recipient) -> None:
    assert recipient.client.get(path)["Location"] == LIST
    assert recipient.client.post(path, {"granted": "yes"})["Location"] == LIST


def test_doors(path, copilot, other_programme_adviser, coordinator, adviser) -> None:
    assert copilot.client.get(path).status_code == 403
    assert copilot.client.get(LIST).status_code == 403
    assert other_programme_adviser.client.get(path).status_code == 404
    assert coordinator.client.get(path).status_code == 200
    assert adviser.client.put(path).status_code == 405
    assert adviser.client.post(LIST).status_code == 405


def test_queries_do_not_grow(asked, adviser, recipient, programme, organisation, assert_queries_do_not_grow) -> None:
    def grow() -> None:
        for number in range(5):
            AttachmentRequest.objects.create(
                programme=programme,
                beneficiary=BeneficiaryFactory(programme=programme, captured_by=organisation),
                organisation=recipient.organisation,
                requested_by=recipient.user,
                reason=f"Raison {number}",
            )

    assert_queries_do_not_grow(adviser.client, LIST, grow, budget=20)
