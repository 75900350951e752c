from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from random import Random

import pytest

from sanscouture.access.decorators import actor_of
from sanscouture.access.enums import Role
from sanscouture.access.scope import scope
from sanscouture.core import clock
from sanscouture.demo.rules.cast import PROGRAMMES, town
from sanscouture.demo.rules.places import GRENOBLE, MAUBEUGE, NARBONNE, PAU, SAINT_OMER, SEDAN, VAL_DE_REUIL
from sanscouture.demo.rules.residents import Resident, cohort
from sanscouture.demo.services.cast import bring_town
from sanscouture.demo.services.stories import (
    narbonne,
    pau,
    saint_omer,
    sedan,
    val_de_reuil_office,
    val_de_reuil_shop,
)
from sanscouture.demo.services.stories.tale import Tale
from sanscouture.demo.services.stories.year import Year, play
from sanscouture.demo.services.stories.years import YEARS
from sanscouture.notifications.selectors import outbox
from sanscouture.pathways.enums import Delivery, NeedState, ReferralState, RuptureRule, StepState
from sanscouture.pathways.models import Appointment, Barrier, Need, Referral, Rupture, Step, Strength
from sanscouture.pathways.rules.ruptures import DEFAULTS
from sanscouture.pathways.selectors.duplicates import pairs_of
from sanscouture.people.enums import QpvState
from sanscouture.people.models import Beneficiary
from sanscouture.programmes.models import Programme, RoleGrant

YEAR = {one.programme: one for one in YEARS}


@contextmanager
def inside(official_id: str) -> Iterator[Programme]:
    programme = Programme.objects.get(official_id=official_id)
    with scope(programmes=[programme.pk], named=[programme.pk]):
        yield programme


@contextmanager
def told(official_id: str, tale: Tale) -> Iterator[Beneficiary]:
    """Play one tale alone, give its person; the thread never broke, and something is still to come."""
    year = Year(official_id, tales=[tale])
    bring_town(town(official_id))
    assert play(year) == 1
    with inside(official_id):
        person = Beneficiary.objects.get_queryset().get()
        assert not Rupture.objects.get_queryset().exists()
        assert Step.objects.get_queryset().filter(state=StepState.TODO, due_on__gt=clock.today()).count() == 1
        met = [one for one in Referral.objects.get_queryset() if one.state == ReferralState.ACCEPTED]
        assert all(one.sent_at < one.decided_at < one.met_at <= one.started_at for one in met)
        yield person
    assert play(year) == 0


def needs() -> list[tuple[int, str]]:
    return sorted(Need.objects.get_queryset().values_list("field", "state"))


def barriers() -> dict[int, int]:
    return dict(Barrier.objects.get_queryset().values_list("field", "severity"))


def done() -> int:
    return Step.objects.get_queryset().filter(state=StepState.DONE).count()


def running() -> list[str]:
    """The services that have begun and not ended."""
    return list(
        Referral.objects.get_queryset()
        .filter(delivery=Delivery.STARTED)
        .order_by("service__name")
        .values_list("service__name", flat=True)
    )


def second_door() -> Referral:
    """The referral that followed a refusal."""
    second = Referral.objects.get_queryset().get(parent__isnull=False)
    assert second.parent is not None
    assert second.parent.state == ReferralState.REFUSED
    assert second.parent.need_id == second.need_id
    return second


def test_saint_omer_keeps_the_job(places) -> None:
    with told(SAINT_OMER, saint_omer.TALE) as person:
        assert (person.first_name, person.qpv_state) == ("Laurie", QpvState.INSIDE)
        assert needs() == [(field, NeedState.COVERED) for field in (4, 5, 7)]
        assert not running()
        assert barriers() == {1: 0, 4: 1, 5: 1, 7: 1}
        assert Strength.objects.get_queryset().count() == 4
        assert done() == 10


def test_sedan_finds_a_second_door(places) -> None:
    with told(SEDAN, sedan.TALE):
        second = second_door()
        assert second.parent.refusal_reason == "no_place"
        assert second.recipient.name.startswith("Multi-accueil")
        assert needs() == [(1, NeedState.COVERED), (4, NeedState.COVERED)]


