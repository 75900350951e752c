"""Two people at once: each race runs on two connections that really commit."""

from __future__ import annotations

import pytest
from django.db import transaction

from factories import (
    BeneficiaryFactory,
    OrganisationFactory,
    PartnershipFactory,
    ProgrammeFactory,
    RestrictionFactory,
)
from personas import Persona, persona
from races import at_once
from sanscouture.access.decorators import actor_of
from sanscouture.access.enums import Role
from sanscouture.access.scope import scope, scope_of
from sanscouture.core.errors import Conflict, Refused
from sanscouture.pathways.services.restrictions import restrict_record, take_reader_off
from sanscouture.people.enums import AttachmentState, ImportState, InvolvementKind, RestrictionReason
from sanscouture.people.models import AttachmentRequest, Beneficiary, Involvement, PeopleImport, Reader, Restriction
from sanscouture.people.services import (
    StaleRecord,
    begin_import,
    confirm_import,
    decide_attachment,
    involve,
    lift,
    name_reader,
    try_import,
    undo_import,
    update_beneficiary,
)
from sanscouture.people.services.imports import bring_some_in


@pytest.fixture
def two(fresh_db: None) -> tuple[Persona, Persona, Beneficiary]:
    with transaction.atomic():
        programme = ProgrammeFactory()
        organisation = PartnershipFactory(programme=programme).organisation
        one = persona(Role.ADVISER, programme, organisation)
        other = persona(Role.ADVISER, programme, organisation)
        person = BeneficiaryFactory(programme=programme, captured_by=organisation, created_by=one.user)
    return one, other, person


def test_two_people_save_the_same_record_and_the_second_loses_nothing(two) -> None:
    one, other, person = two
    ends = at_once(
        (one, lambda: update_beneficiary(person, version=1, actor=one.actor, phone="06 39 98 01 02")),
        (other, lambda: update_beneficiary(person, version=1, actor=other.actor, phone="06 39 98 01 03")),
    )
    stale = [end for end in ends if isinstance(end, StaleRecord)]
    saved = [end for end in ends if isinstance(end, Beneficiary)]
    assert (len(stale), len(saved)) == (1, 1)
    assert saved[0].version == 2
    (difference,) = stale[0].differences
    assert {difference.saved, difference.mine} == {"+33639980102", "+33639980103"}


def test_an_organisation_that_comes_twice_at_once_takes_part_once(two) -> None:
    one, other, person = two
    newcomer = OrganisationFactory()
    ends = at_once(
        (one, lambda: involve(person, newcomer, InvolvementKind.CONTRIBUTOR, actor=one.actor)),
        (other, lambda: involve(person, newcomer, InvolvementKind.CONTRIBUTOR, actor=other.actor)),
    )
    assert ends[0] == ends[1]
    with scope_of(one.actor):
        assert Involvement.objects.filter(organisation=newcomer).count() == 1


def test_two_decisions_on_one_request_and_one_wins(two) -> None:
    one, other, person = two
    ids = [one.actor.grants[0].programme_id]
    with scope(programmes=ids, named=ids):
        asker = persona(Role.ADVISER, one.programme, PartnershipFactory(programme=one.programme).organisation)
        request = AttachmentRequest.objects.create(
            programme=one.programme,
            beneficiary=person,
            organisation=asker.organisation,
            requested_by=asker.user,
            reason="Vue à l’accueil",
        )
    ends = at_once(
        (one, lambda: decide_attachment(request, granted=True, actor=one.actor)),
        (other, lambda: decide_attachment(request, granted=False, actor=other.actor)),
    )
    assert sum(isinstance(end, Conflict) for end in ends) == 1
    with scope_of(one.actor):
        request.refresh_from_db()
        joined = Involvement.objects.filter(organisation=asker.organisation, until=None).exists()
        assert joined is (request.state == AttachmentState.GRANTED)


