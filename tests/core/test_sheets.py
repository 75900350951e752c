"""Tables that leave: no formula, nothing lost, readable by others, in a memory that does not grow."""

from __future__ import annotations

import csv
import io
import tracemalloc
from collections.abc import Iterator
from datetime import date
from zipfile import ZIP_STORED, ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from sanscouture.core.sheets import BLANKS, LONGEST_CELL, MEDIA, RISKY, Cell, Format, Row, neutral, written

WORKBOOKS = [Format.XLSX, Format.ODS]
HOSTILE = st.text() | st.builds(
    "{}{}{}".format,
    st.sampled_from(["", " ", "\t", "\r\n", "\u00a0", "\ufeff", "\x00"]),
    st.sampled_from(sorted(RISKY)),
    st.text(),
)


def read(content: bytes, form: Format) -> list[list[object]]:
    """Read a table as another program does."""
    if form is Format.CSV:
        return [list(row) for row in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";")]
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()


def table(rows: list[Row], form: Format, name: str = "Essai") -> list[list[object]]:
    return read(b"".join(written(name, rows, form)), form)


@given(HOSTILE)
def test_no_text_is_left_that_a_spreadsheet_takes_for_a_formula(text: str) -> None:
    said = neutral(text)
    blanks = BLANKS.match(said)
    assert blanks is not None
    assert said[blanks.end() :][:1] not in RISKY
    assert said[:1] not in {"\t", "\r", "\n"}


@given(HOSTILE)
def test_neutralising_twice_changes_nothing_more(text: str) -> None:
    assert neutral(neutral(text)) == neutral(text)


@pytest.mark.parametrize("text", ["Jean-Paul", "D’Hœrt", "06 39 98", "a=b", "", "’", "Ève+"])
def test_an_ordinary_text_leaves_as_it_is(text: str) -> None:
    assert neutral(text) == text


@pytest.mark.parametrize("form", list(Format))
@given(text=HOSTILE)
def test_each_kind_of_file_keeps_the_text_whole_and_harmless(form: Format, text: str) -> None:
    found = table([["Nom", "Autre"], [text, "fin"]], form)[1][0]
    lines = str(found).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    expected = neutral(text)
    if form is Format.CSV:
        assert found == expected
    elif form is Format.XLSX:
        assert "".join(lines) == "".join(expected.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    assert str(found)[:1] not in RISKY


@pytest.mark.parametrize("form", list(Format))
def test_numbers_days_and_nothing_keep_their_kind(form: Format) -> None:
    row: list[Cell] = ["=1+1", 3, date(2026, 11, 25), None, date(1890, 1, 2)]
    found = table([["a", "b", "c", "d", "e"], row], form)[1]
    day: object = "25/11/2026" if form is Format.CSV else date(2026, 11, 25)
    old: object = date(1890, 1, 2) if form is Format.ODS else "02/01/1890"
    assert found == ["'=1+1", "3" if form is Format.CSV else 3.0, day, "", old]


def test_a_text_cut_by_another_separator_begins_no_formula() -> None:
    content = b"".join(written("Essai", [["Nom"], ["a,=1+1"]], Format.CSV)).decode()
    assert '"a,=1+1"' in content


@pytest.mark.parametrize("form", WORKBOOKS)
def test_a_sheet_is_named_as_workbooks_allow(form: Format) -> None:
    content = b"".join(written("Cité : [l’été] & 'plus' / \"" + "x" * 40, [["a"]], form))
    (name,) = CalamineWorkbook.from_filelike(io.BytesIO(content)).sheet_names
    assert len(name) <= 31
    assert not set(name) & set("[]:*?/\\'")


def test_a_text_is_no_longer_than_a_cell() -> None:
    assert len(neutral("=" + "x" * 100_000)) == LONGEST_CELL


def test_an_ods_says_first_what_it_is() -> None:
    content = b"".join(written("Essai", [["a"]], Format.ODS))
    assert content[30:].startswith(b"mimetype" + MEDIA[Format.ODS].encode())
    with ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        assert archive.infolist()[0].compress_type == ZIP_STORED
        assert archive.read("mimetype").decode() == MEDIA[Format.ODS]


def many(count: int) -> Iterator[Row]:
    for rank in range(count):
        yield [f"Personne {rank}", rank, date(2026, 1, 1)]


@pytest.mark.parametrize("form", list(Format))
def test_a_long_table_leaves_in_pieces_and_takes_no_more_memory_than_a_short_one(form: Format) -> None:
    tracemalloc.start()
    try:
        pieces = [len(piece) for piece in written("Essai", many(20_000), form)]
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(pieces) > 1
    assert peak < 2_000_000
