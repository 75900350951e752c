"""Screens of referrals: boxes, page, acts, composer; each works, and is closed to those outside."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from factories import BeneficiaryFactory, NeedFactory, OrganisationFactory, PathwayFactory, ReferralFactory
from personas import Persona
from sanscouture.core import clock
from sanscouture.directory.models import Service
from sanscouture.partners.enums import OrganisationKind
from sanscouture.pathways.enums import Act, ReferralState
from sanscouture.pathways.models import Need, Referral
from sanscouture.pathways.rules.referrals import Answerer
from sanscouture.pathways.services import referrals as services
from sanscouture.pathways.views.acts import WAYS


@pytest.fixture
def need(adviser: Persona) -> Any:
    person = BeneficiaryFactory(
        programme=adviser.programme, captured_by=adviser.organisation, created_by=adviser.user, last_name="Caché"
    )
    PathwayFactory(beneficiary=person)
    return NeedFactory(beneficiary=person)


@pytest.fixture
def referral(need: Need, adviser: Persona, recipient: Persona) -> Referral:
    return services.refer(need, recipient=recipient.organisation, actor=adviser.actor, message="Plutôt le matin")


@pytest.fixture
def service(db: None) -> Any:
    return Service.objects.create(
        organisation=OrganisationFactory(name="Garage solidaire"),
        name="Location de voitures",
        description="Une voiture à petit prix.",
        thematiques=["mobilite--acceder-a-un-vehicule"],
        reception_modes=["en-presentiel"],
    )


def page(referral: Referral) -> str:
    return reverse("pathways:referral", args=[referral.pk])


def act_url(act: Act, referral: Referral) -> str:
    return reverse(f"pathways:referral_{act}", args=[referral.pk])


BOXES = ["pathways:referrals_received", "pathways:referrals_sent"]


def test_the_recipient_reads_the_ticked_facts_and_no_others(referral, recipient) -> None:
    answer = recipient.client.get(page(referral))
    said = answer.content.decode()
    assert answer.status_code == 200
    assert referral.beneficiary.first_name in said
    assert "Caché" not in said
    assert "Plutôt le matin" in said
    for slug in ("accepter", "refuser", "liste-d-attente", "question", "rendez-vous"):
        assert f"/{slug}/" in said
    assert "/relancer/" not in said


def test_the_sender_sees_who_holds_it_and_may_remind(referral, adviser) -> None:
    said = adviser.client.get(page(referral)).content.decode()
    assert "Mobil’Emploi doit répondre" in said
    assert "/relancer/" in said
    assert "/accepter/" not in said


def test_outside_is_404_and_without_right_403(referral, other_programme_adviser, copilot, stranger, client) -> None:
    assert other_programme_adviser.client.get(page(referral)).status_code == 404
    assert copilot.client.get(page(referral)).status_code == 403
    assert stranger.client.get(page(referral)).status_code == 403
    assert client.get(page(referral)).status_code == 302


@pytest.mark.parametrize("act", list(WAYS))
def test_every_act_is_closed_to_others(act, referral, other_programme_adviser, copilot) -> None:
    url = act_url(act, referral)
    assert other_programme_adviser.client.post(url).status_code == 404
    assert copilot.client.post(url).status_code == 403
    assert copilot.client.delete(url).status_code == 405


@pytest.mark.parametrize("act", [act for act in WAYS if act != Act.SEND])
def test_every_act_has_its_page_which_asks_or_says_why_not(act, referral, recipient) -> None:
    answer = recipient.client.get(act_url(act, referral))
    assert answer.status_code == 200
    assert str(WAYS[act].label) in answer.content.decode()


@pytest.mark.parametrize(
    ("act", "data", "state"),
    [
        (Act.ACCEPT, {"comment": ""}, ReferralState.ACCEPTED),
        (Act.RECEIVE, {}, ReferralState.RECEIVED),
        (Act.WAIT, {"weeks": "3"}, ReferralState.ACCEPTED),
        (Act.REFUSE, {"reason": "too_far"}, ReferralState.REFUSED),
        (Act.ASK, {"text": "Quels horaires ?"}, ReferralState.RECEIVED),
        (
            Act.PROPOSE,
            {"day": (clock.today() + timedelta(days=3)).isoformat(), "at": "14:30", "minutes": "45", "place": "Ici"},
            ReferralState.ACCEPTED,
        ),
    ],
)
def test_the_answers(act, data, state, referral, recipient) -> None:
    answer = recipient.client.post(act_url(act, referral), data)
    assert (answer.status_code, answer["Location"]) == (302, page(referral))
    referral.refresh_from_db()
    assert referral.state == state


def test_a_refusal_without_reason_is_422_and_a_second_answer_409(referral, recipient) -> None:
    assert recipient.client.post(act_url(Act.REFUSE, referral), {}).status_code == 422
    recipient.client.post(act_url(Act.ACCEPT, referral))
    again = recipient.client.post(act_url(Act.REFUSE, referral), {"reason": "no_place"})
    assert again.status_code == 409
    assert "a déjà accepté" in again.content.decode()


def test_the_whole_way_through_the_screens(referral, recipient, adviser) -> None:
    recipient.client.post(act_url(Act.ACCEPT, referral))
    for act, data in [
        (Act.MEET, {"on": clock.today().isoformat()}),
        (Act.START, {}),
        (Act.PAUSE, {"note": ""}),
        (Act.RESUME, {}),
        (Act.END, {"outcome": "covered", "evidence": "partner"}),
    ]:
        assert recipient.client.post(act_url(act, referral), data).status_code == 302, act
    said = adviser.client.get(page(referral)).content.decode()
    assert "Besoin couvert" in said


def test_the_sender_replies_reminds_and_withdraws(referral, recipient, adviser) -> None:
    recipient.client.post(act_url(Act.ASK, referral), {"text": "Quels horaires ?"})
    assert adviser.client.post(act_url(Act.REPLY, referral), {"text": "Le matin"}).status_code == 302
    assert adviser.client.post(act_url(Act.REMIND, referral)).status_code == 302
    assert adviser.client.post(act_url(Act.REMIND, referral)).status_code == 422
    assert adviser.client.post(act_url(Act.WITHDRAW, referral), {"reason": ""}).status_code == 302


def test_a_refused_referral_proposes_elsewhere_and_goes_in_one_act(referral, recipient, adviser, service) -> None:
    by = Answerer(recipient.user.pk, recipient.organisation.pk, "Mobil’Emploi")
    services.refuse_referral(referral, by=by, reason="no_place")
    said = adviser.client.get(page(referral)).content.decode()
    assert "Location de voitures" in said
    url = f"{reverse('pathways:referral_reroute', args=[referral.pk])}?service={service.pk}"
    assert url in said
    assert "Garage solidaire" in adviser.client.get(url).content.decode()
    answer = adviser.client.post(url)
    assert answer.status_code == 302
    following = Referral.objects.get(parent=referral)
    assert following.service == service
    assert "Fait suite à" in adviser.client.get(page(following)).content.decode()


def test_a_reroute_to_nowhere_comes_back(referral, adviser, other_programme_adviser, copilot) -> None:
    url = reverse("pathways:referral_reroute", args=[referral.pk])
    assert adviser.client.get(url)["Location"] == page(referral)
    assert other_programme_adviser.client.get(url).status_code == 404
    assert copilot.client.get(url).status_code == 403
    assert copilot.client.delete(url).status_code == 405


def test_the_coordinator_does_not_read_a_sensitive_name(need, adviser, coordinator) -> None:
    sensitive = OrganisationFactory(name="Csapa Les Tilleuls", kind=OrganisationKind.CSAPA)
    referral = services.refer(need, recipient=sensitive, actor=adviser.actor)
    by = Answerer(None, sensitive.pk, sensitive.name)
    services.accept_referral(referral, by=by)
    for url in (page(referral), f"{reverse('pathways:referrals_sent')}?vue=acceptees"):
        said = coordinator.client.get(url).content.decode()
        assert "Csapa" not in said
        assert "structure d’accompagnement" in said
    assert "Csapa" in adviser.client.get(page(referral)).content.decode()


@pytest.mark.parametrize("name", BOXES)
def test_empty_boxes_say_what_they_are_for(name, adviser) -> None:
    answer = adviser.client.get(reverse(name))
    assert answer.status_code == 200
    assert "Rien dans cette vue" in answer.content.decode()


@pytest.mark.parametrize("name", BOXES)
def test_boxes_are_closed_to_whoever_has_no_right(name, copilot, client) -> None:
    assert copilot.client.get(reverse(name)).status_code == 403
    assert client.get(reverse(name)).status_code == 302


def test_the_inbox_shows_the_most_urgent_with_its_detail(referral, recipient) -> None:
    said = recipient.client.get(reverse("pathways:referrals_received")).content.decode()
    assert referral.beneficiary.first_name in said
    assert "Caché" not in said
    assert "restent" in said
    assert "/accepter/" in said
    assert "Rien dans" in recipient.client.get("/orientations/recues/?vue=closes").content.decode()
    assert recipient.client.get("/orientations/recues/?vue=inconnue&page=z&orientation=z").status_code == 200


def test_the_outbox_is_the_organisations_and_coordination_sees_all(referral, adviser, coordinator, recipient) -> None:
    for who in (adviser, coordinator):
        assert "Caché" in who.client.get("/orientations/envoyees/").content.decode()
    assert "Caché" not in recipient.client.get("/orientations/envoyees/").content.decode()


@pytest.mark.parametrize("name", BOXES)
def test_boxes_do_not_ask_more_for_more(name, referral, recipient, adviser, assert_queries_do_not_grow) -> None:
    who = recipient if name == BOXES[0] else adviser

    def grow() -> None:
        for _index in range(5):
            person = BeneficiaryFactory(programme=adviser.programme, captured_by=adviser.organisation)
            need = NeedFactory(beneficiary=person)
            ReferralFactory(need=need, recipient=recipient.organisation, deadline=clock.today() + timedelta(days=20))

    assert_queries_do_not_grow(who.client, reverse(name), grow, budget=30)


def test_an_appointment_goes_to_a_calendar(referral, recipient, adviser, other_programme_adviser, copilot) -> None:
    day = (clock.today() + timedelta(days=3)).isoformat()
    data = {"day": day, "at": "14:30", "minutes": "45", "place": "12, rue Haute;" + "é" * 60}
    recipient.client.post(act_url(Act.PROPOSE, referral), data)
    appointment = referral.appointments.get()
    url = reverse("pathways:appointment_file", args=[referral.pk, appointment.pk])
    assert url in adviser.client.get(page(referral)).content.decode()
    answer = adviser.client.get(url)
    text = answer.content.decode()
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert "DURATION:PT45M\r\n" in text
    assert "LOCATION:12\\, rue Haute\\;é" in text
    assert all(len(line) <= 75 for line in answer.content.split(b"\r\n"))
    assert referral.beneficiary.first_name not in text
    assert other_programme_adviser.client.get(url).status_code == 404
    assert copilot.client.get(url).status_code == 403


def compose(need: Need, query: str = "") -> str:
    return f"{reverse('pathways:compose', args=[need.pk])}{query}"


def test_the_composer_proposes_with_reasons_and_searches(need, adviser, service) -> None:
    said = adviser.client.get(compose(need)).content.decode()
    assert "Location de voitures" in said
    assert "Répond à ce qui est demandé" in said
    assert "Location de voitures" in adviser.client.get(compose(need, "?q=garage")).content.decode()
    assert "Essayez un mot plus court" in adviser.client.get(compose(need, "?q=zzz")).content.decode()


def test_a_service_already_chosen_is_not_proposed_again_and_says_so(need, adviser, service) -> None:
    ReferralFactory(need=need, service=service, recipient=service.organisation, sender=adviser.user, state="withdrawn")
    text = adviser.client.get(compose(need)).text
    assert "Location de voitures" not in text
    assert "1 service déjà choisi pour ce besoin n’est pas proposé de nouveau." in text
    assert "déjà choisi\u00a0: retirée" in adviser.client.get(compose(need, "?q=garage")).text
    page = adviser.client.get(reverse("pathways:need", args=[need.pk])).text
    assert "1 service déjà choisi pour ce besoin n’est pas proposé de nouveau." in page


def test_the_composer_shows_exactly_what_they_will_receive(need, adviser, service) -> None:
    url = compose(need, f"?service={service.pk}")
    said = adviser.client.get(url).content.decode()
    assert "Exactement ce qu’ils recevront" in said
    assert 'value="health"' not in said
    data = {"travels": ["first_name", "last_name", "phone"], "message": "Bonjour", "deadline": "", "apercu": "1"}
    shown = adviser.client.post(url, data)
    assert shown.status_code == 200
    fragment = adviser.client.post(url, data, headers={"hx-request": "true"})
    assert "<html" not in fragment.content.decode()
    assert "Caché" in fragment.content.decode()
    assert not Referral.objects.exists()


def test_the_composer_sends(need, adviser, service) -> None:
    url = compose(need, f"?service={service.pk}")
    deadline = (clock.today() + timedelta(days=5)).isoformat()
    answer = adviser.client.post(url, {"travels": ["first_name", "phone"], "message": "Bonjour", "deadline": deadline})
    sent = Referral.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, page(sent))
    assert (sent.service, sent.state) == (service, ReferralState.SENT)


def test_the_composer_warns_before_a_closed_service_and_says_errors(need, adviser, service) -> None:
    Service.objects.filter(pk=service.pk).update(capacity="closed")
    url = compose(need, f"?service={service.pk}")
    assert "fermé en ce moment" in adviser.client.get(url).content.decode()
    data = {"travels": ["first_name", "phone"], "deadline": (clock.today() + timedelta(days=5)).isoformat()}
    assert adviser.client.post(url, data).status_code == 422
    assert adviser.client.post(url, {**data, "despite": "on", "travels": ["phone"]}).status_code == 422
    assert adviser.client.post(url, {**data, "despite": "on"}).status_code == 302


def test_the_composer_takes_an_organisation_without_service(need, adviser) -> None:
    organisation = OrganisationFactory(name="Régie de quartier")
    assert "Régie de quartier" in adviser.client.get(compose(need, f"?structure={organisation.pk}")).content.decode()
    assert adviser.client.get(compose(need, "?structure=zzz&service=zzz")).status_code == 200


def test_health_is_offered_only_for_health(adviser, service) -> None:
    person = BeneficiaryFactory(programme=adviser.programme, captured_by=adviser.organisation)
    need = NeedFactory(beneficiary=person, field=8, label="Voir un psychologue")
    said = adviser.client.get(compose(need, f"?service={service.pk}")).content.decode()
    assert 'value="health"' in said
    assert "que la personne dira elle-même" in said


def test_the_composer_is_closed_to_others(need, other_programme_adviser, copilot, client) -> None:
    assert other_programme_adviser.client.get(compose(need)).status_code == 404
    assert copilot.client.get(compose(need)).status_code == 403
    assert copilot.client.put(compose(need)).status_code == 405
    assert client.get(compose(need)).status_code == 302
