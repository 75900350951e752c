"""Keeping a record for named readers, and opening it again."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.utils.translation import gettext as _

from sanscouture.access.actor import Actor
from sanscouture.accounts.models import User
from sanscouture.audit.services import record
from sanscouture.core import clock
from sanscouture.core.errors import Conflict, Refused
from sanscouture.core.verbs import verb
from sanscouture.people.enums import RestrictionReason
from sanscouture.people.models import Beneficiary, Reader, Restriction
from sanscouture.people.selectors import among_readers, nameable_readers


@verb
def restrict(
    beneficiary: Beneficiary, *, reason: RestrictionReason, readers: Iterable[User] = (), actor: Actor
) -> Restriction:
    """Keep a record for named readers, from now: whoever decides it, and those they name.

    Rule: for anybody else the record no longer exists, in any page, list, search, message or answer on close records
    (chapter 02). Raises Refused when the role of somebody named reads nobody, Conflict when it was already kept.
    """
    saved = Beneficiary.objects.get_queryset().select_for_update().get(pk=beneficiary.pk)
    if Restriction.objects.get_queryset().filter(beneficiary=saved, lifted_at=None).exists():
        raise Conflict(_("Cette fiche est déjà réservée."))
    named = {user.pk: user for user in readers if user.pk != actor.user_id}
    _must_be_nameable(saved, named.values())
    restriction = Restriction.objects.create(
        programme_id=saved.programme_id,
        beneficiary=saved,
        reason=reason,
        since=clock.now(),
        restricted_by_id=actor.user_id,
    )
    for user_id in (actor.user_id, *named):
        _name(restriction, user_id, actor)
    record(actor, "restriction.begin", restriction)
    return restriction


@verb
def name_reader(restriction: Restriction, *, user: User, actor: Actor) -> Reader:
    """Name one more reader of a restricted record.

    Rule: being named opens nothing that a role or a basis closes; somebody who does not follow the person yet sees what
    is handed over to them. Raises Refused when their role reads nobody, Conflict when they already are or the
    record is open again.
    """
    live = _locked(restriction)
    if live.readers.filter(user=user, until=None).exists():
        raise Conflict(_("%(name)s est déjà parmi les lecteurs.") % {"name": user.full_name})
    _must_be_nameable(live.beneficiary, [user])
    reader = _name(live, user.pk, actor)
    record(actor, "reader.name", reader)
    return reader


@verb
def remove_reader(reader: Reader, *, actor: Actor) -> Reader:
    """Let somebody read a restricted record no longer.

    Raises Refused for the last reader, without whom nobody would ever find the record again; Conflict when they
    already were removed.
    """
    live = _locked(reader.restriction)
    row = Reader.objects.get_queryset().select_related("user").get(pk=reader.pk)
    if row.until is not None:
        raise Conflict(_("%(name)s ne fait déjà plus partie des lecteurs.") % {"name": row.user.full_name})
    if live.readers.filter(until=None).count() == 1:
        raise Refused(_("C’est le dernier lecteur : nommez-en un autre d’abord, ou levez la réserve."))
    row.until = clock.now()
    row.save(update_fields=["until"])
    record(actor, "reader.remove", row)
    return row


@verb
def lift(restriction: Restriction, *, actor: Actor) -> Restriction:
    """Open a restricted record again to whoever its basis and their role allow. Raises Conflict when it is open."""
    live = _locked(restriction)
    live.lifted_at, live.lifted_by_id = clock.now(), actor.user_id
    live.save(update_fields=["lifted_at", "lifted_by"])
    record(actor, "restriction.lift", live)
    return live


def _locked(restriction: Restriction) -> Restriction:
    """The restriction, if it still holds; one act on it at a time."""
    locked = Restriction.objects.get_queryset().select_for_update(of=("self",)).select_related("beneficiary")
    live = locked.get(pk=restriction.pk)
    if live.lifted_at is not None:
        raise Conflict(_("La réserve a déjà été levée : la fiche est ouverte de nouveau."))
    return live


def _name(restriction: Restriction, user_id: UUID, actor: Actor) -> Reader:
    return Reader.objects.create(
        programme_id=restriction.programme_id,
        restriction=restriction,
        user_id=user_id,
        since=clock.now(),
        named_by_id=actor.user_id,
    )


def _must_be_nameable(beneficiary: Beneficiary, users: Iterable[User]) -> None:
    """Naming somebody whose role reads no record would only mislead."""
    nameable = {one.pk for one in nameable_readers(beneficiary.programme_id)}
    for user in users:
        if user.pk not in nameable:
            raise Refused(_("Le rôle de %(name)s dans ce programme ne lit aucune fiche.") % {"name": user.full_name})


def must_read(user: User, beneficiary_id: UUID) -> None:
    """Refuse to entrust anything about a restricted record to somebody for whom it does not exist."""
    if not among_readers([user], beneficiary_id):
        raise Refused(
            _("Cette fiche est réservée\u00a0: nommez d’abord %(name)s parmi ses lecteurs.") % {"name": user.full_name}
        )
