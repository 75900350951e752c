from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from directory.hostile import MUTATIONS, hostile_file
from sanscouture.core.errors import Refused
from sanscouture.directory.models import Service
from sanscouture.directory.services import ImportReport, import_offer_file, reports
from sanscouture.partners.models import Organisation

pytestmark = pytest.mark.django_db
FILES = 2 * len(MUTATIONS)


def assert_accounted(report: ImportReport) -> None:
    """Every row is imported or told, and what is told as imported is there."""
    assert report.read == report.imported + report.refused
    assert all(line.row and line.sentence for line in report.lines)
    assert report.refused == len({line.row for line in report.lines if not line.kept})
    assert report.structures == Organisation.objects.count()
    assert report.services == Service.objects.count()


def assert_refused(refusal: Refused) -> None:
    """The sentence is whole, and nothing is written."""
    assert str(refusal).endswith(".")
    assert not Organisation.objects.exists()


@pytest.mark.timeout(120)
def test_a_hostile_file_is_refused_or_told_row_by_row_and_never_half_written(tmp_path: Path) -> None:
    for number in range(FILES):
        Service.objects.all().delete()
        Organisation.objects.all().delete()
        name, content = hostile_file(number)
        path = tmp_path / name
        path.write_bytes(content)
        try:
            report = import_offer_file(path)
        except Refused as refusal:
            assert_refused(refusal)
        else:
            assert_accounted(report)


def test_lists_within_lists_without_end_cost_nothing(tmp_path: Path) -> None:
    path = tmp_path / "profond.json.gz"
    path.write_bytes(gzip.compress(b"[" * 300_000))
    with pytest.raises(Refused, match="emboîte trop"):
        import_offer_file(path)


def test_a_file_of_unreadable_rows_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports, "MOST_REFUSED", 5)
    path = tmp_path / "vide.jsonl"
    path.write_text("{}\n" * 6)
    with pytest.raises(Refused, match="plus de 5 lignes"):
        import_offer_file(path)
    path.write_text("{}\n" * 5)
    assert import_offer_file(path).refused == 5
