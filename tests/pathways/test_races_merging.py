"""Merging while others act: on two connections that really commit (chapter 02)."""

from __future__ import annotations

import pytest
from django.db import transaction

from factories import BeneficiaryFactory, PartnershipFactory, PathwayFactory, ProgrammeFactory
from personas import Persona, persona
from races import at_once
from sanscouture.access.enums import Role
from sanscouture.access.scope import scope_of
from sanscouture.core.errors import Conflict
from sanscouture.pathways.enums import NoteReaders
from sanscouture.pathways.models import Note, Pathway, Referent
from sanscouture.pathways.services.merging import merge_records, undo_merge
from sanscouture.pathways.services.notes import write_note
from sanscouture.people.models import Beneficiary, Distinct, Merge
from sanscouture.people.services import tell_apart, update_beneficiary

Two = tuple[Persona, Persona, Beneficiary, Beneficiary]


@pytest.fixture
def two(fresh_db: None) -> Two:
    """Two colleagues, and two records of one person, each with an open pathway."""
    with transaction.atomic():
        programme = ProgrammeFactory()
        organisation = PartnershipFactory(programme=programme).organisation
        one = persona(Role.ADVISER, programme, organisation)
        other = persona(Role.ADVISER, programme, organisation)
        records = [
            BeneficiaryFactory(programme=programme, captured_by=organisation, created_by=one.user) for _ in range(2)
        ]
        for record in records:
            PathwayFactory(beneficiary=record)
    return one, other, records[0], records[1]


def conflicts(ends: list[object]) -> int:
    assert all(isinstance(end, Conflict) or not isinstance(end, Exception) for end in ends), ends
    assert None not in ends
    return sum(isinstance(end, Conflict) for end in ends)


def test_two_merge_the_same_two_each_way_round_and_one_wins(two: Two) -> None:
    one, other, first, second = two
    ends = at_once(
        (one, lambda: merge_records(first, second, versions=(1, 1), actor=one.actor)),
        (other, lambda: merge_records(second, first, versions=(1, 1), actor=other.actor)),
    )
    assert conflicts(ends) == 1
    with scope_of(one.actor):
        assert Merge.objects.count() == 1
        live = Pathway.objects.get(closed_on=None)
        assert Referent.objects.filter(pathway=live, until=None).count() == 1


def test_a_note_written_while_the_record_is_merged_is_kept_or_its_writer_told(two: Two) -> None:
    one, other, kept, merged = two
    ends = at_once(
        (one, lambda: merge_records(kept, merged, versions=(1, 1), actor=one.actor)),
        (
            other,
            lambda: write_note(
                merged,
                text="Vue ce matin",
                readers=NoteReaders.TEAM,
                organisation=other.organisation,
                actor=other.actor,
            ),
        ),
    )
    told = conflicts(ends)
    with scope_of(one.actor):
        assert not Note.objects.filter(beneficiary=merged).exists(), "lost with the merged record"
        assert Note.objects.filter(beneficiary=kept).count() == 1 - told


def test_a_fact_corrected_while_the_record_is_merged_is_compared_or_refused(two: Two) -> None:
    one, other, kept, merged = two
    ends = at_once(
        (one, lambda: merge_records(kept, merged, versions=(1, 1), actor=one.actor)),
        (other, lambda: update_beneficiary(merged, version=1, actor=other.actor, first_name="Autrement")),
    )
    assert conflicts(ends) == 1


def test_two_undo_one_merge_and_one_is_told(two: Two) -> None:
    one, other, kept, merged = two
    with scope_of(one.actor):
        done = merge_records(kept, merged, versions=(1, 1), actor=one.actor)
    ends = at_once(
        (one, lambda: undo_merge(done, actor=one.actor)), (other, lambda: undo_merge(done, actor=other.actor))
    )
    assert conflicts(ends) == 1
    with scope_of(one.actor):
        assert Pathway.objects.filter(closed_on=None).count() == 2


def test_two_who_tell_a_pair_apart_say_it_once(two: Two) -> None:
    one, other, first, second = two
    ends = at_once(
        (one, lambda: tell_apart(first, second, actor=one.actor)),
        (other, lambda: tell_apart(second, first, actor=other.actor)),
    )
    assert conflicts(ends) == 0
    with scope_of(one.actor):
        assert Distinct.objects.count() == 1
