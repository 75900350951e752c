"""Tables that leave the program, written row after row: CSV, XLSX and ODS in a memory that does not grow with the rows.

Both workbooks are a handful of small XML parts in a ZIP; written here, they leave as a stream and need no temporary
file, which would keep names on a disk.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from enum import StrEnum
from itertools import chain
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

Cell = str | int | date | None
Row = Sequence[Cell]
Part = tuple[str, Iterable[str]]

CHUNK = 1 << 16
"""Bytes that are gathered before they leave."""
LONGEST_CELL = 32_767
"""Characters that a workbook holds in a cell."""
RISKY = frozenset("=+-@|%\uff1d\uff0b\uff0d\uff20")
BLANKS = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]*")
UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
EPOCH = date(1899, 12, 30)
FIRST_SERIAL = date(1900, 3, 1)
"""Before this day, the numbers of days of workbooks disagree with each other."""


class Format(StrEnum):
    """How a table leaves."""

    CSV = "csv"
    XLSX = "xlsx"
    ODS = "ods"


MEDIA = {
    Format.CSV: "text/csv; charset=utf-8",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.ODS: "application/vnd.oasis.opendocument.spreadsheet",
}


def neutral(text: str) -> str:
    """Give a text that no spreadsheet takes for a formula, without what a file cannot hold.

    Rule: an apostrophe goes before a text whose first mark, blanks apart, is one of = + - @ | %, full width included,
    or that begins with a tabulation or a new line. The text itself stays whole (chapter 08, Input).

    >>> neutral("=1+1"), neutral("  ＝1"), neutral("Jean-Paul")
    ("'=1+1", "'  ＝1", 'Jean-Paul')
    """
    clean = UNWRITABLE.sub("", text)[: LONGEST_CELL - 1]
    blanks = BLANKS.match(clean)
    mark = clean[blanks.end() if blanks else 0 :][:1]
    return f"'{clean}" if (mark in RISKY and mark) or clean[:1] in {"\t", "\r", "\n"} else clean


def written(name: str, rows: Iterable[Row], form: Format) -> Iterator[bytes]:
    """Write a table as a stream of bytes; the first row names its columns. `name` is the sheet's."""
    ways: dict[Format, Callable[[str, Iterable[Row]], Iterator[bytes]]] = {
        Format.CSV: _csv,
        Format.XLSX: _xlsx,
        Format.ODS: _ods,
    }
    return ways[form](name, rows)