def test_two_restrict_one_record_and_one_is_told_that_it_already_is(two) -> None:
    one, _other, person = two
    ends = at_once(
        *(
            (who, lambda who=who: restrict_record(person, reason=RestrictionReason.SAFETY, actor=who.actor))
            for who in two[:2]
        )
    )
    assert sum(isinstance(end, Conflict) for end in ends) == 1
    with scope_of(one.actor):
        assert Restriction.objects.filter(lifted_at=None).count() == 1


@pytest.fixture
def restricted(two: tuple[Persona, Persona, Beneficiary]) -> Restriction:
    """A record that the two people read."""
    one, other, person = two
    with scope_of(one.actor):
        return RestrictionFactory(beneficiary=person, readers=[other.user])


def test_two_readers_remove_each_other_and_one_stays(two, restricted) -> None:
    one, other, _person = two
    with scope_of(one.actor):
        rows = {reader.user_id: reader for reader in restricted.readers.all()}
    ends = at_once(
        (one, lambda: take_reader_off(rows[other.user.pk], actor=one.actor)),
        (other, lambda: take_reader_off(rows[one.user.pk], actor=other.actor)),
    )
    (refused,) = [end for end in ends if isinstance(end, Refused)]
    assert "dernier lecteur" in str(refused)
    with scope_of(one.actor):
        assert Reader.objects.filter(until=None).count() == 1


def test_two_name_the_same_reader_and_one_is_told(two, restricted) -> None:
    one, _other, _person = two
    with scope_of(one.actor):
        third = persona(Role.COORDINATOR, one.programme)
    ends = at_once(
        *((who, lambda who=who: name_reader(restricted, user=third.user, actor=who.actor)) for who in two[:2])
    )
    assert sum(isinstance(end, Conflict) for end in ends) == 1
    with scope_of(one.actor):
        assert Reader.objects.filter(user=third.user, until=None).count() == 1


def test_two_lift_one_restriction_and_one_is_told(two, restricted) -> None:
    ends = at_once(*((who, lambda who=who: lift(restricted, actor=who.actor)) for who in two[:2]))
    assert sum(isinstance(end, Conflict) for end in ends) == 1


@pytest.fixture
def listed(two) -> tuple[Persona, PeopleImport]:
    """A list of three people, tried by one account in two windows."""
    one, _other, person = two
    with scope_of(one.actor):
        content = "Prénom;Nom\nAwa;Songée\nYanis;Fictif\nZoé;Pensée\n".encode()
        batch = begin_import(person.programme, organisation=person.captured_by, content=content, actor=one.actor)
        return one, try_import(batch, mapping=batch.mapping, actor=one.actor)


def made_by(one: Persona) -> int:
    with scope_of(one.actor):
        return Beneficiary.objects.get_queryset().filter(last_name__in=["Songée", "Fictif", "Pensée"]).count()


def test_an_import_confirmed_twice_at_once_starts_once(listed) -> None:
    one, batch = listed

    def act() -> object:
        return confirm_import(batch, reason="", actor=one.actor)

    ends = at_once((one, act), (one, act))
    assert sorted(isinstance(end, Conflict) for end in ends) == [False, True]


def test_two_workers_on_one_import_make_nobody_twice(listed) -> None:
    one, batch = listed
    with scope_of(one.actor):
        confirm_import(batch, reason="", actor=one.actor)

    def act() -> object:
        return bring_some_in(batch.pk, actor=actor_of)

    ends = at_once((one, act), (one, act))
    assert sorted(str(end) for end in ends) == ["0", "3"]
    assert made_by(one) == 3


def test_an_import_undone_twice_at_once_is_undone_once(listed) -> None:
    one, batch = listed
    with scope_of(one.actor):
        confirm_import(batch, reason="", actor=one.actor)
        bring_some_in(batch.pk, actor=actor_of)
        bring_some_in(batch.pk, actor=actor_of)
        assert PeopleImport.objects.get_queryset().get().state == ImportState.DONE

    def act() -> object:
        return undo_import(batch, actor=one.actor)

    ends = at_once((one, act), (one, act))
    assert sorted(isinstance(end, Conflict) for end in ends) == [False, True]
    assert made_by(one) == 0
