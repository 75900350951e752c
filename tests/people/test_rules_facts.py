from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanscouture.core.errors import Refused
from sanscouture.people.enums import (
    Education,
    FrenchLevel,
    Gender,
    Guardian,
    Known,
    MinimumIncome,
    Public,
    SeekingLength,
)
from sanscouture.people.forms import SituationForm
from sanscouture.people.models import Beneficiary
from sanscouture.people.rules import (
    SITUATION,
    UNTOLD,
    Facts,
    Situation,
    ages_in,
    guardian_missing,
    publics_of,
    read_years,
    situation_fault,
    standing_in,
)

TODAY = date(2026, 11, 25)
NOBODY = Situation()


def publics(person: Situation) -> set[Public]:
    return {one.public for one in publics_of(person)}


class TestYears:
    def test_years_are_read_as_people_write_them(self) -> None:
        assert read_years(" 2019;2015 , 2019 ", today=TODAY) == [2015, 2019, 2019]
        assert read_years("  ", today=TODAY) is None
        assert ages_in([2015, 2019], today=TODAY) == [11, 7]
        assert ages_in(None, today=TODAY) == []

    @pytest.mark.parametrize("text", ["7 ans", "2027", "1902", "20", "٢٠١٥", "2015.5", ",", "-2015"])
    def test_what_is_no_year_is_refused_in_a_sentence(self, text: str) -> None:
        with pytest.raises(Refused, match="années de naissance"):
            read_years(text, today=TODAY)

    def test_too_many_are_looked_at_again(self) -> None:
        with pytest.raises(Refused, match="beaucoup d’enfants"):
            read_years("2015 " * 21, today=TODAY)

    @given(st.text(max_size=40))
    def test_any_text_is_read_or_refused(self, text: str) -> None:
        try:
            years = read_years(text, today=TODAY)
        except Refused:
            return
        assert years is None or years == sorted(years)


class TestAgreement:
    def test_what_contradicts_is_said_by_field(self) -> None:
        faults = situation_fault({"has_children": Known.NO, "child_years": [2015], "lone_parent": Known.YES})
        assert set(faults) == {"child_years", "lone_parent"}

    @pytest.mark.parametrize("children", [Known.YES, Known.UNKNOWN, Known.WITHHELD, Known.NOT_ASKED])
    def test_only_a_no_contradicts(self, children: Known) -> None:
        assert situation_fault({"has_children": children, "child_years": [2015], "lone_parent": Known.YES}) == {}
        assert situation_fault({"has_children": Known.NO, "child_years": None, "lone_parent": Known.NO}) == {}

    @pytest.mark.parametrize(
        ("age", "guardian", "missing"),
        [
            (17, Guardian.NOT_ASKED, True),
            (18, Guardian.NOT_ASKED, False),
            (None, Guardian.NOT_ASKED, False),
            *((16, one, False) for one in Guardian if one is not Guardian.NOT_ASKED),
        ],
    )
    def test_a_minor_s_guardian_is_informed_or_it_is_said_why_not(
        self, age: int | None, guardian: str, missing: bool
    ) -> None:
        assert guardian_missing(age, guardian) is missing


def test_the_facts_of_the_situation_are_those_of_its_form_and_of_the_record() -> None:
    assert list(SituationForm.base_fields) == list(SITUATION)
    assert set(SITUATION) <= set(Facts.__annotations__) <= {field.name for field in Beneficiary._meta.fields}


def test_each_fact_keeps_three_ways_of_not_being_known() -> None:
    for name in SITUATION:
        choices = dict(Beneficiary._meta.get_field(name).choices or ())
        asked = {*UNTOLD} - ({"unknown"} if name == "gender" else set())
        assert name in {"child_years", "relatives", "guardian"} or asked <= choices.keys(), name


