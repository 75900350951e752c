"""Ruptures: the list of a programme, the page of one, and the acts that catch up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from sanscouture.access.actor import Actor
from sanscouture.access.decorators import ActorRequest, requires
from sanscouture.access.enums import Perm
from sanscouture.audit.services import record
from sanscouture.core import clock
from sanscouture.core.errors import Refused
from sanscouture.pathways.enums import ClosingAct, Proposal
from sanscouture.pathways.forms.referrals import NothingForm
from sanscouture.pathways.forms.ruptures import CallForm, CloseForm, EntrustForm, RuptureFilters, SnoozeForm
from sanscouture.pathways.models import Rupture
from sanscouture.pathways.selectors import catching_up
from sanscouture.pathways.selectors.ruptures import first_snooze
from sanscouture.pathways.services.referrals import remind_recipient
from sanscouture.pathways.services.ruptures import close_rupture, entrust_rupture, snooze_rupture
from sanscouture.pathways.views.people import closed_page, status_of
from sanscouture.pathways.views.person_acts import choice
from sanscouture.people.rules import way_words
from sanscouture.people.selectors import safe_way
from sanscouture.programmes.models import Programme
from sanscouture.ui.forms import Form
from sanscouture.ui.tables import Column, build


@dataclass(frozen=True)
class Ask:
    """An act as people meet it: its words, what follows, what is said once done."""

    label: str | Promise
    sentence: str | Promise
    done: str | Promise


ASKS: Mapping[Proposal, Ask] = {
    Proposal.REMIND: Ask(
        gettext_lazy("Relancer"),
        gettext_lazy("La structure destinataire reçoit un rappel. Sans effet sous trois jours, la rupture revient."),
        gettext_lazy("Rappel envoyé. Si rien ne bouge, la rupture reviendra dans trois jours."),
    ),
    Proposal.CALL: Ask(
        gettext_lazy("Noter un appel"),
        gettext_lazy("Vous avez parlé à la personne ou à la structure. La rupture revient si rien n’a bougé."),
        gettext_lazy("Appel noté. La rupture reviendra dans sept jours si rien n’a bougé."),
    ),
    Proposal.ENTRUST: Ask(
        gettext_lazy("Confier"),
        gettext_lazy("Une étape est ajoutée au parcours, à son nom, à faire sous sept jours."),
        gettext_lazy("C’est confié\u00a0: une étape à son nom a été ajoutée."),
    ),
    Proposal.SNOOZE: Ask(
        gettext_lazy("Remettre à plus tard"),
        gettext_lazy("Quand rien n’est possible avant un jour connu. Elle revient d’elle-même si rien n’a bougé."),
        gettext_lazy("C’est remis à plus tard : la rupture reviendra d’elle-même si rien n’a bougé."),
    ),
    Proposal.CLOSE: Ask(
        gettext_lazy("Clore avec un motif"),
        gettext_lazy("À utiliser quand il n’y a rien à rattraper. La rupture revient si rien n’a bougé."),
        gettext_lazy("Rupture close. Elle reviendra dans sept jours si rien n’a bougé."),
    ),
}


@require_safe
@requires(Perm.RUPTURE_READ, of=Programme, by="slug")
def ruptures(request: ActorRequest, programme: Programme) -> HttpResponse:
    """The ruptures of a programme that the reader may see, the most urgent first."""
    if not programme.names_open:
        return closed_page(request, programme, _("Ruptures"))
    form = RuptureFilters(request.GET)
    form.is_valid()
    wanted = form.cleaned_data
    found = _narrowed(catching_up.ruptures_of(programme, request.actor), wanted, request.actor)
    columns = (
        Column(_("Qui")),
        Column(_("Ce qui est rompu")),
        Column(_("Qui doit agir")),
        Column(_("Retard"), "retard", ("since",), numeric=True),
        Column(_("Actes"), hidden=True),
    )
    table = build(
        found,
        columns=columns,
        query=request.GET,
        caption=_("Ruptures"),
        row_template="pathways/rupture_row.html",
    )
    if table.rows:
        record(request.actor, "rupture.list", table.rows, read=True)
    table = replace(table, rows=catching_up.lines(table.rows, request.actor))
    context = {"programme": programme, "form": form, "table": table, "filtered": any(wanted.values())}
    context["may_set"] = request.actor.holds_in(Perm.PROGRAMME_EDIT, programme.pk)
    return render(request, "pathways/ruptures.html", context)


def _narrowed(found: QuerySet[Rupture], wanted: Mapping[str, Any], actor: Actor) -> QuerySet[Rupture]:
    if wanted.get("regle"):
        found = found.filter(rule=wanted["regle"])
    if wanted.get("qui") == "moi":
        found = found.filter(
            Q(responsible_id=actor.user_id) | Q(responsible=None, responsible_organisation_id__in=actor.organisations())
        )
    put_off = Q(closing_act=ClosingAct.SNOOZED, quiet_until__gte=clock.today())
    match wanted.get("etat"):
        case "closes":
            return found.exclude(closed_at=None).exclude(put_off).order_by("-closed_at", "pk")
        case "attente":
            return found.filter(put_off).order_by("quiet_until", "pk")
        case "remontees":
            return found.filter(closed_at=None).exclude(escalated_on=None)
    return found.filter(closed_at=None)


@require_safe
@requires(Perm.RUPTURE_READ, of=Rupture)
def rupture(request: ActorRequest, rupture: Rupture) -> HttpResponse:
    """One rupture: the gap, who must act and by when, what can be done, or how it was caught up."""
    return render(request, "pathways/rupture.html", {"line": _line(rupture, request.actor)})


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Perm.RUPTURE_ACT, of=Rupture)
def catch_up(request: ActorRequest, rupture: Rupture, act: Proposal) -> HttpResponse:
    """Do one of the acts that close a rupture; without a POST, ask what it needs."""
    line = _line(rupture, request.actor)
    form, status = _form(act, line.rupture, request), 200
    if form.is_bound:
        status = _do(act, line.rupture, form, request.actor)
        if not status:
            messages.success(request, str(ASKS[act].done))
            return redirect(f"/?programme={line.rupture.programme.slug}")
    context = {
        "line": line,
        "ask": ASKS[act],
        "way": way_words(safe_way(rupture.beneficiary_id)) if act == Proposal.CALL and line.href else (),
        "form": form,
        "action": reverse(f"pathways:rupture_{act}", args=[rupture.pk]),
        "back": reverse("pathways:rupture", args=[rupture.pk]),
    }
    return render(request, "pathways/rupture_act.html", context, status=status)


def _line(rupture: Rupture, actor: Actor) -> catching_up.Line:
    whole = Rupture.objects.get_queryset().select_related(*catching_up.RELATED).get(pk=rupture.pk)
    return catching_up.lines([whole], actor)[0]


def _form(act: Proposal, rupture: Rupture, request: ActorRequest) -> Form:
    data = request.POST if request.method == "POST" else None
    if act == Proposal.ENTRUST:
        return EntrustForm(data, **choice(request.actor, rupture.beneficiary))
    if act == Proposal.SNOOZE:
        return SnoozeForm(data, first_on=first_snooze(rupture), today=clock.today())
    forms: Mapping[Proposal, type[Form]] = {Proposal.CALL: CallForm, Proposal.CLOSE: CloseForm}
    return forms.get(act, NothingForm)(data)


def _do(act: Proposal, rupture: Rupture, form: Form, actor: Actor) -> int:
    """Do an act whose form is valid. Gives 0 when it is done, else the status to answer, the reason in the form."""
    if not form.is_valid():
        return 422
    said = form.cleaned_data.get("reason", "")
    try:
        if act == Proposal.REMIND:
            if rupture.referral is None:
                raise Refused(_("Il n’y a personne à relancer\u00a0: ajoutez une étape au parcours."))
            remind_recipient(rupture.referral, actor=actor)
        elif isinstance(form, EntrustForm):
            user, organisation = form.chosen()
            entrust_rupture(rupture, user=user, organisation=organisation, reason=said, actor=actor)
        elif isinstance(form, SnoozeForm):
            snooze_rupture(rupture, until=form.cleaned_data["until"], reason=said, actor=actor)
        else:
            by_hand = ClosingAct.CALLED if act == Proposal.CALL else ClosingAct.REASON
            close_rupture(rupture, act=by_hand, reason=said, actor=actor)
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return status_of(refusal)
    return 0
