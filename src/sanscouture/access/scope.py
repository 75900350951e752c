"""The row-level scope of a transaction: which programmes, which names, which account (chapter 08).

The database refuses every row of a programme outside the scope; without a scope there is no row at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction

from sanscouture.access.actor import Actor


@dataclass(frozen=True)
class RowScope:
    programmes: frozenset[UUID] = frozenset()
    named: frozenset[UUID] = frozenset()
    user: UUID | None = None


_current: ContextVar[RowScope | None] = ContextVar("row_scope", default=None)


@contextmanager
def scope(
    *, programmes: Iterable[UUID] = (), named: Iterable[UUID] = (), user: UUID | None = None, whole: bool = False
) -> Iterator[None]:
    """Open a transaction (or a savepoint) whose rows are those of these programmes, these names, this account.

    Nested scopes replace the outer one until they end. Leaving by an exception rolls back, scope included: to the
    savepoint, or, with `whole`, all that the transaction did.
    """
    inner = RowScope(frozenset(programmes), frozenset(named), user)
    outer = _current.get()
    with transaction.atomic(savepoint=not whole):
        _apply(inner)
        token = _current.set(inner)
        try:
            yield
        finally:
            _current.reset(token)
        if outer is not None:
            _apply(outer)


@contextmanager
def scope_of(actor: Actor, *, whole: bool = False) -> Iterator[None]:
    """Open the scope that an actor's grants give."""
    with scope(programmes=actor.programmes, named=actor.named, user=actor.user_id, whole=whole):
        yield


def _apply(scope: RowScope) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('sanscouture.scope_programmes', %s, true),"
            " set_config('sanscouture.scope_named', %s, true),"
            " set_config('sanscouture.scope_user', %s, true)",
            [_array(scope.programmes), _array(scope.named), str(scope.user or "")],
        )


def _array(ids: Iterable[UUID]) -> str:
    return f"{{{','.join(sorted(map(str, ids)))}}}"
