from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from random import Random

import pytest

from sanscouture.access.scope import scope
from sanscouture.core import clock
from sanscouture.demo.rules.places import MAUBEUGE, SAINT_OMER, SEDAN
from sanscouture.demo.rules.residents import Resident, cohort
from sanscouture.demo.services.stories import maubeuge, saint_omer, sedan
from sanscouture.notifications.selectors import outbox
from sanscouture.pathways.enums import NeedState, ReferralState, RuptureRule, StepState
from sanscouture.pathways.models import Appointment, Barrier, Need, Referral, Rupture, Step, Strength
from sanscouture.people.enums import QpvState
from sanscouture.people.models import Beneficiary
from sanscouture.programmes.models import Programme


@contextmanager
def inside(official_id: str) -> Iterator[Programme]:
    programme = Programme.objects.get(official_id=official_id)
    with scope(programmes=[programme.pk], named=[programme.pk]):
        yield programme


def test_saint_omer_keeps_the_job(cast) -> None:
    assert saint_omer.play() == 1
    with inside(SAINT_OMER):
        person = Beneficiary.objects.get_queryset().get()
        assert (person.first_name, person.qpv_state) == ("Laurie", QpvState.INSIDE)
        needs = Need.objects.get_queryset()
        assert sorted(needs.values_list("field", "state")) == [(field, NeedState.COVERED) for field in (4, 5, 7)]
        referrals = Referral.objects.get_queryset()
        assert {one.state for one in referrals} == {ReferralState.ACCEPTED}
        assert all(one.sent_at < one.decided_at < one.met_at <= one.started_at < one.ended_at for one in referrals)
        assert dict(Barrier.objects.get_queryset().values_list("field", "severity")) == {1: 0, 4: 1, 5: 1, 7: 1}
        assert Strength.objects.get_queryset().count() == 4
        steps = Step.objects.get_queryset()
        assert steps.filter(state=StepState.TODO, due_on__gt=person.created_at).count() == 1
        assert steps.filter(state=StepState.DONE).count() == 10
        assert not Rupture.objects.get_queryset().filter(closed_at=None).exists()
    assert saint_omer.play() == 0


def test_sedan_finds_a_second_door(cast) -> None:
    assert sedan.play() == 1
    with inside(SEDAN):
        second = Referral.objects.get_queryset().get(parent__isnull=False)
        assert second.parent is not None
        assert second.parent.state == ReferralState.REFUSED
        assert second.parent.refusal_reason == "no_place"
        assert second.recipient.name.startswith("Multi-accueil")
        assert set(Need.objects.get_queryset().values_list("state", flat=True)) == {NeedState.COVERED}
        assert not Rupture.objects.get_queryset().filter(closed_at=None).exists()
    assert sedan.play() == 0


@pytest.mark.timeout(600)
def test_maubeuge_lives_a_year(cast) -> None:
    assert maubeuge.play() == 41
    today = clock.today()
    with inside(MAUBEUGE) as programme:
        people = Beneficiary.objects.get_queryset()
        assert people.count() == 41
        assert {one.qpv_state for one in people} >= {QpvState.INSIDE, QpvState.UNDETERMINED}
        assert people.filter(shared_until=None).exists()
        assert people.filter(shared_until__lt=today).exists()
        assert set(Need.objects.get_queryset().values_list("field", flat=True)) == set(range(1, 9))
        referrals = Referral.objects.get_queryset()
        states = set(referrals.values_list("state", flat=True))
        assert states >= {"sent", "accepted", "refused", "unanswered"}
        assert referrals.filter(parent__isnull=False).count() >= 3
        assert set(referrals.exclude(outcome="").values_list("outcome", flat=True)) >= {"covered", "partly", "lost"}
        still = Rupture.objects.get_queryset().filter(closed_at=None)
        assert set(still.values_list("rule", flat=True)) == set(RuptureRule.values)
        assert 6 <= still.count() <= 14
        assert still.filter(since__lte=today - timedelta(days=25)).exists()
        waiting = referrals.filter(state=ReferralState.SENT)
        assert waiting.filter(recipient__external_id="demo--roue_libre").count() >= 2
        assert waiting.filter(recipient__external_id="demo--toit_commun").exists()
        links = outbox().filter(to="accueil@toit-commun.example", body_text__contains="/r/")
        assert links.filter(created_at__date__gte=today - timedelta(days=5)).exists()
        day = Appointment.objects.get_queryset().filter(starts_at__date__gte=today)
        assert day.count() >= 4
        assert not people.exclude(programme=programme).exists()
    assert maubeuge.play() == 0


def test_the_same_day_draws_the_same_cohort() -> None:
    def draw(seed: int) -> list[Resident]:
        return cohort(20, Random(seed))  # noqa: S311 a fiction, not a secret

    assert draw(7) == draw(7)
    assert draw(7) != draw(8)
