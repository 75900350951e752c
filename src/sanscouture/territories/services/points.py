"""Degrees as people's tables hold them: read many at once where they are plain, one by one with a reason where not."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from django.utils.translation import gettext as _

from sanscouture.territories.rules.verdicts import Bools, Floats

LARGEST_DEGREE = 180
FRANCE = (
    *((-5.5, 41.0, 9.8, 51.5), (-63.2, 14.3, -60.7, 18.2), (-54.7, 2.0, -51.5, 6.0), (55.1, -21.5, 55.9, -20.8)),
    *(
        (44.9, -13.1, 45.4, -12.5),
        (-56.6, 46.6, -56.0, 47.2),
        (163.0, -23.0, 169.0, -19.0),
        (-155.0, -28.0, -134.0, -7.0),
    ),
)
"""Boxes (west, south, east, north, degrees): mainland, Antilles, Guyane, La Réunion, Mayotte, Saint-Pierre,
Nouvelle-Calédonie, Polynésie."""
NUMBER = re.compile(r"[+-]?\d+(\.\d*)?([eE][+-]?\d+)?")
TRIMMED = str.maketrans({"\u00a0": None, "\u202f": None, " ": None, "'": None, "’": None, ",": ".", "°": None})


class Unreadable(Exception):
    """A row whose place cannot be read; the sentence says why."""


def read_points(rows: Sequence[Sequence[str]], lat_rank: int, lon_rank: int) -> tuple[Floats, Floats, dict[int, str]]:
    """Give the longitude and latitude (degrees) of each row, NaN where they cannot be read, and why, by row.

    Plain numbers in France are read together; every other row is read by `read_point`, as if it were alone.
    """
    lons, lats = _plain(rows, lon_rank), _plain(rows, lat_rank)
    problems: dict[int, str] = {}
    for row in np.flatnonzero(~_in_france(lons, lats)).tolist():
        try:
            lons[row], lats[row] = read_point(rows[row], lat_rank, lon_rank)
        except Unreadable as error:
            lons[row] = lats[row] = np.nan
            problems[row] = str(error)
    return lons, lats, problems


def read_point(cells: Sequence[str], lat_rank: int, lon_rank: int) -> tuple[float, float]:
    """Give the longitude and latitude (degrees) of one row. Raises Unreadable with the reason."""
    if len(cells) <= max(lat_rank, lon_rank):
        raise Unreadable(_("La ligne est trop courte\u00a0: la latitude ou la longitude manque."))
    lat, lon = degrees(cells[lat_rank]), degrees(cells[lon_rank])
    must_be_in_france(lat, lon)
    return lon, lat


def degrees(text: str) -> float:
    """Read degrees as spreadsheets write them: decimal comma, spaces, apostrophe, scientific notation.

    Raises Unreadable with the reason.
    """
    try:
        if text.isascii() and "_" not in text and abs(value := float(text)) <= LARGEST_DEGREE:
            return value
    except ValueError:
        pass
    written = text.translate(TRIMMED).strip()
    if not written:
        raise Unreadable(_("La latitude ou la longitude est vide."))
    if not NUMBER.fullmatch(written):
        raise Unreadable(_("«\u00a0%(value)s\u00a0» n’est pas un nombre de degrés.") % {"value": text.strip()[:40]})
    value = float(written)
    if abs(value) > LARGEST_DEGREE:
        raise Unreadable(
            _("«\u00a0%(value)s\u00a0» dépasse 180 degrés\u00a0: la virgule a sans doute été perdue.")
            % {"value": text.strip()[:40]}
        )
    return value


def must_be_in_france(lat: float, lon: float) -> None:
    """Refuse a point (degrees) that no French territory is near. Raises Unreadable, naming a likely exchange."""
    here, exchanged = _in_france(np.array([lon, lat]), np.array([lat, lon]))
    if here:
        return
    if exchanged:
        raise Unreadable(_("La latitude et la longitude semblent échangées."))
    raise Unreadable(_("Ce point n’est pas en France."))


def _plain(rows: Sequence[Sequence[str]], rank: int) -> Floats:
    """Read a column at once; NaN where a cell is missing or is no plain number."""
    texts = [cells[rank] if rank < len(cells) else "" for cells in rows]
    try:
        values = np.array(list(map(float, texts)), dtype=np.float64)
    except ValueError:
        values = np.array([_number(text) for text in texts], dtype=np.float64)
    if not (whole := "".join(texts)).isascii() or "_" in whole:
        values[[not text.isascii() or "_" in text for text in texts]] = np.nan
    return values


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        written = text.translate(TRIMMED).strip()
        return float(written) if NUMBER.fullmatch(written) else np.nan


def _in_france(lons: Floats, lats: Floats) -> Bools:
    inside = np.zeros(len(lons), dtype=np.bool_)
    for west, south, east, north in FRANCE:
        inside |= (west <= lons) & (lons <= east) & (south <= lats) & (lats <= north)
    return inside
