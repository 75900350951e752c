"""Dates as people say them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.utils import translation

from sanscouture.ui import dates

NBSP = "\u00a0"


@pytest.fixture(autouse=True)
def the_fifteenth_of_march():
    with time_machine.travel(datetime(2026, 3, 15, 9, tzinfo=UTC), tick=False):
        yield


def test_a_date_is_a_day_and_a_distance() -> None:
    assert dates.said(date(2026, 3, 3)) == f"mardi 3 mars, il y a 12{NBSP}jours"


def test_another_year_is_named() -> None:
    assert dates.day(date(2025, 12, 1)) == "lundi 1er décembre 2025"


@pytest.mark.parametrize(
    ("distance", "words"),
    [
        (0, "aujourd’hui"),
        (-1, "hier"),
        (1, "demain"),
        (-2, "avant-hier"),
        (2, "après-demain"),
        (-3, f"il y a 3{NBSP}jours"),
        (10, f"dans 10{NBSP}jours"),
        (-28, f"il y a 4{NBSP}semaines"),
        (-91, f"il y a 3{NBSP}mois"),
        (-800, f"il y a 2{NBSP}ans"),
    ],
)
def test_distances_are_words(distance: int, words: str) -> None:
    assert dates.ago(date(2026, 3, 15) + timedelta(days=distance)) == words


def test_an_instant_counts_from_its_day_in_paris() -> None:
    assert dates.ago(datetime(2026, 3, 14, 23, 30, tzinfo=UTC)) == "aujourd’hui"
    assert dates.at_hour(datetime(2026, 3, 17, 13, 30, tzinfo=UTC)) == f"mardi 17 mars à 14{NBSP}h{NBSP}30"
    assert dates.at_hour(datetime(2026, 3, 17, 8, tzinfo=UTC)) == f"mardi 17 mars à 9{NBSP}h"


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(minutes=20), "moins d’une heure"),
        (timedelta(hours=1), f"1{NBSP}heure"),
        (timedelta(hours=5), f"5{NBSP}heures"),
        (timedelta(days=12, hours=3), f"12{NBSP}jours"),
    ],
)
def test_lengths_are_words(length: timedelta, words: str) -> None:
    assert dates.duration(length) == words


def test_nothing_is_said_of_no_date() -> None:
    assert [dates.day(None), dates.ago(None), dates.said(None), dates.at_hour(None), dates.duration(None)] == [""] * 5


def test_the_day_is_english_in_english() -> None:
    with translation.override("en"):
        assert dates.day(date(2026, 3, 3)) == "Tuesday 3 March"


def test_the_hour_is_english_in_english() -> None:
    at = datetime(2026, 3, 3, 13, 30, tzinfo=UTC)
    assert dates.hour(at) == f"14{NBSP}h{NBSP}30"
    with translation.override("en"):
        assert dates.hour(at) == "14:30"
