"""What menus, tabs and breadcrumbs are made of."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Item:
    """One way to go. `count` shows beside the label when it is not None."""

    label: str
    href: str
    current: bool = False
    count: int | None = None
