"""The thread holds where somebody holds, breaks where nobody does, and says the same in words."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
import time_machine
from django.template.loader import render_to_string
from hypothesis import given, settings
from hypothesis import strategies as st

from sanscouture.ui.thread import WIDTH, Gap, Stitch, Thread

TODAY = date(2026, 3, 15)


@pytest.fixture(autouse=True)
def the_fifteenth_of_march():
    with time_machine.travel(datetime(2026, 3, 15, 9, tzinfo=UTC), tick=False):
        yield


def before(days: int) -> date:
    return TODAY - timedelta(days=days)


def broken() -> Thread:
    return Thread(
        start=before(100),
        until=TODAY,
        stitches=[
            Stitch(before(100), "entry", "Première rencontre"),
            Stitch(before(40), "referral", "Vers Mob’Emploi", href="/orientations/1/"),
            Stitch(TODAY + timedelta(days=5), "appointment", "Rendez-vous", "planned"),
        ],
        gaps=[
            Gap(before(80), before(60), "sans nouvelle"),
            Gap(before(12), None, "orientation sans réponse", "/ruptures/1/", "Relancer"),
        ],
    )


def whole() -> Thread:
    return Thread(start=before(30), until=TODAY, stitches=[Stitch(before(30), "entry", "Première rencontre")])


def test_a_whole_thread_is_one_line_with_its_needle() -> None:
    assert len(whole().large.lines) == 1
    assert whole().large.needle
    assert not whole().open_gaps


def test_each_gap_cuts_the_line() -> None:
    drawing = broken().large
    assert len(drawing.lines) == 3 - 1  # before, between, and nothing after the open gap
    assert len(drawing.holes) == 2
    assert not drawing.needle


def test_an_open_gap_reaches_today_and_can_be_closed() -> None:
    drawing = broken().large
    assert drawing.holes[1].right == drawing.today
    assert [gap.act for gap in broken().open_gaps] == ["Relancer"]


def test_the_small_thread_keeps_twelve_weeks() -> None:
    drawing = broken().small
    assert [mark.stitch.label for mark in drawing.marks] == ["Vers Mob’Emploi"]
    assert drawing.future == ""


def test_the_thread_is_said_in_a_sentence() -> None:
    summary = broken().summary.replace("\u00a0", " ")
    assert summary == ("Depuis vendredi 5 décembre 2025, 2 points, 2 ruptures (orientation sans réponse, 12 jours).")
    assert "sans rupture" in whole().summary


def test_the_small_thread_is_said_in_a_sentence() -> None:
    html = render_to_string("ui/components/thread_small.html", {"thread": broken()})
    assert 'role="img"' in html
    assert re.search(r"Douze dernières semaines.*1.point, 2.ruptures", html)


def test_the_page_says_in_words_all_that_is_drawn() -> None:
    html = render_to_string("ui/components/thread.html", {"thread": broken()})
    words = html[html.index("<details") :]
    for said in ("Première rencontre", "Vers Mob’Emploi", "Rendez-vous", "(prévu)", "sans nouvelle", "orientation"):
        assert said in words
    assert 'href="/orientations/1/"' in words
    assert re.search(r'<a class="fr-btn fr-btn--sm" href="/ruptures/1/">Relancer</a>', html)


def test_numbers_of_the_drawing_are_never_localised() -> None:
    html = render_to_string("ui/components/thread.html", {"thread": broken()})
    assert not re.search(r'(x1?|y1?|cx|cy|width)="\d+,\d', html)


def test_what_is_drawn_is_escaped() -> None:
    thread = Thread(before(9), TODAY, [Stitch(before(3), "step", "<script>")], [Gap(before(2), None, "<b>")])
    html = render_to_string("ui/components/thread.html", {"thread": thread})
    assert "<script>" not in html
    assert "<b>" not in html


DAYS = st.integers(-60, 400).map(before)
STITCHES = st.lists(st.builds(Stitch, DAYS, st.just("step"), st.text(max_size=60)), max_size=12)
GAPS = st.lists(st.builds(Gap, st.integers(10, 300).map(before), st.none() | st.integers(0, 9).map(before), st.text()))


@settings(max_examples=60)
@given(STITCHES, GAPS)
def test_nothing_is_drawn_outside_the_frame(stitches: list[Stitch], gaps: list[Gap]) -> None:
    thread = Thread(before(200), TODAY, stitches, gaps)
    for drawing in (thread.large, thread.small):
        assert all(0 <= mark.x <= WIDTH for mark in drawing.marks)
        assert all(hole.x >= 0 and hole.right <= drawing.width for hole in drawing.holes)
    assert len(thread.in_words) == len(stitches) + len(gaps)


def test_labels_never_overlap() -> None:
    crowd = [Stitch(before(n), "contact", f"Contact numéro {n}") for n in range(60)]
    marks = [mark for mark in Thread(before(60), TODAY, crowd).large.marks if mark.text]
    for level in {mark.text_y for mark in marks}:
        row = sorted(
            (mark.x, len(mark.text) * 6.9) for mark in marks if mark.text_y == level and mark.anchor == "middle"
        )
        for (left, size), (right, other) in pairwise(row):
            assert left + size / 2 < right - other / 2
