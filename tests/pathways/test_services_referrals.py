"""The life of a referral through its services: each verb writes, journals, tells, and leaves a holder and a clock."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from factories import (
    BeneficiaryFactory,
    NeedFactory,
    OrganisationFactory,
    PathwayFactory,
    ReferralFactory,
)
from personas import Persona
from sanscouture.access import scope as row_scope
from sanscouture.access.enums import Perm
from sanscouture.access.policy import can
from sanscouture.audit.models import JournalEntry
from sanscouture.core import clock
from sanscouture.core.errors import Conflict, Refused
from sanscouture.notifications.models import Notice, OutgoingMessage
from sanscouture.pathways.enums import Delivery, EventKind, Fact, NeedState, Outcome, ReferralState
from sanscouture.pathways.models import Need, Referral
from sanscouture.pathways.rules import travel
from sanscouture.pathways.rules.delays import reminder_days, working_day
from sanscouture.pathways.rules.referrals import Answerer
from sanscouture.pathways.services import appointments
from sanscouture.pathways.services import referrals as services
from sanscouture.people.enums import InvolvementKind
from sanscouture.people.models import Involvement

S, D = ReferralState, Delivery


@pytest.fixture
def need(adviser: Persona) -> Any:
    person = BeneficiaryFactory(
        programme=adviser.programme, captured_by=adviser.organisation, created_by=adviser.user, channel="sms"
    )
    PathwayFactory(beneficiary=person)
    return NeedFactory(beneficiary=person)


@pytest.fixture
def referral(need: Need, adviser: Persona, recipient: Persona) -> Referral:
    return services.refer(need, recipient=recipient.organisation, actor=adviser.actor)


def by(persona: Persona) -> Answerer:
    return Answerer(persona.user.pk, persona.organisation.pk, f"{persona.user}, {persona.organisation}")


def held_by(referral: Referral) -> Any:
    return referral.owner_organisation_id


def told(kind: str) -> list[str]:
    return sorted(OutgoingMessage.objects.filter(kind=f"pathways.{kind}").values_list("to", flat=True))


def kinds(referral: Referral) -> list[str]:
    return list(referral.events.order_by("at", "pk").values_list("kind", flat=True))


def test_referring_sends_and_gives_the_clock_to_the_recipient(referral, need, recipient) -> None:
    assert (referral.state, held_by(referral)) == (S.SENT, recipient.organisation.pk)
    assert referral.clock_on == referral.deadline == working_day(clock.today() + timedelta(days=10))
    assert referral.travels == ["first_name", "phone"]
    assert kinds(referral) == [EventKind.DRAFTED, EventKind.SENT]
    assert told("referral_sent_recipient") == [recipient.user.email]
    assert told("referral_sent_person") == [need.beneficiary.phone]
    assert Notice.objects.filter(user=recipient.user).exists()
    assert JournalEntry.objects.filter(verb="referral.send", object_ids__contains=[referral.pk]).exists()


def test_an_organisation_without_account_receives_a_link_and_no_name(need, adviser) -> None:
    organisation = OrganisationFactory(email="contact@asso.example")
    referral = services.refer(need, recipient=organisation, actor=adviser.actor)
    message = OutgoingMessage.objects.get(to="contact@asso.example")
    assert "/r/" in message.body_text
    assert need.beneficiary.first_name not in message.body_text + message.subject
    assert referral.answer_links.get().email == "contact@asso.example"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"travels": ["phone"]}, "prénom"),
        ({"travels": ["first_name", "phone", "health"]}, "ne peut pas voyager"),
        ({"deadline": timedelta(days=0)}, "au plus tôt demain"),
        ({"recipient": {"email": ""}}, "ni compte ni adresse"),
        ({"recipient": {"is_active": False}}, "n’est plus proposé"),
    ],
)
def test_an_unsound_referral_is_refused_with_its_reason(need, adviser, change, words) -> None:
    given: dict[str, Any] = {"recipient": {}, **change}
    given["recipient"] = OrganisationFactory(**given["recipient"])
    if "deadline" in given:
        given["deadline"] = clock.today() + given["deadline"]
    with pytest.raises(Refused, match=words):
        services.refer(need, actor=adviser.actor, **given)
    assert not Referral.objects.exists()


def test_without_a_basis_nothing_leaves(adviser, recipient) -> None:
    need = NeedFactory(beneficiary=BeneficiaryFactory(programme=adviser.programme, unshared=True))
    with pytest.raises(Refused, match="information donnée"):
        services.refer(need, recipient=recipient.organisation, actor=adviser.actor)


def test_a_closed_need_and_a_twin_are_refused(referral, need, adviser, recipient) -> None:
    with pytest.raises(Refused, match="déjà orienté"):
        services.refer(need, recipient=recipient.organisation, actor=adviser.actor)
    Need.objects.filter(pk=need.pk).update(state=NeedState.COVERED, closed_at=clock.now())
    with pytest.raises(Refused, match="clos"):
        services.refer(need, recipient=OrganisationFactory(), actor=adviser.actor)


def test_acceptance_opens_the_record_only_where_the_sender_ticked_it(need, recipient, adviser) -> None:
    everything = [*travel.LEAST, Fact.PATHWAY]
    for travels, opened in ((travel.LEAST, False), (everything, True)):
        sent = services.refer(need, recipient=recipient.organisation, travels=travels, actor=adviser.actor)
        services.accept_referral(sent, by=by(recipient))
        assert can(recipient.actor, Perm.PERSON_READ, need.beneficiary) is opened
        services.end_service(sent, by=by(recipient), outcome="partly", evidence="partner", reason="Une séance")
        assert not can(recipient.actor, Perm.PERSON_READ, need.beneficiary)


def test_an_accepted_referral_is_held_by_whoever_accepted_it(referral, need, recipient, adviser) -> None:
    accepted = services.accept_referral(referral, by=by(recipient), comment="Bienvenue")
    assert (accepted.state, accepted.delivery) == (S.ACCEPTED, D.TO_SCHEDULE)
    assert accepted.clock_on == working_day(clock.today() + timedelta(days=7))
    assert accepted.received_at
    assert accepted.decided_at
    assert accepted.owner_id == recipient.user.pk
    assert told("referral_accepted_sender") == [adviser.user.email]
    assert told("referral_accepted_person") == [need.beneficiary.phone]


def test_refusal_leaves_the_need_open(referral, need, recipient, adviser) -> None:
    refused = services.refuse_referral(referral, by=by(recipient), reason="no_place")
    need.refresh_from_db()
    assert (refused.state, refused.clock_on, need.state) == (S.REFUSED, None, NeedState.OPEN)
    assert told("referral_refused_sender") == [adviser.user.email]


def test_other_needs_words(referral, recipient) -> None:
    with pytest.raises(Refused, match="précision"):
        services.refuse_referral(referral, by=by(recipient), reason="other")
    referral.refresh_from_db()
    assert referral.state == S.SENT


def test_a_waiting_list_is_an_answer_and_a_place_may_open(referral, recipient) -> None:
    waiting = services.put_on_waiting_list(referral, by=by(recipient), weeks=4)
    assert (waiting.state, waiting.delivery) == (S.ACCEPTED, D.WAITING_LIST)
    assert waiting.clock_on == working_day(clock.today() + timedelta(days=28))
    opened = services.accept_referral(waiting, by=by(recipient))
    assert opened.delivery == D.TO_SCHEDULE
    with pytest.raises(Refused, match="52"):
        services.put_on_waiting_list(referral, by=by(recipient), weeks=0)


def test_a_question_gives_the_clock_back_to_the_sender(referral, recipient, adviser) -> None:
    asked = services.ask_question(referral, by=by(recipient), text="Quels horaires ?")
    assert (asked.state, held_by(asked)) == (S.RECEIVED, adviser.organisation.pk)
    assert asked.clock_on == working_day(clock.today() + timedelta(days=3))
    assert services.expire_unanswered(asked.programme_id, today=asked.deadline + timedelta(days=1)) == 0
    replied = services.reply(asked, actor=adviser.actor, text="Le matin.")
    assert (replied.state, held_by(replied)) == (S.RECEIVED, recipient.organisation.pk)
    assert told("referral_reply_recipient") == [recipient.user.email]


def test_only_the_recipient_answers_and_only_the_sender_takes_back(referral, recipient, adviser, coordinator) -> None:
    with pytest.raises(Refused, match="destinataire"):
        services.accept_referral(referral, by=by(adviser))
    with pytest.raises(Refused, match="qui oriente"):
        services.withdraw_referral(referral, actor=recipient.actor)
    assert services.remind_recipient(referral, actor=coordinator.actor).state == S.SENT


def test_withdrawing_tells_the_recipient(referral, adviser, recipient) -> None:
    taken = services.withdraw_referral(referral, actor=adviser.actor, reason="Solution trouvée")
    assert taken.state == S.WITHDRAWN
    assert told("referral_withdrawn_recipient") == [recipient.user.email]
    with pytest.raises(Conflict, match="a retiré cette orientation"):
        services.accept_referral(referral, by=by(recipient))


def test_a_second_answer_is_told_who_and_when(referral, recipient) -> None:
    services.accept_referral(referral, by=by(recipient))
    with pytest.raises(Conflict, match=f"{recipient.user}.* a déjà accepté"):
        services.refuse_referral(referral, by=by(recipient), reason="no_place")


def test_nobody_answers_then_late_answer(referral, adviser, recipient) -> None:
    assert services.expire_unanswered(referral.programme_id, today=referral.deadline) == 0
    assert services.expire_unanswered(referral.programme_id, today=referral.deadline + timedelta(days=1)) == 1
    referral.refresh_from_db()
    assert (referral.state, held_by(referral)) == (S.UNANSWERED, adviser.organisation.pk)
    assert told("referral_unanswered_sender") == [adviser.user.email]
    assert services.accept_referral(referral, by=by(recipient)).state == S.ACCEPTED


def test_reminders_leave_halfway_and_the_day_before_only_once(referral, recipient) -> None:
    def leave_on(day: date) -> int:
        with clock.at(clock.now() + (day - clock.today())):
            return services.send_due_reminders(referral.programme_id, today=day)

    halfway, eve = reminder_days(clock.today(), referral.deadline)
    days = [halfway - timedelta(days=1), halfway, eve - timedelta(days=1), eve, eve]
    assert [leave_on(day) for day in days] == [0, 1, 0, 1, 0]
    assert told("referral_reminded_recipient") == [recipient.user.email] * 2


def test_a_night_without_reminder_asks_as_much_for_one_referral_as_for_many(referral, need, recipient) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert services.send_due_reminders(referral.programme_id, today=clock.today()) == 0
        return len(captured)

    few = asked()
    for _ in range(3):
        ReferralFactory(need__beneficiary=need.beneficiary, recipient=recipient.organisation, sent_at=clock.now())
    assert asked() == few == 1


def test_a_sender_reminds_once_a_day(referral, adviser) -> None:
    services.remind_recipient(referral, actor=adviser.actor)
    with pytest.raises(Refused, match="déjà parti"):
        services.remind_recipient(referral, actor=adviser.actor)


def test_rerouting_keeps_lineage_and_takes_back_what_waited(referral, adviser, recipient) -> None:
    other = OrganisationFactory()
    following = services.reroute(referral, recipient=other, actor=adviser.actor)
    referral.refresh_from_db()
    assert following.parent_id == referral.pk
    assert (following.state, referral.state) == (S.SENT, S.WITHDRAWN)
    assert EventKind.REROUTED in kinds(referral)


def test_a_refused_referral_stays_refused_when_rerouted(referral, adviser, recipient) -> None:
    services.refuse_referral(referral, by=by(recipient), reason="too_far")
    referral.refresh_from_db()
    assert services.reroute(referral, recipient=OrganisationFactory(), actor=adviser.actor).parent_id == referral.pk
    referral.refresh_from_db()
    assert referral.state == S.REFUSED


def test_a_service_from_appointment_to_covered_need(referral, need, recipient, adviser) -> None:
    starts = clock.now() + timedelta(days=2)
    appointment = appointments.propose_appointment(referral, by=by(recipient), starts_at=starts, place="12 rue Haute")
    referral.refresh_from_db()
    assert (referral.state, referral.delivery) == (S.ACCEPTED, D.APPOINTMENT_SET)
    assert referral.clock_on == working_day(timezone.localtime(starts).date() + timedelta(days=1))
    appointments.confirm_appointment(appointment, by=adviser.actor)
    services.record_meeting(referral, by=by(recipient), on=clock.today())
    started = services.start_service(referral, by=by(recipient))
    paused = services.pause_service(started, by=by(recipient))
    assert paused.clock_on == working_day(clock.today() + timedelta(days=30))
    services.resume_service(paused, by=by(recipient))
    ended = services.end_service(referral, by=by(recipient), outcome="covered", evidence="partner")
    need.refresh_from_db()
    assert (ended.delivery, ended.clock_on, need.state) == (D.ENDED, None, NeedState.COVERED)
    assert not Involvement.objects.filter(kind=InvolvementKind.RECEIVES, until=None).exists()


@pytest.mark.parametrize("outcome", [Outcome.PARTLY, Outcome.NOT_COVERED, Outcome.LOST])
def test_anything_but_covered_leaves_the_need_open(referral, need, recipient, outcome) -> None:
    services.accept_referral(referral, by=by(recipient))
    services.end_service(referral, by=by(recipient), outcome=outcome, evidence="person", reason="Deux séances")
    need.refresh_from_db()
    assert (need.state, need.reason) == (NeedState.OPEN, "Deux séances")


def test_not_covered_says_why_and_the_future_is_not_the_past(referral, recipient) -> None:
    services.accept_referral(referral, by=by(recipient))
    with pytest.raises(Refused, match="pourquoi"):
        services.end_service(referral, by=by(recipient), outcome="not_covered", evidence="partner")
    with pytest.raises(Refused, match="futur"):
        services.record_meeting(referral, by=by(recipient), on=clock.today() + timedelta(days=1))
    with pytest.raises(Refused, match="comment vous le savez"):
        services.end_service(referral, by=by(recipient), outcome="", evidence="partner")


def race(referral: Referral, *acts: Any) -> list[str]:
    """Run acts at once, each on its own connection, and say how each ended."""
    ends: list[str] = []
    barrier = threading.Barrier(len(acts))

    def run(act: Any) -> None:
        try:
            with row_scope.scope(programmes=[referral.programme_id], named=[referral.programme_id]):
                seen = Referral.objects.get(pk=referral.pk)
                barrier.wait(10)
                act(seen)
            ends.append("won")
        except Conflict as conflict:
            ends.append(str(conflict))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    return ends


def test_two_people_answering_at_once_exactly_one_wins(fresh_db) -> None:
    with transaction.atomic():
        sent = ReferralFactory(recipient=OrganisationFactory(email=""))
    first = Answerer(None, sent.recipient_id, "Awa Fictif, Mobil’Emploi")
    second = Answerer(None, sent.recipient_id, "Théo Fictif, Mobil’Emploi")
    ends = race(
        sent,
        lambda seen: services.accept_referral(seen, by=first),
        lambda seen: services.put_on_waiting_list(seen, by=second, weeks=3),
    )
    assert ends.count("won") == 1
    lost = next(end for end in ends if end != "won")
    assert "Fictif, Mobil’Emploi a déjà accepté cette orientation" in lost
    with row_scope.scope(programmes=[sent.programme_id], named=[sent.programme_id]):
        assert sent.events.count() == 1