def test_narbonne_finds_the_trade_again(places) -> None:
    with told(NARBONNE, narbonne.TALE) as person:
        assert person.channel == "email"
        assert needs() == [(1, NeedState.COVERED)] * 2
        assert barriers() == {1: 0}
        carried = set(Step.objects.get_queryset().values_list("carrier_organisation__external_id", flat=True))
        assert carried == {"demo--agence_etangs", "demo--fabrique_canal", "demo--club_garrigue"}
        assert done() == 9


def test_pau_has_papers_then_words_then_work(places) -> None:
    with told(PAU, pau.TALE) as person:
        assert (person.language, person.french_level, person.job_seeker) == ("ar", "a2", "yes")
        assert [state for field, state in needs() if field in {1, 7}] == [NeedState.COVERED] * 5
        assert running() == ["Français pour travailler"]
        assert barriers() == {1: 1, 2: 1, 4: 1, 7: 1}
        papers = Referral.objects.get_queryset().filter(service__external_id__endswith="-titre").get()
        trades = Referral.objects.get_queryset().filter(service__name__startswith="Immersion")
        assert all(papers.ended_at < one.sent_at for one in trades)


def test_val_de_reuil_minds_the_children_so_that_the_training_goes_on(places) -> None:
    with told(VAL_DE_REUIL, val_de_reuil_office.TALE):
        assert running() == ["Formation de secrétaire administrative"]
        assert (4, NeedState.COVERED) in needs()
        assert barriers() == {1: 1, 4: 0}


def test_val_de_reuil_finds_the_employer_who_says_yes(places) -> None:
    with told(VAL_DE_REUIL, val_de_reuil_shop.TALE):
        second = second_door()
        assert second.parent.refusal_reason == "out_of_criteria"
        assert second.recipient.name.startswith("Village de marques")
        assert needs() == [(1, NeedState.COVERED)] * 2
        assert barriers() == {1: 0}
        assert Strength.objects.get_queryset().filter(label__startswith="Bac professionnel").exists()


def test_a_small_town_lives_its_year(places) -> None:
    bring_town(town(GRENOBLE))
    assert play(YEAR[GRENOBLE]) == 9
    with inside(GRENOBLE):
        still = Rupture.objects.get_queryset().filter(closed_at=None)
        assert {RuptureRule.UNANSWERED, RuptureRule.NO_FUTURE_STEP} <= set(still.values_list("rule", flat=True))
        assert Referral.objects.get_queryset().filter(state=ReferralState.ACCEPTED).count() >= 3


def test_every_programme_has_its_year() -> None:
    assert [one.programme for one in YEARS] == list(PROGRAMMES)
    assert all(8 <= one.people + len(one.threads) + len(one.tales) <= 41 for one in YEARS)
    assert all(one.threads for one in YEARS)


@pytest.mark.timeout(600)
def test_maubeuge_lives_a_year(places) -> None:
    bring_town(town(MAUBEUGE))
    assert play(YEAR[MAUBEUGE]) == 41
    today = clock.today()
    with inside(MAUBEUGE) as programme:
        people = Beneficiary.objects.get_queryset()
        assert people.count() == 42, "one of them was written down twice"
        grants = RoleGrant.objects.get_queryset().filter(programme=programme, role=Role.COORDINATOR)
        coordinator = actor_of(grants.values_list("user_id", flat=True).order_by("pk")[0])
        assert len(pairs_of(programme, coordinator)) == 1
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
        assert set(still.values_list("rule", flat=True)) == set(DEFAULTS)
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
    assert play(YEAR[MAUBEUGE]) == 0


@pytest.mark.parametrize("programme", PROGRAMMES)
def test_the_same_day_draws_the_same_cohort(programme: str) -> None:
    def draw(seed: int) -> list[Resident]:
        return cohort(town(programme), 20, Random(seed))  # noqa: S311 a fiction, not a secret

    assert draw(7) == draw(7)
    assert draw(7) != draw(8)
    assert all(one.wants for one in draw(7))
