"""What seldom happens to a file of the offer: a doubt of the program about itself, a list written as JSON."""

from __future__ import annotations

import json
from enum import StrEnum
from io import BytesIO
from pathlib import Path

import pytest
from pydantic import BaseModel, model_validator

from sanscouture.core.errors import Refused
from sanscouture.directory.models import Service
from sanscouture.directory.services import import_offer_file, offer_files, sheets
from sanscouture.directory.services.importing import _Import, _Run
from sanscouture.directory.services.offer_tables import _several
from sanscouture.directory.services.places import Communes
from sanscouture.directory.services.reports import ImportReport
from sanscouture.directory.services.sheets import Carriers
from sanscouture.directory.services.upserts import Sender, Written, _array, upsert
from sanscouture.directory.services.validation import RowRefused, _validated, clean
from sanscouture.territories.services import load_starter_set


class Known(StrEnum):
    OLD = "old"


class Picky(BaseModel):
    """A schema that cannot do without what it does not know yet."""

    kind: Known | None = None

    @model_validator(mode="after")
    def must_have_a_kind(self) -> Picky:
        if self.kind is None:
            raise ValueError
        return self


def test_a_code_too_new_that_the_rest_needs_refuses_the_row() -> None:
    assert _validated(Picky, {"kind": "old"})[0].kind is Known.OLD
    with pytest.raises(RowRefused):
        _validated(Picky, {"kind": "newer"})


@pytest.mark.django_db
def test_an_import_that_lost_count_of_its_rows_stops() -> None:
    work = _Import(ImportReport("offre.json"), _Run(Communes(), Sender()), BytesIO())
    work.report.read = 1
    with pytest.raises(RuntimeError, match="rows were lost"):
        work.finish()


def test_a_list_in_a_cell_may_be_written_as_json() -> None:
    assert _several('["mobilite", "sante"]') == ["mobilite", "sante"]
    assert _several("[mobilite") == "[mobilite"


def test_a_value_without_end_in_json_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(offer_files, "LONGEST_LINE", 200_000)
    path = tmp_path / "offre.json"
    path.write_text(json.dumps([{"nom": "a" * 300_000}]))
    with pytest.raises(Refused, match="plus de dix millions de caractères"):
        import_offer_file(path)


@pytest.mark.django_db
def test_a_place_is_left_empty_unless_one_thing_tells_it() -> None:
    load_starter_set()
    communes = Communes()
    assert communes.find("", "", "") == (None, "")
    assert communes.find("", "99999", "Nulle part")[0] is None
    alone, [(code, _key)] = next((key, held) for key, held in communes._by_postcode.items() if len(held) == 1)
    assert communes.find("", alone, "") == (code, "")
    assert communes.find("", alone, "Nulle part")[0] is None


@pytest.mark.django_db
def test_structures_already_asked_are_forgotten_when_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MOST_CARRIERS", 0)
    carriers = Carriers()
    carriers._known["essai--1"] = sheets.Carrier("essai--1", "Maison", {})
    carriers.ask([])
    assert carriers._known == {}


def test_nothing_to_write_is_nothing_written() -> None:
    assert upsert([], refreshed=[]) == Written(0, 0, 0)


def test_a_list_is_written_as_postgresql_reads_it() -> None:
    assert _array([]) == "{}"
    assert _array(["a", "b"]) == '{"a","b"}'
    assert _array(['dit "oui"', "a\\b"]) == r'{"dit \"oui\"","a\\b"}'


@pytest.mark.django_db
def test_a_name_of_characters_that_cannot_be_kept_is_missing(tmp_path: Path) -> None:
    path = tmp_path / "offre.json"
    path.write_text(json.dumps([{"id": "essai--1", "source": "essai", "nom": "\0\0\0\0", "date_maj": "2026-01-01"}]))
    report = import_offer_file(path)
    assert (report.read, report.refused, Service.objects.count()) == (1, 1, 0)
    assert [line.field for line in report.lines] == ["nom"]


def test_half_a_character_is_stored_as_a_question_mark() -> None:
    assert clean(" Maison\ud800\x00 ") == "Maison?"
