"""How a version of the agreement moves: prepared, signed, withdrawn, replaced."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from sanscouture.core.errors import Conflict
from sanscouture.programmes.enums import VersionState

MOVES: Mapping[VersionState, frozenset[VersionState]] = {
    VersionState.PREPARED: frozenset({VersionState.SIGNED}),
    VersionState.SIGNED: frozenset({VersionState.WITHDRAWN, VersionState.REPLACED}),
    VersionState.WITHDRAWN: frozenset({VersionState.SIGNED}),
    VersionState.REPLACED: frozenset(),
}
"""From each state, where a version may go. What was withdrawn may be recorded again: it undoes the withdrawal."""


def must_move(state: str, to: VersionState) -> None:
    """Let a version go from a state to another; raise `Conflict` with what it is now when it may not."""
    now = VersionState(state)
    if to not in MOVES[now]:
        raise Conflict(_("Cette version est déjà %(state)s.") % {"state": now.label})
