"""Deadlines, reminders, delays."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanscouture.pathways.rules import delays as rules

SENT = date(2026, 3, 2)
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_delays_come_from_stored_times_only() -> None:
    times = rules.Times(sent=AT, decided=AT + timedelta(days=2), started=AT + timedelta(days=9))
    found = rules.delays(times)
    assert found == rules.Delays(None, timedelta(days=2), None, timedelta(days=9), None)


def test_the_deadline_is_the_recipients_else_the_programmes() -> None:
    assert rules.default_deadline(SENT, organisation_days=4, programme_days=10) == date(2026, 3, 6)
    assert rules.default_deadline(SENT, organisation_days=None, programme_days=10) == date(2026, 3, 12)


@pytest.mark.parametrize(
    ("year", "sunday"),
    [(1961, date(1961, 4, 2)), (2000, date(2000, 4, 23)), (2026, date(2026, 4, 5)), (2038, date(2038, 4, 25))],
)
def test_easter(year, sunday) -> None:
    assert rules.easter(year) == sunday


def test_the_eleven_holidays_of_a_year() -> None:
    days = "01-01 04-06 05-01 05-08 05-14 05-25 07-14 08-15 11-01 11-11 12-25"
    assert {f"{day:%m-%d}" for day in rules.holidays(2026)} == set(days.split())


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 3, 6), date(2026, 3, 6)),
        (date(2026, 3, 7), date(2026, 3, 9)),
        (date(2026, 4, 4), date(2026, 4, 7)),
        (date(2026, 5, 14), date(2026, 5, 15)),
        (date(2027, 1, 1), date(2027, 1, 4)),
    ],
    ids=["a Friday", "a Saturday", "before Easter Monday", "Ascension Day", "the first of a year"],
)
def test_a_day_off_moves_to_the_next_working_day(day, works) -> None:
    assert rules.working_day(day) == works


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)))
def test_a_working_day_stays_and_is_never_far(day) -> None:
    works = rules.working_day(day)
    assert rules.working_day(works) == works
    assert works.weekday() < 5
    assert timedelta() <= works - day <= timedelta(days=5)


def test_a_default_deadline_is_a_working_day() -> None:
    assert rules.default_deadline(SENT, organisation_days=5, programme_days=10) == date(2026, 3, 9)


@pytest.mark.parametrize(("days", "words"), [(0, "demain"), (1, ""), (60, ""), (61, "60")])
def test_a_deadline_is_near_and_ahead(days, words) -> None:
    said = rules.deadline_fault(SENT + timedelta(days=days), SENT)
    assert bool(said) == bool(words)
    assert words in said


def test_reminders_leave_halfway_and_the_day_before() -> None:
    deadline = SENT + timedelta(days=10)
    assert rules.reminder_days(SENT, deadline) == (SENT + timedelta(days=5), SENT + timedelta(days=9))
    assert rules.reminder_days(SENT, SENT + timedelta(days=1)) == ()


@given(st.integers(1, 60))
def test_a_recipient_is_reminded_twice_at_most_and_never_after_the_deadline(length) -> None:
    deadline = SENT + timedelta(days=length)
    reminded, count = None, 0
    for offset in range(length + 5):
        today = SENT + timedelta(days=offset)
        if rules.is_reminder_due(SENT, deadline, reminded_on=reminded, today=today):
            reminded, count = today, count + 1
            assert today <= deadline
    assert count == len(rules.reminder_days(SENT, deadline)) <= 2


def test_a_late_job_sends_one_reminder_not_two() -> None:
    deadline = SENT + timedelta(days=10)
    assert rules.is_reminder_due(SENT, deadline, reminded_on=None, today=deadline)
    assert not rules.is_reminder_due(SENT, deadline, reminded_on=deadline, today=deadline)


def test_a_link_outlives_the_deadline_by_thirty_days() -> None:
    assert rules.link_expiry(date(2026, 3, 1)) == date(2026, 3, 31)


@pytest.mark.parametrize(
    ("days", "words"),
    [
        ([1, 2, 3, 4], ""),
        ([0.2] * 5, "répond en général sous 1 jour"),
        ([1, 2, 2.5, 4, 9], "répond en général sous 3 jours"),
        ([11] * 6, "répond souvent après une semaine"),
        ([20] * 6, "répond souvent après deux semaines"),
        ([40] * 5, "répond en général en plus d’un mois"),
    ],
)
def test_the_usual_answer_is_a_word(days, words) -> None:
    assert rules.usual_answer([timedelta(days=one) for one in days]) == words
