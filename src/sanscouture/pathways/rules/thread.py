"""From what happened to a person to the thread that is drawn (chapter 10). Pure: days in, `ui.thread.Thread` out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _

from sanscouture.pathways.enums import AppointmentState, ReferralState, StepState
from sanscouture.ui.thread import Gap, Stitch, Thread


@dataclass(frozen=True)
class StepSeen:
    """A step, as a stitch: planned until its day, late after, done on the day it was done."""

    label: str
    due_on: date
    state: StepState
    done_on: date | None = None


@dataclass(frozen=True)
class ReferralSeen:
    """A referral, as its stitches. `recipient`: what the reader may read of its name; `href`: empty without right."""

    recipient: str
    state: ReferralState
    sent_on: date | None
    decided_on: date | None = None
    met_on: date | None = None
    ended_on: date | None = None
    href: str = ""


@dataclass(frozen=True)
class AppointmentSeen:
    on: date
    state: AppointmentState
    href: str = ""


@dataclass(frozen=True)
class RuptureSeen:
    """A rupture: open until `closed_on`. `act` is the words of what closes it, at `href`."""

    label: str
    since: date
    closed_on: date | None = None
    href: str = ""
    act: str = ""


@dataclass(frozen=True)
class Story:
    """Everything that happened on a pathway opened on a day."""

    opened_on: date
    steps: Sequence[StepSeen] = ()
    referrals: Sequence[ReferralSeen] = ()
    appointments: Sequence[AppointmentSeen] = ()
    ruptures: Sequence[RuptureSeen] = field(default=())


def thread_of(story: Story, *, today: date) -> Thread:
    """Draw a story: each thing to do and done is a stitch, each rupture a gap.

    Rule: a step not done is planned, then late from the day after its date; an abandoned one leaves no stitch. A
    referral gives a stitch where it was sent, answered (crossed when refused), met and ended. Source: chapter 10.
    """
    stitches = [
        *_of_steps(story.steps, today),
        *(stitch for referral in story.referrals for stitch in _of_referral(referral)),
        *_of_appointments(story.appointments, today),
    ]
    gaps = [
        Gap(one.since, _not_before(one.closed_on, one.since), one.label, one.href, one.act)
        for one in story.ruptures
        if one.since <= today
    ]
    start = min([story.opened_on, *(gap.start for gap in gaps)])
    return Thread(min(start, today), today, sorted(stitches, key=lambda stitch: stitch.at), gaps)


def _not_before(day: date | None, start: date) -> date | None:
    return max(day, start) if day else None


def _of_steps(steps: Iterable[StepSeen], today: date) -> Iterator[Stitch]:
    for step in steps:
        if step.state == StepState.DONE:
            yield Stitch(step.done_on or step.due_on, "step", step.label, "done")
        elif step.state == StepState.TODO:
            yield Stitch(step.due_on, "step", step.label, "late" if step.due_on < today else "planned")


def _of_referral(referral: ReferralSeen) -> Iterator[Stitch]:
    told = {"name": referral.recipient}
    refused = referral.state == ReferralState.REFUSED
    if referral.sent_on is None:
        return
    yield Stitch(referral.sent_on, "referral", _("orientation\u00a0: %(name)s") % told, "done", referral.href)
    if referral.decided_on and refused:
        yield Stitch(referral.decided_on, "answer", _("refus\u00a0: %(name)s") % told, "refused", referral.href)
    elif referral.decided_on and referral.state == ReferralState.ACCEPTED:
        yield Stitch(referral.decided_on, "answer", _("accord\u00a0: %(name)s") % told, "done", referral.href)
    if referral.met_on:
        yield Stitch(referral.met_on, "met", _("rencontre\u00a0: %(name)s") % told, "done", referral.href)
    if referral.ended_on:
        yield Stitch(referral.ended_on, "ended", _("fin\u00a0: %(name)s") % told, "done", referral.href)


def _of_appointments(appointments: Iterable[AppointmentSeen], today: date) -> Iterator[Stitch]:
    """An appointment that happened is the meeting already drawn; the others are planned, or missed."""
    for one in appointments:
        if one.state == AppointmentState.MISSED:
            yield Stitch(one.on, "appointment", _("rendez-vous manqué"), "late", one.href)
        elif one.state in {AppointmentState.PROPOSED, AppointmentState.CONFIRMED}:
            yield Stitch(one.on, "appointment", _("rendez-vous"), "planned" if one.on >= today else "late", one.href)
