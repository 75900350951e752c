"""What leaves of the list of people: the rows of the page and what each shows, no more."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from sanscouture.access.actor import Actor
from sanscouture.access.readonly import reading_only
from sanscouture.access.scope import scope_of
from sanscouture.core import clock
from sanscouture.core.sheets import Cell, Row
from sanscouture.pathways.enums import ExportColumn
from sanscouture.people.models import Beneficiary
from sanscouture.people.rules import Sharing, sharing

BATCH = 500
"""Rows that are in memory at once."""


def people_sheet(
    found: QuerySet[Beneficiary], columns: Sequence[ExportColumn], *, actor: Actor
) -> Generator[Row, None, None]:
    """Give the heading then a row for each person of a list made by `people_of`, in its order, a few at a time.

    Rule: a cell says what the page says, in the reader's language. The rows are read when they leave, after the
    transaction of the request: in a scope of their own, where nothing can be written (chapter 08).
    """
    heading: Row = [str(column.label) for column in columns]
    words = {**_sharing_words(), "meeting": _("Rendez-vous")}
    return _streamed(heading, found, [CELLS[column] for column in columns], words, actor)


def _streamed(
    heading: Row, found: QuerySet[Beneficiary], cells: Sequence[Telling], words: Mapping[str, str], actor: Actor
) -> Generator[Row, None, None]:
    yield heading
    today = clock.today()
    with scope_of(actor), reading_only():
        for person in found.iterator(chunk_size=BATCH):
            yield [cell(person, words, today) for cell in cells]


def _sharing_words() -> dict[str, str]:
    """The words of the page's badge: a record that was never shared and one whose basis ended say the same."""
    closed = _("non informée")
    return {
        Sharing.HELD.value: _("possible"),
        Sharing.EXPIRING.value: _("expire bientôt"),
        Sharing.NEVER.value: closed,
        Sharing.ENDED.value: closed,
    }


Telling = Callable[[Any, Mapping[str, str], date], Cell]
CELLS: dict[ExportColumn, Telling] = {
    ExportColumn.LAST_NAME: lambda person, words, today: person.last_name,
    ExportColumn.FIRST_NAME: lambda person, words, today: person.first_name,
    ExportColumn.QUARTER: lambda person, words, today: person.qpv.name if person.qpv else None,
    ExportColumn.REFERENT: lambda person, words, today: " ".join(
        filter(None, (person.referent_first, person.referent_last))
    ),
    ExportColumn.NEEDS: lambda person, words, today: person.open_needs,
    ExportColumn.NEXT: lambda person, words, today: (
        words["meeting"] if person.meets_next else person.next_step if person.next_on else None
    ),
    ExportColumn.NEXT_ON: lambda person, words, today: person.next_on,
    ExportColumn.LEFT_ON: lambda person, words, today: None if person.next_on else person.left_on,
    ExportColumn.SHARING: lambda person, words, today: words[sharing(person.shared_until, today=today).value],
}
