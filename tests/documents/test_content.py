from __future__ import annotations

import json
from datetime import date

from sanscouture.documents.rules import content
from sanscouture.documents.rules.content import (
    Bullets,
    Document,
    Paragraph,
    Section,
    Signature,
    Signatures,
    Table,
    blank,
    fingerprint,
    plain,
    read,
)

WHOLE = Document(
    "Convention",
    "entre deux structures",
    "Cité inventée",
    (
        Section("Article 1", (Paragraph("Un."), Paragraph(blank("adresse"), strong=True), Bullets(("a", "b")))),
        Section("Annexe", (Table(("A", "B"), (("1", "2"),), (1, 2), "Deux"),), 2),
        Section("Signatures", (Signatures((Signature("Mairie", "maire"), Signature("Association"))),)),
    ),
)


def test_a_document_survives_its_passage_through_json() -> None:
    assert read(json.loads(json.dumps(plain(WHOLE)))) == WHOLE


def test_the_fingerprint_follows_the_words_and_nothing_else() -> None:
    same = read(plain(WHOLE))
    other = Document(WHOLE.title, WHOLE.subtitle, WHOLE.author, WHOLE.sections[:2])
    assert fingerprint(WHOLE) == fingerprint(same)
    assert fingerprint(WHOLE) != fingerprint(other)
    assert fingerprint(WHOLE, other) != fingerprint(other, WHOLE)


def test_the_foot_says_the_day_and_the_version() -> None:
    foot = content.edition(WHOLE, on=date(2026, 11, 1)).foot
    assert "établi le 1er novembre 2026" in foot
    assert f"version {content.shown(fingerprint(WHOLE))}" in foot
    assert "établi le 23 février" in content.edition(WHOLE, on=date(2026, 2, 23)).foot


def test_what_no_file_can_hold_is_taken_out() -> None:
    assert content.tidy("a\x00b\x1b\u202ec\ud800d\ne") == "abcd\ne"
    assert content.or_blank("  ", "le nom") == content.blank("le nom")
    assert content.or_blank(" Nom ", "le nom") == "Nom"
    assert content.runs("") == []


def test_a_page_says_the_head_of_each_cell() -> None:
    table = content.labelled(WHOLE)[1]["blocks"][0]
    assert table["rows"] == [[("A", "1"), ("B", "2")]]
