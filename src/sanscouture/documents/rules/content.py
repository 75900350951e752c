"""What a document says, whatever its form: a tree of values that two small writers turn into PDF and DOCX.

Texts are French and are values, never code: no writer interprets what they hold. A document is kept as JSON
(`plain`, `read`) and known by the fingerprint of that JSON.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

BLANK = re.compile(r"(\[à compléter[^\[\]]{0,200}\])")
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff\ud800-\udfff]")
FINGERPRINT_SHOWN = 12
MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)


@dataclass(frozen=True)
class Paragraph:
    """Some sentences. `strong` is for the few that must not be missed."""

    text: str
    strong: bool = False


@dataclass(frozen=True)
class Bullets:
    """A list without order."""

    items: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """Rows under their heads; `widths` are shares of the page's width, one for each column."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...]
    caption: str = ""


@dataclass(frozen=True)
class Signature:
    """Room for one party to sign: who it is, and in what capacity it signs."""

    party: str
    capacity: str = ""


@dataclass(frozen=True)
class Signatures:
    """Rooms to sign, side by side."""

    rooms: tuple[Signature, ...]


Block = Paragraph | Bullets | Table | Signatures
_BLOCKS: dict[str, type[Block]] = {kind.__name__: kind for kind in (Paragraph, Bullets, Table, Signatures)}


@dataclass(frozen=True)
class Section:
    """A title and what stands under it; `level` 1 or 2."""

    title: str
    blocks: tuple[Block, ...] = ()
    level: int = 1


@dataclass(frozen=True)
class Document:
    """A whole document: its title, the line under it, who answers for it, its sections in order."""

    title: str
    subtitle: str
    author: str
    sections: tuple[Section, ...]


@dataclass(frozen=True)
class Edition:
    """What is printed around a document, and is no part of what it says: its foot, its day, its state.

    `state` is « Projet », say; nothing for a document that is ready to sign.
    """

    foot: str
    on: date
    state: str = ""


def edition(document: Document, *, on: date, state: str = "", version: str = "") -> Edition:
    """Give what is printed around a document: its foot says the day and a fingerprint.

    `version` is the fingerprint to print, when several documents share one; else that of what this one says.
    """
    day = "1er" if on.day == 1 else str(on.day)
    said = f"{document.title} – établi le {day} {MONTHS[on.month - 1]} {on.year}"
    return Edition(f"{said} – version {shown(version or fingerprint(document))}", on, state)


def blank(what: str) -> str:
    """Give the mark of what is still to be written, by hand or in the configuration; writers make it visible.

    >>> blank("adresse du délégué")
    '[à compléter\xa0: adresse du délégué]'
    """
    return f"[à compléter\u00a0: {what}]"


def or_blank(text: str, what: str) -> str:
    """Give a text, or the mark of what it lacks."""
    return text.strip() or blank(what)


def runs(text: str) -> list[tuple[str, bool]]:
    """Cut a text into its runs, each with whether it is a blank to fill.

    >>> runs("chez [à compléter], ici")
    [('chez ', False), ('[à compléter]', True), (', ici', False)]
    """
    return [(part, BLANK.fullmatch(part) is not None) for part in BLANK.split(text) if part]


def tidy(text: str) -> str:
    """Take out of a text what no document can hold: control characters, marks that turn the writing around."""
    return _UNWRITABLE.sub("", text)


def plain(document: Document) -> dict[str, Any]:
    """Give a document as JSON values; each block says its kind."""
    sections = [
        {
            "title": section.title,
            "level": section.level,
            "blocks": [{"kind": type(block).__name__, **asdict(block)} for block in section.blocks],
        }
        for section in document.sections
    ]
    values: dict[str, Any] = _tidied(
        {"title": document.title, "subtitle": document.subtitle, "author": document.author, "sections": sections}
    )
    return values


def read(values: dict[str, Any]) -> Document:
    """Give back the document that `plain` gave, also after a passage through JSON."""
    sections = tuple(
        Section(one["title"], tuple(_block(block) for block in one["blocks"]), one["level"])
        for one in values["sections"]
    )
    return Document(values["title"], values["subtitle"], values["author"], sections)


def fingerprint(*documents: Document) -> str:
    """Give the fingerprint of what documents say, 64 hexadecimal digits: the same texts have the same one."""
    said = json.dumps([plain(one) for one in documents], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()


def shown(fingerprint: str) -> str:
    """Give a fingerprint as people compare it: three groups of four.

    >>> shown("a3f209bc77de5501")
    'a3f2-09bc-77de'
    """
    start = fingerprint[:FINGERPRINT_SHOWN]
    return "-".join(start[rank : rank + 4] for rank in range(0, len(start), 4))


def labelled(document: Document) -> list[dict[str, Any]]:
    """Give the sections of a document for a page: each cell of a table comes with the head of its column."""
    sections: list[dict[str, Any]] = plain(document)["sections"]
    for section in sections:
        for block in section["blocks"]:
            if block["kind"] == Table.__name__:
                block["rows"] = [list(zip(block["head"], row, strict=True)) for row in block["rows"]]
    return sections


def _block(values: dict[str, Any]) -> Block:
    kind = _BLOCKS[values["kind"]]
    given = {name: _frozen(value) for name, value in values.items() if name != "kind"}
    if kind is Signatures:
        return Signatures(tuple(Signature(**room) for room in given["rooms"]))
    return kind(**given)


def _frozen(value: Any) -> Any:
    return tuple(_frozen(one) for one in value) if isinstance(value, list | tuple) else value


def _tidied(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _tidied(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_tidied(one) for one in value]
    return tidy(value) if isinstance(value, str) else value
