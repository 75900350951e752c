"""Whom a note is for: what its writer may choose, and what is proposed first (chapter 02)."""

from __future__ import annotations

from sanscouture.partners.enums import OrganisationKind as Kind
from sanscouture.partners.rules import is_sensitive
from sanscouture.pathways.enums import NoteReaders
from sanscouture.people.enums import InvolvementKind

SECRECY = frozenset(
    {Kind.ARS, Kind.CASF_BODY, Kind.CCAS, Kind.DEPARTMENT, Kind.DEPARTMENT_DELEGATE, Kind.DEPARTMENT_SOCIAL}
)
"""Kinds bound by professional secrecy, beside those whose mere name reveals something."""

ACCOMPANY = frozenset({InvolvementKind.CAPTURED, InvolvementKind.REFERENT, InvolvementKind.CONTRIBUTOR})
"""Titles at which an organisation accompanies a person; one that only receives a referral does not."""


def choices(kind: str | None) -> list[NoteReaders]:
    """Whom a writer may choose. `kind`: that of their organisation; None for the programme's own team."""
    return [one for one in NoteReaders if kind is not None or one is not NoteReaders.ORGANISATION]


def proposed(kind: str | None) -> NoteReaders:
    """Whom a new note is for unless its writer says otherwise.

    Rule: a CCAS, a département and the field of health keep a note to its writer; other organisations share it with
    those who accompany the person, the programme's own team with the whole team (chapter 02).
    """
    if kind is None:
        return NoteReaders.TEAM
    return NoteReaders.ME if kind in SECRECY or is_sensitive(kind) else NoteReaders.SUPPORT
