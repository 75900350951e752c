"""What an import says of itself: rows read = rows imported + rows refused, each refusal with its sentence."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from sanscouture.core.errors import Refused

MOST_REFUSED = 100_000
"""Past so many unreadable rows, the file is another one than was meant: nothing of it is kept."""


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One remark on one row: refused, or kept with a reserve."""

    row: int
    id: str
    field: str
    sentence: str
    kept: bool = False


@dataclass(slots=True)
class ImportReport:
    """The outcome of one file."""

    file: str
    read: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    structures: int = 0
    services: int = 0
    refused: int = 0
    deactivated: int = 0
    lines: list[ReportLine] = field(default_factory=list)

    @property
    def imported(self) -> int:
        return self.created + self.updated + self.unchanged

    @property
    def flagged(self) -> int:
        """Rows kept with a reserve."""
        return len({line.row for line in self.lines if line.kept})

    def refuse(self, row: int, identifier: str, reasons: list[tuple[str, str]]) -> None:
        """Count a row out, with each reason (field, sentence)."""
        self.refused += 1
        self.lines += [ReportLine(row, identifier, name, sentence) for name, sentence in reasons]
        if self.refused > MOST_REFUSED:
            raise Refused(
                _("%(file)s a plus de %(count)d lignes illisibles : est-ce le bon fichier ? Rien n’a été importé.")
                % {"file": self.file, "count": MOST_REFUSED}
            )

    def flag(self, row: int, identifier: str, reserves: list[tuple[str, str]]) -> None:
        """Keep a row, and say what was left out of it."""
        self.lines += [ReportLine(row, identifier, name, sentence, kept=True) for name, sentence in reserves]

    def as_dict(self) -> dict[str, Any]:
        """Give the report as a machine reads it."""
        return {
            "file": self.file,
            "read": self.read,
            "imported": self.imported,
            "refused": self.refused,
            "created": self.created,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "structures": self.structures,
            "services": self.services,
            "deactivated": self.deactivated,
            "flagged": self.flagged,
            "rows": [
                {
                    "row": line.row,
                    "id": line.id,
                    "field": line.field,
                    "sentence": line.sentence,
                    "outcome": "kept" if line.kept else "refused",
                }
                for line in sorted(self.lines, key=lambda line: (line.row, line.field))
            ],
        }
