"""The acts on a diagnosis and on needs: what they refuse, whom they never overwrite."""

from __future__ import annotations

from typing import Any

import pytest

from factories import BarrierFactory, BeneficiaryFactory, NeedFactory, PathwayFactory, ReferralFactory
from personas import Persona
from sanscouture.core.errors import Conflict, Refused
from sanscouture.directory.rules import vocabulary
from sanscouture.pathways.enums import NeedState
from sanscouture.pathways.models import Barrier
from sanscouture.pathways.rules import diagnosis as rules
from sanscouture.pathways.services import diagnosis, needs
from sanscouture.people.models import Beneficiary


@pytest.fixture
def person(adviser: Persona) -> Any:
    person = BeneficiaryFactory(programme=adviser.programme, captured_by=adviser.organisation, created_by=adviser.user)
    PathwayFactory(beneficiary=person)
    return person


@pytest.mark.parametrize(
    "wrong",
    [
        {"field": 0},
        {"field": 9},
        {"severity": 4},
        {"situations": ["network--no-cv"]},
        {"situations": ["cross--violence"]},
        {"objective": "network--write-cv"},
        {"field": 8, "note": "Mal de dos"},
        {"field": 8, "situations": ["cross--confidence"]},
    ],
)
def test_a_barrier_says_only_what_its_field_may(person: Beneficiary, adviser: Persona, wrong: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        diagnosis.save_barrier(person, actor=adviser.actor, **{"field": 5, "severity": 1, **wrong})
    assert not Barrier.objects.exists()


def test_a_barrier_counts_its_versions_and_refuses_an_old_one(person: Beneficiary, adviser: Persona) -> None:
    given: dict[str, Any] = {"field": 5, "situations": ["cross--fear-of-leaving"], "actor": adviser.actor}
    assert diagnosis.save_barrier(person, severity=2, **given).version == 1
    assert diagnosis.save_barrier(person, severity=3, version=1, **given).version == 2
    with pytest.raises(Conflict, match=adviser.user.full_name):
        diagnosis.save_barrier(person, severity=1, version=1, **given)
    with pytest.raises(Conflict, match="Quelqu’un"):
        diagnosis.save_barrier(person, field=6, severity=1, version=3, actor=adviser.actor)
    assert Barrier.objects.get().severity == 3


def test_a_strength_comes_and_goes(person: Beneficiary, adviser: Persona) -> None:
    strength = diagnosis.add_strength(person, label=" Permis B ", actor=adviser.actor)
    assert diagnosis.remove_strength(strength, actor=adviser.actor) == "Permis B"
    with pytest.raises(Refused):
        diagnosis.add_strength(person, label="  ", actor=adviser.actor)


def test_a_need_has_words_a_field_and_an_owner(person: Beneficiary, adviser: Persona) -> None:
    need = needs.open_need(person, field=5, label=" Un vélo ", actor=adviser.actor)
    assert (need.label, need.owner, need.owner_organisation) == ("Un vélo", adviser.user, adviser.organisation)
    for wrong in ({"field": 9, "label": "x"}, {"field": 5, "label": " "}):
        with pytest.raises(Refused):
            needs.open_need(person, actor=adviser.actor, **wrong)  # type: ignore[arg-type]
    alone = BeneficiaryFactory(programme=person.programme)
    with pytest.raises(Refused, match="parcours"):
        needs.open_need(alone, field=5, label="x", actor=adviser.actor)


def test_a_need_closes_once_with_its_reason_and_reopens(person: Beneficiary, adviser: Persona) -> None:
    need, actor = NeedFactory(beneficiary=person), adviser.actor
    with pytest.raises(Refused):
        needs.close_need(need, state=NeedState.OPEN, actor=actor)
    with pytest.raises(Refused):
        needs.close_need(need, state=NeedState.UNCOVERED, actor=actor)
    with pytest.raises(Conflict):
        needs.reopen_need(need, actor=actor)
    assert needs.close_need(need, state=NeedState.UNCOVERED, reason=" Rien ", actor=actor).reason == "Rien"
    with pytest.raises(Conflict):
        needs.close_need(need, state=NeedState.COVERED, actor=actor)
    assert needs.reopen_need(need, actor=actor).closed_at is None
    ReferralFactory(need=need)
    with pytest.raises(Refused, match="attend encore"):
        needs.close_need(need, state=NeedState.COVERED, actor=actor)


def test_what_may_be_ticked_in_each_field() -> None:
    assert rules.may_tick(rules.HEALTH) == ()
    for field in rules.FIELDS:
        terms = rules.may_tick(field)
        assert not any(term.restricted for term in terms)
        assert set(vocabulary.situations_of(field)) <= set(terms)


def test_the_theme_suggested_is_the_most_asked_in_its_field() -> None:
    ticked = vocabulary.situations_of(5)[0]
    assert rules.suggested_theme(5, [ticked.slug, ""]) in vocabulary.thematiques_of_field(5)
    assert rules.suggested_theme(5, [""]) == ""
    assert rules.suggested_theme(2, ["cross--violence"]) == ""


def test_a_barrier_of_another_person_is_another_barrier(person: Beneficiary, adviser: Persona) -> None:
    BarrierFactory(field=5, beneficiary=BeneficiaryFactory(programme=person.programme))
    assert diagnosis.save_barrier(person, field=5, severity=1, actor=adviser.actor).version == 1
