"""`sanscouture backup` and `sanscouture restore`: exit codes, sentences, answers for a machine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pyrage import x25519

import small
from sanscouture.cli import backup, main
from sanscouture.database.errors import DatabaseUnavailable
from sanscouture.database.inventory import Manifest

MANIFEST = Manifest("2026-11-24", "2", 180000, "x", "o", "a", tables={}, sequences={}, migrations=[])
Captured = pytest.CaptureFixture[str]


@pytest.fixture
def name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[str]:
    monkeypatch.setenv("BACKUP_DIR", str(tmp_path / "sauvegardes"))
    with small.database(monkeypatch) as name:
        yield name


@pytest.fixture(autouse=True)
def pending(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    found: list[str] = []
    monkeypatch.setattr(backup, "pending_migrations", lambda: found)
    return found


def test_a_backup_goes_into_its_folder_and_comes_back(
    name: str, tmp_path: Path, capsys: Captured, pending: list[str]
) -> None:
    (tmp_path / "sauvegardes").mkdir()
    old = tmp_path / "sauvegardes/sanscouture-20200101T000000Z.sauvegarde"
    old.touch()
    assert main(["backup", "--json", "--keep", "1"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["tables"], said["rows"], said["removed"]) == (3, 3, [str(old)])
    (file,) = (tmp_path / "sauvegardes").iterdir()
    assert str(file) == said["file"]

    assert main(["restore", str(file), "--verify"]) == 0
    assert "3 tables, 3 lignes" in capsys.readouterr().out
    assert main(["restore", str(file)]) == 1
    assert "--force" in capsys.readouterr().err

    pending.append("people.0002")
    assert main(["restore", str(file), "--force"]) == 0
    assert "lancez « sanscouture migrate »" in capsys.readouterr().out
    assert main(["restore", str(file), "--force", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["pending_migrations"] == 1


def test_a_wrong_key_is_told_to_people_and_to_machines(name: str, tmp_path: Path, capsys: Captured) -> None:
    file, key = tmp_path / "sauvegarde", tmp_path / "key"
    key.write_text(str(x25519.Identity.generate()))
    assert main(["backup", str(file)]) == 0
    capsys.readouterr()
    assert main(["restore", str(file), "--verify", "--key", str(key), "--json"]) == 1
    printed = capsys.readouterr()
    assert "une autre clé" in json.loads(printed.out)["error"]
    assert "une autre clé" in printed.err


def test_what_cannot_be_written_is_told(name: str, tmp_path: Path, capsys: Captured) -> None:
    assert main(["backup", str(tmp_path / "absent/sauvegarde")]) == 1
    assert "n’existe pas" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["--keep", "0"], ["--keep", "2", "fichier"]])
def test_wrong_options_are_a_usage_error(words: list[str]) -> None:
    with pytest.raises(SystemExit) as raised:
        main(["backup", *words])
    assert raised.value.code == 2


def test_tables_of_a_later_version_are_refused_before_anything_is_touched() -> None:
    backup.must_be_known(replace(MANIFEST, migrations=["people.0001_initial", "an_app_since_removed.0004_x"]))
    with pytest.raises(DatabaseUnavailable, match=r"people\.9999_later"):
        backup.must_be_known(replace(MANIFEST, migrations=["people.9999_later"]))
