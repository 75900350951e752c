"""The sizes of the demonstration: what may be asked, and what a database that holds one becomes."""

from __future__ import annotations

import pytest

from sanscouture.core.errors import Refused
from sanscouture.demo.rules.cast import PROGRAMMES
from sanscouture.demo.rules.places import STORIED
from sanscouture.demo.rules.scales import BEGUN, INVENTED, SCALES, STRESS, course, wrong_scale
from sanscouture.demo.services import build_demo


def test_an_unknown_size_is_told_with_those_that_exist() -> None:
    said = wrong_scale("nationale", has_official_data=True)
    assert "nationale" in said
    assert all(name in said for name in SCALES)


def test_the_country_needs_the_official_files() -> None:
    assert "REFERENCE_DATA" in wrong_scale("national", has_official_data=False)
    assert not wrong_scale("national", has_official_data=True)
    assert not wrong_scale("story", has_official_data=False)


def test_nothing_is_built_of_a_size_that_cannot_be(settings) -> None:
    settings.REFERENCE_DATA = ""
    with pytest.raises(Refused, match="REFERENCE_DATA"):
        build_demo(scale="stress")
    with pytest.raises(Refused, match="story, national ou stress"):
        build_demo(scale="immense")


@pytest.mark.parametrize("asked", SCALES)
@pytest.mark.parametrize("built", ["", *SCALES, *(f"{name}{BEGUN}" for name in SCALES)])
def test_no_size_takes_another_away(asked: str, built: str) -> None:
    way = course(asked, built)
    held = built.removesuffix(BEGUN)
    if held in {"", "story"}:
        assert way.goes_on
        assert way.builds == (asked != built)
        return
    assert way.builds == (asked == held and built.endswith(BEGUN))
    assert way.goes_on == (asked in {"story", held})
    assert (held in way.sentence) == (asked != held)
    if not way.goes_on:
        assert f"DATA_DIR=.data-{asked}" in way.sentence


def test_what_has_no_story_is_filled_and_stress_holds_the_crowd_that_it_says() -> None:
    assert set(STORIED) == set(PROGRAMMES)
    assert INVENTED + len(PROGRAMMES) == 84
    assert 120_000 <= INVENTED * SCALES[STRESS].people < 121_000
