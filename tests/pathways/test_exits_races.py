"""Two at once on the end of a pathway and what follows it: one wins, the other is told; nobody is asked twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from factories import BasisFactory, ExitFactory, FollowUpFactory
from personas import persona
from races import at_once
from sanscouture.access.enums import Role
from sanscouture.access.scope import scope_of
from sanscouture.core import clock
from sanscouture.core.errors import Refused
from sanscouture.notifications.models import OutgoingMessage
from sanscouture.pathways.models import Exit, Handover, Pathway, Referent
from sanscouture.pathways.rules.exits import Ending
from sanscouture.pathways.services import exits, following, handovers
from sanscouture.pathways.services.pathways import change_referent
from sanscouture.people.models import Beneficiary
from stage import Stage

Setting = Callable[[Stage], tuple[Any, Callable[[Any, Any], object]]]


@pytest.fixture
def stage(fresh_db: None) -> Stage:
    return Stage()


def closing(s: Stage) -> tuple[Any, Callable[[Any, Any], object]]:
    ending = Ending(kind="lasting", on=clock.today())
    return s.pathway, lambda row, actor: exits.close_pathway(row, ending=ending, actor=actor)


def reopening(s: Stage) -> tuple[Any, Callable[[Any, Any], object]]:
    return ExitFactory(pathway=s.pathway), lambda row, actor: exits.reopen_exit(
        row, reason="Contrat rompu", actor=actor
    )


def answering(s: Stage) -> tuple[Any, Callable[[Any, Any], object]]:
    row = FollowUpFactory(exit__pathway=s.pathway)
    return row, lambda row, actor: exits.answer_follow_up(row, answer="working", actor=actor)


def calling(s: Stage) -> tuple[Any, Callable[[Any, Any], object]]:
    return FollowUpFactory(exit__pathway=s.pathway), lambda row, actor: exits.note_call(row, actor=actor)


def defining(s: Stage) -> tuple[Any, Callable[[Any, Any], object]]:
    return s.programme, lambda row, actor: exits.define_exits(row, positive=["lasting"], actor=actor)


def proposing(s: Stage) -> tuple[Any, Callable[[Any, Any], object]]:
    giver, taker = ((one.user, s.sender) for one in s.senders)
    return s.pathway, lambda row, actor: handovers.propose_handover(
        row.programme_id, giver=giver, taker=taker, pathways=[row], actor=actor
    )


def taking_twice(s: Stage) -> tuple[Any, Callable[[Any, Any], object]]:
    """Whoever is asked answers from two windows at once."""
    row = proposed(s)
    lines = [line.pk for line in row.lines.all()]
    actor = s.senders[1].actor
    return row, lambda row, _who: handovers.answer_handover(row, accepted=lines, actor=actor)


def taking_back(s: Stage) -> tuple[Any, Callable[[Any, Any], object]]:
    """Whoever is asked takes, whoever asked takes back."""
    row = proposed(s)
    lines = [line.pk for line in row.lines.all()]
    asked = s.senders[1].user.pk

    def act(row: Any, actor: Any) -> object:
        if actor.user_id == asked:
            return handovers.answer_handover(row, accepted=lines, actor=actor)
        return handovers.withdraw_handover(row, actor=actor)

    return row, act


def proposed(s: Stage) -> Handover:
    row, propose = proposing(s)
    made: Handover = propose(row, s.senders[0].actor)  # type: ignore[assignment]
    return made


RACES = [closing, reopening, answering, calling, defining, proposing, taking_twice, taking_back]


@pytest.mark.parametrize("setting", RACES)
def test_one_wins_and_the_other_reads_why(setting: Setting, stage: Stage) -> None:
    with transaction.atomic():
        row, act = setting(stage)
        people = stage.senders
    ends = at_once(*((who, lambda who=who: act(row, who.actor)) for who in people))
    refused = [str(end) for end in ends if isinstance(end, Refused)]
    assert len(refused) == 1, ends
    assert len(refused[0].split()) > 2
    with scope_of(people[0].actor):
        for pathway in Pathway.objects.get_queryset():
            live = Referent.objects.get_queryset().filter(pathway=pathway, until=None).count()
            assert live == (0 if pathway.closed_on else 1)
            held = Exit.objects.get_queryset().filter(pathway=pathway, reopened_at=None).count()
            assert held == (1 if pathway.closed_on else 0)


def test_news_are_asked_once_by_two_nights_at_once(stage: Stage) -> None:
    with transaction.atomic():
        row = FollowUpFactory(exit__pathway=stage.pathway)
        BasisFactory(beneficiary=stage.person, scopes=["sms"])
        Beneficiary.objects.filter(pk=stage.person.pk).update(channel="sms")
    ends = at_once(
        *((who, lambda: following.ask_for_news(row.programme_id, today=clock.today())) for who in stage.senders)
    )
    assert sorted(ends) == [0, 1]
    with scope_of(stage.senders[0].actor):
        assert OutgoingMessage.objects.filter(kind="pathways.follow_up_person").count() == 1


def test_a_pathway_given_by_hand_while_it_is_taken_has_one_referent(stage: Stage) -> None:
    with transaction.atomic():
        row = proposed(stage)
        lines = [line.pk for line in row.lines.all()]
        one, other = stage.senders
        third = persona(Role.ADVISER, stage.programme, stage.sender)
        pathway = stage.pathway
    at_once(
        (other, lambda: handovers.answer_handover(row, accepted=lines, actor=other.actor)),
        (one, lambda: change_referent(pathway, user=third.user, organisation=stage.sender, actor=one.actor)),
    )
    with scope_of(one.actor):
        assert Referent.objects.get_queryset().filter(pathway=pathway, until=None).count() == 1
