"""The thread: a pathway drawn as a continuous line with its stitches; a rupture is a visible gap (chapter 10).

A `Thread` says what happened in days; `large` and `small` say where to draw it, `summary` says it in words.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from itertools import pairwise
from typing import Literal

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sanscouture.ui import dates

State = Literal["done", "planned", "late", "refused"]

WEEKS = 12
WIDTH, HEIGHT, MARGIN, BASE, AXIS = 1000.0, 150.0, 24.0, 82.0, 144.0
SMALL_WIDTH, SMALL_HEIGHT, SMALL_MARGIN, SMALL_BASE = 240.0, 26.0, 7.0, 13.0
LETTER = 6.9  # mean width of a letter, in units of the drawing
LONGEST = 30  # letters of a label
NEAR, BELOW, HIGH = 46.0, 116.0, 22.0  # where a label may lie, in order of preference
TODAY_ROOM = 58.0  # units kept for the word “aujourd’hui”
SAG = 13.0  # how far the thread hangs between two stitches


@dataclass(frozen=True)
class Stitch:
    """Something that holds the person: a referral, an appointment, a step. `kind` is a word of the caller's."""

    at: date
    kind: str
    label: str
    state: State = "done"
    href: str = ""


@dataclass(frozen=True)
class Gap:
    """A rupture: nobody holds the person from `start` to `end` (None: still open). `href` and `act`: what closes it."""

    start: date
    end: date | None
    label: str
    href: str = ""
    act: str = ""


@dataclass(frozen=True)
class Mark:
    """A stitch on the drawing; `text` is empty when no room was left for its label."""

    x: float
    y: float
    stitch: Stitch
    title: str
    text: str = ""
    text_y: float = 0
    anchor: str = "middle"

    @property
    def leader_start(self) -> float:
        """Where the hair line from the label begins, whether the label lies above or below."""
        return self.text_y + 4 if self.text_y < self.y else self.y + 9

    @property
    def leader_end(self) -> float:
        return self.y - 9 if self.text_y < self.y else self.text_y - 12

    @property
    def cross(self) -> str:
        """The cross inside a refused stitch."""
        return f"M{self.x - 2.5},{self.y - 2.5}l5,5m0,-5l-5,5"


@dataclass(frozen=True)
class Hole:
    """A gap on the drawing."""

    x: float
    width: float
    gap: Gap
    title: str
    text: str = ""
    text_x: float = 0
    anchor: str = "middle"
    frays: Sequence[str] = ()

    @property
    def right(self) -> float:
        return round(self.x + self.width, 1)


@dataclass(frozen=True)
class Drawing:
    """Where everything lies, in units of the view box."""

    width: float
    height: float
    base: float
    lines: Sequence[str]
    future: str
    marks: Sequence[Mark]
    holes: Sequence[Hole]
    today: float
    needle: bool
    months: Sequence[tuple[float, str]] = ()


