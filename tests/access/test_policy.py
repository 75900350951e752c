"""One line per model answers both « may she? » and « which ones? » (ADR 0005)."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404

from factories import (
    BarrierFactory,
    BeneficiaryFactory,
    InvolvementFactory,
    PathwayFactory,
    ProgrammeFactory,
    ReferralFactory,
    RuptureFactory,
    StepFactory,
)
from personas import Persona, persona
from sanscouture.access.actor import Actor, Grant
from sanscouture.access.enums import ORGANISATION_ROLES, Perm, Reach, Role
from sanscouture.access.managers import ScopedQuerySet
from sanscouture.access.matrix import MATRIX, NAMED_PERMS, reaches_names
from sanscouture.access.policy import can, fetch, scoped
from sanscouture.access.readonly import WriteInRead, journalling, reading_only
from sanscouture.access.scope import scope_of
from sanscouture.access.where import SYSTEM, Kind
from sanscouture.partners.models import Organisation
from sanscouture.pathways.enums import ReferralState
from sanscouture.people.models import Beneficiary
from sanscouture.programmes.models import NationalRole, Partnership, Programme, RoleGrant

SCOPED = [
    model
    for model in apps.get_models()
    if model.__module__.startswith("sanscouture.") and getattr(model, "access_scope", SYSTEM).kind is not Kind.SYSTEM
]
LOCAL_ROLES = [role for role in Role if role is not Role.NATIONAL_ANIMATOR]


@pytest.fixture
def peopled(programme: Programme, organisation: Organisation, recipient_organisation: Organisation) -> Programme:
    """Rows of every kind: followed by ours, followed by another, unshared, received, in another programme."""
    for captured_by in (organisation, recipient_organisation):
        referral = ReferralFactory(
            need__beneficiary__programme=programme,
            need__beneficiary__captured_by=captured_by,
            recipient=recipient_organisation,
            state=ReferralState.UNANSWERED,
        )
        RuptureFactory(referral=referral)
        BarrierFactory(beneficiary=referral.beneficiary)
        StepFactory(pathway=PathwayFactory(beneficiary=referral.beneficiary))
    BeneficiaryFactory(programme=programme, captured_by=organisation, unshared=True)
    InvolvementFactory(beneficiary=BeneficiaryFactory(programme=programme, unshared=True), organisation=organisation)
    ReferralFactory(need__beneficiary__programme=ProgrammeFactory())
    return programme


@pytest.mark.parametrize("role", LOCAL_ROLES, ids=str)
def test_can_and_visible_to_agree_for_each_model_role_and_permission(
    role: Role, peopled: Programme, organisation: Organisation
) -> None:
    someone = persona(role, peopled, organisation if role in ORGANISATION_ROLES else None)
    actor = someone.actor
    with scope_of(actor):
        for model in SCOPED:
            every = list(scoped(model).order_by("pk"))
            for perm in Perm:
                seen = set(scoped(model).visible_to(actor, perm).values_list("pk", flat=True))
                assert {row.pk for row in every if can(actor, perm, row)} == seen, (model, perm)
                assert not seen or perm in MATRIX[role], f"{role} has no {perm}: closed by default"


@pytest.mark.django_db
def test_people_are_seen_by_reach(
    peopled: Programme, organisation: Organisation, adviser: Persona, coordinator: Persona, copilot: Persona
) -> None:
    def seen(who: Persona) -> int:
        with scope_of(who.actor):
            return scoped(Beneficiary).visible_to(who.actor, Perm.PERSON_READ).count()

    shared_with_ours = 1
    captured_without_basis = 1
    assert seen(adviser) == shared_with_ours + captured_without_basis
    assert seen(coordinator) == 2  # those whose basis holds, whoever follows them
    assert seen(copilot) == 0


def test_an_outreach_worker_sees_what_they_wrote(outreach_worker: Persona, peopled: Programme) -> None:
    mine = BeneficiaryFactory(programme=peopled, created_by=outreach_worker.user)
    with scope_of(outreach_worker.actor):
        people = scoped(Beneficiary).visible_to(outreach_worker.actor, Perm.PERSON_READ)
        assert list(people) == [mine]


def test_fetch_says_403_to_a_role_that_never_may_and_404_outside_the_scope(
    copilot: Persona, adviser: Persona, other_programme_adviser: Persona, organisation: Organisation
) -> None:
    person = BeneficiaryFactory(programme=adviser.programme, captured_by=organisation)
    with scope_of(copilot.actor), pytest.raises(PermissionDenied):
        fetch(Beneficiary, copilot.actor, Perm.PERSON_READ, pk=person.pk)
    with scope_of(other_programme_adviser.actor), pytest.raises(Http404):
        fetch(Beneficiary, other_programme_adviser.actor, Perm.PERSON_READ, pk=person.pk)
    with scope_of(adviser.actor):
        assert fetch(Beneficiary, adviser.actor, Perm.PERSON_READ, pk=person.pk) == person


def test_a_programme_opens_its_pages_to_its_members_only(
    adviser: Persona, other_programme: Programme, national_animator: Persona
) -> None:
    assert list(scoped(Programme).visible_to(adviser.actor, Perm.PROGRAMME_READ)) == [adviser.programme]
    assert scoped(Programme).visible_to(national_animator.actor, Perm.PROGRAMME_READ).count() == 2


def test_machinery_is_never_fetched_for_an_actor(national_animator: Persona) -> None:
    assert NationalRole.access_scope.kind is Kind.SYSTEM
    queryset: ScopedQuerySet[NationalRole] = ScopedQuerySet(NationalRole)
    assert queryset.visible_to(national_animator.actor, Perm.PROGRAMME_READ).count() == 0


def test_a_grant_revoked_opens_nothing(adviser: Persona) -> None:
    RoleGrant.objects.get_queryset().filter(user=adviser.user).update(revoked_at="2026-01-01T00:00Z")
    assert adviser.actor.grants == ()
    assert adviser.actor.programmes == frozenset()


def test_an_actor_answers_for_its_programmes_and_organisations() -> None:
    here, there, organisation = uuid4(), uuid4(), uuid4()
    actor = Actor.build(
        uuid4(),
        (Grant(Role.ADVISER, here, organisation), Grant(Role.COPILOT, there)),
        open_names=frozenset({here, there}),
    )
    assert actor.programmes == {here, there}
    assert actor.named == {here}, "a co-pilot never enters the named tables"
    assert actor.holds_in(Perm.PERSON_READ, here)
    assert not actor.holds_in(Perm.PERSON_READ, there)
    assert actor.organisations() == actor.organisations(here) == {organisation}
    assert actor.organisations(there) == frozenset()
    assert not actor.holds(Perm.JOURNAL_READ)


def test_the_national_level_reaches_no_name_by_any_permission() -> None:
    assert not reaches_names(Role.NATIONAL_ANIMATOR)
    assert not reaches_names(Role.COPILOT)
    assert NAMED_PERMS.isdisjoint(MATRIX[Role.NATIONAL_ANIMATOR])


@pytest.mark.parametrize("role", list(Role), ids=str)
def test_a_role_s_reach_fits_where_it_is_held(role: Role) -> None:
    reaches = set(MATRIX[role].values())
    assert (Reach.NATION in reaches) == (role is Role.NATIONAL_ANIMATOR)
    if role not in ORGANISATION_ROLES:
        assert Reach.ORGANISATION not in reaches, "this role is held in no organisation: it would see nothing"


@pytest.mark.django_db
def test_reading_refuses_to_write_but_for_the_journal(programme: Programme) -> None:
    with reading_only():
        assert Partnership.objects.count() == 0
        with pytest.raises(WriteInRead), transaction.atomic():
            Programme.objects.get_queryset().update(name="Autre")
        with pytest.raises(WriteInRead), transaction.atomic():
            Programme.objects.get_queryset().filter(pk=programme.pk).delete()
        with journalling():
            Programme.objects.get_queryset().filter(pk=programme.pk).update(name="Autre")
