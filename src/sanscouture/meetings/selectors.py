"""Reads of meetings shared by several views and by the apps above."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import Count, QuerySet

from sanscouture.access.actor import Actor
from sanscouture.access.enums import Perm
from sanscouture.accounts.models import User
from sanscouture.documents.rules.content import Document, Section
from sanscouture.meetings import rules
from sanscouture.meetings.enums import BodyKind, MeetingState
from sanscouture.meetings.models import Meeting
from sanscouture.programmes.models import Programme
from sanscouture.programmes.selectors import accounts_of


def meetings_of(programme: Programme, actor: Actor) -> QuerySet[Meeting]:
    """The meetings of a programme, the latest first, each with how many things it decided."""
    found = Meeting.objects.visible_to(actor, Perm.PROGRAMME_READ).filter(programme=programme)
    return found.select_related("body").annotate(decided=Count("decisions")).order_by("-held_on", "-pk")


def accounts_for(programme: Programme) -> list[User]:
    """The accounts that may have been at a meeting, by name."""
    return list(accounts_of(programme).order_by("last_name", "first_name", "pk"))


def open_commissions(programme: Programme) -> QuerySet[Meeting]:
    """The admission commissions that may still decide, the nearest first."""
    found = Meeting.objects.get_queryset().filter(
        programme=programme, body__kind=BodyKind.ADMISSION, state=MeetingState.PLANNED
    )
    return found.select_related("body").order_by("held_on", "pk")


def minutes_of(meeting: Meeting, more: Sequence[Section] = ()) -> Document:
    """The minutes of a meeting; `more` are the sections for those entitled to names."""
    return rules.minutes(
        programme=meeting.programme.name,
        body=meeting.body.name,
        held_on=meeting.held_on,
        place=meeting.place,
        agenda=meeting.agenda,
        text=meeting.minutes,
        present=[one.name for one in meeting.attendees.order_by("name", "pk")],
        decisions=[one.text for one in meeting.decisions.order_by("created_at", "pk")],
        more=more,
    )


def next_meeting(programme: Programme, *, today: date) -> Meeting | None:
    """The next meeting of a programme, if any is planned."""
    ahead = Meeting.objects.get_queryset().filter(programme=programme, state=MeetingState.PLANNED, held_on__gte=today)
    return ahead.select_related("body").order_by("held_on", "pk").first()
