"""Sealed files: opened by their key, whole, or refused in a sentence; written whole, or not at all."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from pyrage import x25519

from sanscouture.database import vault
from sanscouture.database.errors import DatabaseUnavailable

TEXT = b"une ligne\n" * 20_000


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    for name in ("BACKUP_KEY_FILE", "BACKUP_RECIPIENT"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def sealed(text: bytes = TEXT) -> bytes:
    target = io.BytesIO()
    vault.seal(io.BytesIO(text), target)
    return target.getvalue()


def opened(text: bytes, key: x25519.Identity | None = None) -> bytes:
    target = io.BytesIO()
    vault.unseal(io.BytesIO(text), target, key or vault.identity(), "essai")
    return target.getvalue()


def test_what_is_sealed_is_opened_by_its_key_and_says_nothing_without_it(place: Path) -> None:
    closed = sealed()
    assert b"une ligne" not in closed
    assert opened(closed) == TEXT
    assert (place / "secrets/backup-key").stat().st_mode & 0o077 == 0


def test_the_same_text_is_never_sealed_twice_alike() -> None:
    assert sealed() != sealed()


@pytest.mark.parametrize("length", [10, 100, 180, 65_000, 100_000, -1])
def test_a_cut_file_is_refused_wherever_it_was_cut(length: int) -> None:
    with pytest.raises(vault.Broken, match="tronqué ou abîmé"):
        opened(sealed()[:length])


@pytest.mark.parametrize("place", [190, 70_000, -1])
def test_a_changed_file_is_refused_wherever_it_was_changed(place: int) -> None:
    changed = bytearray(sealed())
    changed[place] ^= 1
    with pytest.raises(vault.Broken, match="tronqué ou abîmé"):
        opened(bytes(changed))


def test_another_key_is_told_as_such() -> None:
    with pytest.raises(vault.Broken, match="une autre clé"):
        opened(sealed(), x25519.Identity.generate())


def test_another_kind_of_file_is_told_as_such() -> None:
    with pytest.raises(vault.Broken, match="n’est pas une sauvegarde"):
        opened(b"PGDMP" + TEXT)


def test_a_machine_may_write_what_it_cannot_open(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    far = x25519.Identity.generate()
    monkeypatch.setenv("BACKUP_RECIPIENT", str(far.to_public()))
    closed = sealed()
    assert not (place / "secrets/backup-key").exists()
    assert opened(closed, far) == TEXT
    with pytest.raises(vault.Broken, match="une autre clé"):
        opened(closed)


def test_a_key_may_be_kept_elsewhere(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = place / "ailleurs.txt"
    kept.write_text(f"# clé des sauvegardes\n{x25519.Identity.generate()}\n")
    monkeypatch.setenv("BACKUP_KEY_FILE", str(kept))
    assert opened(sealed()) == TEXT
    kept.write_text("AGE-SECRET-KEY-FAUSSE")
    with pytest.raises(vault.Broken, match="pas de clé age"):
        sealed()
    kept.unlink()
    with pytest.raises(vault.Broken, match="est illisible"):
        sealed()


def test_a_wrong_public_key_is_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BACKUP_RECIPIENT", "age1faux")
    with pytest.raises(DatabaseUnavailable, match="BACKUP_RECIPIENT"):
        sealed()


class Full(io.BytesIO):
    def write(self, block: object, /) -> int:
        raise OSError(28, "No space left on device")


def test_a_full_disk_is_told_and_leaves_nothing(place: Path) -> None:
    path = place / "sauvegarde"
    with pytest.raises(DatabaseUnavailable, match="plus de place"), vault.new_file(path):
        vault.seal(io.BytesIO(TEXT), Full())
    assert [found.name for found in place.iterdir() if found.name != "secrets"] == []


@pytest.mark.parametrize("error", [DatabaseUnavailable("pg_dump s’est arrêté"), KeyboardInterrupt(), SystemExit(143)])
def test_what_the_source_meets_is_not_said_of_the_file(error: BaseException) -> None:
    class Gone(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise error

    with pytest.raises(type(error)):
        vault.seal(Gone(), io.BytesIO())


@pytest.mark.parametrize("interruption", [RuntimeError, KeyboardInterrupt])
def test_an_interrupted_file_leaves_nothing(place: Path, interruption: type[BaseException]) -> None:
    def interrupted() -> None:
        with vault.new_file(place / "sauvegarde") as file:
            file.write(b"half")
            raise interruption

    with pytest.raises(interruption):
        interrupted()
    assert list(place.iterdir()) == []


def test_a_folder_that_is_not_there_is_told(place: Path) -> None:
    with pytest.raises(DatabaseUnavailable, match="n’existe pas"), vault.new_file(place / "absent" / "sauvegarde"):
        pass
