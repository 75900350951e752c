"""The partners of a programme, its project team and its co-pilots."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sanscouture.access.decorators import ActorRequest, requires
from sanscouture.access.enums import Perm
from sanscouture.partners.models import Organisation
from sanscouture.partners.selectors import organisations_matching
from sanscouture.partners.services import create_organisation
from sanscouture.programmes import services
from sanscouture.programmes.forms import (
    CoPilotForm,
    NewPartnerForm,
    PartnerSearch,
    PartnershipForm,
    TeamMemberForm,
)
from sanscouture.programmes.models import CoPilot, Partnership, Programme, TeamMember
from sanscouture.programmes.selectors import alliance_of, partners_of, partnerships_of
from sanscouture.programmes.views.pages import (
    Place,
    Question,
    answer_act,
    answer_confirmation,
    answer_form,
    partners_page,
    programme_page,
)

FOUND_AT_MOST = 20
PARTNERSHIP = ("role", "contribution", "referent", "since")
ORGANISATION = ("name", "kind", "siret", "email", "commune")

acts = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@requires(Perm.PROGRAMME_READ, of=Programme, by="slug")
def partners(request: ActorRequest, programme: Programme) -> HttpResponse:
    """The partners of today by category, and those that left."""
    alliance = alliance_of(programme, request.actor)
    context = {
        "programme": programme,
        "alliance": alliance,
        "shown": [each for each in (alliance.categories if alliance else []) if each.count],
        "ended": partnerships_of(programme, request.actor, ended=True),
        "may_edit": request.actor.holds_in(Perm.PROGRAMME_EDIT, programme.pk),
    }
    return render(request, "programmes/partners.html", context)


@require_safe
@requires(Perm.PROGRAMME_EDIT, of=Programme, by="slug")
def find_partner(request: ActorRequest, programme: Programme) -> HttpResponse:
    """Look for the organisation among all before entering a new one."""
    form = PartnerSearch(request.GET)
    text = form.cleaned_data["q"] if form.is_valid() else ""
    found = list(organisations_matching(text)[:FOUND_AT_MOST]) if text else []
    already = set(partners_of(programme).filter(pk__in=[one.pk for one in found]).values_list("pk", flat=True))
    context = {"programme": programme, "form": form, "text": text, "found": found, "already": already}
    return render(request, "programmes/find_partner.html", context)


@acts
@requires(Perm.PROGRAMME_EDIT, of=Programme, by="slug")
def add_partner(request: ActorRequest, programme: Programme, organisation: UUID) -> HttpResponse:
    """Make an organisation of the directory a partner."""
    chosen = get_object_or_404(Organisation, pk=organisation)
    form = PartnershipForm(request.POST or None, programme=programme)
    place = Place(chosen.name, programme, partners_page(programme), _("Ajouter ce partenaire"), _("Partenaires"))
    return answer_form(
        request,
        form,
        place,
        lambda: services.add_partner(
            programme, organisation=chosen, actor=request.actor, **_picked(form.cleaned_data, PARTNERSHIP)
        ),
        _("%(name)s est partenaire.") % {"name": chosen.name},
    )


@acts
@requires(Perm.PROGRAMME_EDIT, of=Programme, by="slug")
def new_partner(request: ActorRequest, programme: Programme) -> HttpResponse:
    """Enter an organisation that the directory does not know, and make it a partner."""
    form = NewPartnerForm(request.POST or None, programme=programme, initial={"name": request.GET.get("q", "")})
    place = Place(
        _("Une structure absente de l’annuaire"),
        programme,
        partners_page(programme),
        _("Créer et ajouter"),
        _("Partenaires"),
    )

    def act() -> None:
        made = create_organisation(actor=request.actor, **_picked(form.cleaned_data, ORGANISATION))
        services.add_partner(
            programme, organisation=made, actor=request.actor, **_picked(form.cleaned_data, PARTNERSHIP)
        )

    return answer_form(request, form, place, act, _("La structure est créée et partenaire."))


@acts
@requires(Perm.PROGRAMME_EDIT, of=Partnership)
def edit_partner(request: ActorRequest, partnership: Partnership) -> HttpResponse:
    """Change what a partnership says."""
    programme = partnership.programme
    initial = {name: getattr(partnership, name) for name in PARTNERSHIP}
    form = PartnershipForm(request.POST or None, programme=programme, initial=initial)
    name = partnership.organisation.name
    place = Place(name, programme, partners_page(programme), _("Enregistrer"), _("Partenaires"))
    return answer_form(
        request,
        form,
        place,
        lambda: services.edit_partnership(partnership, actor=request.actor, **_picked(form.cleaned_data, PARTNERSHIP)),
        _("Le partenariat est à jour."),
    )


@acts
@requires(Perm.PROGRAMME_EDIT, of=Partnership)
def end_partner(request: ActorRequest, partnership: Partnership) -> HttpResponse:
    """End a partnership, after confirmation."""
    programme, name = partnership.programme, partnership.organisation.name
    question = Question(
        _("Terminer aujourd’hui le partenariat avec %(name)s ?") % {"name": name},
        loses=[_("La structure n’est plus proposée quand on invite une personne dans ce programme.")],
        keeps=[
            _("Le partenariat reste écrit avec ses dates : vous pourrez le reprendre."),
            _("Ses comptes gardent leurs rôles : retirez-les dans « Comptes et rôles »."),
        ],
    )
    place = Place(
        _("Terminer un partenariat"),
        programme,
        partners_page(programme),
        _("Terminer le partenariat"),
        _("Partenaires"),
    )
    return answer_confirmation(
        request,
        place,
        question,
        lambda: services.end_partnership(partnership, actor=request.actor),
        _("Le partenariat avec %(name)s est terminé. Vous pouvez le reprendre en bas de cette page.") % {"name": name},
    )


@require_POST
@requires(Perm.PROGRAMME_EDIT, of=Partnership)
def reopen_partner(request: ActorRequest, partnership: Partnership) -> HttpResponse:
    """Undo the end of a partnership."""
    return answer_act(
        request,
        partners_page(partnership.programme),
        lambda: services.reopen_partnership(partnership, actor=request.actor),
        _("Le partenariat reprend."),
    )


@acts
@requires(Perm.PROGRAMME_EDIT, of=Programme, by="slug")
def add_member(request: ActorRequest, programme: Programme) -> HttpResponse:
    """Write somebody in the project team."""
    form = TeamMemberForm(request.POST or None, programme=programme)
    place = Place(_("Ajouter à l’équipe projet"), programme, programme_page(programme), _("Ajouter"))
    return answer_form(
        request,
        form,
        place,
        lambda: services.add_team_member(programme, actor=request.actor, **form.cleaned_data),
        _("L’équipe projet est à jour."),
    )


@acts
@requires(Perm.PROGRAMME_EDIT, of=TeamMember)
def end_member(request: ActorRequest, member: TeamMember) -> HttpResponse:
    """Write that somebody left the project team, after confirmation."""
    question = Question(
        _("%(name)s quitte l’équipe projet aujourd’hui ?") % {"name": member},
        loses=[_("Son nom n’est plus montré dans l’équipe.")],
        keeps=[_("Son compte garde ses rôles : retirez-les dans « Comptes et rôles ».")],
    )
    place = Place(
        _("Quitter l’équipe projet"), member.programme, programme_page(member.programme), _("Noter son départ")
    )
    return answer_confirmation(
        request,
        place,
        question,
        lambda: services.end_team_member(member, actor=request.actor),
        _("L’équipe projet est à jour."),
    )


@acts
@requires(Perm.PROGRAMME_EDIT, of=Programme, by="slug")
def add_copilot(request: ActorRequest, programme: Programme) -> HttpResponse:
    """Write that an organisation steers the programme with the others."""
    form = CoPilotForm(request.POST or None, programme=programme)
    place = Place(_("Ajouter un copilote"), programme, programme_page(programme), _("Ajouter"))
    return answer_form(
        request,
        form,
        place,
        lambda: services.add_copilot(programme, actor=request.actor, **form.cleaned_data),
        _("Les copilotes sont à jour."),
    )


@acts
@requires(Perm.PROGRAMME_EDIT, of=CoPilot)
def end_copilot(request: ActorRequest, copilot: CoPilot) -> HttpResponse:
    """End a co-piloting, after confirmation."""
    question = Question(
        _("%(name)s ne copilote plus le programme à partir d’aujourd’hui ?") % {"name": copilot.organisation.name},
        keeps=[_("Les dates restent écrites sur la page du programme.")],
    )
    place = Place(
        _("Terminer un copilotage"), copilot.programme, programme_page(copilot.programme), _("Terminer le copilotage")
    )
    return answer_confirmation(
        request,
        place,
        question,
        lambda: services.end_copilot(copilot, actor=request.actor),
        _("Les copilotes sont à jour."),
    )


def _picked(said: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: said[name] for name in names}
