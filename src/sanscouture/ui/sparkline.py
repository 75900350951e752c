"""A trend in the space of a word."""

from __future__ import annotations

from collections.abc import Sequence

WIDTH, HEIGHT, MARGIN = 96, 24, 3


def points(values: Sequence[float]) -> str:
    """The `points` of an SVG polyline in a box of 96 × 24 units, oldest value on the left."""
    low, high = min(values), max(values)
    spread = (high - low) or 1
    step = (WIDTH - 2 * MARGIN) / max(1, len(values) - 1)
    return " ".join(
        f"{MARGIN + index * step:.1f},{HEIGHT - MARGIN - (value - low) / spread * (HEIGHT - 2 * MARGIN):.1f}"
        for index, value in enumerate(values)
    )
