"""What a column is, and what a damaged cell said."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanscouture.people.rules import clean_phone
from sanscouture.people.rules.importing import (
    EPOCH,
    heading_key,
    mended_phone,
    propose_mapping,
    read_day,
    read_row,
    same_person_key,
)

TODAY = date(2026, 11, 25)
FIELDS = ["first_name", "last_name", "birth_date", "phone", "email", "address", "postcode", "city", ""]


def row(*cells: str):
    return read_row(cells, FIELDS, today=TODAY)


def test_columns_are_recognised_by_their_heading_each_field_once() -> None:
    columns = ["N° dossier", "NOM", "Prénom(s)", "Né(e) le", "Tél.", "Portable", "CP", "Ville", "E-mail"]
    found = propose_mapping(columns, {})
    assert found == ["", "last_name", "first_name", "birth_date", "phone", "", "postcode", "city", "email"]


def test_what_was_chosen_last_time_comes_first_even_when_it_was_nothing() -> None:
    remembered = {heading_key("Contact"): "phone", heading_key("Nom"): "", "x": "unknown"}
    assert propose_mapping(["Contact", "Nom", "X"], remembered) == ["phone", "", ""]


@pytest.mark.parametrize(
    ("text", "day", "guessed"),
    [
        ("25/11/1990", date(1990, 11, 25), False),
        ("1-2-1990", date(1990, 2, 1), False),
        ("01.02.1990", date(1990, 2, 1), False),
        ("1990-11-25", date(1990, 11, 25), False),
        ("1990-11-25T10:00:00", date(1990, 11, 25), False),
        ("25 novembre 1990", date(1990, 11, 25), False),
        ("1er août 1990", date(1990, 8, 1), False),
        ("12 févr. 2001", date(2001, 2, 12), False),
        ("33202", date(1990, 11, 25), True),
        ("25/11/90", date(1990, 11, 25), True),
        ("25/11/05", date(2005, 11, 25), True),
    ],
)
def test_a_day_is_read_as_it_is_written_in_france(text: str, day: date, guessed: bool) -> None:
    assert read_day(text, today=TODAY) == (day, guessed)


@pytest.mark.parametrize("text", ["11/25/1990", "31/02/1990", "hier", "12 brumaire 1990", "1990", "0/0/0", "99999"])
def test_what_is_no_day_is_not_guessed(text: str) -> None:
    assert read_day(text, today=TODAY) is None


@given(st.dates(date(1906, 1, 1), date(2026, 1, 1)))
def test_a_day_comes_back_from_each_way_of_writing_it(day: date) -> None:
    assert read_day(f"{day:%d/%m/%Y}", today=TODAY) == (day, False)
    assert read_day(day.isoformat(), today=TODAY) == (day, False)
    assert read_day(str((day - EPOCH).days), today=TODAY) == (day, True)


@given(st.integers(0, 99_999_999))
def test_a_number_that_a_spreadsheet_damaged_comes_back(rank: int) -> None:
    whole = f"06{rank:08d}"
    expected = clean_phone(whole)
    number = int(whole)
    for damaged in (str(number), f"{number}.0", f"{number},00", f"33{number}", f"{number:.8E}".replace(".", ",")):
        assert clean_phone(mended_phone(damaged)) == expected


@pytest.mark.parametrize(
    "text", ["", "06 39 98 01 02", "+33639980102", "0032475123456", "6,3998E+08", "1,5E+99", "abc"]
)
def test_a_number_that_is_whole_or_lost_is_left_alone(text: str) -> None:
    assert mended_phone(text) in {text, "0639980000"}


def test_a_row_tells_who_with_what_was_mended() -> None:
    read = row("Lina", "Inventée", "33202", "639980102", "lina@exemple.example", "3 rue des Lilas", "2100", "Oise", "x")
    assert read.faults == ()
    assert read.facts["birth_date"] == date(1990, 11, 25)
    assert read.facts["phone"] == "+33639980102"
    assert read.facts["address"] == "3 rue des Lilas, 02100 Oise"
    assert [one.split("\u00a0:")[0] for one in read.mended] == ["Date de naissance", "Téléphone"]


def test_a_formula_neutralised_on_its_way_out_comes_back_in() -> None:
    assert row("'=Lina").facts["first_name"] == "=Lina"


@pytest.mark.parametrize(
    ("cells", "field"),
    [
        (("",), "Prénom"),
        (("x" * 81,), "Prénom"),
        (("Lina", "", "31/02/1990"), "Date de naissance"),
        (("Lina", "", "01/01/2030"), "Date de naissance"),
        (("Lina", "", "", "12"), "Téléphone"),
        (("Lina", "", "", "", "lina@"), "Courriel"),
        (("Lina", "", "", "", "x" * 260), "Courriel"),
        (("Lina", "", "", "", "", "x" * 201), "Adresse"),
    ],
)
def test_a_fault_names_its_field(cells: tuple[str, ...], field: str) -> None:
    (fault, *_rest) = row(*cells).faults
    assert fault.startswith(f"{field}\u00a0: ")


@given(st.lists(st.text(max_size=60), max_size=9))
def test_any_row_is_read_or_refused_with_sentences(cells: list[str]) -> None:
    read = row(*cells)
    assert read.faults or read.facts["first_name"]


def test_two_rows_of_one_person_share_their_key() -> None:
    one, other = row("Lina", "Inventée", "25/11/1990").facts, row("LINA", "inventee", "1990-11-25").facts
    assert same_person_key(one) == same_person_key(other)
