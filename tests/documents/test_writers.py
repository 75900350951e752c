"""Both files say the same words, and no word of a user is ever read as code."""

from __future__ import annotations

import io
import re
from datetime import date

import docx
import pytest
import typst

from documents.test_content import WHOLE
from sanscouture.documents.enums import Form
from sanscouture.documents.rules.content import (
    Bullets,
    Document,
    Paragraph,
    Section,
    Signature,
    Signatures,
    Table,
    edition,
)
from sanscouture.documents.services import pdf, render
from sanscouture.documents.services.markdown import to_markdown

ON = date(2026, 11, 23)
HOSTILE = (
    '#read("/etc/passwd")',
    '#import "@preview/x:1.0.0"',
    "$ x^2 $ \\ *gras* _italique_ `code` <etiquette> @renvoi = Titre // fin /* */",
    "#set page(width: 1cm)\n= Titre\n- point",
    "[à compléter : [encore]] ] [ ( { %",
    "<w:p/> &amp; ]]> \x00\x07\x1b",
    "é" * 400,
    "Zoé Ñandú Łukasz Ђура 北京 🚀 عربي",
)


def hostile(text: str) -> Document:
    rooms = Signatures((Signature(text, text), Signature(text)))
    blocks = (Paragraph(text), Bullets((text,)), Table((text, "b"), ((text, text),), (1, 1), text), rooms)
    return Document(text, text, text, (Section(text, blocks),))


def words_of_docx(content: bytes) -> str:
    """Every text of the body, tables too, in order."""
    body = docx.Document(io.BytesIO(content)).element.body
    return "\n".join("".join(run.text or "" for run in line.iter(f"{W}t")) for line in body.iter(f"{W}p"))


W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_no_text_is_read_as_code(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    document = hostile(text)
    given = {}
    compiled = typst.compile
    monkeypatch.setattr(
        typst, "compile", lambda source, **options: given.update({source: 1}) or compiled(source, **options)
    )
    made = render(document, edition(document, on=ON, state=text), Form.PDF).content
    assert made.startswith(b"%PDF-")
    assert set(given) == {pdf.TEMPLATE}, "the source that Typst reads never changes"
    words = words_of_docx(render(document, edition(document, on=ON), Form.DOCX).content)
    assert re.sub(r"[\x00-\x1f]|\s", "", text) in re.sub(r"\s", "", words)


def test_the_pdf_is_tagged_titled_and_french() -> None:
    made = render(WHOLE, edition(WHOLE, on=ON, state="Projet"), Form.PDF)
    assert made.media_type == "application/pdf"
    for mark in (b"/StructTreeRoot", b"/Lang(fr-FR)", b"/Title", b"pdfuaid:part", b"/DisplayDocTitle true"):
        assert mark in made.content, mark


def test_a_script_without_its_font_still_gives_a_pdf(monkeypatch: pytest.MonkeyPatch) -> None:
    document = hostile("北京")
    tried = []
    compile_ = pdf._compile

    def compiling(given: dict[str, str], standard: str | None) -> bytes:
        tried.append(standard)
        if standard:
            raise typst.TypstError(f"the text “北” {pdf.WITHOUT_GLYPHS} with a font")
        return compile_(given, standard)

    monkeypatch.setattr(pdf, "_compile", compiling)
    assert pdf.to_pdf(document, edition(document, on=ON)).startswith(b"%PDF-")
    assert tried == ["ua-1", None]

    def broken(given: dict[str, str], standard: str | None) -> bytes:
        raise typst.TypstError("anything else")

    monkeypatch.setattr(pdf, "_compile", broken)
    with pytest.raises(typst.TypstError, match="anything else"):
        pdf.to_pdf(document, edition(document, on=ON))


def test_the_docx_says_the_same_words_in_order() -> None:
    made = render(WHOLE, edition(WHOLE, on=ON, state="Projet"), Form.DOCX)
    file = docx.Document(io.BytesIO(made.content))
    assert words_of_docx(made.content).split("\n")[:9] == [
        "Convention",
        "entre deux structures",
        "Article 1",
        "Un.",
        "[à compléter\u00a0: adresse]",
        "a",
        "b",
        "Annexe",
        "Deux",
    ]
    assert file.core_properties.title == "Convention"
    assert file.core_properties.language == "fr-FR"
    assert "établi le 23 novembre 2026" in file.sections[0].footer.paragraphs[0].text
    assert file.sections[0].header.paragraphs[0].text == "Projet"
    assert [cell.text for cell in file.tables[0].rows[0].cells] == ["A", "B"]


def test_markdown_says_them_too() -> None:
    said = to_markdown(WHOLE, "Fait du code.")
    assert "# Convention\n\nFait du code." in said
    assert "**[à compléter\u00a0: adresse]**\n\n- a\n- b" in said
    assert "**Deux**\n\n| A | B |\n|---|---|\n| 1 | 2 |" in said
    assert "- Mairie" in said
