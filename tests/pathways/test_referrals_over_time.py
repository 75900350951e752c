"""What time and chance do to referrals: jobs of the morning, any sequence of acts, links and their limits."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from procrastinate.contrib.django import app

from factories import BeneficiaryFactory, NeedFactory, OrganisationFactory, PathwayFactory, ReferralFactory
from personas import Persona
from sanscouture.access import scope as row_scope
from sanscouture.core import clock
from sanscouture.core.errors import Refused
from sanscouture.notifications.models import OutgoingMessage
from sanscouture.pathways import tasks
from sanscouture.pathways.enums import AppointmentState, Delivery, ReferralState
from sanscouture.pathways.models import Referral
from sanscouture.pathways.rules import referrals as rules
from sanscouture.pathways.rules.delays import working_day
from sanscouture.pathways.rules.referrals import Answerer
from sanscouture.pathways.selectors.referrals import standing_of, usual_answer
from sanscouture.pathways.services import appointments, links
from sanscouture.pathways.services import referrals as services

RECIPIENT = ("receive", "accept", "wait", "refuse", "ask", "propose", "meet", "start", "pause", "resume", "end", "miss")
SENDER = ("reply", "remind", "withdraw", "expire")


@pytest.fixture
def referral(adviser: Persona, recipient: Persona) -> Referral:
    person = BeneficiaryFactory(programme=adviser.programme, captured_by=adviser.organisation, created_by=adviser.user)
    return services.refer(NeedFactory(beneficiary=person), recipient=recipient.organisation, actor=adviser.actor)


def act(name: str, referral: Referral, adviser: Persona, by: Answerer) -> Any:
    soon = clock.now() + timedelta(days=2)
    return {
        "receive": lambda: services.receive_referral(referral, by=by),
        "accept": lambda: services.accept_referral(referral, by=by),
        "wait": lambda: services.put_on_waiting_list(referral, by=by, weeks=2),
        "refuse": lambda: services.refuse_referral(referral, by=by, reason="no_place"),
        "ask": lambda: services.ask_question(referral, by=by, text="Quand ?"),
        "propose": lambda: appointments.propose_appointment(referral, by=by, starts_at=soon, place="Ici"),
        "meet": lambda: services.record_meeting(referral, by=by, on=clock.today()),
        "start": lambda: services.start_service(referral, by=by),
        "pause": lambda: services.pause_service(referral, by=by),
        "resume": lambda: services.resume_service(referral, by=by),
        "end": lambda: services.end_service(referral, by=by, outcome="covered", evidence="partner"),
        "miss": lambda: appointments.miss_appointment(referral.appointments.order_by("-starts_at")[0], by=by),
        "reply": lambda: services.reply(referral, actor=adviser.actor, text="Demain"),
        "remind": lambda: services.remind_recipient(referral, actor=adviser.actor),
        "withdraw": lambda: services.withdraw_referral(referral, actor=adviser.actor),
        "expire": lambda: services.expire_unanswered(
            referral.programme_id, today=referral.deadline + timedelta(days=1)
        ),
    }[name]


@pytest.mark.parametrize("seed", range(8))
def test_whatever_happens_a_live_referral_has_an_owner_and_a_clock(seed, referral, adviser, recipient) -> None:
    chance = random.Random(seed)  # noqa: S311 a reproducible chance, not a secret
    by = Answerer(recipient.user.pk, recipient.organisation.pk, "Mobil’Emploi")
    for name in chance.choices([*RECIPIENT, *SENDER], k=14):
        try:
            act(name, referral, adviser, by)()
        except (Refused, IndexError):
            continue
        referral = Referral.objects.get(pk=referral.pk)
        live = rules.is_live(ReferralState(referral.state), Delivery(referral.delivery))
        held = rules.holder(standing_of(referral))
        assert live == (referral.clock_on is not None) == (held is not None)
        if held and name != "remind":
            expected = {"sender": referral.sender_organisation_id, "recipient": referral.recipient_id}[held.side]
            assert (referral.owner_organisation_id, referral.clock_on) == (expected, held.until)


def test_the_morning_job_expires_and_reminds(referral, monkeypatch) -> None:
    monkeypatch.setattr(clock, "today", lambda: referral.deadline + timedelta(days=1))
    tasks.keep_deadlines_of(programme_id=str(referral.programme_id))
    referral.refresh_from_db()
    assert referral.state == ReferralState.UNANSWERED


def test_the_morning_job_is_one_per_programme(referral, monkeypatch) -> None:
    deferred: list[str] = []
    monkeypatch.setattr(tasks.keep_deadlines_of, "defer", lambda **given: deferred.append(given["programme_id"]))
    tasks.keep_deadlines()
    assert deferred == [str(referral.programme_id)]
    assert "sanscouture.pathways.tasks.keep_deadlines" in app.tasks
    assert tasks.of_programme(programme_id=str(referral.programme_id)).named == [referral.programme_id]


def test_reminders_skip_what_was_answered_meanwhile(referral, recipient) -> None:
    by = Answerer(None, recipient.organisation.pk, "Mobil’Emploi")
    services.ask_question(referral, by=by, text="Quand ?")
    assert services.send_due_reminders(referral.programme_id, today=referral.deadline - timedelta(days=1)) == 0


def test_a_missed_appointment_asks_for_another(referral, adviser, recipient) -> None:
    by = Answerer(recipient.user.pk, recipient.organisation.pk, "Mobil’Emploi")
    starts = clock.now() + timedelta(days=1)
    one = appointments.propose_appointment(referral, by=by, starts_at=starts, place="Ici")
    with pytest.raises(Refused, match="pas encore eu lieu"):
        appointments.miss_appointment(one, by=by)
    one.starts_at = clock.now() - timedelta(hours=1)
    one.save()
    assert appointments.miss_appointment(one, by=by).state == AppointmentState.MISSED
    referral.refresh_from_db()
    assert (referral.delivery, referral.clock_on) == (
        Delivery.TO_SCHEDULE,
        working_day(clock.today() + timedelta(days=7)),
    )
    two = appointments.propose_appointment(referral, by=by, starts_at=starts, place="Là")
    with pytest.raises(Refused, match="plus d’actualité"):
        appointments.confirm_appointment(one, by=adviser.actor)
    assert appointments.confirm_appointment(two, by=adviser.actor).state == AppointmentState.CONFIRMED


@pytest.mark.parametrize(
    ("days", "place", "words"), [(-1, "Ici", "douze mois"), (400, "Ici", "douze mois"), (1, " ", "Dites où")]
)
def test_an_appointment_is_ahead_and_somewhere(days, place, words, referral, recipient) -> None:
    by = Answerer(None, recipient.organisation.pk, "Mobil’Emploi")
    with pytest.raises(Refused, match=words):
        appointments.propose_appointment(referral, by=by, starts_at=clock.now() + timedelta(days=days), place=place)


def test_five_answers_give_a_word(referral, recipient) -> None:
    for _index in range(5):
        sent = clock.now() - timedelta(days=2)
        ReferralFactory(
            need__beneficiary__programme=referral.programme,
            recipient=recipient.organisation,
            state=ReferralState.ACCEPTED,
            delivery=Delivery.TO_SCHEDULE,
            sent_at=sent,
            decided_at=sent + timedelta(hours=30),
        )
    assert usual_answer(recipient.organisation.pk) == "répond en général sous 2 jours"


def test_the_referent_is_told_when_another_sends(referral, recipient, coordinator) -> None:
    person = BeneficiaryFactory(
        programme=referral.programme, channel="email", email="a@personne.example", language="en"
    )
    PathwayFactory(beneficiary=person)
    sent = services.refer(NeedFactory(beneficiary=person), recipient=recipient.organisation, actor=coordinator.actor)
    assert sent.sender_organisation_id == person.captured_by_id
    told = OutgoingMessage.objects.filter(kind="pathways.referral_news_referent")
    assert [message.to for message in told] == [person.created_by.email]
    assert OutgoingMessage.objects.filter(to="a@personne.example").exists()


def test_whoever_is_neither_sender_nor_recipient_does_not_answer(
    referral, coordinator, other_programme_adviser
) -> None:
    with pytest.raises(Refused, match="destinataire"):
        services.answerer_of(coordinator.actor, referral)


def test_empty_words_are_refused(referral, recipient, adviser) -> None:
    by = Answerer(recipient.user.pk, recipient.organisation.pk, "Mobil’Emploi")
    with pytest.raises(Refused, match="Écrivez votre question"):
        services.ask_question(referral, by=by, text=" ")
    with pytest.raises(Refused, match="Écrivez votre réponse"):
        services.reply(referral, actor=adviser.actor, text=" ")
    assert services.receive_referral(services.receive_referral(referral, by=by), by=by).state == ReferralState.RECEIVED


def test_a_meeting_does_not_precede_the_sending(referral, recipient) -> None:
    by = Answerer(recipient.user.pk, recipient.organisation.pk, "Mobil’Emploi")
    accepted = services.accept_referral(referral, by=by)
    with pytest.raises(Refused, match="après l’envoi"):
        services.record_meeting(accepted, by=by, on=clock.today() - timedelta(days=3))


def test_a_link_needs_an_address(referral) -> None:
    referral.recipient = OrganisationFactory(email="")
    with pytest.raises(Refused, match="adresse électronique"):
        links.make_link(referral)
    assert links.programme_of(links.new_token(uuid4())) is None


def test_a_link_opens_only_its_programme(referral) -> None:
    referral.recipient.email = "accueil@mobil.example"
    token = links.make_link(referral)
    assert links.programme_of(token) == referral.programme_id
    with row_scope.scope(programmes=[uuid4()], named=[uuid4()]):
        assert links.resolve(token) is None
