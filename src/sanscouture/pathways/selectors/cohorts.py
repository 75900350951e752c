"""Reading cohorts: the list, seats held, the facts that criteria ask about, which one a person may be flagged for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from sanscouture.access.actor import Actor
from sanscouture.access.enums import Perm, Reach
from sanscouture.pathways.enums import AdmissionState, CriterionFact
from sanscouture.pathways.models import Admission, Cohort
from sanscouture.pathways.models.cohort import LIVE
from sanscouture.pathways.rules.cohorts import seats_left
from sanscouture.people.enums import QpvState
from sanscouture.people.models import Beneficiary
from sanscouture.people.rules import age_on
from sanscouture.programmes.models import Programme


@dataclass(frozen=True)
class Held:
    """Seats that are taken, and how many of them by residents from outside the quarters."""

    admitted: int
    outside: int


@dataclass(frozen=True)
class Standing:
    """A cohort with how many people wait for the commission, and how many seats are left."""

    cohort: Cohort
    waiting: int
    left: int


def held_seats(cohort: Cohort) -> Held:
    """Count who is admitted in a cohort now."""
    admitted = Admission.objects.get_queryset().filter(cohort=cohort, state=AdmissionState.ADMITTED)
    found = admitted.aggregate(
        admitted=Count("pk"), outside=Count("pk", filter=Q(beneficiary__qpv_state=QpvState.OUTSIDE))
    )
    return Held(found["admitted"], found["outside"])


def facts_of(person: Beneficiary, *, today: date) -> Mapping[CriterionFact, Any]:
    """What is known of a person that a criterion may ask about; a new fact is one line here."""
    return {
        CriterionFact.AGE: age_on(person.birth_date, today) if person.birth_date else None,
        CriterionFact.JOB_SEEKER: person.job_seeker,
        CriterionFact.FRENCH_LEVEL: person.french_level,
        CriterionFact.QPV: person.qpv_state,
    }


def cohorts_of(programme: Programme, actor: Actor) -> QuerySet[Cohort]:
    """The cohorts of a programme, the latest first."""
    found = Cohort.objects.visible_to(actor, Perm.COHORT_READ).filter(programme=programme)
    return found.select_related("referent").order_by("-starts_on", "name", "pk")


def with_candidates(found: QuerySet[Cohort]) -> list[Standing]:
    """Cohorts, each with how many wait for the commission and how many seats are left."""
    waiting, admitted = Q(admissions__state=AdmissionState.FLAGGED), Q(admissions__state=AdmissionState.ADMITTED)
    counted: Any = found.annotate(
        waiting=Count("admissions", filter=waiting), admitted=Count("admissions", filter=admitted)
    )
    return [Standing(one, one.waiting, seats_left(one.seats, one.admitted)) for one in counted]


def open_cohorts(programme_id: UUID, *, today: date) -> QuerySet[Cohort]:
    """The cohorts that are not over: those for which somebody may be flagged."""
    found = Cohort.objects.get_queryset().filter(programme_id=programme_id)
    return found.filter(Q(ends_on=None) | Q(ends_on__gte=today)).order_by("starts_on", "name", "pk")


def admissions_of(person: Beneficiary) -> list[Admission]:
    """Where a person is flagged or admitted, for whoever reads the person's page."""
    found = Admission.objects.get_queryset().filter(beneficiary=person, state__in=LIVE)
    return list(found.select_related("cohort").order_by("created_at", "pk"))


def reads_everybody(actor: Actor, programme_id: UUID) -> bool:
    """Say whether an actor may read the people of a whole programme: to them, small figures are shown."""
    return any(
        reach >= Reach.PROGRAMME and grant.programme_id == programme_id
        for grant, reach in actor.with_perm(Perm.PERSON_READ)
    )
