"""Screens of needs: writing one down, seeing what matches, closing, reopening; closed to those outside."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from factories import (
    BarrierFactory,
    BeneficiaryFactory,
    NeedFactory,
    OrganisationFactory,
    PathwayFactory,
    ReferralFactory,
    ServiceFactory,
)
from personas import Persona
from sanscouture.audit.models import JournalEntry
from sanscouture.core import clock
from sanscouture.directory.rules import vocabulary
from sanscouture.partners.enums import OrganisationKind
from sanscouture.pathways.enums import NeedState
from sanscouture.pathways.models import Need
from sanscouture.pathways.rules.delays import working_day
from sanscouture.people.models import Beneficiary

LICENCE = "mobilite--preparer-un-permis"
REFUSED = {"state": "refused", "refusal_reason": "no_place", "clock_on": None}


@pytest.fixture
def person(adviser: Persona) -> Any:
    person = BeneficiaryFactory(
        programme=adviser.programme, captured_by=adviser.organisation, created_by=adviser.user, last_name="Caché"
    )
    PathwayFactory(beneficiary=person)
    return person


@pytest.fixture
def need(person: Beneficiary) -> Any:
    return NeedFactory(beneficiary=person, theme=LICENCE)


@pytest.fixture
def service(db: None) -> Any:
    return ServiceFactory(name="Permis solidaire", thematiques=[LICENCE], capacity="open")


def new(person: Beneficiary, query: str = "") -> str:
    return f"{reverse('pathways:need_new', args=[person.pk])}{query}"


def page(need: Need) -> str:
    return reverse("pathways:need", args=[need.pk])


def close(need: Need) -> str:
    return reverse("pathways:need_close", args=[need.pk])


def reopen(need: Need) -> str:
    return reverse("pathways:need_reopen", args=[need.pk])


def sent(**more: Any) -> dict[str, Any]:
    due_on = (working_day(clock.today() + timedelta(days=15))).isoformat()
    return {"theme": LICENCE, "label": "Passer le permis", "due_on": due_on, **more}


def test_every_theme_of_the_vocabulary_fits_in_a_need() -> None:
    longest = max(len(slug) for slug, _label in vocabulary.THEMATIQUES)
    assert longest <= (Need._meta.get_field("theme").max_length or 0)


def test_a_need_starts_with_its_field(person, adviser) -> None:
    for query in ("", "?champ=9", "?champ=z"):
        said = adviser.client.get(new(person, query)).content.decode()
        assert said.count(f'href="{new(person)}?champ=') == 8


def test_a_need_is_suggested_by_the_diagnosis(person, adviser) -> None:
    ticked = vocabulary.situations_of(5)[0]
    barrier = BarrierFactory(beneficiary=person, field=5, situations=[ticked.slug])
    said = adviser.client.get(new(person, "?champ=5")).content.decode()
    assert " selected>" in said
    assert adviser.client.post(new(person, "?champ=5"), sent()).status_code == 302
    assert Need.objects.get().barrier == barrier


def test_a_need_is_written_down_and_shows_what_matches(person, adviser, service) -> None:
    answer = adviser.client.post(new(person, "?champ=5"), sent(), follow=True)
    said = answer.content.decode()
    assert "Le besoin est noté" in said
    assert "Permis solidaire" in said
    assert "Passer le permis" in said
    need = Need.objects.get()
    assert (need.field, need.theme, need.due_on) == (5, LICENCE, working_day(clock.today() + timedelta(days=15)))


def test_a_need_that_comes_from_a_service_goes_on_to_the_composer(person, adviser, service) -> None:
    url = new(person, f"?champ=5&service={service.pk}")
    said = adviser.client.get(url).content.decode()
    assert "Permis solidaire" in said
    answer = adviser.client.post(url, sent())
    composer = reverse("pathways:compose", args=[Need.objects.get().pk])
    assert answer["Location"] == f"{composer}?service={service.pk}"


def test_a_health_need_says_the_service_and_no_words(person, adviser) -> None:
    url = new(person, "?champ=8")
    assert 'name="label"' not in adviser.client.get(url).content.decode()
    assert adviser.client.post(url, sent(theme="", label="Dépression")).status_code == 422
    assert adviser.client.post(url, sent(theme="sante--sante-mentale", label="Dépression")).status_code == 302
    assert Need.objects.get().label == vocabulary.LABELS["sante--sante-mentale"]


def test_what_is_wrong_with_a_need_is_said(person, adviser) -> None:
    past = (clock.today() - timedelta(days=1)).isoformat()
    for wrong in ({"label": ""}, {"due_on": ""}, {"due_on": past}, {"theme": "sante--addictions"}):
        assert adviser.client.post(new(person, "?champ=5"), sent(**wrong)).status_code == 422
    closed = BeneficiaryFactory(programme=adviser.programme, captured_by=adviser.organisation)
    answer = adviser.client.post(new(closed, "?champ=5"), sent())
    assert answer.status_code == 422
    assert "pas de parcours ouvert" in answer.content.decode()


def test_the_page_of_a_need_says_who_holds_it_and_what_was_tried(need, adviser, recipient, service) -> None:
    ReferralFactory(
        need=need,
        recipient=recipient.organisation,
        service=service,
        state="refused",
        refusal_reason="no_place",
        clock_on=None,
    )
    ServiceFactory(name="Auto-école sociale", thematiques=[LICENCE], age_max=25)
    said = adviser.client.get(page(need)).content.decode()
    assert "s’en charge" in said
    assert "Mobil’Emploi" in said
    assert "Auto-école sociale" in said
    assert "Orienter vers ce service" in said
    assert "jusqu’à 25 ans" in said
    assert JournalEntry.objects.filter(verb="need.read", is_read=True).exists()


def test_nothing_that_matches_leads_to_the_directory(need, adviser) -> None:
    said = adviser.client.get(page(need)).content.decode()
    assert "Aucun service connu" in said
    assert "/annuaire/?champ=5" in said


def test_the_criterion_that_blocks_is_named(need, adviser) -> None:
    Beneficiary.objects.get_queryset().filter(pk=need.beneficiary_id).update(job_seeker="no")
    ServiceFactory(thematiques=[LICENCE], job_seeker_required=True)
    said = adviser.client.get(page(need)).content.decode()
    assert "Ce qui bloque le plus" in said
    assert "inscription comme demandeur d’emploi" in said


@pytest.mark.parametrize(("late", "words"), [(-2, "en retard"), (0, "dernier jour"), (9, "encore 9")])
def test_the_clock_of_a_need(need, adviser, late, words) -> None:
    Need.objects.get_queryset().filter(pk=need.pk).update(due_on=clock.today() + timedelta(days=late))
    assert words in adviser.client.get(page(need)).content.decode()


def test_a_need_is_closed_and_reopened(need, adviser) -> None:
    assert adviser.client.get(close(need)).status_code == 200
    assert adviser.client.post(close(need), {}).status_code == 422
    assert adviser.client.post(close(need), {"state": "uncovered", "reason": ""}).status_code == 422
    answer = adviser.client.post(close(need), {"state": "uncovered", "reason": "Rien avant mars"}, follow=True)
    said = answer.content.decode()
    assert "Sans solution" in said
    assert "Rien avant mars" in said
    assert "Rouvrir le besoin" in said
    assert adviser.client.post(close(need), {"state": "covered"}).status_code == 409
    said = adviser.client.post(reopen(need), follow=True).content.decode()
    assert "de nouveau ouvert" in said
    assert "déjà ouvert" in adviser.client.post(reopen(need), follow=True).content.decode()
    need.refresh_from_db()
    assert need.state == NeedState.OPEN


def test_a_need_whose_referral_waits_is_not_closed(need, adviser) -> None:
    ReferralFactory(need=need)
    answer = adviser.client.post(close(need), {"state": "covered"})
    assert answer.status_code == 422
    assert "attend encore sa réponse" in answer.content.decode()


def test_a_health_need_is_read_by_those_on_its_step_alone(person, adviser, coordinator) -> None:
    need = NeedFactory(beneficiary=person, field=8, label="Soutien psychologique")
    said = coordinator.client.get(page(need)).content.decode()
    assert "Besoin réservé" in said
    assert "psychologique" not in said
    assert coordinator.client.post(close(need), {"state": "covered"}).status_code == 404
    assert coordinator.client.post(reopen(need)).status_code == 404
    assert "psychologique" in adviser.client.get(page(need)).content.decode()


def test_a_sensitive_recipient_keeps_its_veil(need, adviser, coordinator) -> None:
    sensitive = OrganisationFactory(name="Csapa Les Tilleuls", kind=OrganisationKind.CSAPA)
    ReferralFactory(need=need, recipient=sensitive)
    assert "Csapa" not in coordinator.client.get(page(need)).content.decode()
    assert "Csapa" in adviser.client.get(page(need)).content.decode()


def test_needs_are_closed_to_others(need, person, other_programme_adviser, copilot, client) -> None:
    for url in (new(person), page(need), close(need)):
        assert other_programme_adviser.client.get(url).status_code == 404
        assert copilot.client.get(url).status_code == 403
        assert client.get(url).status_code == 302
    assert other_programme_adviser.client.post(reopen(need)).status_code == 404
    assert copilot.client.post(reopen(need)).status_code == 403


def test_needs_keep_to_their_methods(need, person, adviser) -> None:
    assert adviser.client.put(new(person)).status_code == 405
    assert adviser.client.post(page(need)).status_code == 405
    assert adviser.client.put(close(need)).status_code == 405
    assert adviser.client.get(reopen(need)).status_code == 405


def test_the_page_of_a_need_asks_no_more_for_more(need, adviser, assert_queries_do_not_grow) -> None:
    ReferralFactory(need=need, **REFUSED)
    ServiceFactory()

    def grow() -> None:
        for _index in range(5):
            ReferralFactory(need=need, service=ServiceFactory(), **REFUSED)
            ServiceFactory()

    assert_queries_do_not_grow(adviser.client, page(need), grow, budget=30)
