from __future__ import annotations

from datetime import date

import pytest
from django.utils import translation

from sanscouture.directory.enums import Capacity
from sanscouture.directory.rules.wording import capacity, opening_hours, phone


def test_opening_hours_are_said_in_words() -> None:
    assert opening_hours("Mo-We 09:00-12:30,14:00-17:00; PH off;") == [
        "lun.–mer. 9\u00a0h–12\u00a0h30, 14\u00a0h–17\u00a0h",
        "fermé les jours fériés",
    ]


def test_an_english_reader_keeps_the_colons_of_hours() -> None:
    with translation.override("en"):
        assert opening_hours("Mo 09:00-12:30") == ["Mon 09:00–12:30"]


@pytest.mark.parametrize(
    ("state", "figures", "said"),
    [
        (Capacity.OPEN, {"places": 1}, "1 place"),
        (Capacity.OPEN, {"places": 3}, "3 places"),
        (Capacity.WAITING, {"weeks": 5}, "Liste d’attente\u00a0: 5 semaines"),
        (Capacity.CLOSED, {"until": date(2026, 12, 1)}, "Fermé jusqu’au 01/12/2026"),
        (Capacity.CLOSED, {}, str(Capacity.CLOSED.label)),
    ],
)
def test_what_a_service_can_take_is_said_with_its_figure(state: str, figures: dict[str, object], said: str) -> None:
    assert str(capacity(state, **{"places": None, "weeks": None, "until": None, **figures})) == said  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("written", "said"),
    [("+33639980102", "06 39 98 01 02"), ("0639980102", "06 39 98 01 02"), ("+32 2 000 00 00", "+32 2 000 00 00")],
)
def test_a_french_number_is_said_by_pairs_and_another_stays(written: str, said: str) -> None:
    assert phone(written).replace("\u00a0", " ") == said
