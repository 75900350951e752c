"""Restricting a record whose pathway somebody answers for: the referent always is one of its readers."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from sanscouture.access.actor import Actor
from sanscouture.accounts.models import User
from sanscouture.core.errors import Refused
from sanscouture.core.verbs import verb
from sanscouture.pathways.models import Referent
from sanscouture.people.enums import RestrictionReason
from sanscouture.people.models import Beneficiary, Reader, Restriction
from sanscouture.people.services import remove_reader, restrict


@verb
def restrict_record(
    beneficiary: Beneficiary, *, reason: RestrictionReason, readers: Iterable[User] = (), actor: Actor
) -> Restriction:
    """Keep a record for named readers; see `restrict`.

    Rule: whoever answers for the pathway sees it (chapter 02). Raises Refused when the referent is not among the
    readers.
    """
    named = list(readers)
    referent = _referent_of(beneficiary)
    if referent is not None and referent.pk not in {actor.user_id, *(user.pk for user in named)}:
        raise Refused(
            _("%(name)s répond du parcours\u00a0: gardez cette personne parmi les lecteurs, ou changez de référent.")
            % {"name": referent.full_name}
        )
    return restrict(beneficiary, reason=reason, readers=named, actor=actor)


@verb
def take_reader_off(reader: Reader, *, actor: Actor) -> Reader:
    """Let somebody read a restricted record no longer; see `remove_reader`. Raises Refused for the referent."""
    referent = _referent_of(reader.restriction.beneficiary)
    if referent is not None and referent.pk == reader.user_id:
        raise Refused(
            _("%(name)s répond du parcours\u00a0: confiez-le d’abord à un autre lecteur.")
            % {"name": referent.full_name}
        )
    return remove_reader(reader, actor=actor)


def _referent_of(beneficiary: Beneficiary) -> User | None:
    live = Referent.objects.get_queryset().filter(pathway__beneficiary=beneficiary, pathway__closed_on=None, until=None)
    found = live.select_related("user").first()
    return found.user if found else None
