"""A form whose answer was lost is sent again: it has acted once (chapter 08, Faults)."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client, RequestFactory

from factories import NeedFactory, OrganisationFactory, PartnershipFactory, PathwayFactory, ProgrammeFactory
from personas import Persona, persona
from sanscouture.access.enums import Role
from sanscouture.access.scope import scope_of
from sanscouture.audit.models import Submission
from sanscouture.audit.services import SENDING, forget_submissions, once
from sanscouture.core import clock
from sanscouture.notifications.models import OutgoingMessage
from sanscouture.pathways.models import Appointment, Need, Pathway, Referral
from sanscouture.pathways.services import referrals
from sanscouture.people.models import Beneficiary


def key_on(client: Client, page: str) -> str:
    """The identifier that a page gives to its form."""
    found = re.search(rf'name="{SENDING}" value="([^"]+)"', client.get(page).text)
    assert found, page
    return found[1]


@pytest.fixture
def pathway(adviser: Persona) -> Pathway:
    made: Pathway = PathwayFactory(
        beneficiary__programme=adviser.programme,
        beneficiary__captured_by=adviser.organisation,
        beneficiary__created_by=adviser.user,
    )
    return made


def test_a_person_written_down_twice_is_one_person(adviser: Persona) -> None:
    page = "/programmes/trois-ponts/personnes/nouvelle/"
    sent = {
        SENDING: key_on(adviser.client, page),
        "first_name": "Lina",
        "organisation": str(adviser.organisation.pk),  # type: ignore[union-attr]
    }
    assert adviser.client.post(page, {**sent, "organisation": ""}).status_code == 422
    first, again = (adviser.client.post(page, sent) for _ in range(2))
    assert first["Location"] == again["Location"] == f"/personnes/{Beneficiary.objects.get().pk}/"
    assert "déjà enregistré" in adviser.client.get(again["Location"]).text
    adviser.client.post(page, {**sent, "first_name": "Yanis"})
    assert Beneficiary.objects.count() == 2, "other words are another act, whatever the page they come from"


def test_a_need_and_its_referral_leave_once(adviser: Persona, pathway: Pathway) -> None:
    page = f"/personnes/{pathway.beneficiary_id}/besoins/nouveau/?champ=5"
    due_on = (clock.today() + timedelta(days=9)).isoformat()
    sent = {SENDING: key_on(adviser.client, page), "label": "Un vélo", "theme": "", "due_on": due_on}
    first, again = (adviser.client.post(page, sent) for _ in range(2))
    need = Need.objects.get()
    assert first["Location"] == again["Location"] == f"/besoins/{need.pk}/"
    page = f"/besoins/{need.pk}/orienter/?structure={OrganisationFactory().pk}"
    form = {SENDING: key_on(adviser.client, page), "travels": ["first_name", "phone"], "deadline": due_on}
    first, again = (adviser.client.post(page, form) for _ in range(2))
    assert first["Location"] == again["Location"] == f"/orientations/{Referral.objects.get().pk}/"
    assert OutgoingMessage.objects.filter(kind="pathways.referral_sent_recipient").count() == 1


def test_an_answer_by_link_is_given_once(adviser: Persona, pathway: Pathway) -> None:
    need = NeedFactory(beneficiary=pathway.beneficiary)
    asked = OrganisationFactory(email="accueil@auto-ecole.example")
    referrals.refer(need, recipient=asked, actor=adviser.actor)
    found = re.search(r"/r/\S+/", OutgoingMessage.objects.get(to=asked.email).body_text)
    assert found
    page, partner = f"{found[0]}rendez-vous/", Client()
    day = (clock.today() + timedelta(days=3)).isoformat()
    sent = {SENDING: key_on(partner, page), "day": day, "at": "09:00", "minutes": "30", "place": "Ici"}
    assert {partner.post(page, sent)["Location"] for _ in range(2)} == {found[0]}
    assert Appointment.objects.count() == 1


@pytest.mark.usefixtures("db")
def test_what_cannot_be_recognised_just_acts() -> None:
    upload = SimpleUploadedFile("a.csv", b"nom")
    for data in ({}, {SENDING: ""}, {SENDING: "key", "file": upload}):
        request = RequestFactory().post("/x/", data)
        assert once(request, None, lambda: HttpResponse("done")).content == b"done"
    assert not Submission.objects.exists()


@pytest.mark.usefixtures("db")
def test_forms_are_forgotten_after_two_days() -> None:
    Submission.objects.create(fingerprint="recent")
    Submission.objects.create(fingerprint="old")
    Submission.objects.filter(fingerprint="old").update(created_at=clock.now() - timedelta(days=2, minutes=1))
    assert forget_submissions() == 1
    assert Submission.objects.get().fingerprint == "recent"


@pytest.mark.usefixtures("fresh_db")
def test_two_at_once_are_one() -> None:
    with transaction.atomic():
        programme = ProgrammeFactory(slug="trois-ponts")
        organisation = PartnershipFactory(programme=programme).organisation
        who = persona(Role.ADVISER, programme, organisation)
    page = "/programmes/trois-ponts/personnes/nouvelle/"
    sent = {SENDING: key_on(who.client, page), "first_name": "Lina", "organisation": str(organisation.pk)}
    ready = Barrier(2)

    def send(_number: int) -> Any:
        client = Client()
        client.cookies = who.client.cookies
        try:
            ready.wait(timeout=20)
            return client.post(page, sent)["Location"]
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(send, range(2))
    assert first == second
    with scope_of(who.actor):
        assert Beneficiary.objects.count() == 1
