"""Meetings of a programme: the list, planning one, its page, who came, what was decided, the minutes as a file."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sanscouture.access.decorators import ActorRequest, requires
from sanscouture.access.enums import Perm
from sanscouture.core import clock
from sanscouture.documents.views import answer_file
from sanscouture.meetings import services
from sanscouture.meetings.enums import MeetingState
from sanscouture.meetings.forms import AttendanceForm, DecisionForm, MeetingForm, MinutesForm
from sanscouture.meetings.models import Meeting
from sanscouture.meetings.selectors import accounts_for, meetings_of, minutes_of, next_meeting
from sanscouture.programmes.models import Programme
from sanscouture.programmes.views.pages import Place, Question, answer_act, answer_confirmation, answer_form
from sanscouture.ui.dates import day
from sanscouture.ui.tables import Column, build

PAGE = 20
DRAFT = "PROJET"
acts = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@requires(Perm.PROGRAMME_READ, of=Programme, by="slug")
def meetings(request: ActorRequest, programme: Programme) -> HttpResponse:
    """The meetings of a programme, the latest first."""
    columns = (
        Column(_("Instance"), "instance", ("body__name",)),
        Column(_("Le"), "jour", ("held_on",)),
        Column(_("État"), "etat", ("state",)),
        Column(_("Décisions"), "decisions", ("decided",), numeric=True),
    )
    table = build(
        meetings_of(programme, request.actor),
        columns=columns,
        query=request.GET,
        caption=_("Réunions"),
        row_template="meetings/meeting_row.html",
        per_page=PAGE,
    )
    context = {
        "programme": programme,
        "table": table,
        "next": next_meeting(programme, today=clock.today()),
        "may_edit": request.actor.holds_in(Perm.PROGRAMME_EDIT, programme.pk),
    }
    return render(request, "meetings/meetings.html", context)


@acts
@requires(Perm.PROGRAMME_EDIT, of=Programme, by="slug")
def plan(request: ActorRequest, programme: Programme) -> HttpResponse:
    """Plan a meeting."""
    asked = {"kind": request.GET.get("forme", ""), "held_on": clock.today()}
    form = MeetingForm(request.POST if request.method == "POST" else None, initial=asked)
    back = reverse("meetings:meetings", args=[programme.slug])
    place = Place(_("Prévoir une réunion"), programme, back, _("Prévoir"), _("Réunions"))
    return answer_form(
        request,
        form,
        place,
        lambda: services.plan_meeting(programme, actor=request.actor, **form.cleaned_data),
        _("La réunion est prévue."),
    )


@require_safe
@requires(Perm.PROGRAMME_READ, of=Meeting)
def meeting(request: ActorRequest, meeting: Meeting) -> HttpResponse:
    """One meeting: who, what was decided, the minutes."""
    may_edit = request.actor.holds_in(Perm.PROGRAMME_EDIT, meeting.programme_id)
    context = {
        "meeting": meeting,
        "programme": meeting.programme,
        "attendees": list(meeting.attendees.order_by("name", "pk")),
        "decisions": list(meeting.decisions.order_by("created_at", "pk")),
        "may_edit": may_edit and meeting.state != MeetingState.CANCELLED,
        "is_open": meeting.state == MeetingState.PLANNED,
    }
    return render(request, "meetings/meeting.html", context)


@acts
@requires(Perm.PROGRAMME_EDIT, of=Meeting)
def attendance(request: ActorRequest, meeting: Meeting) -> HttpResponse:
    """Who was there."""
    present = list(meeting.attendees.order_by("name", "pk"))
    initial = {
        "users": [str(one.user_id) for one in present if one.user_id],
        "others": "\n".join(one.name for one in present if not one.user_id),
    }
    form = AttendanceForm(
        request.POST if request.method == "POST" else None, initial=initial, accounts=accounts_for(meeting.programme)
    )
    return answer_form(
        request,
        form,
        _place(_("Qui était là"), meeting, _("Enregistrer")),
        lambda: services.note_attendance(meeting, users=form.chosen(), others=form.named(), actor=request.actor),
        _("Les présences sont notées."),
    )


@acts
@requires(Perm.PROGRAMME_EDIT, of=Meeting)
def decide(request: ActorRequest, meeting: Meeting) -> HttpResponse:
    """Write one decision."""
    form = DecisionForm(request.POST if request.method == "POST" else None)
    return answer_form(
        request,
        form,
        _place(_("Écrire une décision"), meeting, _("Écrire la décision")),
        lambda: services.decide(meeting, text=form.cleaned_data["text"], actor=request.actor),
        _("La décision est écrite."),
    )


@acts
@requires(Perm.PROGRAMME_EDIT, of=Meeting)
def write(request: ActorRequest, meeting: Meeting) -> HttpResponse:
    """Write what was said."""
    form = MinutesForm(request.POST if request.method == "POST" else None, initial={"text": meeting.minutes})
    return answer_form(
        request,
        form,
        _place(_("Écrire le compte rendu"), meeting, _("Enregistrer")),
        lambda: services.write_minutes(meeting, text=form.cleaned_data["text"], actor=request.actor),
        _("Le compte rendu est enregistré."),
    )


@require_POST
@requires(Perm.PROGRAMME_EDIT, of=Meeting)
def hold(request: ActorRequest, meeting: Meeting) -> HttpResponse:
    """Note that the meeting was held."""
    return answer_act(
        request,
        meeting_page(meeting),
        lambda: services.hold_meeting(meeting, actor=request.actor),
        _("La réunion est notée tenue : le compte rendu est prêt."),
    )


@acts
@requires(Perm.PROGRAMME_EDIT, of=Meeting)
def cancel(request: ActorRequest, meeting: Meeting) -> HttpResponse:
    """Cancel the meeting, after a confirmation."""
    question = Question(
        _("Annuler la réunion du %(day)s ?") % {"day": day(meeting.held_on)},
        keeps=[_("Elle reste dans la liste, notée annulée."), _("Une autre peut être prévue le même jour.")],
    )
    return answer_confirmation(
        request,
        _place(_("Annuler la réunion"), meeting, _("Annuler la réunion")),
        question,
        lambda: services.cancel_meeting(meeting, actor=request.actor),
        _("La réunion est annulée."),
    )


@require_safe
@requires(Perm.PROGRAMME_READ, of=Meeting)
def minutes_file(request: ActorRequest, meeting: Meeting, form: str) -> HttpResponse:
    """The minutes as PDF or DOCX; they name no resident."""
    name = f"compte-rendu-{meeting.held_on:%Y-%m-%d}"
    return answer_file(minutes_of(meeting), form, name=name, on=clock.today(), state=state_of(meeting))


def state_of(meeting: Meeting) -> str:
    """What the foot of the minutes says: a draft until the meeting is noted as held."""
    return "" if meeting.state == MeetingState.HELD else DRAFT


def meeting_page(meeting: Meeting) -> str:
    """The address of a meeting."""
    return reverse("meetings:meeting", args=[meeting.pk])


def _place(title: str, meeting: Meeting, submit: str) -> Place:
    said = f"{meeting.body.name}, {day(meeting.held_on)}"
    return Place(title, meeting.programme, meeting_page(meeting), submit, _("Réunion"), said)