class TestPublics:
    EVERY = (
        (Public.YOUNG_UNQUALIFIED, replace(NOBODY, age=19, education=Education.NONE)),
        (Public.YOUNG_GRADUATES, replace(NOBODY, age=29, education=Education.BAC3)),
        (Public.LONG_UNEMPLOYED, replace(NOBODY, seeking_length=SeekingLength.UNDER_2_YEARS)),
        (Public.LONG_UNEMPLOYED, replace(NOBODY, minimum_income=MinimumIncome.RSA)),
        (Public.WOMEN_WITH_FAMILY, replace(NOBODY, gender=Gender.WOMAN, has_children=Known.YES)),
        (Public.SENIOR_WOMEN, replace(NOBODY, gender=Gender.WOMAN, age=50)),
        (Public.SENIORS, replace(NOBODY, age=50)),
        (Public.ALLOPHONES, replace(NOBODY, french_level=FrenchLevel.A2)),
        (Public.DISABILITY, replace(NOBODY, disability=Known.YES)),
        (Public.LONE_PARENTS, replace(NOBODY, lone_parent=Known.YES)),
        (Public.INVISIBLE, replace(NOBODY, job_seeker=Known.NO, minimum_income=MinimumIncome.NONE)),
    )
    NEAR = (
        (Public.YOUNG_UNQUALIFIED, replace(NOBODY, age=26, education=Education.NONE)),
        (Public.YOUNG_UNQUALIFIED, replace(NOBODY, age=19, education=Education.CAP)),
        (Public.YOUNG_GRADUATES, replace(NOBODY, age=30, education=Education.BAC3)),
        (Public.YOUNG_GRADUATES, replace(NOBODY, age=25, education=Education.BAC)),
        (Public.LONG_UNEMPLOYED, replace(NOBODY, seeking_length=SeekingLength.UNDER_1_YEAR)),
        (Public.LONG_UNEMPLOYED, replace(NOBODY, minimum_income=MinimumIncome.NONE)),
        (Public.WOMEN_WITH_FAMILY, replace(NOBODY, gender=Gender.MAN, has_children=Known.YES)),
        (Public.WOMEN_WITH_FAMILY, replace(NOBODY, gender=Gender.WOMAN, has_children=Known.NO)),
        (Public.SENIOR_WOMEN, replace(NOBODY, gender=Gender.MAN, age=60)),
        (Public.SENIORS, replace(NOBODY, age=49)),
        (Public.ALLOPHONES, replace(NOBODY, french_level=FrenchLevel.B1)),
        (Public.DISABILITY, replace(NOBODY, disability=Known.NO)),
        (Public.LONE_PARENTS, replace(NOBODY, lone_parent=Known.NO)),
        (Public.INVISIBLE, replace(NOBODY, job_seeker=Known.NO, minimum_income=MinimumIncome.RSA)),
        (Public.INVISIBLE, replace(NOBODY, job_seeker=Known.YES, minimum_income=MinimumIncome.NONE)),
    )

    @pytest.mark.parametrize(("public", "person"), EVERY)
    def test_it_follows_from_the_facts_with_its_reason(self, public: Public, person: Situation) -> None:
        found = {one.public: one.reason for one in publics_of(person)}
        assert found[public].endswith(".")

    @pytest.mark.parametrize(("public", "person"), NEAR)
    def test_it_does_not_follow_from_facts_that_are_near(self, public: Public, person: Situation) -> None:
        assert public not in publics(person)

    @pytest.mark.parametrize("untold", sorted(UNTOLD))
    def test_what_is_not_known_puts_nobody_anywhere(self, untold: str) -> None:
        names = [name for name in Situation.__annotations__ if name != "age"]
        assert publics(Situation(**dict.fromkeys(names, untold))) == set()
        assert publics(Situation(age=30, **dict.fromkeys(names, untold))) == set()

    def test_four_publics_follow_from_no_fact(self) -> None:
        by_hand = {Public.PART_TIME, Public.RETRAINING, Public.ENTREPRENEURS, Public.EMPLOYEES}
        assert {public for public, _person in self.EVERY} == set(Public) - by_hand


class TestByHand:
    COMPUTED = publics_of(replace(NOBODY, age=55))

    def test_a_word_of_somebody_outweighs_and_keeps_the_reason(self) -> None:
        (standing,) = standing_in(self.COMPUTED, {Public.SENIORS: False})
        assert (standing.belongs, standing.by_hand) == (False, True)
        assert standing.reason.startswith("Retiré à la main.")
        assert "55" in standing.reason

    def test_what_is_added_stands_beside_what_is_computed(self) -> None:
        rows = standing_in(self.COMPUTED, {Public.RETRAINING: True})
        assert [(row.public, row.belongs, row.by_hand) for row in rows] == [
            (Public.RETRAINING, True, True),
            (Public.SENIORS, True, False),
        ]
        assert rows[0].reason == "Ajouté à la main."
