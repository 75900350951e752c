"""Pure rules of meetings: what follows what, and the minutes as a document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from django.utils.translation import gettext as _

from sanscouture.core.errors import Conflict, Refused
from sanscouture.documents.rules.content import MONTHS, Block, Bullets, Document, Paragraph, Section
from sanscouture.meetings.enums import MeetingState

MOVES: Mapping[MeetingState, frozenset[MeetingState]] = {
    MeetingState.PLANNED: frozenset({MeetingState.HELD, MeetingState.CANCELLED}),
    MeetingState.HELD: frozenset(),
    MeetingState.CANCELLED: frozenset(),
}
NAMES_ASIDE = "Ce compte rendu ne nomme aucun habitant."


def must_move(state: str, to: MeetingState) -> None:
    """Let a meeting pass from a state to another. Raises Conflict when somebody settled it before."""
    if to not in MOVES[MeetingState(state)]:
        raise Conflict(_("Cette réunion est déjà notée « %(state)s ».") % {"state": MeetingState(state).label})


def must_be_open(state: str) -> None:
    """Let something be decided: only while the meeting is planned. Raises Conflict once it is held or cancelled."""
    if state != MeetingState.PLANNED:
        raise Conflict(
            _("Cette réunion est notée « %(state)s » : plus rien ne s’y décide.") % {"state": MeetingState(state).label}
        )


def must_have_come(held_on: date, *, today: date) -> None:
    """Let a meeting be noted as held: not before its day. Raises Refused."""
    if held_on > today:
        raise Refused(_("Cette réunion n’a pas encore eu lieu."))


def names_of(text: str) -> list[str]:
    """Give the names written one by line, each once.

    >>> names_of(" Awa Fictif \\n\\nAwa Fictif\\nThéo Fictif")
    ['Awa Fictif', 'Théo Fictif']
    """
    return list(dict.fromkeys(name[:160] for line in text.splitlines() if (name := " ".join(line.split()))))


def french_day(day: date) -> str:
    """Say a day in a French document.

    >>> french_day(date(2026, 3, 1))
    '1er mars 2026'
    """
    return f"{'1er' if day.day == 1 else day.day} {MONTHS[day.month - 1]} {day.year}"


def minutes(
    *,
    programme: str,
    body: str,
    held_on: date,
    place: str,
    agenda: str,
    text: str,
    present: Sequence[str],
    decisions: Sequence[str],
    more: Sequence[Section] = (),
) -> Document:
    """Give the minutes of a meeting as a document (chapter 02).

    `more`: sections that only those entitled to names receive; without them the document says that it names nobody.
    French documents are not translated (ADR 0014).
    """
    where = f", {place}" if place else ""
    sections = (
        Section("Ordre du jour", _lines(agenda) or (Paragraph("Aucun ordre du jour n’a été écrit."),)),
        Section("Personnes présentes", (_listed(present, "Personne n’a encore été noté."),)),
        Section("Ce qui s’est dit", _lines(text) or (Paragraph("Rien n’a été écrit."),)),
        Section("Décisions", (_listed(decisions, "Aucune décision."),)),
        *(more or (Section("Noms", (Paragraph(NAMES_ASIDE),)),)),
    )
    return Document(f"Compte rendu – {body}", f"Réunion du {french_day(held_on)}{where}", programme, sections)


def _listed(items: Sequence[str], nothing: str) -> Block:
    return Bullets(tuple(items)) if items else Paragraph(nothing)


def _lines(text: str) -> tuple[Block, ...]:
    return tuple(Paragraph(line.strip()) for line in text.splitlines() if line.strip())
