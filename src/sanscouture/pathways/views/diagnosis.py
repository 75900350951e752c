"""The diagnosis on one page, each field saved by itself, with the services that match now beside it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import reswap, retarget

from sanscouture.access.decorators import ActorRequest, requires
from sanscouture.access.enums import Perm
from sanscouture.core import clock
from sanscouture.core.errors import Conflict, Refused
from sanscouture.pathways.forms.diagnosis import BarrierForm, StrengthForm
from sanscouture.pathways.models import Strength
from sanscouture.pathways.rules.diagnosis import FIELDS
from sanscouture.pathways.selectors.diagnosis import FieldRow, field_rows, fields_seen, strengths_of
from sanscouture.pathways.services import diagnosis as services
from sanscouture.people.models import Beneficiary

REMOVED = "strength_removed"
UNDO = timedelta(minutes=10)


@dataclass(frozen=True)
class Line:
    """A field as the page draws it: what is saved, the form, and what went wrong."""

    row: FieldRow
    form: BarrierForm
    person_id: Any
    refusal: str = ""
    conflict: bool = False
    just_saved: bool = False

    @property
    def need_url(self) -> str:
        """Where a need of this field is written down."""
        return f"{reverse('pathways:need_new', args=[self.person_id])}?champ={self.row.field}"

    @property
    def orient_url(self) -> str:
        """Where a service is chosen: on the need already open, else through a new need."""
        if self.row.needs:
            return f"{reverse('pathways:compose', args=[self.row.needs[0].pk])}?service="
        return f"{self.need_url}&service="


@require_safe
@requires(Perm.PERSON_READ, of=Beneficiary)
def diagnosis(request: ActorRequest, person: Beneficiary) -> HttpResponse:
    """The eight fields and the strengths on one page."""
    return _page(request, person)


@require_POST
@requires(Perm.PERSON_EDIT, of=Beneficiary)
def save_field(request: ActorRequest, person: Beneficiary, field: int) -> HttpResponse:
    """Save one field; a fragment for htmx, else back to its row."""
    line = _line(person, _row(request, person, field), request.POST)
    if not line.form.is_valid():
        refusal = " ".join(str(error) for errors in line.form.errors.values() for error in errors)
        return _refused(request, person, replace(line, refusal=refusal), 422)
    try:
        services.save_barrier(person, field=field, actor=request.actor, **line.form.cleaned_data)
    except Conflict as conflict:
        return _refused(request, person, _both(request, line, str(conflict)), 409)
    except Refused as refused:
        return _refused(request, person, replace(line, refusal=str(refused)), 422)
    if request.htmx:  # type: ignore[attr-defined]
        fresh = _line(person, _row(request, person, field))
        context = {"line": replace(fresh, just_saved=True), "seen": fields_seen(person, request.actor)}
        if "both" in request.POST:
            return _whole_row(request, context)
        return render(request, "pathways/diagnosis_saved.html", context)
    messages.success(request, _("« %(field)s » est enregistré.") % {"field": line.row.label})
    return redirect(f"{reverse('pathways:diagnosis', args=[person.pk])}#champ-{field}")


@require_POST
@requires(Perm.PERSON_EDIT, of=Beneficiary)
def add_strength(request: ActorRequest, person: Beneficiary) -> HttpResponse:
    """Write down what helps."""
    form = StrengthForm(request.POST)
    refusal = ""
    try:
        form.is_valid()
        services.add_strength(person, label=form.cleaned_data.get("label", ""), actor=request.actor)
    except Refused as refused:
        refusal = str(refused)
    else:
        request.session.pop(REMOVED, None)
    return _after_strength(request, person, form, refusal)


@require_POST
@requires(Perm.PERSON_EDIT, of=Strength)
def remove_strength(request: ActorRequest, strength: Strength) -> HttpResponse:
    """Take a strength back; the page offers to write it again for ten minutes."""
    person = strength.beneficiary
    label = services.remove_strength(strength, actor=request.actor)
    request.session[REMOVED] = {"person": str(person.pk), "label": label, "at": clock.now().isoformat()}
    return _after_strength(request, person, StrengthForm(), "")


def _after_strength(request: ActorRequest, person: Beneficiary, form: StrengthForm, refusal: str) -> HttpResponse:
    if request.htmx:  # type: ignore[attr-defined]
        context = _strengths(request, person, form if refusal else StrengthForm(), refusal)
        return render(request, "pathways/diagnosis_strengths.html", context, status=422 if refusal else 200)
    if refusal:
        return _page(request, person, strengths=_strengths(request, person, form, refusal), status=422)
    return redirect(f"{reverse('pathways:diagnosis', args=[person.pk])}#points-d-appui")


def _page(
    request: ActorRequest,
    person: Beneficiary,
    *,
    instead: Line | None = None,
    strengths: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    rows = field_rows(person, request.actor)
    lines = [instead if instead and instead.row.field == row.field else _line(person, row) for row in rows]
    context = {
        "lines": lines,
        "seen": sum(row.barrier is not None for row in rows),
        "person_url": f"/personnes/{person.pk}/",
        **(strengths or _strengths(request, person, StrengthForm(), "")),
    }
    return render(request, "pathways/diagnosis.html", context, status=status)


def _row(request: ActorRequest, person: Beneficiary, field: int) -> FieldRow:
    """One field as this reader may see it; 404 where there is none, or where it is not for this reader."""
    rows = field_rows(person, request.actor, [field]) if field in FIELDS else []
    if not rows or rows[0].veiled:
        raise Http404
    return rows[0]


def _line(person: Beneficiary, row: FieldRow, data: Any = None) -> Line:
    return Line(row, BarrierForm(data, field=row.field, barrier=row.barrier), person.pk)


def _both(request: ActorRequest, line: Line, sentence: str) -> Line:
    """Keep what was typed, beside what is saved now; saving again then replaces it knowingly."""
    data = request.POST.copy()
    data["version"] = str(line.row.barrier.version if line.row.barrier else 0)
    form = BarrierForm(data, field=line.row.field, barrier=line.row.barrier)
    return replace(line, form=form, refusal=sentence, conflict=True)


def _refused(request: ActorRequest, person: Beneficiary, line: Line, status: int) -> HttpResponse:
    if not request.htmx:  # type: ignore[attr-defined]
        return _page(request, person, instead=line, status=status)
    if not line.conflict:
        return render(request, "pathways/diagnosis_status.html", {"line": line}, status=status)
    return _whole_row(request, {"line": line}, status)


def _whole_row(request: ActorRequest, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """Put a whole row in place of the one on the page: for a conflict, and when it is settled."""
    answer = render(request, "pathways/diagnosis_row.html", context, status=status)
    return reswap(retarget(answer, f"#champ-{context['line'].row.field}"), "outerHTML")


def _strengths(request: ActorRequest, person: Beneficiary, form: StrengthForm, refusal: str) -> dict[str, Any]:
    removed = request.session.get(REMOVED) or {}
    recent = removed.get("person") == str(person.pk) and datetime.fromisoformat(removed["at"]) > clock.now() - UNDO
    return {
        "person": person,
        "strengths": strengths_of(person),
        "strength_form": form,
        "strength_refusal": refusal,
        "strength_removed": removed["label"] if recent else "",
    }
