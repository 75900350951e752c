from __future__ import annotations

from collections.abc import Callable

import pytest
from django.urls import reverse

from personas import Persona, persona
from sanscouture.access.enums import Role
from sanscouture.audit.services import record
from sanscouture.programmes.models import Programme

pytestmark = pytest.mark.django_db
URL = "/journal/"


def test_the_address_is_french() -> None:
    assert reverse("audit:journal") == URL


def test_a_coordinator_reads_who_did_what(coordinator: Persona, adviser: Persona) -> None:
    record(adviser.actor, "invitation.send", coordinator.programme)
    page = coordinator.client.get(URL)
    assert page.status_code == 200
    text = page.content.decode()
    assert adviser.user.full_name in text
    assert "1 ligne" in text


@pytest.mark.parametrize(
    ("verb", "note", "said"),
    [
        ("involvement.begin", "receives", "Reçoit la personne"),
        ("basis.record", "consent", "Accord de la personne"),
        ("beneficiary.place", "undetermined", "Non déterminé"),
        ("beneficiary.update", "phone first_name", "Téléphone, prénom"),
        ("beneficiary.close_search", "hidden=2", "2 fiches proches non montrées"),
        ("beneficiary.export", "csv", "Csv"),
        ("beneficiary.export", "xlsx need name", "Xlsx, filtres\u00a0: besoin, nom"),
        ("attachment.decide", "granted", "Acceptée"),
        ("invitation.send", "some code", ""),
    ],
)
def test_a_note_is_said_in_words(coordinator: Persona, verb: str, note: str, said: str) -> None:
    record(coordinator.actor, verb, coordinator.programme, note=note)
    page = coordinator.client.get(URL).content.decode()
    assert f'Précision">{said}</td>' in page


def test_an_empty_journal_says_what_it_is_for(coordinator: Persona) -> None:
    assert "Le journal est vide" in coordinator.client.get(URL).content.decode()


def test_the_journal_filters_by_person_act_and_day(coordinator: Persona, adviser: Persona) -> None:
    record(adviser.actor, "invitation.send", coordinator.programme)
    record(coordinator.actor, "invitation.revoke", coordinator.programme)
    found = coordinator.client.get(URL, {"personne": str(adviser.user.pk)}).context["table"].rows
    assert [row.act for row in found] == ["invite"]
    found = coordinator.client.get(URL, {"acte": "invitation.revoke"}).context["table"].rows
    assert [row.who for row in found] == [coordinator.user.full_name]
    assert not coordinator.client.get(URL, {"au": "2020-01-01"}).context["table"].rows
    assert len(coordinator.client.get(URL, {"du": "2020-01-01"}).context["table"].rows) == 2


def test_a_filter_that_cannot_be_read_is_left_out(coordinator: Persona) -> None:
    assert coordinator.client.get(URL, {"personne": "x", "du": "hier"}).status_code == 200


def test_the_journal_of_another_programme_stays_closed(coordinator: Persona, other_programme: Programme) -> None:
    neighbour = persona(Role.COORDINATOR, other_programme)
    record(neighbour.actor, "invitation.send", other_programme)
    assert not coordinator.client.get(URL).context["table"].rows


def test_others_do_not_read_the_journal(adviser: Persona, copilot: Persona) -> None:
    assert adviser.client.get(URL).status_code == 403
    assert copilot.client.get(URL).status_code == 403


def test_nothing_can_be_posted(coordinator: Persona) -> None:
    assert coordinator.client.post(URL).status_code == 405


def test_queries_do_not_grow(
    coordinator: Persona, adviser: Persona, assert_queries_do_not_grow: Callable[..., None]
) -> None:
    record(adviser.actor, "invitation.send", coordinator.programme)

    def grow() -> None:
        for _ in range(6):
            other = persona(Role.ADVISER, coordinator.programme, adviser.organisation)
            record(other.actor, "invitation.send", coordinator.programme)

    assert_queries_do_not_grow(coordinator.client, URL, grow, budget=24)
