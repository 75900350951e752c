"""The admission commission: candidates in columns, what is decided of each, the order of the reserve, the minutes."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sanscouture.access.decorators import ActorRequest, requires
from sanscouture.access.enums import Perm
from sanscouture.audit.services import record
from sanscouture.core import clock
from sanscouture.core.errors import Refused
from sanscouture.documents.views import answer_file
from sanscouture.meetings.models import Meeting
from sanscouture.meetings.selectors import minutes_of, open_commissions
from sanscouture.meetings.views import state_of
from sanscouture.pathways.forms.cohorts import DecideForm, WithdrawForm
from sanscouture.pathways.models import Admission, Cohort
from sanscouture.pathways.selectors.commission import commission_of, named_section
from sanscouture.pathways.services import cohorts as services
from sanscouture.pathways.views.people import closed_page, status_of
from sanscouture.programmes.views.pages import Place, answer_act, answer_form

acts = require_http_methods(["GET", "HEAD", "POST"])


def commission_page(admission: Admission) -> str:
    """The address of the commission of a candidate, where the candidate stands."""
    return f"{reverse('pathways:commission', args=[admission.cohort_id])}#c-{admission.pk}"


@require_safe
@requires(Perm.COHORT_READ, of=Cohort)
def commission(request: ActorRequest, cohort: Cohort) -> HttpResponse:
    """The candidates of a cohort, in columns, each as far as the reader may see."""
    if not cohort.programme.names_open:
        return closed_page(request, cohort.programme, _("Commission d’intégration"))
    page = commission_of(cohort, request.actor, today=clock.today())
    record(request.actor, "admission.list", page.seen, read=True)
    context = {
        "cohort": cohort,
        "programme": cohort.programme,
        "page": page,
        "meeting": page.meetings[0] if page.meetings else None,
        "may_decide": request.actor.holds_in(Perm.COHORT_EDIT, cohort.programme_id),
        "may_plan": request.actor.holds_in(Perm.PROGRAMME_EDIT, cohort.programme_id),
    }
    return render(request, "pathways/commission.html", context)


@acts
@requires(Perm.COHORT_EDIT, of=Admission)
def decide(request: ActorRequest, admission: Admission) -> HttpResponse:
    """Write what the commission decides of one candidate."""
    meetings = list(open_commissions(admission.programme))
    form = DecideForm(request.POST if request.method == "POST" else None, meetings=meetings)
    status = 200
    if form.is_bound:
        status = 422
        if form.is_valid():
            try:
                made = services.decide_admission(admission, actor=request.actor, **form.wanted())
            except Refused as refusal:
                form.add_error(None, str(refusal))
                status = status_of(refusal)
            else:
                messages.success(request, _("C’est noté : %(state)s.") % {"state": made.get_state_display()})
                return redirect(commission_page(admission))
    context = {"admission": admission, "cohort": admission.cohort, "programme": admission.programme, "form": form}
    return render(request, "pathways/admission_decide.html", context, status=status)


@acts
@requires(Perm.COHORT_READ, of=Admission)
def withdraw(request: ActorRequest, admission: Admission) -> HttpResponse:
    """Withdraw a candidate."""
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    place = Place(
        _("Retirer de la cohorte"),
        admission.programme,
        commission_page(admission),
        _("Retirer"),
        _("Commission d’intégration"),
        _("La structure qui a signalé en reste responsable. La personne pourra être signalée de nouveau."),
    )
    return answer_form(
        request,
        form,
        place,
        lambda: services.withdraw(admission, reason=form.cleaned_data["reason"], actor=request.actor),
        _("La personne est retirée de la cohorte."),
    )


@require_POST
@requires(Perm.COHORT_EDIT, of=Admission)
def move(request: ActorRequest, admission: Admission, way: str) -> HttpResponse:
    """Let a candidate of the reserve pass its neighbour, up or down."""
    return answer_act(
        request,
        commission_page(admission),
        lambda: services.move_in_reserve(admission, up=way == "monter", actor=request.actor),
        _("L’ordre de la réserve est changé."),
    )


@require_safe
@requires(Perm.COHORT_READ, of=Meeting)
def minutes(request: ActorRequest, meeting: Meeting, form: str) -> HttpResponse:
    """The minutes of a commission with the names that the reader may read; those of `meetings` have none."""
    more, seen = named_section(meeting, request.actor)
    record(request.actor, "admission.list", seen, read=True)
    name = f"commission-{meeting.held_on:%Y-%m-%d}"
    return answer_file(minutes_of(meeting, more), form, name=name, on=clock.today(), state=state_of(meeting))
