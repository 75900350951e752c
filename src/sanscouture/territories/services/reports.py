"""What an import gave: told to whoever ran it, and kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sanscouture.territories.enums import Dataset
from sanscouture.territories.models import ReferenceImport


@dataclass
class Report:
    """What one file gave: counts, and a reason for each refused row."""

    dataset: Dataset
    source: str
    read: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refusals: list[tuple[int, str]] = field(default_factory=list)

    @property
    def changed(self) -> bool:
        return bool(self.created or self.updated)

    def as_json(self) -> dict[str, Any]:
        """Give the report as plain values."""
        return {
            "dataset": self.dataset.value,
            "file": self.source,
            "read": self.read,
            "created": self.created,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "refused": len(self.refusals),
            "refusals": [{"row": line, "reason": reason} for line, reason in self.refusals],
        }


def remember(report: Report, checksum: str) -> None:
    """Keep a line about an import, unless the very same content had been loaded and nothing moved.

    `checksum` is the SHA-256 of what was read.
    """
    loaded = ReferenceImport.objects.filter(dataset=report.dataset, source=report.source, checksum=checksum)
    if not report.changed and loaded.exists():
        return
    ReferenceImport.objects.create(
        dataset=report.dataset,
        source=report.source,
        checksum=checksum,
        read=report.read,
        created=report.created,
        updated=report.updated,
        unchanged=report.unchanged,
        refused=len(report.refusals),
    )
