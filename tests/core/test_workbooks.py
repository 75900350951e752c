"""Tables that people send: sniffed, limited, read whatever their kind, and never a fault of ours."""

from __future__ import annotations

import io
from contextlib import suppress
from datetime import date
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sanscouture.core import workbooks
from sanscouture.core.errors import Refused
from sanscouture.core.sheets import Format, Row, written
from sanscouture.core.workbooks import LARGEST, read_sheet


def made(rows: list[Row], form: Format) -> bytes:
    return b"".join(written("Essai", rows, form))


@pytest.mark.parametrize("form", [Format.XLSX, Format.ODS])
def test_a_workbook_is_read_with_its_numbers_and_days_as_text(form: Format) -> None:
    sheet = read_sheet(made([["Nom", "Tél", "Né le"], ["Inventée", 639980102, date(1990, 11, 25)]], form))
    assert sheet.columns == ("Nom", "Tél", "Né le")
    assert sheet.rows == ((2, ("Inventée", "639980102", "1990-11-25")),)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("mark", [";", ",", "\t"])
def test_a_text_is_read_in_any_usual_encoding_and_separator(encoding: str, mark: str) -> None:
    text = f"Prénom{mark}Nom\nZoé{mark}D’Été\n\n{mark}\nNaël{mark}Court\n".replace("’", "'")
    sheet = read_sheet(text.encode(encoding))
    assert sheet.columns == ("Prénom", "Nom")
    assert [cells for _number, cells in sheet.rows] == [("Zoé", "D'Été"), ("Naël", "Court")]


def test_short_and_long_rows_take_the_width_of_the_heading() -> None:
    sheet = read_sheet(b"a;b;\n1\n1;2;3;4\n")
    assert sheet.columns == ("a", "b")
    assert [cells for _number, cells in sheet.rows] == [("1", ""), ("1", "2")]


def sparse() -> bytes:
    """A small workbook whose second cell is the last of a sheet: seventeen thousand million cells lie between."""
    whole = made([["a"], ["b"]], Format.XLSX)
    buffer = io.BytesIO()
    with ZipFile(io.BytesIO(whole)) as source, ZipFile(buffer, "w", ZIP_DEFLATED) as target:
        for name in source.namelist():
            text = source.read(name).decode()
            rows = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
            if name.endswith("sheet1.xml"):
                text = text[: text.index("<row>")] + rows + text[text.index("</sheetData>") :]
            target.writestr(name, text)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "est vide"),
        (b"a;b\n", "aucune ligne"),
        (b"a\n" + b"x" * LARGEST, "trop lourd"),
        (sparse(), "ne peut pas être lu"),
        (b"PK\x03\x04 rien d'un classeur", "ne peut pas"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "classeur"),
        (b"a;b\n" + b"1;2\n" * 5_001, "plus de 5"),
        (b";".join([b"c"] * 61) + b"\n" + b"1\n", "plus de 60 colonnes"),
        (bytes(range(256)) * 4, "n’est pas un texte"),
    ],
    ids=["empty", "no row", "heavy", "sparse", "no workbook", "old workbook", "long", "wide", "binary"],
)
def test_a_file_that_cannot_be_taken_is_refused_with_its_reason(content: bytes, why: str) -> None:
    with pytest.raises(Refused, match=why):
        read_sheet(content)


def test_a_workbook_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "PATIENCE", 0)
    with pytest.raises(Refused, match="ne peut pas être lu"):
        read_sheet(WORKBOOK)


def test_a_protected_workbook_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "PROTECTED", 1)
    with pytest.raises(Refused, match="mot de passe"):
        read_sheet(WORKBOOK[:200])


WORKBOOK = made([["Nom", "Prénom"], ["Inventée", "Lina"]], Format.XLSX)


@settings(max_examples=15, deadline=None)
@given(st.binary(max_size=300) | st.binary(max_size=100).map(lambda tail: b"PK\x03\x04" + tail))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    with suppress(Refused):
        assert read_sheet(content).rows


@settings(max_examples=15, deadline=None)
@given(st.integers(0, len(WORKBOOK) - 1), st.binary(min_size=1, max_size=8))
def test_a_damaged_workbook_is_read_or_refused(place: int, damage: bytes) -> None:
    content = WORKBOOK[:place] + damage + WORKBOOK[place + len(damage) :]
    with suppress(Refused):
        assert read_sheet(content).rows
