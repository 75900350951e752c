"""The PDF writer: a fixed Typst template to which the document is given as JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

import typst

from sanscouture.documents.rules.content import Document, Edition, plain, runs, tidy

TEMPLATE = Path(__file__).resolve().parent.parent / "templates" / "documents" / "document.typ"
WITHOUT_GLYPHS = "could not be displayed"


def to_pdf(document: Document, edition: Edition) -> bytes:
    """Render a document as a tagged PDF, with the fonts of the `typst` package alone.

    Rule: what a document says is data and is never read as Typst's language. A text in a script that those fonts lack
    still gives a PDF, tagged, though not PDF/UA: a reader sees boxes there.
    """
    given = {"data": json.dumps({**_typeset(document), "edition": _edition(edition)}, ensure_ascii=False)}
    try:
        return _compile(given, "ua-1")
    except typst.TypstError as error:
        if WITHOUT_GLYPHS not in str(error):
            raise
        return _compile(given, None)


def _compile(given: dict[str, str], standard: Literal["ua-1"] | None) -> bytes:
    return typst.compile(
        TEMPLATE,
        root=TEMPLATE.parent,
        sys_inputs=given,
        format="pdf",
        pdf_standards=standard,
        ignore_system_fonts=True,
    )


def _edition(edition: Edition) -> dict[str, Any]:
    on = edition.on
    return {
        "foot": tidy(edition.foot),
        "state": tidy(edition.state),
        "year": on.year,
        "month": on.month,
        "day": on.day,
    }


def _typeset(document: Document) -> dict[str, Any]:
    """The document with each text cut into runs, and the cells of a table in one list."""
    values = plain(document)
    values["subtitle"] = runs(values["subtitle"])
    for section in values["sections"]:
        section["title"] = runs(section["title"])
        section["blocks"] = [_block(block) for block in section["blocks"]]
    return values


def _block(block: dict[str, Any]) -> dict[str, Any]:
    match block["kind"]:
        case "Paragraph":
            return {**block, "text": runs(block["text"])}
        case "Bullets":
            return {**block, "items": [runs(item) for item in block["items"]]}
        case "Table":
            cells = [runs(cell) for row in block["rows"] for cell in row]
            head = [runs(cell) for cell in block["head"]]
            return {**block, "head": head, "cells": cells, "caption": runs(block["caption"])}
        case _:
            rooms = [{"party": runs(one["party"]), "capacity": runs(one["capacity"])} for one in block["rooms"]]
            return {**block, "rooms": rooms}
