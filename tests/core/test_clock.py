from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from factories import UserFactory
from sanscouture.core import clock
from sanscouture.core.ids import uuid7


def test_acting_at_another_moment_ends_with_its_block() -> None:
    before = clock.now()
    with clock.at(datetime(2025, 12, 31, 23, 30, tzinfo=UTC)):
        assert clock.today() == date(2026, 1, 1), "half past midnight in Paris"
    assert clock.now() >= before


@pytest.mark.django_db
def test_a_row_is_born_when_the_clock_says() -> None:
    moment = datetime(2025, 3, 3, 9, tzinfo=UTC)
    with clock.at(moment):
        user = UserFactory()
    user.first_name = "Autre"
    user.save()
    user.refresh_from_db()
    assert user.created_at == moment


def test_identifiers_follow_time_and_say_their_version() -> None:
    made = [uuid7() for _ in range(50)]
    assert {one.version for one in made} == {7}
    assert len(set(made)) == 50
    assert made[0].int >> 80 <= made[-1].int >> 80
