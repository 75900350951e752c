"""The diagnosis screen: eight fields saved one by one, strengths, services beside; closed to those outside."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.urls import reverse

from factories import (
    BarrierFactory,
    BeneficiaryFactory,
    NeedFactory,
    OrganisationFactory,
    PathwayFactory,
    ServiceFactory,
    StrengthFactory,
)
from personas import Persona
from sanscouture.audit.models import JournalEntry
from sanscouture.directory.rules import vocabulary
from sanscouture.pathways.models import Barrier, Strength
from sanscouture.people.models import Beneficiary

HTMX = {"hx-request": "true"}
WHOLE = {
    "severity": "2",
    "priority": "on",
    "situations": ["mobility--no-licence"],
    "objective": "",
    "note": "Travaille à 5 h",
    "version": "0",
}


@pytest.fixture
def person(adviser: Persona) -> Any:
    person = BeneficiaryFactory(
        programme=adviser.programme,
        captured_by=adviser.organisation,
        created_by=adviser.user,
        first_name="Lina",
        last_name="Caché",
    )
    PathwayFactory(beneficiary=person)
    return person


@pytest.fixture
def service(db: None) -> Any:
    return ServiceFactory(
        name="Permis solidaire", organisation__name="Garage solidaire", thematiques=["mobilite--preparer-un-permis"]
    )


@pytest.fixture
def ticked() -> dict[str, Any]:
    return {**WHOLE, "situations": [vocabulary.situations_of(5)[0].slug]}


def page(person: Beneficiary) -> str:
    return reverse("pathways:diagnosis", args=[person.pk])


def row(person: Beneficiary, field: int = 5) -> str:
    return reverse("pathways:diagnosis_save", args=[person.pk, field])


def strength_url(person: Beneficiary) -> str:
    return reverse("pathways:strength_add", args=[person.pk])


def test_the_page_shows_eight_fields_and_reads_are_journalled(person, adviser, service) -> None:
    answer = adviser.client.get(page(person))
    said = answer.content.decode()
    assert answer.status_code == 200
    assert said.count('class="sc-diag__form"') == 8
    assert said.count("Pas regardé") == 8
    assert "Permis solidaire" in said
    assert "1 service possible" in said
    assert JournalEntry.objects.filter(verb="beneficiary.read", is_read=True).exists()


def test_health_is_never_described_and_violence_waits(person, adviser) -> None:
    said = adviser.client.get(page(person)).content.decode()
    assert "La santé ne se décrit pas" in said
    assert 'id="champ-8-note"' not in said
    assert 'id="champ-8-objective"' not in said
    assert "cross--violence" not in said
    assert "cross--fear-of-leaving" in said


def test_a_field_is_saved_without_script(person, adviser, ticked) -> None:
    answer = adviser.client.post(row(person), ticked)
    assert (answer.status_code, answer["Location"]) == (302, f"{page(person)}#champ-5")
    barrier = Barrier.objects.get(beneficiary=person, field=5)
    assert (barrier.severity, barrier.priority, barrier.situations) == (2, True, ticked["situations"])
    said = adviser.client.get(page(person)).content.decode()
    assert "Enregistré" in said
    assert "Un champ regardé sur huit" in said


def test_a_field_saved_by_htmx_answers_its_status_and_its_services(person, adviser, service, ticked) -> None:
    answer = adviser.client.post(row(person), ticked, headers=HTMX)
    said = answer.content.decode()
    assert answer.status_code == 200
    assert "<html" not in said
    assert said.strip().startswith("Enregistré à")
    assert 'hx-swap-oob="true"' in said
    assert re.search(r'id="champs-regardes"[^>]*hx-swap-oob="true">Un champ regardé sur huit', said)
    assert 'name="version" value="1"' in said


def test_two_people_at_once_see_both_and_nothing_typed_is_lost(person, adviser, ticked) -> None:
    BarrierFactory(beneficiary=person, field=5, severity=3, note="Vit loin de tout", version=4)
    answer = adviser.client.post(row(person), ticked)
    said = answer.content.decode()
    assert answer.status_code == 409
    assert "entre-temps" in said
    assert "Vit loin de tout" in said
    assert "Travaille à 5 h" in said
    assert 'value="4"' in said
    fragment = adviser.client.post(row(person), ticked, headers=HTMX)
    assert (fragment.status_code, fragment["HX-Retarget"], fragment["HX-Reswap"]) == (409, "#champ-5", "outerHTML")
    again = adviser.client.post(row(person), {**ticked, "version": "4", "both": "1"}, headers=HTMX)
    assert (again.status_code, again["HX-Retarget"]) == (200, "#champ-5")
    assert "entre-temps" not in again.content.decode()


def test_a_conflict_in_health_shows_the_weight_alone(person, adviser) -> None:
    BarrierFactory(beneficiary=person, field=8, severity=3, version=2)
    said = adviser.client.post(row(person, 8), {"severity": "1", "version": "1"}, headers=HTMX).content.decode()
    assert "bloque tout" in said
    assert "Objectif" not in said


def test_what_is_missing_or_unknown_is_said(person, adviser, ticked) -> None:
    for data in ({**ticked, "severity": ""}, {**ticked, "situations": ["inconnue"]}, {**ticked, "severity": "9"}):
        whole = adviser.client.post(row(person), data)
        assert whole.status_code == 422
        assert "<html" in whole.content.decode()
        fragment = adviser.client.post(row(person), data, headers=HTMX)
        assert fragment.status_code == 422
        assert "fr-error-text" in fragment.content.decode()
    assert not Barrier.objects.exists()
    assert adviser.client.post(row(person, 9), ticked).status_code == 404


def test_orienting_uses_the_open_need_or_writes_one(person, adviser, service) -> None:
    said = adviser.client.get(page(person)).content.decode()
    assert f"besoins/nouveau/?champ=5&amp;service={service.pk.hex}" in said
    need = NeedFactory(beneficiary=person, label="Passer le permis")
    said = adviser.client.get(page(person)).content.decode()
    assert f"{reverse('pathways:compose', args=[need.pk])}?service={service.pk.hex}" in said
    assert "Passer le permis" in said


def test_strengths_are_added_taken_back_and_written_again(person, adviser) -> None:
    assert adviser.client.post(strength_url(person), {"label": "Parle trois langues"}).status_code == 302
    strength = Strength.objects.get()
    remove = reverse("pathways:strength_remove", args=[strength.pk])
    assert remove in adviser.client.get(page(person)).content.decode()
    assert adviser.client.post(remove)["Location"] == f"{page(person)}#points-d-appui"
    said = adviser.client.get(page(person)).content.decode()
    assert "«\u00a0Parle trois langues\u00a0» est retiré" in said
    fragment = adviser.client.post(strength_url(person), {"label": "Parle trois langues"}, headers=HTMX)
    assert "est retiré" not in fragment.content.decode()
    assert Strength.objects.get().label == "Parle trois langues"


def test_a_strength_without_words_is_refused(person, adviser) -> None:
    assert adviser.client.post(strength_url(person), {"label": " "}).status_code == 422
    answer = adviser.client.post(strength_url(person), {"label": ""}, headers=HTMX)
    assert answer.status_code == 422
    assert "Dites en quelques mots" in answer.content.decode()
    long = adviser.client.post(strength_url(person), {"label": "x" * 130}, headers=HTMX)
    assert long.status_code == 422
    assert not Strength.objects.exists()


def test_health_is_read_by_those_on_its_step_alone(person, adviser, coordinator) -> None:
    BarrierFactory(beneficiary=person, field=8, severity=3)
    NeedFactory(beneficiary=person, field=8, label="Soutien psychologique")
    said = coordinator.client.get(page(person)).content.decode()
    assert "Champ réservé" in said
    assert "Soutien psychologique" not in said
    assert coordinator.client.post(row(person, 8), {"severity": "1", "version": "1"}).status_code == 404
    assert "Soutien psychologique" in adviser.client.get(page(person)).content.decode()


def test_the_diagnosis_is_closed_to_others(person, other_programme_adviser, copilot, client, ticked) -> None:
    BarrierFactory(beneficiary=person)
    for url in (page(person), row(person), strength_url(person)):
        send = other_programme_adviser.client.get if url == page(person) else other_programme_adviser.client.post
        assert send(url).status_code == 404
        send = copilot.client.get if url == page(person) else copilot.client.post
        assert send(url).status_code == 403
    assert client.get(page(person)).status_code == 302


def test_the_diagnosis_keeps_to_its_methods(person, adviser) -> None:
    strength = StrengthFactory(beneficiary=person)
    remove = reverse("pathways:strength_remove", args=[strength.pk])
    assert adviser.client.post(page(person)).status_code == 405
    for url in (row(person), strength_url(person), remove):
        assert adviser.client.get(url).status_code == 405


def test_the_diagnosis_asks_no_more_for_more(person, adviser, service, assert_queries_do_not_grow) -> None:
    NeedFactory(beneficiary=person)

    def grow() -> None:
        for field in range(1, 9):
            BarrierFactory(beneficiary=person, field=field)
            NeedFactory(beneficiary=person, field=field)
            ServiceFactory(organisation=OrganisationFactory(), action_fields=[field])

    assert_queries_do_not_grow(adviser.client, page(person), grow, budget=25)
