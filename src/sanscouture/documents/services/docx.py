"""The DOCX writer: the same tree by python-docx, with real headings, repeated table heads, in French."""

from __future__ import annotations

from datetime import UTC, datetime, time
from io import BytesIO
from typing import Any

import docx
from docx.enum.section import WD_ORIENTATION
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_COLOR_INDEX
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Emu, Pt, RGBColor

from sanscouture.documents.rules.content import (
    Block,
    Bullets,
    Document,
    Edition,
    Paragraph,
    Signature,
    Table,
    plain,
    read,
    runs,
    tidy,
)

FONT = "Arial"
INK = RGBColor(0x00, 0x00, 0x91)
FAINT = RGBColor(0x55, 0x55, 0x55)
PAGE_WIDTH, PAGE_HEIGHT, SIDE, ENDS = Cm(21), Cm(29.7), Cm(2.2), Cm(2.3)
TEXT_WIDTH = PAGE_WIDTH - 2 * SIDE
HEAD_FILL = "EEEEFC"
STYLES = (
    ("Normal", 10, None),
    ("Title", 20, INK),
    ("Subtitle", 12, FAINT),
    ("Heading 1", 13, INK),
    ("Heading 2", 11, INK),
    ("Header", 9, None),
    ("Footer", 8, FAINT),
)


def to_docx(document: Document, edition: Edition) -> bytes:
    """Render a document as a DOCX file that Word and LibreOffice open, amend and print."""
    document = read(plain(document))
    file = docx.Document()
    _prepare(file, document, edition)
    file.add_paragraph(document.title, style="Title")
    _write(file.add_paragraph(style="Subtitle"), document.subtitle)
    for section in document.sections:
        _write(file.add_paragraph(style=f"Heading {section.level}"), section.title)
        for block in section.blocks:
            _add(file, block)
    made = BytesIO()
    file.save(made)
    return made.getvalue()


def _prepare(file: Any, document: Document, edition: Edition) -> None:
    """Page, styles, language, properties, foot and head."""
    file.core_properties.title, file.core_properties.author = document.title[:255], document.author[:255]
    file.core_properties.language, file.core_properties.comments = "fr-FR", ""
    born = datetime.combine(edition.on, time(), UTC)
    file.core_properties.created = file.core_properties.modified = born
    page = file.sections[0]
    page.orientation, page.page_width, page.page_height = WD_ORIENTATION.PORTRAIT, PAGE_WIDTH, PAGE_HEIGHT
    page.left_margin = page.right_margin = SIDE
    page.top_margin = page.bottom_margin = ENDS
    for name, size, colour in STYLES:
        style = file.styles[name]
        style.font.name, style.font.size, style.font.italic = FONT, Pt(size), False
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for attribute in [one for one in fonts.attrib if one.endswith("Theme")]:
            del fonts.attrib[attribute]
        for script in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
            fonts.set(qn(script), FONT)
        for spread in style.element.rPr.findall(qn("w:spacing")):
            style.element.rPr.remove(spread)
        if colour is not None:
            style.font.color.rgb = colour
    file.styles["Normal"].paragraph_format.space_after = Pt(6)
    _speak_french(file)
    foot = page.footer.paragraphs[0]
    foot.add_run(tidy(edition.foot) + " – page ")
    _field(foot, "PAGE")
    foot.add_run(" sur ")
    _field(foot, "NUMPAGES")
    if edition.state:
        head = page.header.paragraphs[0]
        head.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        head.add_run(edition.state).bold = True


def _speak_french(file: Any) -> None:
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "fr-FR")
    file.styles["Normal"].element.get_or_add_rPr().append(language)


def _field(paragraph: Any, code: str) -> None:
    """A number that the word processor computes."""
    run = paragraph.add_run()
    for kind in ("begin", "", "end"):
        if kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
        else:
            mark = OxmlElement("w:instrText")
            mark.text = code
        run._r.append(mark)


def _write(paragraph: Any, text: str, *, strong: bool = False) -> None:
    for words, is_blank in runs(text):
        run = paragraph.add_run(words)
        if strong:
            run.bold = True
        if is_blank:
            run.font.highlight_color = WD_COLOR_INDEX.YELLOW


def _add(file: Any, block: Block) -> None:
    match block:
        case Paragraph():
            _write(file.add_paragraph(), block.text, strong=block.strong)
        case Bullets():
            for item in block.items:
                _write(file.add_paragraph(style="List Bullet"), item)
        case Table():
            _add_table(file, block)
        case _:
            _add_rooms(file, block.rooms)


def _add_table(file: Any, block: Table) -> None:
    if block.caption:
        caption = file.add_paragraph()
        caption.paragraph_format.keep_with_next = True
        _write(caption, block.caption, strong=True)
    table = file.add_table(rows=0, cols=len(block.head), style="Table Grid")
    table.autofit = False
    widths = [Emu(int(TEXT_WIDTH * share / sum(block.widths))) for share in block.widths]
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    for rank, cells in enumerate((block.head, *block.rows)):
        row = table.add_row()
        _keep_whole(row, repeated=rank == 0)
        for cell, text, width in zip(row.cells, cells, widths, strict=True):
            cell.width = width
            _write(cell.paragraphs[0], text, strong=rank == 0)
            _small(cell)
            if rank == 0:
                _fill(cell)
    file.add_paragraph()


def _add_rooms(file: Any, rooms: tuple[Signature, ...]) -> None:
    table = file.add_table(rows=0, cols=2, style="Table Grid")
    for start in range(0, len(rooms), 2):
        row = table.add_row()
        _keep_whole(row, repeated=False)
        for cell, room in zip(row.cells, rooms[start : start + 2], strict=False):
            _write(cell.paragraphs[0], room.party, strong=True)
            for line in filter(None, (room.capacity, "Nom et qualité\u00a0:", "Le\u00a0:", "Signature\u00a0:", "\n\n")):
                _write(cell.add_paragraph(), line)
            _small(cell)


def _keep_whole(row: Any, *, repeated: bool) -> None:
    """A row stays on one page; the first one comes again at the top of the next."""
    properties = row._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:cantSplit"))
    if repeated:
        properties.append(OxmlElement("w:tblHeader"))


def _fill(cell: Any) -> None:
    shade = OxmlElement("w:shd")
    for name, value in (("w:val", "clear"), ("w:color", "auto"), ("w:fill", HEAD_FILL)):
        shade.set(qn(name), value)
    cell._tc.get_or_add_tcPr().append(shade)


def _small(cell: Any) -> None:
    for paragraph in cell.paragraphs:
        paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(2)
        for run in paragraph.runs:
            run.font.size = Pt(9)
