"""Who acts: an account and the roles it holds, each in its scope. Built once per request, passed explicitly."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from uuid import UUID

from sanscouture.access.enums import Perm, Reach, Role
from sanscouture.access.matrix import MATRIX, reaches_names


@dataclass(frozen=True)
class Grant:
    """A role held in a scope. `programme_id` is None for the nation, `organisation_id` None for the whole programme."""

    role: Role
    programme_id: UUID | None = None
    organisation_id: UUID | None = None

    def reach(self, perm: Perm) -> Reach | None:
        """How far this grant carries a permission, or None where the matrix is silent."""
        return MATRIX[self.role].get(perm)


@dataclass(frozen=True)
class Actor:
    """An account with its grants, and the two row-level scopes they open (chapter 08)."""

    user_id: UUID
    grants: tuple[Grant, ...] = ()
    programmes: frozenset[UUID] = frozenset()
    """Programmes whose figures, plan and meetings this actor may reach."""
    named: frozenset[UUID] = frozenset()
    """Programmes whose people this actor may reach."""

    @classmethod
    def build(
        cls,
        user_id: UUID,
        grants: tuple[Grant, ...],
        *,
        open_names: frozenset[UUID] = frozenset(),
        nation: frozenset[UUID] = frozenset(),
    ) -> Actor:
        """Compute the row-level scopes.

        `open_names`: programmes whose agreement is recorded. `nation`: every programme, read only for a national role.
        """
        local = frozenset(grant.programme_id for grant in grants if grant.programme_id is not None)
        national = any(grant.programme_id is None for grant in grants)
        named = frozenset(
            grant.programme_id
            for grant in grants
            if grant.programme_id is not None and grant.programme_id in open_names and reaches_names(grant.role)
        )
        return cls(user_id, grants, local | nation if national else local, named)

    @property
    def reaches_names(self) -> bool:
        """Whether a role of this actor may enter the named tables of a programme."""
        return any(reaches_names(grant.role) for grant in self.grants)

    def without_names(self) -> Actor:
        """The same actor, to whom the database gives no named row."""
        return replace(self, named=frozenset())

    def with_perm(self, perm: Perm) -> Iterator[tuple[Grant, Reach]]:
        """Each grant that carries a permission, with its reach."""
        for grant in self.grants:
            if (reach := grant.reach(perm)) is not None:
                yield grant, reach

    def holds(self, perm: Perm) -> bool:
        """Say whether a permission is held in any scope at all."""
        return any(True for _ in self.with_perm(perm))

    def holds_in(self, perm: Perm, programme_id: UUID) -> bool:
        """Say whether a permission is held in this programme, at any reach."""
        return any(grant.programme_id in (None, programme_id) for grant, _ in self.with_perm(perm))

    def organisations(self, programme_id: UUID | None = None) -> frozenset[UUID]:
        """Organisations this actor belongs to, in one programme or in all."""
        return frozenset(
            grant.organisation_id
            for grant in self.grants
            if grant.organisation_id is not None and programme_id in (None, grant.programme_id)
        )
