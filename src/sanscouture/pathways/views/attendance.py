"""Sessions: the list, planning one, its sheet on a phone or on paper, who came."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sanscouture.access.decorators import ActorRequest, requires
from sanscouture.access.enums import Perm
from sanscouture.audit.services import record
from sanscouture.core import clock
from sanscouture.documents.views import answer_file
from sanscouture.pathways.enums import Presence
from sanscouture.pathways.forms.attendance import EnrolForm, SessionForm
from sanscouture.pathways.models import Attendance, Session
from sanscouture.pathways.selectors.attendance import absences_seen, printed, sessions_of, sheet_of, to_enrol
from sanscouture.pathways.selectors.cohorts import open_cohorts
from sanscouture.pathways.selectors.people import organisations_for
from sanscouture.pathways.services import attendance as services
from sanscouture.pathways.views.people import closed_page
from sanscouture.programmes.models import Programme
from sanscouture.programmes.views.pages import Place, answer_act, answer_form
from sanscouture.ui.tables import Column, build

PAGE = 20
MARKS = {"present": Presence.PRESENT, "absent": Presence.ABSENT, "excuse": Presence.EXCUSED}
acts = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@requires(Perm.COHORT_READ, of=Programme, by="slug")
def sessions(request: ActorRequest, programme: Programme) -> HttpResponse:
    """The sessions of a programme, and who missed several in a row."""
    if not programme.names_open:
        return closed_page(request, programme, _("Séances"))
    absences = absences_seen(programme, request.actor)
    record(request.actor, "beneficiary.list", [one.beneficiary for one in absences], read=True)
    columns = (
        Column(_("Séance"), "titre", ("title",)),
        Column(_("Quand"), "jour", ("starts_at",)),
        Column(_("Inscrites"), "inscrites", ("enrolled",), numeric=True),
        Column(_("Venues"), "venues", ("came",), numeric=True),
    )
    table = build(
        sessions_of(programme, request.actor),
        columns=columns,
        query=request.GET,
        caption=_("Séances"),
        row_template="pathways/session_row.html",
        per_page=PAGE,
    )
    context = {
        "programme": programme,
        "table": table,
        "absences": absences,
        "may_hold": request.actor.holds_in(Perm.SESSION_HOLD, programme.pk),
    }
    return render(request, "pathways/sessions.html", context)


@acts
@requires(Perm.SESSION_HOLD, of=Programme, by="slug")
def new(request: ActorRequest, programme: Programme) -> HttpResponse:
    """Plan a session."""
    if not programme.names_open:
        return closed_page(request, programme, _("Prévoir une séance"))
    form = SessionForm(
        request.POST if request.method == "POST" else None,
        cohorts=list(open_cohorts(programme.pk, today=clock.today())),
        organisations=list(organisations_for(request.actor, programme)),
    )
    place = Place(
        _("Prévoir une séance"),
        programme,
        reverse("pathways:sessions", args=[programme.slug]),
        _("Prévoir la séance"),
        _("Séances"),
    )
    return answer_form(
        request,
        form,
        place,
        lambda: services.plan_session(programme, actor=request.actor, **form.wanted()),
        _("La séance est prévue ; sa feuille est prête."),
    )


@require_safe
@requires(Perm.SESSION_HOLD, of=Session)
def session(request: ActorRequest, session: Session) -> HttpResponse:
    """The sheet of a session: large buttons, made for a phone at the door."""
    if not session.programme.names_open:
        return closed_page(request, session.programme, session.title)
    sheet = sheet_of(session, request.actor)
    record(request.actor, "attendance.list", sheet.rows, read=True)
    context = {
        "session": session,
        "programme": session.programme,
        "sheet": sheet,
        "has_begun": timezone.localdate(session.starts_at) <= clock.today(),
    }
    return render(request, "pathways/session.html", context)


@acts
@requires(Perm.SESSION_HOLD, of=Session)
def enrol(request: ActorRequest, session: Session) -> HttpResponse:
    """Put a person on the sheet."""
    form = EnrolForm(request.POST if request.method == "POST" else None, people=to_enrol(session, request.actor))
    place = Place(_("Inscrire une personne"), session.programme, session_page(session), _("Inscrire"), session.title)
    return answer_form(
        request,
        form,
        place,
        lambda: services.enrol(session, form.chosen(), actor=request.actor),
        _("La personne est sur la feuille."),
    )


@require_POST
@requires(Perm.SESSION_HOLD, of=Attendance)
def mark(request: ActorRequest, attendance: Attendance, presence: str) -> HttpResponse:
    """Note who came."""
    if presence not in MARKS:
        raise Http404
    return answer_act(
        request,
        f"{session_page(attendance.session)}#p-{attendance.pk}",
        lambda: services.mark(attendance, presence=MARKS[presence], actor=request.actor),
        _("%(name)s : %(mark)s.") % {"name": attendance.beneficiary.first_name, "mark": MARKS[presence].label},
    )


@require_safe
@requires(Perm.SESSION_HOLD, of=Session)
def sheet_file(request: ActorRequest, session: Session, form: str) -> HttpResponse:
    """The sheet to print and to sign."""
    sheet = sheet_of(session, request.actor)
    record(request.actor, "attendance.list", sheet.rows, read=True)
    day = timezone.localdate(session.starts_at)
    return answer_file(printed(session, sheet), form, name=f"feuille-de-presence-{day}", on=clock.today())


def session_page(session: Session) -> str:
    """The address of the sheet of a session."""
    return reverse("pathways:session", args=[session.pk])
