"""Who takes part in a programme: partners, the project team, co-pilots; each from a date to a date."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TypeVar

from django.utils.translation import gettext as _

from sanscouture.access.actor import Actor
from sanscouture.accounts.models import User
from sanscouture.audit.services import record
from sanscouture.core import clock
from sanscouture.core.errors import Conflict, Refused
from sanscouture.core.verbs import verb
from sanscouture.partners.models import Organisation
from sanscouture.programmes.models import CoPilot, Partnership, Programme, TeamMember

Dated = TypeVar("Dated", Partnership, TeamMember, CoPilot)


@verb
def add_partner(
    programme: Programme,
    *,
    organisation: Organisation,
    role: str = "",
    contribution: str = "",
    referent: User | None = None,
    since: date | None = None,
    actor: Actor | str,
) -> Partnership:
    """Open a partnership, from today unless told. Raises `Conflict` when the organisation is a partner already."""
    if _open(Partnership, programme, organisation):
        raise Conflict(_("Cette structure est déjà partenaire du programme."))
    made = Partnership.objects.create(
        programme=programme,
        organisation=organisation,
        role=role,
        contribution=contribution,
        referent=referent,
        since=since or clock.today(),
    )
    record(actor, "partnership.add", made)
    return made


@verb
def edit_partnership(
    partnership: Partnership,
    *,
    role: str,
    contribution: str,
    referent: User | None,
    since: date | None,
    actor: Actor | str,
) -> Partnership:
    """Change what a partnership says. Raises `Refused` when it would end before it begins."""
    locked = Partnership.objects.select_for_update().get(pk=partnership.pk)
    _must_follow(since, locked.until)
    locked.role, locked.contribution, locked.referent, locked.since = role, contribution, referent, since
    locked.save(update_fields=["role", "contribution", "referent", "since"])
    record(actor, "partnership.edit", locked)
    return locked


def end_partnership(partnership: Partnership, *, until: date | None = None, actor: Actor | str) -> Partnership:
    """End a partnership, today unless told. Accounts keep their roles until these are withdrawn.

    Raises `Conflict` when it has ended already, `Refused` when it would end before it begins.
    """
    return _end(partnership, "partnership.end", until, actor)


@verb
def reopen_partnership(partnership: Partnership, *, actor: Actor | str) -> Partnership:
    """Undo the end of a partnership. Raises `Conflict` when the organisation is a partner again already."""
    locked = Partnership.objects.select_for_update().get(pk=partnership.pk)
    if locked.until is None:
        return locked
    if _open(Partnership, locked.programme, locked.organisation):
        raise Conflict(_("Cette structure est déjà partenaire du programme."))
    locked.until = None
    locked.save(update_fields=["until"])
    record(actor, "partnership.reopen", locked)
    return locked


@verb
def add_team_member(
    programme: Programme,
    *,
    first_name: str,
    last_name: str,
    function: str,
    employer: Organisation | None = None,
    user: User | None = None,
    share: Decimal | None = None,
    since: date | None = None,
    actor: Actor | str,
) -> TeamMember:
    """Write somebody in the project team; `share` is the part of a full-time post, from 0.01 to 1."""
    made = TeamMember.objects.create(
        programme=programme,
        first_name=first_name,
        last_name=last_name,
        function=function,
        employer=employer,
        user=user,
        share=share,
        since=since or clock.today(),
    )
    record(actor, "team.add", made)
    return made


def end_team_member(member: TeamMember, *, until: date | None = None, actor: Actor | str) -> TeamMember:
    """Write that somebody left the project team, today unless told. Raises as `end_partnership`."""
    return _end(member, "team.end", until, actor)


@verb
def add_copilot(
    programme: Programme, *, organisation: Organisation, since: date | None = None, actor: Actor | str
) -> CoPilot:
    """Open a co-piloting, from today unless told. Raises `Conflict` when the organisation co-pilots already."""
    if _open(CoPilot, programme, organisation):
        raise Conflict(_("Cette structure copilote déjà le programme."))
    made = CoPilot.objects.create(programme=programme, organisation=organisation, since=since or clock.today())
    record(actor, "copilot.add", made)
    return made


def end_copilot(copilot: CoPilot, *, until: date | None = None, actor: Actor | str) -> CoPilot:
    """End a co-piloting, today unless told. Raises as `end_partnership`."""
    return _end(copilot, "copilot.end", until, actor)


def _open(model: type[Partnership] | type[CoPilot], programme: Programme, organisation: Organisation) -> bool:
    return model.objects.filter(programme=programme, organisation=organisation, until=None).exists()


def _must_follow(since: date | None, until: date | None) -> None:
    if since and until and until < since:
        raise Refused(_("La fin vient avant le début."))


@verb
def _end(row: Dated, verb: str, until: date | None, actor: Actor | str) -> Dated:
    locked: Dated = type(row).objects.select_for_update().get(pk=row.pk)
    if locked.until is not None:
        raise Conflict(_("C’est déjà terminé."))
    last = until or clock.today()
    _must_follow(locked.since, last)
    locked.until = last
    locked.save(update_fields=["until"])
    record(actor, verb, locked)
    return locked