@dataclass(frozen=True)
class Thread:
    """A pathway from `start` to `until` (today). Stitches after `until` are planned."""

    start: date
    until: date
    stitches: Sequence[Stitch] = ()
    gaps: Sequence[Gap] = field(default=())

    @cached_property
    def summary(self) -> str:
        """The whole thread in a sentence, for those who do not see it."""
        done = len([stitch for stitch in self.stitches if stitch.at <= self.until])
        parts = [
            _("Depuis %(day)s") % {"day": dates.day(self.start)},
            ngettext("%(n)d\u00a0point", "%(n)d\u00a0points", done) % {"n": done},
            self._gap_words() or _("sans rupture"),
        ]
        return _("%(parts)s.") % {"parts": ", ".join(parts)}

    @cached_property
    def small_summary(self) -> str:
        """The last twelve weeks in a sentence."""
        first = self.until - timedelta(weeks=WEEKS)
        recent = [stitch for stitch in self.stitches if first <= stitch.at <= self.until]
        points = ngettext("%(n)d\u00a0point", "%(n)d\u00a0points", len(recent)) % {"n": len(recent)}
        gaps = self._gap_words(since=first) or _("sans rupture")
        return _("Douze dernières semaines\u00a0: %(points)s, %(gaps)s.") % {"points": points, "gaps": gaps}

    def _gap_words(self, since: date | None = None) -> str:
        gaps = [gap for gap in self.gaps if since is None or self._end(gap) >= since]
        if not gaps:
            return ""
        last = max(gaps, key=lambda gap: gap.start)
        count = ngettext("%(n)d\u00a0rupture", "%(n)d\u00a0ruptures", len(gaps)) % {"n": len(gaps)}
        return _("%(count)s (%(label)s, %(length)s)") % {
            "count": count,
            "label": last.label,
            "length": dates.days((self._end(last) - last.start).days),
        }

    def _end(self, gap: Gap) -> date:
        return gap.end or self.until

    @cached_property
    def open_gaps(self) -> list[Gap]:
        """The gaps that an act can still close, the oldest first."""
        return sorted((gap for gap in self.gaps if gap.end is None), key=lambda gap: gap.start)

    @cached_property
    def in_words(self) -> list[Stitch | Gap]:
        """Stitches and gaps in the order of days: the twin of the drawing."""
        return sorted([*self.stitches, *self.gaps], key=_day_of)

    @cached_property
    def large(self) -> Drawing:
        """The whole pathway, with labels, months and today."""
        last = max([self.until, *(stitch.at for stitch in self.stitches)])
        first = min([self.start, *(stitch.at for stitch in self.stitches)])
        spread = max((last - first).days, 14)
        scale = Scale(first, first + timedelta(days=spread), MARGIN, WIDTH - MARGIN * 3)
        stitches = sorted(self.stitches, key=lambda stitch: stitch.at)
        holes = [_hole(gap, self._end(gap), scale) for gap in self.gaps]
        return Drawing(
            width=WIDTH,
            height=HEIGHT,
            base=BASE,
            lines=self._lines(stitches, scale, BASE, SAG),
            future=self._future(stitches, scale, BASE),
            marks=_labelled(stitches, holes, scale),
            holes=holes,
            today=scale.x(self.until),
            needle=not self.open_gaps,
            months=[(x, name) for x, name in _months(scale) if abs(x - scale.x(self.until)) > TODAY_ROOM],
        )

    @cached_property
    def small(self) -> Drawing:
        """The last twelve weeks, without words."""
        first = self.until - timedelta(weeks=WEEKS)
        scale = Scale(first, self.until, SMALL_MARGIN, SMALL_WIDTH - SMALL_MARGIN * 2)
        stitches = [s for s in sorted(self.stitches, key=lambda s: s.at) if first <= s.at <= self.until]
        gaps = [gap for gap in self.gaps if self._end(gap) > first]
        return Drawing(
            width=SMALL_WIDTH,
            height=SMALL_HEIGHT,
            base=SMALL_BASE,
            lines=self._lines(stitches, scale, SMALL_BASE, 4.0),
            future="",
            marks=[Mark(scale.x(s.at), SMALL_BASE, s, _title(s)) for s in stitches],
            holes=[_hole(gap, self._end(gap), scale) for gap in gaps],
            today=scale.x(self.until),
            needle=not self.open_gaps,
        )

    def _lines(self, stitches: Sequence[Stitch], scale: Scale, base: float, sag: float) -> list[str]:
        """The pieces of thread between the gaps, each hanging from stitch to stitch."""
        pieces = []
        for start, end in self._held():
            if end < scale.first or start > scale.last:
                continue
            inside = [stitch.at for stitch in stitches if start < stitch.at < end]
            days = [max(start, scale.first), *(day for day in inside if day > scale.first), end]
            pieces.append(_hanging([scale.x(day) for day in days], base, sag))
        return pieces

    def _held(self) -> Iterator[tuple[date, date]]:
        """The spans, from the start to today, in which somebody holds the person."""
        cursor = self.start
        for gap in sorted(self.gaps, key=lambda gap: gap.start):
            if gap.start > cursor:
                yield cursor, min(gap.start, self.until)
            cursor = max(cursor, self._end(gap))
        if cursor < self.until:
            yield cursor, self.until

    def _future(self, stitches: Sequence[Stitch], scale: Scale, base: float) -> str:
        planned = [stitch.at for stitch in stitches if stitch.at > self.until]
        return f"M{scale.x(self.until):.1f},{base}H{scale.x(planned[-1]):.1f}" if planned else ""


