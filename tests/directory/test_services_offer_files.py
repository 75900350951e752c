"""Files of the offer in every wrapping: Parquet, compressed tables, folders, archives made to harm."""

from __future__ import annotations

import gzip
import json
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pyarrow as arrow
import pytest
from django.core.management import call_command
from pyarrow import parquet

from directory.test_services_importing import service, structure
from sanscouture.core.errors import Refused
from sanscouture.directory.models import Service
from sanscouture.directory.services import import_offer_file, import_offer_files, offer_paths, unfolding
from sanscouture.partners.models import Organisation

pytestmark = pytest.mark.django_db
CSV = "source;id;nom;date_maj\nessai;essai--1;Maison inventée;2026-01-05\n".encode()


@pytest.mark.parametrize("name", ["offre.parquet", "offre.bin"])
def test_parquet_is_read_as_rows(tmp_path: Path, name: str) -> None:
    rows = [structure(date_maj=date(2026, 1, 5)), service(date_maj=date(2026, 2, 6), score_qualite=0.5)]
    columns = {key: [row.get(key) for row in rows] for key in {**rows[0], **rows[1]}}
    parquet.write_table(arrow.table(columns), tmp_path / name)
    report = import_offer_file(tmp_path / name)
    assert (report.structures, report.services, report.refused) == (1, 1, 0)
    assert Organisation.objects.get().source_updated_on == date(2026, 1, 5)
    assert (Service.objects.get().thematiques, Service.objects.get().quality) == (["mobilite--preparer-un-permis"], 0.5)
    (tmp_path / "cut.parquet").write_bytes((tmp_path / name).read_bytes()[:-200])
    with pytest.raises(Refused, match="Parquet"):
        import_offer_file(tmp_path / "cut.parquet")
    parquet.write_table(arrow.table({"nom": ["x"]}), tmp_path / "other.parquet")
    with pytest.raises(Refused, match="source"):
        import_offer_file(tmp_path / "other.parquet")


def test_a_compressed_table_is_read_as_a_table(tmp_path: Path) -> None:
    packed = tmp_path / "offre.csv.gz"
    packed.write_bytes(gzip.compress(CSV))
    assert import_offer_file(packed).structures == 1
    unnamed = tmp_path / "offre.csv"
    unnamed.write_bytes(gzip.compress(CSV))
    assert import_offer_file(unnamed).unchanged == 1
    packed.write_bytes(gzip.compress(CSV * 2_000)[:-40])
    with pytest.raises(Refused, match="abîmé"):
        import_offer_file(packed)
    packed.write_bytes(gzip.compress(CSV)[:12])
    with pytest.raises(Refused, match="abîmé"):
        import_offer_file(packed)


def test_a_folder_gives_the_files_that_it_holds(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="aucun fichier"):
        offer_paths([tmp_path])
    (tmp_path / "a-services.jsonl").write_text(json.dumps(service()))
    (tmp_path / "b-structures.json.gz").write_bytes(gzip.compress(json.dumps([structure()]).encode()))
    (tmp_path / "LISEZMOI.txt").write_text("rien")
    (tmp_path / "autres").mkdir()
    assert [path.name for path in offer_paths([tmp_path])] == ["a-services.jsonl", "b-structures.json.gz"]
    told = StringIO()
    call_command("import_offer", str(tmp_path), stdout=told)
    assert told.getvalue().count("1 lignes lues, 1 importées") == 2


def test_an_archive_that_unfolds_out_of_proportion_is_refused(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(unfolding, "ALWAYS_UNFOLDED", 1_000_000)
    for name, content in (("blancs.json.gz", b" " * 3_000_000), ("table.csv.gz", CSV + b"\n" * 3_000_000)):
        path = tmp_path / name
        path.write_bytes(gzip.compress(content))
        with pytest.raises(Refused, match="honnête"):
            import_offer_file(path)


def test_services_given_first_wait_for_structures_of_another_file(tmp_path: Path) -> None:
    mixed, late = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    mixed.write_text("\n".join(json.dumps(row) for row in (structure(2), service(1), service(2, structure_id=7))))
    late.write_text(json.dumps(structure(1)))
    first, second = import_offer_files([mixed, late])
    assert (first.imported, first.refused, second.imported) == (2, 1, 1)
    assert (first.lines[-1].row, first.lines[-1].field) == (3, "structure_id")
