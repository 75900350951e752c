"""The accounts of a programme: their roles, the invitations that wait."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sanscouture.access.decorators import ActorRequest, recently_authenticated, requires
from sanscouture.access.enums import Perm, Role
from sanscouture.programmes import services
from sanscouture.programmes.forms import InvitationForm, MemberFilters, ReopenForm
from sanscouture.programmes.models import InvitedRole, Programme, RoleGrant
from sanscouture.programmes.rules import invitable_roles
from sanscouture.programmes.selectors import members_of, partners_of, waiting_invitations
from sanscouture.programmes.views.pages import (
    Place,
    Question,
    answer_act,
    answer_confirmation,
    answer_form,
    members_page,
)
from sanscouture.ui.tables import Column, build

acts = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@requires(Perm.PROGRAMME_READ, of=Programme, by="slug")
def members(request: ActorRequest, programme: Programme) -> HttpResponse:
    """Who holds which role, and where; the invitations that wait for those who may send them."""
    form = MemberFilters(request.GET)
    text = form.cleaned_data["q"] if form.is_valid() else ""
    table = build(
        members_of(programme, request.actor, text=text),
        columns=[
            Column(_("Nom"), "nom", ["user__last_name", "user__first_name"]),
            Column(_("Structure"), "structure", ["organisation__name_key", "user__last_name"]),
            Column(_("Rôle"), "role", ["role", "user__last_name"]),
            Column(_("Depuis"), "depuis", ["created_at"]),
            Column(_("Acte"), hidden=True),
        ],
        query=request.GET,
        caption=_("Comptes et rôles"),
        row_template="programmes/member_row.html",
        default_sort="structure",
    )
    context = {
        "programme": programme,
        "form": form,
        "table": table,
        "waiting": waiting_invitations(programme, request.actor),
        "may_invite": request.actor.holds_in(Perm.COLLEAGUE_INVITE, programme.pk),
    }
    return render(request, "programmes/members.html", context)


@acts
@requires(Perm.COLLEAGUE_INVITE, of=Programme, by="slug")
def invite(request: ActorRequest, programme: Programme) -> HttpResponse:
    """Invite a colleague; the coordination invites anybody."""
    whole = request.actor.holds_in(Perm.MEMBER_INVITE, programme.pk)
    organisations = partners_of(programme)
    if not whole:
        organisations = organisations.filter(pk__in=request.actor.organisations(programme.pk))
    form = InvitationForm(
        request.POST or None,
        roles=invitable_roles(whole_programme=whole),
        organisations=organisations,
        whole=whole,
        initial={"role": Role.ADVISER, "language": "fr"},
    )
    place = Place(
        _("Inviter dans tout le programme") if whole else _("Inviter une personne de votre structure"),
        programme,
        members_page(programme),
        _("Envoyer l’invitation"),
        _("Comptes et rôles"),
        _("La personne reçoit un lien par courriel, valable 14 jours. Avec un compte, le rôle s’ouvre aussitôt."),
    )
    return answer_form(
        request,
        form,
        place,
        lambda: services.invite_member(programme, actor=request.actor, **form.cleaned_data),
        _sent,
    )


def _sent(made: InvitedRole | RoleGrant) -> str:
    if isinstance(made, RoleGrant):
        return _("%(name)s avait déjà un compte : le rôle est ouvert.") % {"name": made.user.full_name}
    return _("L’invitation est envoyée à %(email)s.") % {"email": made.invitation.email}


@require_POST
@requires(Perm.COLLEAGUE_INVITE, of=InvitedRole)
def resend(request: ActorRequest, promised: InvitedRole) -> HttpResponse:
    """Send an invitation again."""
    return answer_act(
        request,
        members_page(promised.programme),
        lambda: services.resend_invitation(promised, actor=request.actor),
        _("L’invitation est repartie ; l’ancien lien ne marche plus."),
    )


@acts
@requires(Perm.COLLEAGUE_INVITE, of=InvitedRole)
def cancel(request: ActorRequest, promised: InvitedRole) -> HttpResponse:
    """Cancel an invitation, after confirmation."""
    question = Question(
        _("Annuler l’invitation envoyée à %(email)s ?") % {"email": promised.invitation.email},
        loses=[_("Le lien reçu ne marchera plus.")],
        keeps=[_("Vous pourrez inviter de nouveau cette personne.")],
    )
    place = Place(
        _("Annuler une invitation"),
        promised.programme,
        members_page(promised.programme),
        _("Annuler l’invitation"),
        _("Comptes et rôles"),
    )
    return answer_confirmation(
        request,
        place,
        question,
        lambda: services.cancel_invitation(promised, actor=request.actor),
        _("L’invitation est annulée."),
    )


@acts
@requires(Perm.COLLEAGUE_INVITE, of=RoleGrant)
def withdraw(request: ActorRequest, grant: RoleGrant) -> HttpResponse:
    """Withdraw a role, after confirmation."""
    name, role = grant.user.full_name, grant.get_role_display()
    question = Question(
        _("Retirer à %(name)s le rôle « %(role)s » ?") % {"name": name, "role": role},
        loses=[
            _("Tout ce que ce rôle ouvrait dans %(programme)s se ferme aussitôt.") % {"programme": grant.programme},
        ],
        keeps=[
            _("Son compte et ses autres rôles."),
            _("Ce que cette personne a écrit, à son nom."),
        ],
    )
    place = Place(
        _("Retirer un rôle"),
        grant.programme,
        members_page(grant.programme),
        _("Retirer le rôle"),
        _("Comptes et rôles"),
    )
    return answer_confirmation(
        request,
        place,
        question,
        lambda: services.withdraw_role(grant, actor=request.actor),
        _("Le rôle de %(name)s est retiré.") % {"name": name},
    )


@acts
@requires(Perm.COLLEAGUE_INVITE, of=RoleGrant)
@recently_authenticated
def reopen(request: ActorRequest, grant: RoleGrant) -> HttpResponse:
    """Send a member who lost every factor a link that lets them back in."""
    form = ReopenForm(request.POST or None)
    name = grant.user.full_name
    place = Place(
        _("Rouvrir l’accès de %(name)s") % {"name": name},
        grant.programme,
        members_page(grant.programme),
        _("Envoyer le lien"),
        _("Comptes et rôles"),
        _(
            "Vérifiez de vive voix que c’est bien cette personne. Elle reçoit par courriel un lien valable 24 heures : "
            "ses facteurs sont alors retirés, elle choisit un autre mot de passe et ajoute un facteur."
        ),
    )
    return answer_form(
        request,
        form,
        place,
        lambda: services.reopen_access(grant, actor=request.actor, **form.cleaned_data),
        _("Le lien est envoyé à %(name)s. Il marche une fois, pendant 24 heures.") % {"name": name},
    )