@dataclass(frozen=True)
class Scale:
    """Days to units of the drawing."""

    first: date
    last: date
    left: float
    width: float

    def x(self, day: date) -> float:
        days = (min(max(day, self.first), self.last) - self.first).days
        return round(self.left + self.width * days / max((self.last - self.first).days, 1), 1)


def _day_of(item: Stitch | Gap) -> date:
    return item.at if isinstance(item, Stitch) else item.start


def _title(stitch: Stitch) -> str:
    return f"{stitch.label} – {dates.said(stitch.at)}"


def _hanging(xs: Sequence[float], base: float, sag: float) -> str:
    """A curve through points at the base, hanging alternately below and above by its slack."""
    path = f"M{xs[0]},{base}"
    for index, (left, right) in enumerate(pairwise(xs)):
        depth = min(sag, (right - left) * 0.14) * (1 if index % 2 == 0 else -1)
        third = (right - left) / 3
        path += f"C{left + third:.1f},{base + depth:.1f} {right - third:.1f},{base + depth:.1f} {right},{base}"
    return path


def _hole(gap: Gap, end: date, scale: Scale) -> Hole:
    """A gap: its zone, its words centred above it but inside the drawing, and the two frayed ends of the thread."""
    left, right = scale.x(gap.start), scale.x(end)
    length = dates.days((end - gap.start).days)
    text = _("%(label)s, %(length)s") % {"label": gap.label, "length": length}
    half = len(text) * LETTER * 1.06 / 2
    middle = min(max((left + right) / 2, half), WIDTH - half)
    frays = [_fray(left, 1)] + ([_fray(right, -1)] if gap.end else [])
    return Hole(left, round(max(right - left, 4.0), 1), gap, text, text, round(middle, 1), "middle", frays)


def _fray(x: float, side: int) -> str:
    """Three loose fibres at a broken end; `side` is 1 to the right, -1 to the left."""
    fibres = ((4, 9, 13, -9), (6, 11, 18, 2), (3, 7, 9, 8))
    return " ".join(f"M{x},{BASE}c{a * side},0 {b * side},{dy / 3:.1f} {dx * side},{dy}" for a, b, dx, dy in fibres)


def _labelled(stitches: Sequence[Stitch], holes: Sequence[Hole], scale: Scale) -> list[Mark]:
    """Place each label on the first level where it meets no other; those left without room live in the list below."""
    taken: dict[float, list[tuple[float, float]]] = {NEAR: [], BELOW: [], HIGH: []}
    for hole in holes:
        half = len(hole.text) * LETTER * 1.06 / 2
        taken[NEAR].append((hole.text_x - half, hole.text_x + half))
    marks = []
    for stitch in stitches:
        x, text = scale.x(stitch.at), _shortened(stitch.label)
        size = len(text) * LETTER
        anchor, left = _anchored(x, size)
        level = next((lv for lv in taken if _is_free(taken[lv], left, left + size)), None)
        if level is None or (level == HIGH and not _is_free(taken[NEAR], x, x)):
            marks.append(Mark(x, BASE, stitch, _title(stitch)))
            continue
        taken[level].append((left, left + size))
        if level == HIGH:
            taken[NEAR].append((x, x))  # its hair line passes there
        marks.append(Mark(x, BASE, stitch, _title(stitch), text, level, anchor))
    return marks


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1].rstrip()}…"


def _anchored(x: float, size: float) -> tuple[str, float]:
    """Where the text holds to its stitch so that it stays inside the drawing, and its left end."""
    if x - size / 2 < 0:
        return "start", x - 6
    if x + size / 2 > WIDTH:
        return "end", x + 6 - size
    return "middle", x - size / 2


def _is_free(taken: Sequence[tuple[float, float]], left: float, right: float) -> bool:
    return all(right + 8 < start or left - 8 > end for start, end in taken)


def _months(scale: Scale) -> Iterator[tuple[float, str]]:
    """The first of each month, one name in two, three or more when they would touch."""
    every = max(1, round((scale.last - scale.first).days / 30.44 / 14))
    day = (scale.first.replace(day=1) + timedelta(days=32)).replace(day=1)
    count = 0
    while day <= scale.last:
        if count % every == 0:
            yield scale.x(day), formats.date_format(day, "N Y" if day.month == 1 else "N").lower()
        day = (day + timedelta(days=32)).replace(day=1)
        count += 1
