"""Figures as a table whose cells may hold a bar: the chart and its table are one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Bars:
    """Heads, the first of them that of the names; then rows of a name and of (words, width) pairs.

    A width goes from 0, no bar at all, to 100.
    """

    caption: str
    head: Sequence[str]
    rows: Sequence[tuple[str, Sequence[tuple[str, int]]]]

    @property
    def lines(self) -> list[tuple[str, list[tuple[str, str, int]]]]:
        """Rows whose every cell comes with the head of its column: on a phone a row is read as a card."""
        heads = self.head[1:]
        return [
            (name, [(head, text, width) for head, (text, width) in zip(heads, cells, strict=True)])
            for name, cells in self.rows
        ]