def _csv(_name: str, rows: Iterable[Row]) -> Iterator[bytes]:
    """Text that French spreadsheets open by a double click: semicolons, a mark of UTF-8, each text between quotes."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", quoting=csv.QUOTE_NONNUMERIC)
    text.write("\ufeff")
    for row in rows:
        writer.writerow([_plain(cell) for cell in row])
        if text.tell() >= CHUNK:
            yield _taken(text)
    yield _taken(text)


def _taken(text: io.StringIO) -> bytes:
    said = text.getvalue().encode()
    text.seek(0)
    text.truncate()
    return said


def _plain(cell: Cell) -> str | int:
    if isinstance(cell, date):
        return f"{cell:%d/%m/%Y}"
    return neutral(cell) if isinstance(cell, str) else "" if cell is None else cell


HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
SHEETS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
FORMS = "application/vnd.openxmlformats-officedocument.spreadsheetml"
DAY, HEADING = 1, 2
"""The styles of a workbook, by their rank."""


TYPES = "".join(
    f'<Override PartName="/xl/{part}.xml" ContentType="{FORMS}.{kind}+xml"/>'
    for part, kind in (("workbook", "sheet.main"), ("worksheets/sheet1", "worksheet"), ("styles", "styles"))
)
LINKS = "".join(
    f'<Relationship Id="rId{rank}" Type="{OFFICE}/{kind}" Target="{target}"/>'
    for rank, (kind, target) in enumerate((("worksheet", "worksheets/sheet1.xml"), ("styles", "styles.xml")), 1)
)
XLSX_PARTS = {
    "[Content_Types].xml": (
        f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" '
        f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>{TYPES}</Types>'
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">{LINKS}</Relationships>',
    "xl/styles.xml": (
        f'<styleSheet xmlns="{SHEETS}"><fonts count="2"><font/><font><b/></font></fonts>'
        '<fills count="1"><fill><patternFill/></fill></fills><borders count="1"><border/></borders>'
        '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="3"><xf/><xf numFmtId="14" applyNumberFormat="1"/>'
        '<xf fontId="1" applyFont="1"/></cellXfs></styleSheet>'
    ),
}


def _xlsx(name: str, rows: Iterable[Row]) -> Iterator[bytes]:
    book = (
        f'<workbook xmlns="{SHEETS}" xmlns:r="{OFFICE}"><sheets>'
        f'<sheet name="{_name(name)}" sheetId="1" r:id="rId1"/></sheets></workbook>'
    )
    sheet = chain(
        [f'{HEAD}<worksheet xmlns="{SHEETS}"><cols><col min="1" max="50" width="20" customWidth="1"/></cols>'],
        ["<sheetData>"],
        (_xlsx_row(row, heading=rank == 0) for rank, row in enumerate(rows)),
        ["</sheetData></worksheet>"],
    )
    small = {**XLSX_PARTS, "xl/workbook.xml": book}
    return _zipped([*((path, [HEAD + said]) for path, said in small.items()), ("xl/worksheets/sheet1.xml", sheet)])


def _xlsx_row(row: Row, *, heading: bool) -> str:
    return f"<row>{''.join(_xlsx_cell(cell, HEADING if heading else 0) for cell in row)}</row>"


def _xlsx_cell(cell: Cell, style: int) -> str:
    if isinstance(cell, int):
        return f"<c><v>{cell}</v></c>"
    if isinstance(cell, date) and cell >= FIRST_SERIAL:
        return f'<c s="{DAY}"><v>{(cell - EPOCH).days}</v></c>'
    said = escape(str(_plain(cell)))
    return f'<c s="{style}" t="inlineStr"><is><t xml:space="preserve">{said}</t></is></c>' if said else "<c/>"


OPEN = "urn:oasis:names:tc:opendocument:xmlns"
SPACES = " ".join(
    f'xmlns:{short}="{OPEN}:{name}:1.0"'
    for short, name in (
        ("office", "office"),
        ("table", "table"),
        ("text", "text"),
        ("style", "style"),
        ("number", "datastyle"),
    )
)


MANIFEST = "".join(
    f'<manifest:file-entry manifest:full-path="{path}" manifest:media-type="{media}"/>'
    for path, media in (("/", MEDIA[Format.ODS]), ("content.xml", "text/xml"))
)
ODS_STYLES = (
    '<office:automatic-styles><number:date-style style:name="day"><number:day number:style="long"/>'
    '<number:text>/</number:text><number:month number:style="long"/><number:text>/</number:text>'
    '<number:year number:style="long"/></number:date-style>'
    '<style:style style:name="date" style:family="table-cell" style:data-style-name="day"/></office:automatic-styles>'
)


def _ods(name: str, rows: Iterable[Row]) -> Iterator[bytes]:
    manifest = f'{HEAD}<manifest:manifest xmlns:manifest="{OPEN}:manifest:1.0">{MANIFEST}</manifest:manifest>'
    content = chain(
        [f'{HEAD}<office:document-content {SPACES} office:version="1.3">{ODS_STYLES}'],
        [f'<office:body><office:spreadsheet><table:table table:name="{_name(name)}">'],
        (f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>" for row in rows),
        ["</table:table></office:spreadsheet></office:body></office:document-content>"],
    )
    parts: list[Part] = [("META-INF/manifest.xml", [manifest]), ("content.xml", content)]
    return _zipped(parts, first=("mimetype", MEDIA[Format.ODS]))


def _ods_cell(cell: Cell) -> str:
    said = "".join(f"<text:p>{escape(line)}</text:p>" for line in str(_plain(cell)).splitlines())
    if isinstance(cell, int):
        return f'<table:table-cell office:value-type="float" office:value="{cell}">{said}</table:table-cell>'
    if isinstance(cell, date):
        told = f'office:value-type="date" office:date-value="{cell.isoformat()}" table:style-name="date"'
        return f"<table:table-cell {told}>{said}</table:table-cell>"
    return f'<table:table-cell office:value-type="string">{said}</table:table-cell>' if said else "<table:table-cell/>"


def _name(name: str) -> str:
    """Name a sheet as workbooks allow: thirty-one characters, without the marks of their formulas."""
    return escape(re.sub(r"[\[\]:*?/\\']", " ", UNWRITABLE.sub("", name))[:31], {'"': "&quot;"})


class _Outlet:
    """Where a ZIP is written when nobody can go back: it knows how far it is, and gives what it holds."""

    def __init__(self, held: bytes = b"") -> None:
        self._pieces, self.size, self._gone = [held], len(held), 0

    def write(self, piece: bytes) -> int:
        self._pieces.append(piece)
        self.size += len(piece)
        return len(piece)

    def tell(self) -> int:
        return self._gone + self.size

    def flush(self) -> None:
        """Nothing waits behind this outlet."""

    def take(self) -> bytes:
        held = b"".join(self._pieces)
        self._pieces, self._gone, self.size = [], self._gone + self.size, 0
        return held


def _zipped(parts: Iterable[Part], first: tuple[str, str] | None = None) -> Iterator[bytes]:
    """Write parts as they come. `first` is kept uncompressed at the head, as OpenDocument asks of its kind."""
    kept, info = _stored(*first) if first else (b"", None)
    outlet = _Outlet(kept)
    with ZipFile(outlet, "w", ZIP_DEFLATED) as archive:  # type: ignore[call-overload]
        if info is not None:
            archive.infolist().append(info)
        for name, pieces in parts:
            entry = ZipInfo(name)
            entry.compress_type = ZIP_DEFLATED
            with archive.open(entry, "w") as file:
                for piece in pieces:
                    file.write(piece.encode())
                    if outlet.size >= CHUNK:
                        yield outlet.take()
    yield outlet.take()


def _stored(name: str, text: str) -> tuple[bytes, ZipInfo]:
    """Write one part at the head of a ZIP, uncompressed, with its sizes told before it."""
    buffer = io.BytesIO()
    with ZipFile(buffer, "w") as archive:
        archive.writestr(ZipInfo(name), text)
        size = archive.start_dir
        return buffer.getvalue()[:size], archive.infolist()[0]
