"""Cohorts: the list, opening and changing one, its dashboard, two side by side, and flagging a person."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from sanscouture.access.decorators import ActorRequest, requires
from sanscouture.access.enums import Perm
from sanscouture.core import clock
from sanscouture.meetings.selectors import accounts_for
from sanscouture.pathways.forms.cohorts import CohortForm, FlagForm, initial_of
from sanscouture.pathways.models import Cohort
from sanscouture.pathways.rules import cohorts as rules
from sanscouture.pathways.selectors.cohort_figures import CohortFigures, figures_of
from sanscouture.pathways.selectors.cohorts import cohorts_of, open_cohorts, reads_everybody, with_candidates
from sanscouture.pathways.selectors.people import organisations_for
from sanscouture.pathways.services import cohorts as services
from sanscouture.pathways.views.people import closed_page
from sanscouture.pathways.views.tables import Shown, barriers_table, figures_table
from sanscouture.people.models import Beneficiary
from sanscouture.programmes.models import Programme
from sanscouture.programmes.selectors import partners_of
from sanscouture.programmes.views.pages import Place, answer_form

acts = require_http_methods(["GET", "HEAD", "POST"])


def cohort_page(cohort: Cohort) -> str:
    """The address of a cohort."""
    return reverse("pathways:cohort", args=[cohort.pk])


@require_safe
@requires(Perm.COHORT_READ, of=Programme, by="slug")
def cohorts(request: ActorRequest, programme: Programme) -> HttpResponse:
    """The cohorts of a programme."""
    if not programme.names_open:
        return closed_page(request, programme, _("Cohortes"))
    context = {
        "programme": programme,
        "cohorts": with_candidates(cohorts_of(programme, request.actor)),
        "may_edit": request.actor.holds_in(Perm.COHORT_EDIT, programme.pk),
    }
    return render(request, "pathways/cohorts.html", context)


@acts
@requires(Perm.COHORT_EDIT, of=Programme, by="slug")
def new(request: ActorRequest, programme: Programme) -> HttpResponse:
    """Open a cohort."""
    form = _form(request, programme, {"starts_on": clock.today()})
    place = Place(
        _("Ouvrir une cohorte"),
        programme,
        reverse("pathways:cohorts", args=[programme.slug]),
        _("Ouvrir la cohorte"),
        _("Cohortes"),
    )
    return answer_form(
        request,
        form,
        place,
        lambda: services.create_cohort(programme, actor=request.actor, **form.wanted()),
        _("La cohorte est ouverte : les partenaires peuvent signaler."),
    )


@acts
@requires(Perm.COHORT_EDIT, of=Cohort)
def edit(request: ActorRequest, cohort: Cohort) -> HttpResponse:
    """Change a cohort."""
    form = _form(request, cohort.programme, initial_of(cohort, rules.read(cohort.criteria)))
    place = Place(_("Modifier la cohorte"), cohort.programme, cohort_page(cohort), _("Enregistrer"), cohort.name)
    return answer_form(
        request,
        form,
        place,
        lambda: services.edit_cohort(cohort, actor=request.actor, **form.wanted()),
        _("La cohorte est à jour."),
    )


@require_safe
@requires(Perm.COHORT_READ, of=Cohort)
def cohort(request: ActorRequest, cohort: Cohort) -> HttpResponse:
    """The dashboard of a cohort."""
    if not cohort.programme.names_open:
        return closed_page(request, cohort.programme, cohort.name)
    figures = figures_of(cohort)
    shown = Shown(reads_everybody(request.actor, cohort.programme_id))
    context = {
        "cohort": cohort,
        "programme": cohort.programme,
        "identity": _identity(cohort),
        "criteria": [rules.said(one) for one in rules.read(cohort.criteria)],
        "partners": [one.organisation for one in cohort.partners.select_related("organisation")],
        "figures": _tiles(cohort, figures, shown),
        "barriers": barriers_table([(cohort.name, figures)], shown),
        "lines": figures_table([(cohort.name, figures)], shown),
        "entries": [(month, shown.people(n)) for month, n in figures.entries],
        "others": cohorts_of(cohort.programme, request.actor).exclude(pk=cohort.pk).exists(),
        "may_edit": request.actor.holds_in(Perm.COHORT_EDIT, cohort.programme_id),
    }
    return render(request, "pathways/cohort.html", context)


@require_safe
@requires(Perm.COHORT_READ, of=Cohort)
def compare(request: ActorRequest, cohort: Cohort) -> HttpResponse:
    """Two cohorts of a programme side by side: the one asked by `?avec=`, else the latest of the others."""
    if not cohort.programme.names_open:
        return closed_page(request, cohort.programme, cohort.name)
    others = list(cohorts_of(cohort.programme, request.actor).exclude(pk=cohort.pk))
    asked = request.GET.get("avec", "")
    other = next((one for one in others if str(one.pk) == asked), others[0] if others else None)
    shown = Shown(reads_everybody(request.actor, cohort.programme_id))
    both = [(one.name, figures_of(one)) for one in (cohort, other) if one is not None]
    context = {
        "cohort": cohort,
        "programme": cohort.programme,
        "other": other,
        "others": others,
        "figures": figures_table(both, shown),
        "barriers": barriers_table(both, shown),
    }
    return render(request, "pathways/cohort_compare.html", context)


@acts
@requires(Perm.PERSON_EDIT, of=Beneficiary)
def flag(request: ActorRequest, person: Beneficiary) -> HttpResponse:
    """Flag a person for a cohort, from the person's page."""
    back = reverse("pathways:person", args=[person.pk])
    found = list(open_cohorts(person.programme_id, today=clock.today()))
    form = FlagForm(
        request.POST if request.method == "POST" else None,
        cohorts=found,
        organisations=list(organisations_for(request.actor, person.programme)),
        initial={"cohort": str(found[0].pk)} if len(found) == 1 else {},
    )
    lead = _("Votre structure reste responsable de la suite jusqu’à la décision de la commission.")
    if not found:
        lead = _("Aucune cohorte n’est ouverte : la coordination en ouvre une dans « Cohortes ».")
    place = Place(_("Signaler pour une cohorte"), person.programme, back, _("Signaler"), str(person), lead)
    return answer_form(
        request,
        form,
        place,
        lambda: services.flag(person, actor=request.actor, **form.wanted()),
        _("C’est signalé : la prochaine commission verra cette personne."),
    )


