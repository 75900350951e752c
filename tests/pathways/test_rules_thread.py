from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from sanscouture.pathways.enums import AppointmentState, ReferralState, StepState
from sanscouture.pathways.rules.thread import (
    AppointmentSeen,
    ReferralSeen,
    RuptureSeen,
    StepSeen,
    Story,
    thread_of,
)

TODAY = date(2026, 11, 22)
days = st.dates(TODAY - timedelta(days=400), TODAY + timedelta(days=90))
maybe = st.one_of(st.none(), days)
stories = st.builds(
    Story,
    days,
    st.lists(st.builds(StepSeen, st.just("étape"), days, st.sampled_from(StepState), maybe), max_size=5),
    st.lists(
        st.builds(ReferralSeen, st.just("x"), st.sampled_from(ReferralState), maybe, maybe, maybe, maybe), max_size=4
    ),
    st.lists(st.builds(AppointmentSeen, days, st.sampled_from(AppointmentState)), max_size=4),
    st.lists(st.builds(RuptureSeen, st.just("rupture"), days, maybe), max_size=4),
)


def day(back: int) -> date:
    return TODAY - timedelta(days=back)


def drawn(story: Story) -> list[tuple[str, str, int]]:
    return [(stitch.label, stitch.state, (TODAY - stitch.at).days) for stitch in thread_of(story, today=TODAY).stitches]


def test_a_step_is_planned_then_late_then_done_and_leaves_nothing_when_given_up() -> None:
    steps = [
        StepSeen("faite", day(20), StepState.DONE, done_on=day(18)),
        StepSeen("en retard", day(3), StepState.TODO),
        StepSeen("aujourd’hui", TODAY, StepState.TODO),
        StepSeen("abandonnée", day(1), StepState.CANCELLED),
    ]
    assert drawn(Story(day(30), steps)) == [
        ("faite", "done", 18),
        ("en retard", "late", 3),
        ("aujourd’hui", "planned", 0),
    ]


def test_a_referral_says_each_of_its_days() -> None:
    accepted = ReferralSeen("Mobil’Emploi", ReferralState.ACCEPTED, day(20), day(15), day(10), day(2))
    assert [label for label, _, _ in drawn(Story(day(30), referrals=[accepted]))] == [
        "orientation\u00a0: Mobil’Emploi",
        "accord\u00a0: Mobil’Emploi",
        "rencontre\u00a0: Mobil’Emploi",
        "fin\u00a0: Mobil’Emploi",
    ]


def test_a_refusal_is_crossed_and_a_draft_is_not_drawn() -> None:
    refused = ReferralSeen("Mobil’Emploi", ReferralState.REFUSED, day(20), day(15))
    draft = ReferralSeen("Mobil’Emploi", ReferralState.DRAFT, None)
    assert [state for _, state, _ in drawn(Story(day(30), referrals=[refused, draft]))] == ["done", "refused"]


def test_an_appointment_is_planned_missed_or_already_a_meeting() -> None:
    found = drawn(
        Story(
            day(30),
            appointments=[
                AppointmentSeen(day(-4), AppointmentState.CONFIRMED),
                AppointmentSeen(day(2), AppointmentState.PROPOSED),
                AppointmentSeen(day(5), AppointmentState.MISSED),
                AppointmentSeen(day(6), AppointmentState.HAPPENED),
            ],
        )
    )
    assert [(state, back) for _, state, back in found] == [("late", 5), ("late", 2), ("planned", -4)]


def test_a_rupture_is_a_gap_with_its_act() -> None:
    thread = thread_of(
        Story(day(30), ruptures=[RuptureSeen("sans réponse", day(9), None, "/ruptures/1/", "Relancer")]), today=TODAY
    )
    assert [(gap.label, gap.act, gap.end) for gap in thread.open_gaps] == [("sans réponse", "Relancer", None)]


@given(stories)
def test_every_story_can_be_drawn(story: Story) -> None:
    thread = thread_of(story, today=TODAY)
    assert thread.start <= TODAY
    assert thread.large.width > 0
    assert thread.small.width > 0
    assert thread.summary
    assert all(gap.end is None or gap.end >= gap.start for gap in thread.gaps)
