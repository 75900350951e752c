"""« Is this in a QPV? »: one three-valued rule for many places at once; one place is an array of one (chapter 02)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from typing import Any, NamedTuple, Self

import numpy as np
from django.utils.translation import gettext_lazy as _
from numpy.typing import NDArray

from sanscouture.territories.enums import Answer
from sanscouture.territories.rules.answers import (
    MARGIN_M,
    SCORE_ENOUGH,
    GeocodedAddress,
    QpvAnswer,
    distance_step,
    said_step,
)

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[Any]

OFFICIAL_PRECISION_M = 11.0
"""Outlines published with 4 decimals of a degree: nearer than this to the line, nobody can tell the side."""
INDICATIVE_PRECISION_M = 150.0
"""An indicative outline is drawn around an approximate centre."""
NONE = -1
ANSWERS = (Answer.INSIDE, Answer.OUTSIDE, Answer.UNDETERMINED)
GAP = "\ue000"
"""Where a distance goes in a sentence; no text of ours or of the State holds this character."""


class Reason(IntEnum):
    """Why an answer is what it is, in the order in which the reasons are tried."""

    NOT_FOUND = 0
    UNCERTAIN = 1
    COMMUNE_WITHOUT_QPV = 2
    ONLY_COMMUNE = 3
    INSIDE = 4
    NUMBER_MISSING = 5
    NEAR_INDICATIVE = 6
    NEAR = 7
    NOT_LOADED = 8
    NO_QPV = 9
    OUTSIDE = 10


SURELY = {
    Reason.INSIDE: Answer.INSIDE,
    **dict.fromkeys((Reason.COMMUNE_WITHOUT_QPV, Reason.NO_QPV, Reason.OUTSIDE), Answer.OUTSIDE),
}
SENTENCES = {
    Reason.NOT_FOUND: _("L’adresse n’a pas été trouvée."),
    Reason.UNCERTAIN: _("L’adresse est trop incertaine (score de %(score)d sur 100)."),
    Reason.COMMUNE_WITHOUT_QPV: _("Cette commune n’a aucun QPV."),
    Reason.ONLY_COMMUNE: _("Seule la commune est connue : il faut le numéro et la rue."),
    Reason.INSIDE: _("L’adresse est dans le QPV %(name)s, à %(distance)s de sa limite."),
    Reason.NUMBER_MISSING: _("Le QPV %(name)s commence à %(distance)s : il faut le numéro dans la rue."),
    Reason.NEAR_INDICATIVE: _("La limite du QPV %(name)s est à %(distance)s, et son contour n’est qu’indicatif."),
    Reason.NEAR: _("La limite du QPV %(name)s est à %(distance)s, trop près pour trancher."),
    Reason.NOT_LOADED: _("Les contours officiels des QPV de ce territoire ne sont pas chargés."),
    Reason.NO_QPV: _("Aucun QPV n’est proche de cette adresse."),
    Reason.OUTSIDE: _("Le QPV le plus proche, %(name)s, est à %(distance)s."),
}
ANSWER_OF = np.array([ANSWERS.index(SURELY.get(reason, Answer.UNDETERMINED)) for reason in Reason])
BY_NEAR = (Reason.NUMBER_MISSING, Reason.NEAR_INDICATIVE, Reason.NEAR)


@dataclass(frozen=True, slots=True)
class Places:
    """Many places as aligned arrays: degrees (WGS84), score from 0 to 1, `margin_m` how far the true place may lie.

    `complete`: every QPV hereabouts is among the outlines; `without_qpv`: the commune is known to have none. A place
    that was not found has no degrees (NaN).
    """

    lon: Floats
    lat: Floats
    score: Floats
    margin_m: Floats
    complete: Bools
    without_qpv: Bools

    @classmethod
    def of(cls, places: Sequence[GeocodedAddress | None], complete: Bools, without_qpv: Bools) -> Self:
        """Lay out places, and what is known of the commune of each."""
        told = [
            (np.nan, np.nan, 0.0, np.inf) if each is None else (each.lon, each.lat, each.score, MARGIN_M[each.kind])
            for each in places
        ]
        lon, lat, score, margin = np.array(told, dtype=np.float64).reshape(-1, 4).T
        return cls(lon, lat, score, margin, complete, without_qpv)

    @classmethod
    def points(cls, lon: Floats, lat: Floats, *, complete: bool) -> Self:
        """Lay out points shown by somebody who knows them; NaN is a point that could not be read."""
        size = len(lon)
        unknown = np.zeros(size, dtype=np.bool_)
        return cls(lon, lat, np.ones(size), np.zeros(size), np.full(size, complete), unknown)

    @property
    def found(self) -> Bools:
        return ~(np.isnan(self.lon) | np.isnan(self.lat))


class Pairs(NamedTuple):
    """Place × QPV, as aligned arrays: their indexes, whether inside, metres to the border. Once each.

    For a place: every QPV that holds it, and at least the nearest border of each precision.
    """

    place: Ints
    qpv: Ints
    inside: Bools
    border_m: Floats


@dataclass(frozen=True, slots=True)
class Quarters:
    """The QPV of one list, by index; the last of each array stands for none."""

    codes: Sequence[str]
    names: Sequence[str]
    indicative: Bools
    generation: str

    @classmethod
    def of(cls, codes: Sequence[str], names: Sequence[str], indicative: Bools, generation: str) -> Self:
        """Close each array with none."""
        return cls((*codes, ""), (*names, ""), np.append(indicative, np.False_), generation)

    @property
    def precision_m(self) -> Floats:
        return np.where(self.indicative, INDICATIVE_PRECISION_M, OFFICIAL_PRECISION_M)


@dataclass(frozen=True)
class Verdicts:
    """The answer to many places, as aligned arrays of indexes; -1 is none.

    `subject`: the QPV that the reason speaks of, `said_m` metres from it; `told`: the QPV that the answer rests on,
    whose border is `border_m` away.
    """

    quarters: Quarters
    reason: Ints
    subject: Ints
    said_m: Floats
    told: Ints
    border_m: Floats
    score: Floats

    @property
    def answer(self) -> Ints:
        """The place of each answer in `ANSWERS`."""
        return np.asarray(ANSWER_OF[self.reason])

    @property
    def inside(self) -> Ints:
        return np.where(self.reason == Reason.INSIDE, self.told, NONE)

    def borders(self) -> list[int | None]:
        """Whole metres to the border that each answer rests on."""
        return [
            None if told == NONE else metres
            for told, metres in zip(self.told.tolist(), whole(self.border_m).tolist(), strict=True)
        ]

    def sentences(self) -> list[str]:
        """Say each reason; what is said of one QPV is worded once, and each distance once."""
        speaks_of = np.where(self.reason == Reason.UNCERTAIN, np.floor(self.score * 100), self.subject)
        keys = np.column_stack((self.reason, speaks_of.astype(np.int64)))
        distinct, which = _distinct(keys)
        steps, step = np.unique(distance_step(np.nan_to_num(self.said_m)), return_inverse=True)
        parts = [_worded(Reason(reason), subject, self.quarters).partition(GAP) for reason, subject in distinct]
        before, after = (np.array([part[end] for part in parts], dtype=np.object_)[which] for end in (0, 2))
        distances = np.array([said_step(int(each)) for each in steps], dtype=np.object_)[step]
        gap = np.array([bool(part[1]) for part in parts], dtype=np.bool_)[which]
        said: list[str] = (before + np.where(gap, distances, "") + after).tolist()
        return said

    def answers(self, places: Sequence[GeocodedAddress | None], *, today: date) -> list[QpvAnswer]:
        """Give each answer with all that it rests on."""
        columns = (self.answer, self.inside, self.told)
        told = zip(places, self.sentences(), self.borders(), *(column.tolist() for column in columns), strict=True)
        quarters = self.quarters
        return [
            QpvAnswer(
                ANSWERS[answer],
                reason,
                today,
                qpv_code=quarters.codes[inside],
                qpv_name=quarters.names[inside],
                generation=quarters.generation,
                indicative=bool(quarters.indicative[nearest]),
                border_m=border_m,
                address=place.label if place else "",
                source=place.source if place else "",
                score=place.score if place else None,
                kind=place.kind.value if place else "",
            )
            for place, reason, border_m, answer, inside, nearest in told
        ]


def decide(places: Places, pairs: Pairs, quarters: Quarters) -> Verdicts:
    """Answer inside, outside or undetermined for each place; never « outside » from a poor address.

    Undetermined when the address is unknown, its score below 0.8, its precision coarser than the distance to a border,
    the border nearer than the outline's own precision (11 m; 150 m for an indicative outline), or the outlines of the
    place incomplete. Only a commune that has no QPV at all makes a coarse address safe. Where outlines overlap, the
    one that the place is deepest in holds it. Source: chapter 02.
    """
    size = len(places.lon)
    precision = quarters.precision_m
    needed = np.maximum(precision[pairs.qpv], places.margin_m[pairs.place])
    nearest = _first(pairs, pairs.border_m, np.ones(len(needed), dtype=np.bool_), size)
    near = _first(pairs, pairs.border_m, pairs.border_m < needed, size)
    held = _first(pairs, -pairs.border_m, pairs.inside & (pairs.border_m >= needed), size)
    qpv, border_m = np.append(pairs.qpv, NONE), np.append(pairs.border_m, np.nan)
    is_near = near != NONE
    tried = {
        Reason.NOT_FOUND: ~places.found,
        Reason.UNCERTAIN: places.score < SCORE_ENOUGH,
        Reason.COMMUNE_WITHOUT_QPV: places.complete & places.without_qpv,
        Reason.ONLY_COMMUNE: np.isinf(places.margin_m),
        Reason.INSIDE: held != NONE,
        Reason.NUMBER_MISSING: is_near & (places.margin_m > precision[qpv[near]]),
        Reason.NEAR_INDICATIVE: is_near & quarters.indicative[qpv[near]],
        Reason.NEAR: is_near,
        Reason.NOT_LOADED: ~places.complete,
        Reason.NO_QPV: nearest == NONE,
    }
    reason = np.select(list(tried.values()), list(tried), Reason.OUTSIDE)
    told = np.where(reason == Reason.INSIDE, held, nearest)
    outlined = np.isin(reason, (Reason.INSIDE, Reason.OUTSIDE))
    subject = np.select([np.isin(reason, BY_NEAR), outlined], [near, told], NONE)
    return Verdicts(
        quarters,
        reason,
        subject=qpv[subject],
        said_m=border_m[subject],
        told=qpv[told],
        border_m=border_m[told],
        score=places.score,
    )


def whole(metres: Floats) -> Ints:
    """Round to whole metres; none is 0."""
    return np.rint(np.nan_to_num(metres)).astype(np.int64)


def _first(pairs: Pairs, key: Floats, among: Bools, size: int) -> Ints:
    """The pair of each place with the smallest key, then the lowest QPV, among those marked; -1 when it has none."""
    kept = np.flatnonzero(among)
    order = kept[np.lexsort((pairs.qpv[kept], key[kept], pairs.place[kept]))]
    first = np.full(size, NONE, dtype=np.int64)
    first[pairs.place[order[::-1]]] = order[::-1]
    return first


def _distinct(rows: Ints) -> tuple[list[tuple[int, int]], Ints]:
    """The distinct rows of two whole numbers, and which one each row is."""
    base = int(rows.max(initial=0)) + 2
    keys, which = np.unique(rows[:, 0] * base + rows[:, 1] + 1, return_inverse=True)
    return [(int(key) // base, int(key) % base - 1) for key in keys], which


def _worded(reason: Reason, subject: int, quarters: Quarters) -> str:
    """Word a reason, with a gap where the distance goes."""
    name = quarters.names[subject] if reason is not Reason.UNCERTAIN else ""
    return str(SENTENCES[reason]) % {"score": subject, "name": name, "distance": GAP}
