from __future__ import annotations

import pytest
from django.utils.translation import override

from sanscouture.directory.enums import ActionField
from sanscouture.directory.rules import vocabulary

SLUGS = {slug for slug, _label in vocabulary.THEMATIQUES}


def test_the_vocabularies_are_those_of_data_inclusion() -> None:
    assert len(vocabulary.THEMATIQUES) == 69
    assert len(vocabulary.CATEGORIES) == 16
    assert len(vocabulary.PUBLICS) == 14


def test_every_thematique_falls_in_a_field_and_a_stage() -> None:
    for slug in SLUGS:
        assert vocabulary.action_fields_of([slug]), slug
        assert vocabulary.chain_stages_of([slug]), slug


@pytest.mark.parametrize("field", ActionField.values)
def test_every_action_field_has_objectives_and_thematiques(field: int) -> None:
    assert vocabulary.objectives_of(field)
    assert vocabulary.thematiques_of_field(field)


def test_every_barrier_leads_to_known_thematiques_and_has_its_own_slug() -> None:
    every = [
        *(term for family in vocabulary.constraints() for term in (*family.situations, *family.objectives)),
        *vocabulary.cross_cutting(),
    ]
    assert len({term.slug for term in every}) == len(every)
    assert all(set(term.thematiques) <= SLUGS for term in every)
    assert all(term.source and term.version and term.french and term.english for term in every)


def test_health_situations_are_never_recorded() -> None:
    assert vocabulary.situations_of(ActionField.HEALTH) == ()


def test_violence_at_home_is_restricted() -> None:
    assert [term.slug for term in vocabulary.cross_cutting() if term.restricted] == ["cross--violence"]


def test_a_diagnosis_asks_first_for_what_several_situations_call_for() -> None:
    found = vocabulary.thematiques_for(["mobility--no-transport", "mobility--get-vehicle"])
    assert found[0] == "mobilite--acceder-a-un-vehicule"


def test_a_field_alone_asks_for_all_its_thematiques() -> None:
    assert vocabulary.thematiques_for([], field=3) == vocabulary.thematiques_of_field(3)
    assert vocabulary.thematiques_for(["nothing-known"]) == ()


def test_a_category_stands_for_its_thematiques() -> None:
    assert vocabulary.expand(["numerique"]) == frozenset(vocabulary.thematiques_of_field(3))
    assert vocabulary.expand(["famille--garde-denfants", "nonsense"]) == {"famille--garde-denfants"}


def test_a_term_is_found_by_its_slug() -> None:
    assert vocabulary.term("digital--no-device").label == "Absence d’équipement"


def test_a_barrier_is_said_in_the_language_of_its_reader() -> None:
    barrier = vocabulary.term("mobility--no-transport")
    with override("en"):
        assert barrier.label == "No means of transport"
    with override("fr"):
        assert barrier.label == "Aucun moyen de transport à disposition"
