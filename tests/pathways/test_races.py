"""Two people at once on one pathway: nothing is lost, and the second is told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from factories import (
    BarrierFactory,
    BeneficiaryFactory,
    EpisodeFactory,
    NeedFactory,
    NoteFactory,
    OrganisationFactory,
    PartnershipFactory,
    PathwayFactory,
    ProgrammeFactory,
    ProgressFactory,
    ReferralFactory,
    RuptureFactory,
    ServiceFactory,
    StepFactory,
)
from personas import persona
from races import at_once
from sanscouture.access.enums import Role
from sanscouture.access.scope import scope_of
from sanscouture.core import clock
from sanscouture.core.errors import Refused
from sanscouture.pathways.enums import ClosingAct, NeedState, RuptureRule, StepState
from sanscouture.pathways.models import (
    Barrier,
    Need,
    Note,
    Referral,
    ReferralHabits,
    Rupture,
    RuptureSetting,
    Step,
)
from sanscouture.pathways.services import contributors, diagnosis, life, needs, notes, ruptures
from sanscouture.pathways.services.habits import save_habits
from sanscouture.pathways.services.pathways import cancel_step, complete_step
from sanscouture.pathways.services.referrals import refer_together, split_referral
from sanscouture.pathways.services.rupture_settings import escalate_overdue, set_rule


@pytest.fixture
def two(fresh_db: None) -> Any:
    with transaction.atomic():
        programme = ProgrammeFactory()
        organisation = PartnershipFactory(programme=programme).organisation
        one, other = (persona(Role.ADVISER, programme, organisation) for _ in range(2))
        person = BeneficiaryFactory(programme=programme, captured_by=organisation, created_by=one.user)
        pathway = PathwayFactory(beneficiary=person)
    return one, other, person, pathway


def losers(ends: list[object]) -> list[str]:
    return [str(end) for end in ends if isinstance(end, Refused)]


@pytest.mark.parametrize("written", [False, True], ids=["new", "again"])
def test_two_save_the_same_field_and_the_second_is_told(written, two) -> None:
    one, other, person, _pathway = two
    with scope_of(one.actor):
        version = BarrierFactory(beneficiary=person, field=5, severity=1).version if written else 0

    def save(who: Any, severity: int) -> Barrier:
        return diagnosis.save_barrier(
            person,
            field=5,
            severity=severity,
            priority=False,
            situations=[],
            objective="",
            note="",
            version=version,
            actor=who.actor,
        )

    ends = at_once((one, lambda: save(one, 2)), (other, lambda: save(other, 3)))
    assert len(losers(ends)) == 1
    with scope_of(one.actor):
        kept = Barrier.objects.get(beneficiary=person, field=5)
    assert kept.severity == next(end.severity for end in ends if isinstance(end, Barrier))


def test_a_step_is_done_or_given_up_never_both(two) -> None:
    one, other, _person, pathway = two
    with scope_of(one.actor):
        step = StepFactory(pathway=pathway)
    ends = at_once(
        (one, lambda: complete_step(step, actor=one.actor)), (other, lambda: cancel_step(step, actor=other.actor))
    )
    assert len(losers(ends)) == 1
    with scope_of(one.actor):
        assert Step.objects.get(pk=step.pk).state in {StepState.DONE, StepState.CANCELLED}


def test_a_need_closes_once(two) -> None:
    one, other, person, _pathway = two
    with scope_of(one.actor):
        need = NeedFactory(beneficiary=person)
    ends = at_once(
        (one, lambda: needs.close_need(need, state=NeedState.COVERED, actor=one.actor)),
        (other, lambda: needs.close_need(need, state=NeedState.WITHDRAWN, reason="Ne veut plus", actor=other.actor)),
    )
    assert len(losers(ends)) == 1
    with scope_of(one.actor):
        assert Need.objects.get(pk=need.pk).state != NeedState.OPEN


def test_a_rupture_is_caught_up_once(two) -> None:
    one, other, person, _pathway = two
    with scope_of(one.actor):
        rupture = RuptureFactory(referral__need__beneficiary=person)
    ends = at_once(
        *(
            (
                who,
                lambda who=who: ruptures.close_rupture(
                    rupture, act=ClosingAct.REASON, reason="Vu hier", actor=who.actor
                ),
            )
            for who in (one, other)
        )
    )
    assert len(losers(ends)) == 1
    with scope_of(one.actor):
        assert Rupture.objects.get(pk=rupture.pk).closed_at


@pytest.mark.parametrize(
    "acts",
    [
        (notes.remove_note, notes.remove_note),
        (
            notes.remove_note,
            lambda note, actor: notes.edit_note(note, text="Autre", readers="me", version=1, actor=actor),
        ),
    ],
    ids=["twice", "or corrected"],
)
def test_a_note_is_taken_back_once_and_never_corrected_unseen(acts, two) -> None:
    one, _other, person, _pathway = two
    with scope_of(one.actor):
        note = NoteFactory(beneficiary=person)
    ends = at_once(*((one, lambda act=act: act(note, actor=one.actor)) for act in acts))
    with scope_of(one.actor):
        kept = Note.objects.get(pk=note.pk)
        assert kept.removed_at
    assert len(losers(ends)) == (1 if acts[0] is acts[1] or kept.version == 1 else 0)


def test_a_note_comes_back_once(two) -> None:
    one, _other, person, _pathway = two
    with scope_of(one.actor):
        note = notes.remove_note(NoteFactory(beneficiary=person), actor=one.actor)
    ends = at_once(*((one, lambda: notes.restore_note(note, actor=one.actor)) for _ in range(2)))
    assert len(losers(ends)) == 1


@pytest.mark.parametrize(
    ("made", "acts"),
    [
        (EpisodeFactory, (life.remove_episode, life.remove_episode)),
        (ProgressFactory, (life.remove_progress, life.remove_progress)),
        (EpisodeFactory, (lambda one, actor: life.end_episode(one, on=clock.today(), actor=actor),) * 2),
    ],
    ids=["episode removed", "progress removed", "episode ended"],
)
def test_what_a_person_lives_is_settled_once(made, acts, two) -> None:
    one, other, person, _pathway = two
    with scope_of(one.actor):
        row = made(beneficiary=person)
    ends = at_once(
        *(
            (who, lambda who=who, act=act: act(row, actor=who.actor))
            for who, act in zip((one, other), acts, strict=True)
        )
    )
    assert len(losers(ends)) == 1


@pytest.mark.parametrize("act", [contributors.join_pathway, contributors.leave_pathway])
def test_an_organisation_joins_or_leaves_once(act, two) -> None:
    one, _other, person, _pathway = two
    with transaction.atomic(), scope_of(one.actor):
        joining = PartnershipFactory(programme=person.programme).organisation
        teams = [persona(Role.COORDINATOR, person.programme) for _ in range(2)]
        if act is contributors.leave_pathway:
            contributors.join_pathway(person, joining, actor=one.actor)
    ends = at_once(*((who, lambda who=who: act(person, joining, actor=who.actor) or "done") for who in teams))
    assert len(losers(ends)) == 1


def test_two_put_a_rupture_off_and_the_second_is_told(two) -> None:
    one, other, person, pathway = two
    with scope_of(one.actor):
        rupture = broken(person, pathway)
    until = clock.today() + timedelta(days=10)
    ends = at_once(
        *(
            (who, lambda who=who: ruptures.snooze_rupture(rupture, until=until, reason="Congé", actor=who.actor))
            for who in (one, other)
        )
    )
    assert len(losers(ends)) == 1
    with scope_of(one.actor):
        assert Rupture.objects.get_queryset().get().closing_act == ClosingAct.SNOOZED


def test_two_nights_hand_a_rupture_over_once(two) -> None:
    one, other, person, pathway = two
    with scope_of(one.actor):
        broken(person, pathway)
    later = clock.today() + timedelta(days=30)
    ends = at_once(*((who, lambda: escalate_overdue(person.programme_id, today=later)) for who in (one, other)))
    assert sorted(ends, key=str) == [0, 1]


def test_two_set_one_rule_and_one_row_is_left(two) -> None:
    one, other, person, _pathway = two
    ends = at_once(
        *(
            (
                who,
                lambda who=who, days=days: set_rule(
                    person.programme,
                    rule=RuptureRule.NO_CONTACT,
                    is_on=True,
                    threshold=days,
                    escalate_days=7,
                    actor=who.actor,
                ),
            )
            for who, days in ((one, 20), (other, 40))
        )
    )
    assert not losers(ends)
    with scope_of(one.actor):
        assert RuptureSetting.objects.get_queryset().get().threshold in {20, 40}


def broken(person: Any, pathway: Any) -> Rupture:
    return RuptureFactory(
        rule=RuptureRule.NO_FUTURE_STEP,
        referral=None,
        pathway=pathway,
        beneficiary=person,
        programme=person.programme,
        responsible_organisation=person.captured_by,
        responsible=person.created_by,
    )


def test_two_share_one_need_and_the_service_receives_it_once(two) -> None:
    one, other, person, _pathway = two
    with scope_of(one.actor):
        first = ReferralFactory(need__beneficiary=person)
        place = OrganisationFactory(email="accueil@autre.example")
    ends = at_once(
        *((who, lambda who=who: split_referral(first, recipient=place, actor=who.actor)) for who in (one, other))
    )
    assert len(losers(ends)) == 1
    with scope_of(one.actor):
        assert Referral.objects.get_queryset().filter(parent=first, is_split=True).count() == 1


def test_two_refer_the_same_people_and_each_leaves_once(two) -> None:
    one, other, person, _pathway = two
    with scope_of(one.actor):
        needs = [NeedFactory(beneficiary=person, label=label) for label in ("Un moyen", "Un autre")]
        service = ServiceFactory(organisation=OrganisationFactory(email="accueil@autre.example"))
        type(person).objects.filter(pk=person.pk).update(phone="+33639980101")
    ends = at_once(
        *((who, lambda who=who: refer_together(needs, service=service, actor=who.actor)) for who in (one, other))
    )
    assert len(losers(ends)) == 1
    with scope_of(one.actor):
        assert Referral.objects.get_queryset().filter(service=service).count() == 2


def test_two_write_the_habits_of_one_organisation_and_one_row_is_left(two) -> None:
    one, other, person, _pathway = two
    ends = at_once(
        *(
            (
                who,
                lambda who=who, days=days: save_habits(
                    person.programme, person.captured_by, answer_days=days, travels=[], actor=who.actor
                ),
            )
            for who, days in ((one, 3), (other, 8))
        )
    )
    assert not losers(ends)
    with scope_of(one.actor):
        assert ReferralHabits.objects.get_queryset().get().answer_days in {3, 8}
