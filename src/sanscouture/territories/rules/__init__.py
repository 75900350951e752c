"""Pure rules of places: search keys, outlines and, above all, the three-valued answer to « is this in a QPV? »."""

from sanscouture.territories.rules.answers import (
    MARGIN_M,
    SCORE_ENOUGH,
    GeocodedAddress,
    QpvAnswer,
    point_shown,
    said_distance,
)
from sanscouture.territories.rules.names import search_key
from sanscouture.territories.rules.outlines import draw_indicative, measure_outline

__all__ = [
    "MARGIN_M",
    "SCORE_ENOUGH",
    "GeocodedAddress",
    "QpvAnswer",
    "draw_indicative",
    "measure_outline",
    "point_shown",
    "said_distance",
    "search_key",
]
