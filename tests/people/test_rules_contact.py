from __future__ import annotations

from datetime import time

import pytest

from sanscouture.people.enums import Channel
from sanscouture.people.rules import SafeWay, automatic_channel, hours_fault, may_call, way_words

PLAIN = SafeWay()
MORNING = SafeWay(since=time(9), until=time(11, 30))


@pytest.mark.parametrize("preferred", list(Channel), ids=str)
@pytest.mark.parametrize("avoided", [*Channel, None], ids=str)
@pytest.mark.parametrize("hours", [False, True])
def test_the_machine_writes_by_the_preferred_channel_or_not_at_all(
    preferred: Channel, avoided: Channel | None, hours: bool
) -> None:
    way = SafeWay(frozenset({avoided} if avoided else ()), *((time(9), time(11)) if hours else (None, None)))
    found = automatic_channel(preferred, way, phone="+33639980001", email="lina@exemple.example")
    writes = preferred in {Channel.SMS, Channel.EMAIL}
    assert found == (preferred if writes and avoided != preferred and not hours else None)


def test_nothing_leaves_to_nowhere() -> None:
    assert automatic_channel(Channel.SMS, PLAIN, phone="", email="lina@exemple.example") is None
    assert automatic_channel(Channel.EMAIL, PLAIN, phone="+33639980001", email="") is None


@pytest.mark.parametrize(
    ("since", "until", "sound"),
    [
        (None, None, True),
        (time(9), time(11), True),
        (time(9), None, False),
        (None, time(9), False),
        (time(9), time(9), False),
        (time(11), time(9), False),
    ],
)
def test_hours_are_both_or_none_and_in_order(since: time | None, until: time | None, sound: bool) -> None:
    assert (hours_fault(since, until) == "") is sound


def test_what_must_be_heeded_is_said_in_sentences() -> None:
    assert PLAIN.is_plain
    assert way_words(PLAIN) == []
    assert may_call(PLAIN)
    way = SafeWay(frozenset({Channel.SMS, Channel.PHONE}), time(9), time(11, 30), neutral=True)
    assert not way.is_plain
    assert not may_call(way)
    never, hours, neutral = way_words(way)
    assert "appel, SMS" in never
    assert "09:00" in hours
    assert "11:30" in hours
    assert "nom de structure" in neutral
    assert len(way_words(MORNING)) == 1
