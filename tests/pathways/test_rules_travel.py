"""What travels: the least by default, health never by itself."""

from __future__ import annotations

import pytest

from sanscouture.pathways.enums import Fact
from sanscouture.pathways.rules import travel


@pytest.mark.parametrize("field", range(1, 9))
def test_health_is_offered_only_for_a_need_of_health(field) -> None:
    assert (Fact.HEALTH in travel.offered(field)) == (field == 8)


@pytest.mark.parametrize(
    ("phone", "email", "expected"),
    [
        (True, True, (Fact.FIRST_NAME, Fact.PHONE)),
        (False, True, (Fact.FIRST_NAME, Fact.EMAIL)),
        (False, False, travel.LEAST),
    ],
)
def test_the_least_is_ticked_at_first(phone, email, expected) -> None:
    assert travel.ticked_at_first(has_phone=phone, has_email=email) == expected


@pytest.mark.parametrize(
    ("travels", "field", "words"),
    [
        (travel.LEAST, 5, ""),
        ((*travel.LEAST, Fact.HEALTH), 8, ""),
        ((*travel.LEAST, Fact.HEALTH), 5, "ne peut pas voyager"),
        ((*travel.LEAST, "nir"), 5, "ne peut pas voyager"),
        ((Fact.PHONE,), 5, "prénom"),
        ((Fact.FIRST_NAME,), 5, "joindre"),
        ((Fact.FIRST_NAME, Fact.EMAIL), 5, "joindre"),
    ],
)
def test_what_is_ticked_is_sound_or_says_why(travels, field, words) -> None:
    said = travel.fault(travels, field=field, has_phone=True, has_email=False)
    assert bool(said) == bool(words)
    assert words in said


def test_identity_is_hidden_until_it_may_be_shown() -> None:
    travels = [Fact.AGE, Fact.PHONE, Fact.FIRST_NAME]
    assert travel.shown(travels, identity=False) == (Fact.AGE,)
    assert travel.shown(travels, identity=True) == (Fact.FIRST_NAME, Fact.PHONE, Fact.AGE)


def test_a_need_of_health_keeps_its_words() -> None:
    assert travel.need_words("Voir un psychologue", field=8, travels=travel.LEAST) != "Voir un psychologue"
    assert travel.need_words("Voir un psychologue", field=8, travels=[Fact.HEALTH]) == "Voir un psychologue"
    assert travel.need_words("Passer le permis", field=5, travels=travel.LEAST) == "Passer le permis"
