"""What seldom happens in a pathway, and must end well all the same."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache

from factories import (
    BasisFactory,
    BeneficiaryFactory,
    NeedFactory,
    OrganisationFactory,
    PathwayFactory,
    ReferralFactory,
    RuptureFactory,
)
from personas import Persona
from sanscouture.access.enums import Perm
from sanscouture.access.policy import can
from sanscouture.core import clock
from sanscouture.notifications.models import OutgoingMessage
from sanscouture.pathways.enums import Fact, NeedState, ReferralState
from sanscouture.pathways.models import Need, Rupture
from sanscouture.pathways.rules import travel
from sanscouture.pathways.rules.referrals import Answerer
from sanscouture.pathways.services import links, needs, referrals, ruptures
from sanscouture.pathways.services.people import end_sharing


@pytest.fixture
def need(adviser: Persona) -> Any:
    person = BeneficiaryFactory(
        programme=adviser.programme, captured_by=adviser.organisation, created_by=adviser.user, phone="+33639980101"
    )
    PathwayFactory(beneficiary=person)
    return NeedFactory(beneficiary=person)


def by(persona: Persona) -> Answerer:
    return Answerer(persona.user.pk, persona.organisation.pk, str(persona.user))


def test_a_count_that_expires_while_it_is_read_begins_again(db: None, monkeypatch: Any) -> None:
    def expired(_key: str) -> int:
        raise ValueError

    monkeypatch.setattr(cache, "incr", expired)
    assert not links.is_throttled("192.0.2.1", ReferralFactory().pk)


def test_another_basis_keeps_the_record_shared(need: Need, adviser: Persona) -> None:
    person = need.beneficiary
    first = BasisFactory(beneficiary=person)
    BasisFactory(beneficiary=person)
    assert end_sharing(first, actor=adviser.actor).shared_until is not None


def test_a_need_closed_meanwhile_stays_closed_when_its_service_ends(
    need: Need, adviser: Persona, recipient: Persona
) -> None:
    sent = referrals.refer(need, recipient=recipient.organisation, actor=adviser.actor)
    referrals.accept_referral(sent, by=by(recipient))
    needs.close_need(need, state=NeedState.WITHDRAWN, reason="Elle a déménagé", actor=adviser.actor)
    referrals.end_service(sent, by=by(recipient), outcome="covered", evidence="partner")
    need.refresh_from_db()
    assert (need.state, need.reason) == (NeedState.WITHDRAWN, "Elle a déménagé")


def test_a_record_stays_open_while_another_service_runs(need: Need, adviser: Persona, recipient: Persona) -> None:
    everything = [*travel.LEAST, Fact.PATHWAY]
    sent = [
        referrals.refer(one, recipient=recipient.organisation, travels=everything, actor=adviser.actor)
        for one in (need, NeedFactory(beneficiary=need.beneficiary, label="Un ordinateur", field=3))
    ]
    for one in sent:
        referrals.accept_referral(one, by=by(recipient))
    referrals.end_service(sent[0], by=by(recipient), outcome="covered", evidence="partner")
    assert can(recipient.actor, Perm.PERSON_READ, need.beneficiary)
    referrals.end_service(sent[1], by=by(recipient), outcome="covered", evidence="partner")
    assert not can(recipient.actor, Perm.PERSON_READ, need.beneficiary)


def test_a_reminder_leaves_the_clock_where_it_was(need: Need, adviser: Persona, recipient: Persona) -> None:
    sent = referrals.refer(need, recipient=recipient.organisation, actor=adviser.actor)
    with time_machine.travel(clock.now() + timedelta(days=2), tick=False):
        reminded = referrals.remind_recipient(sent, actor=adviser.actor)
    assert (reminded.clock_on, reminded.owner_organisation_id) == (sent.clock_on, recipient.organisation.pk)


def test_a_recipient_that_can_no_longer_be_reached_is_told_nothing(need: Need, adviser: Persona) -> None:
    organisation = OrganisationFactory()
    sent = referrals.refer(need, recipient=organisation, actor=adviser.actor)
    organisation.email = ""
    organisation.save()
    before = OutgoingMessage.objects.count()
    referrals.withdraw_referral(sent, actor=adviser.actor)
    sent.refresh_from_db()
    assert sent.state == ReferralState.WITHDRAWN
    assert OutgoingMessage.objects.count() == before


def test_many_acts_may_wait_to_be_looked_at_together(need: Need, adviser: Persona) -> None:
    ReferralFactory(need=need, deadline=clock.today() - timedelta(days=9))
    with ruptures.looking_later():
        assert ruptures.evaluate_person(need.beneficiary, today=clock.today()) == 0
    assert ruptures.evaluate_person(need.beneficiary, today=clock.today()) > 0


def test_whoever_entrusts_to_themselves_is_not_told(need: Need, adviser: Persona) -> None:
    rupture = RuptureFactory(referral__need=need)
    step = ruptures.entrust_rupture(
        rupture, user=adviser.user, organisation=adviser.organisation, reason="Je l’appelle", actor=adviser.actor
    )
    assert step.carrier_id == adviser.user.pk
    assert not OutgoingMessage.objects.filter(kind="pathways.rupture_entrusted").exists()
    assert Rupture.objects.get(pk=rupture.pk).closed_at
