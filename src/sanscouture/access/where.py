"""Where a row belongs: the one line of a model from which `visible_to` and `can` are both derived."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from django.db.models import Q

from sanscouture.access.actor import Actor
from sanscouture.access.enums import Perm, Reach

NOTHING = Q(pk__in=())


class Kind(StrEnum):
    """Which row-level policy guards the table (chapter 08)."""

    PUBLIC = "public"
    """Reference data: no programme; every reader who holds the permission sees all of it."""
    PROGRAMME = "programme"
    """Figures, plan, money, meetings of one programme."""
    OPEN = "open"
    """Belongs to a programme that alone writes it, and everybody may read it (perimeter)."""
    NAMED = "named"
    """People and all that hangs on them."""
    OWN = "own"
    """Belongs to one account, inside a programme (its grants, its notices)."""
    JOURNAL = "journal"
    """Read inside its programme, added inside it or outside any, never changed (journal)."""
    MESSAGE = "message"
    """Belongs to one programme, or to none (an account's own mail)."""
    ROOT = "root"
    """The programme itself: its name is public, its working pages are not."""
    SYSTEM = "system"
    """Machinery, never fetched for an actor."""


@dataclass(frozen=True)
class Where:
    """How far each reach sees in a model.

    `by_programme` narrows what a programme-wide reader sees (a person whose basis has ended, say). A reach whose
    function is missing sees nothing: closed by default. `kept_from` tells the rows that an account never sees, whatever
    its roles (a record restricted to named readers).
    """

    kind: Kind
    programme: str = "programme_id"
    by_programme: Callable[[], Q] = Q
    by_organisation: Callable[[Collection[UUID]], Q] | None = None
    by_user: Callable[[UUID], Q] | None = None
    kept_from: Callable[[UUID], Q] | None = None

    def visible(self, actor: Actor, perm: Perm) -> Q:
        """The condition on rows that an actor may touch with a permission."""
        reached = self._reached(actor, perm)
        return reached & ~self.kept_from(actor.user_id) if self.kept_from else reached

    def _reached(self, actor: Actor, perm: Perm) -> Q:
        visible = NOTHING
        for grant, reach in actor.with_perm(perm):
            if self.kind is Kind.PUBLIC or reach is Reach.NATION:
                return Q()
            if self.kind is Kind.ROOT:
                visible |= Q(pk=grant.programme_id)
                continue
            inside = Q(**{self.programme: grant.programme_id})
            match reach:
                case Reach.PROGRAMME:
                    visible |= inside & self.by_programme()
                case Reach.ORGANISATION if self.by_organisation and grant.organisation_id:
                    visible |= inside & self.by_organisation((grant.organisation_id,))
                case Reach.OWN if self.by_user:
                    visible |= inside & self.by_user(actor.user_id)
        return visible


PUBLIC = Where(Kind.PUBLIC)
ROOT = Where(Kind.ROOT)
SYSTEM = Where(Kind.SYSTEM)