def _form(request: ActorRequest, programme: Programme, initial: dict[str, Any]) -> CohortForm:
    return CohortForm(
        request.POST if request.method == "POST" else None,
        initial=initial,
        accounts=accounts_for(programme),
        organisations=list(partners_of(programme)),
    )


def _identity(cohort: Cohort) -> list[tuple[str, object]]:
    return [
        (_("But"), cohort.purpose),
        (_("Référent"), cohort.referent.full_name if cohort.referent else ""),
    ]


def _tiles(cohort: Cohort, figures: CohortFigures, shown: Shown) -> list[dict[str, object]]:
    """The figures at the top, each with what it compares with."""
    allowed = rules.outside_allowed(cohort.seats, cohort.outside_share)
    return [
        {
            "value": shown.people(figures.admitted),
            "unit": _("personnes admises"),
            "comparison": _("sur %(n)d places") % {"n": cohort.seats},
        },
        {
            "value": shown.people(figures.outside),
            "unit": _("admises hors quartier"),
            "comparison": _("%(n)d au plus (%(share)d %%)") % {"n": allowed, "share": cohort.outside_share},
        },
        {
            "value": shown.rate(figures),
            "unit": _("de présence aux séances"),
            "comparison": _("sur %(n)s présences notées") % {"n": shown.people(figures.noted)},
        },
        {
            "value": shown.delay(figures.to_first_step, figures),
            "unit": _("jours jusqu’à la première étape faite"),
            "comparison": _("médiane, depuis l’admission"),
        },
    ]
