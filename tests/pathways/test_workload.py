"""What a professional carries is read by them and by their manager, by nobody else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from factories import AppointmentFactory, BeneficiaryFactory, PathwayFactory, RuptureFactory, StepFactory
from personas import Persona
from sanscouture.core import clock
from sanscouture.pathways.enums import Delivery, ReferralState
from sanscouture.pathways.rules.workload import FULL_WEEK, MANY_PEOPLE, Load
from sanscouture.programmes.models import Programme

PAGE = "/programmes/trois-ponts/charge/"


@pytest.mark.parametrize(
    ("load", "heavy"),
    [
        (Load(people=MANY_PEOPLE, appointments=FULL_WEEK, steps_late=90, ruptures=90), False),
        (Load(people=MANY_PEOPLE + 1), True),
        (Load(appointments=FULL_WEEK + 1), True),
    ],
)
def test_too_many_people_or_appointments_are_too_much(load: Load, heavy: bool) -> None:
    assert load.is_heavy is heavy


@pytest.fixture
def followed(programme: Programme, adviser: Persona) -> Any:
    def make(count: int) -> None:
        for _ in range(count):
            person = BeneficiaryFactory(programme=programme, captured_by=adviser.organisation, created_by=adviser.user)
            pathway = PathwayFactory(beneficiary=person)
            StepFactory(pathway=pathway, carrier=adviser.user, due_on=clock.today() - timedelta(days=2))
            RuptureFactory(referral__need__beneficiary=person)
            AppointmentFactory(
                starts_at=clock.now(),
                referral__need__beneficiary=person,
                referral__state=ReferralState.ACCEPTED,
                referral__delivery=Delivery.APPOINTMENT_SET,
                referral__owner=adviser.user,
            )

    return make


def names(persona: Persona) -> list[str]:
    return [one.user.full_name for one in persona.client.get(PAGE).context["carried"]]


def test_one_reads_ones_own(followed: Any, adviser: Persona, recipient: Persona) -> None:
    followed(2)
    carried = adviser.client.get(PAGE).context["carried"]
    assert [(one.user.pk, one.load) for one in carried] == [(adviser.user.pk, Load(2, 2, 2, 2))]
    assert "tenable" in adviser.client.get(PAGE).text
    assert names(recipient) == [recipient.user.full_name]


def test_a_manager_reads_the_team_and_coordination_does_not(
    followed: Any, adviser: Persona, manager: Persona, coordinator: Persona
) -> None:
    followed(1)
    assert names(manager)[0] == manager.user.full_name
    assert adviser.user.full_name in names(manager)
    assert names(coordinator) == [coordinator.user.full_name]
    assert "équipe" in manager.client.get(PAGE).text


def test_too_much_is_said(followed: Any, adviser: Persona) -> None:
    followed(1)
    referral = AppointmentFactory(
        referral__owner=adviser.user, referral__need__beneficiary__programme=adviser.programme
    )
    for _ in range(FULL_WEEK):
        AppointmentFactory(referral=referral.referral, starts_at=clock.now())
    assert "Trop chargé" in adviser.client.get(PAGE).text


def test_elsewhere_wrongly_and_closed(
    programme: Programme, adviser: Persona, copilot: Persona, other_programme_adviser: Persona
) -> None:
    assert other_programme_adviser.client.get(PAGE).status_code == 404
    assert copilot.client.get(PAGE).status_code == 403
    assert adviser.client.post(PAGE).status_code == 405
    Programme.objects.filter(pk=programme.pk).update(agreement_signed_on=None)
    assert "carried" not in adviser.client.get(PAGE).context


def test_queries_do_not_grow(followed: Any, manager: Persona, assert_queries_do_not_grow: Any) -> None:
    followed(1)
    assert_queries_do_not_grow(manager.client, PAGE, lambda: followed(5), budget=25)
