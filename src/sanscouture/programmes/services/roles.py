"""Who may do what in a programme: invite, open a role, withdraw it."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from sanscouture.access.actor import Actor
from sanscouture.access.enums import Perm, Role
from sanscouture.access.scope import scope
from sanscouture.accounts.models import Invitation, User
from sanscouture.accounts.services import invite, open_recovery, renew_invitation, revoke_invitation
from sanscouture.audit.services import record
from sanscouture.core import clock
from sanscouture.core.errors import Conflict, Refused
from sanscouture.core.verbs import verb
from sanscouture.notifications.services import notify
from sanscouture.partners.models import Organisation
from sanscouture.programmes.models import InvitedRole, Partnership, Programme, RoleGrant
from sanscouture.programmes.rules import against_inviting, against_reopening, against_withdrawing
from sanscouture.programmes.selectors import grants_of


@verb
def invite_member(
    programme: Programme,
    *,
    email: str,
    role: Role,
    organisation: Organisation | None = None,
    language: str = "fr",
    actor: Actor | str,
) -> InvitedRole | RoleGrant:
    """Invite somebody to a role; an address that has an account receives the role at once.

    Rule: one invites in one's organisation, the coordination everywhere (`against_inviting`); `actor` is a label for a
    command, which may open any role. Raises `Refused` with what is against it, `Conflict` when the role is held or an
    invitation to it waits.
    """
    address = email.strip().lower()
    _must_invite(programme, role, organisation, actor)
    Programme.objects.select_for_update(of=("self",)).get(pk=programme.pk)  # one invitation after the other
    known = User.objects.filter(email=address, is_active=True).first()
    if known is not None:
        if _held(programme, known, role, organisation):
            raise Conflict(_("Cette personne a déjà ce rôle."))
        return grant_role(programme, user=known, role=role, organisation=organisation, actor=actor)
    waiting = InvitedRole.objects.filter(
        programme=programme,
        role=role,
        organisation=organisation,
        invitation__email=address,
        invitation__accepted_at=None,
        invitation__revoked_at=None,
        invitation__expires_at__gt=clock.now(),
    )
    if waiting.exists():
        raise Conflict(_("Une invitation attend déjà à cette adresse : vous pouvez l’envoyer de nouveau."))
    label = programme.name if organisation is None else f"{organisation.name}, {programme.name}"
    invitation = invite(address, actor=actor, language=language, context_label=label[:200], context_id=programme.pk)
    return InvitedRole.objects.create(programme=programme, invitation=invitation, role=role, organisation=organisation)


def invitation_accepted(invitation: Invitation, user: User) -> None:
    """Open the role that an invitation promised (named by ACCOUNTS_INVITATION_ACCEPTED)."""
    if invitation.context_id is None:
        return
    with scope(programmes=[invitation.context_id]):
        promised = InvitedRole.objects.filter(invitation=invitation).select_related("programme", "organisation")
        for each in promised.order_by("pk"):
            grant_role(
                each.programme,
                user=user,
                role=Role(each.role),
                organisation=each.organisation,
                actor=Actor(user.pk),
                tell=False,
            )


@verb
def grant_role(
    programme: Programme,
    *,
    user: User,
    role: Role,
    organisation: Organisation | None = None,
    actor: Actor | str,
    tell: bool = True,
) -> RoleGrant:
    """Open a role to an account, told unless `tell` is false; one that is held already is given back."""
    User.objects.select_for_update().get(pk=user.pk)  # one role after the other
    held = _held(programme, user, role, organisation)
    if held is not None:
        return held
    made = RoleGrant.objects.create(programme=programme, user=user, role=role, organisation=organisation)
    record(actor, "role.grant", made)
    if tell:
        _tell(made, "programmes.role_granted")
    return made


@verb
def withdraw_role(grant: RoleGrant, *, actor: Actor | str) -> RoleGrant:
    """Withdraw a role: what it opened is closed at once.

    Rule: a programme keeps a coordinator, and whoever still holds the thread of a pathway hands it over first (the
    functions of ROLE_WITHDRAWAL_CHECKS). Raises `Refused` with what is against it, `Conflict` when it was withdrawn.
    """
    coordinators = RoleGrant.objects.select_for_update().filter(
        programme=grant.programme_id, role=Role.COORDINATOR, revoked_at=None
    )
    remaining = len(coordinators.order_by("pk"))
    locked = RoleGrant.objects.select_for_update().get(pk=grant.pk)
    if locked.revoked_at is not None:
        raise Conflict(_("Ce rôle a déjà été retiré."))
    if against := what_is_against(locked, coordinators=remaining):
        raise Refused(against)
    locked.revoked_at = clock.now()
    locked.save(update_fields=["revoked_at"])
    record(actor, "role.withdraw", locked)
    _tell(locked, "programmes.role_withdrawn")
    return locked


@verb
def reopen_access(grant: RoleGrant, *, reason: str, actor: Actor) -> None:
    """Send a member who lost every factor the link that lets them back in (`accounts.services.open_recovery`).

    Rule (chapter 08): by whoever may invite at their place, who holds as much as they do in every programme; so an
    account with wider rights, or rights elsewhere, is never reopened from here. Raises `Refused` with what is against
    it, `Conflict` when the role was withdrawn.
    """
    locked = RoleGrant.objects.select_for_update(of=("self",)).select_related("user").get(pk=grant.pk)
    if locked.revoked_at is not None:
        raise Conflict(_("Ce rôle a déjà été retiré."))
    with scope(user=locked.user_id):
        theirs = grants_of(locked.user_id)
    if against := against_reopening(theirs.grants, programme_id=locked.programme_id, by=actor.grants):
        raise Refused(against)
    open_recovery(locked.user, reason=reason, actor=actor)
    record(actor, "role.reopen_access", locked, note=reason.strip())


def what_is_against(grant: RoleGrant, *, coordinators: int) -> str:
    """Give the first sentence against withdrawing a role, empty when there is none."""
    checks = (import_string(path) for path in settings.ROLE_WITHDRAWAL_CHECKS)
    sentences = [
        against_withdrawing(Role(grant.role), coordinators=coordinators),
        *(str(check(grant)) for check in checks),
    ]
    return next((sentence for sentence in sentences if sentence), "")


def resend_invitation(promised: InvitedRole, *, actor: Actor) -> None:
    """Send a new link; the former one stops working. Raises `Conflict` when it was accepted or cancelled."""
    renew_invitation(promised.invitation, actor=actor)


def cancel_invitation(promised: InvitedRole, *, actor: Actor) -> None:
    """Cancel an invitation: its link stops working. Raises `Conflict` when it was accepted meanwhile."""
    revoke_invitation(promised.invitation, actor=actor)


def _must_invite(programme: Programme, role: Role, organisation: Organisation | None, actor: Actor | str) -> None:
    partners = Partnership.objects.filter(programme=programme, until=None).order_by()
    own: frozenset[UUID] = frozenset()
    whole = isinstance(actor, str) or actor.holds_in(Perm.MEMBER_INVITE, programme.pk)
    if not isinstance(actor, str):
        own = frozenset(
            held.organisation_id
            for held, _reach in actor.with_perm(Perm.COLLEAGUE_INVITE)
            if held.programme_id == programme.pk and held.organisation_id
        )
    against = against_inviting(
        role,
        organisation.pk if organisation else None,
        whole_programme=whole,
        own=own,
        partners=frozenset(partners.values_list("organisation_id", flat=True)),
    )
    if against:
        raise Refused(against)


def _held(programme: Programme, user: User, role: Role, organisation: Organisation | None) -> RoleGrant | None:
    held = RoleGrant.objects.filter(
        programme=programme, user=user, role=role, organisation=organisation, revoked_at=None
    )
    return held.first()


def _tell(grant: RoleGrant, kind: str) -> None:
    notify(
        kind,
        to=[grant.user],
        programme_id=grant.programme_id,
        context={
            "programme": grant.programme.name,
            "role": grant.get_role_display(),
            "organisation": grant.organisation.name if grant.organisation else "",
        },
        url=reverse("programmes:programme", args=[grant.programme.slug]),
    )
