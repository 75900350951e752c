"""Point-in-time restoration: write, note the time, write more, come back; see the first and not the second."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from sanscouture.cli import backup as commands
from sanscouture.cli import main
from sanscouture.database import admin, archive, recovery, server, vault
from sanscouture.database.archive import Base, bases, command_of, prune
from sanscouture.database.errors import DatabaseUnavailable
from sanscouture.database.layout import Layout, layout
from sanscouture.database.spool import drain, trouble_of

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
Captured = pytest.CaptureFixture[str]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Layout]:
    """An installation of its own."""
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("SANSCOUTURE_DB_FSYNC", "off")
    for name in ("SANSCOUTURE_DB_NAME", "BACKUP_RECIPIENT", "BACKUP_KEY_FILE"):
        monkeypatch.delenv(name, raising=False)
    yield layout()
    server.release()
    server.stop()
    shutil.rmtree(layout().home, ignore_errors=True)


def write(number: int) -> str:
    """Write a row; give an instant after it."""
    with psycopg.connect(admin.owner_dsn(), autocommit=True) as owner:
        owner.execute("CREATE TABLE IF NOT EXISTS thing (number int)")
        owner.execute("INSERT INTO thing VALUES (%s)", [number])
        row = owner.execute("SELECT clock_timestamp()::text FROM pg_sleep(0.01)").fetchone()
        owner.execute("SELECT pg_sleep(0.01)")
    assert row
    return str(row[0])


def seen() -> list[int]:
    with psycopg.connect(admin.app_dsn()) as app:
        return [int(number) for (number,) in app.execute("SELECT number FROM thing ORDER BY number")]


@pytest.mark.embedded
def test_the_base_comes_back_to_an_instant_then_lives_another_story(
    place: Layout, tmp_path: Path, capsys: Captured
) -> None:
    """One story, because each restoration restarts a server: back once, then to the end of what followed, elsewhere."""
    folder = tmp_path / "archive"
    assert main(["archive"]) == 1
    assert "archive DOSSIER" in capsys.readouterr().err
    assert main(["archive", str(folder)]) == 0
    at = write(1)
    write(2)
    assert main(["restore", "--at", at]) == 1
    assert "--force" in capsys.readouterr().err
    assert seen() == [1, 2]

    assert main(["restore", "--at", at, "--force", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["last_commit"]
    assert seen() == [1]
    with psycopg.connect(admin.app_dsn()) as app, pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.execute("CREATE TABLE mine (id int)")

    write(3)
    archive.hand_over()
    server.release()
    server.stop()
    texts = [path.read_bytes() for path in folder.rglob("*.age")]
    assert len(texts) > 3
    assert all(text.startswith(b"age-encryption.org/") for text in texts)

    lost = place.data / "secrets"
    for name in ("postgres-superuser", "postgres-app", "postgres-owner"):
        (lost / name).unlink()
    shutil.rmtree(place.home)
    assert main(["restore", "--at", "fin", "--archive", str(folder)]) == 0
    assert seen() == [1, 3]


@pytest.mark.embedded
def test_an_archive_of_another_cluster_is_refused(place: Layout, tmp_path: Path) -> None:
    server.ensure_running()
    (tmp_path / "cluster").write_text("7")
    with pytest.raises(DatabaseUnavailable, match="autre base"):
        archive.turn_on(tmp_path)
    assert not place.spool.exists()


def test_a_real_server_is_archived_by_its_own_means(monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://x@localhost/x")
    assert main(["restore", "--at", "fin", "--force"]) == 1
    assert "hébergeur" in capsys.readouterr().err


def some_bases(folder: Path) -> list[Base]:
    for part in ("base", "wal"):
        (folder / part).mkdir()
    for hour, segment in ((12, 2), (13, 5), (14, 9)):
        (folder / "base" / f"base-20261124T{hour}0000Z-0000000100000000{segment:08X}.age").touch()
    for segment in range(1, 11):
        (folder / "wal" / f"0000000100000000{segment:08X}.age").touch()
    (folder / "wal" / "00000002.history.age").touch()
    return bases(folder)


def test_the_last_base_whole_at_an_instant_is_chosen(tmp_path: Path) -> None:
    every = some_bases(tmp_path)
    assert recovery.choose(every, NOON + timedelta(minutes=90)) == every[1]
    assert recovery.choose(every, NOON) == every[0]
    assert recovery.choose(every, None) == every[2]
    with pytest.raises(DatabaseUnavailable, match="commence le"):
        recovery.choose(every, NOON - timedelta(seconds=1))
    with pytest.raises(DatabaseUnavailable, match="aucune base"):
        recovery.choose([], None)


def test_old_bases_go_with_the_segments_that_only_they_needed(tmp_path: Path) -> None:
    some_bases(tmp_path)
    assert prune(tmp_path, 3) == 0
    assert prune(tmp_path, 2) == 1 + 4
    assert [base.segment[-1] for base in bases(tmp_path)] == ["5", "9"]
    kept = sorted(path.name for path in (tmp_path / "wal").iterdir())
    assert kept[0] == "000000010000000000000005.age"
    assert kept[-1] == "00000002.history.age"


def test_bases_of_the_time_that_was_left_are_set_aside(tmp_path: Path) -> None:
    some_bases(tmp_path)
    recovery.set_aside(tmp_path, NOON + timedelta(minutes=90))
    assert [base.at.hour for base in bases(tmp_path)] == [12, 13]


def test_what_cannot_be_archived_stays_and_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    (tmp_path / "database").mkdir()
    place = Layout(tmp_path, tmp_path / "home", tmp_path / "run")
    assert drain(place)
    place.spool.mkdir(parents=True)
    segment = place.spool / "000000010000000000000001"
    segment.write_bytes(b"wal")
    (place.spool / ".half.part").touch()
    (place.desk / "archive").write_text(str(tmp_path / "archive"))
    assert not drain(place)
    assert segment.exists()
    assert "n’existe pas" in trouble_of(place)
    (tmp_path / "archive/wal").mkdir(parents=True)
    assert drain(place)
    assert not segment.exists()
    assert trouble_of(place) == ""
    sealed = tmp_path / "archive/wal/000000010000000000000001.age"
    before = sealed.read_bytes()
    segment.write_bytes(b"wal")
    assert drain(place)
    assert sealed.read_bytes() == before


def test_the_command_of_the_server_never_keeps_half_a_copy_nor_copies_twice(tmp_path: Path) -> None:
    place = Layout(tmp_path, tmp_path / "l’an 100%", tmp_path / "run")
    source = tmp_path / "source"
    source.write_bytes(b"wal")

    def archived(name: str) -> int:
        words = command_of(place).replace("%f", name).replace("%p", str(source)).replace("%%", "%")
        return recovery.subprocess.run(["/bin/sh", "-c", words], check=False).returncode

    assert archived("01") == 0
    place.spool.mkdir(parents=True)
    assert archived("01") == 0
    assert [path.name for path in place.spool.iterdir()] == ["01"]
    assert (place.spool / "01").read_bytes() == b"wal"
    assert archived("01") == 0
    source.unlink()
    assert archived("02") != 0
    assert [path.name for path in place.spool.iterdir()] == ["01"]


@pytest.mark.parametrize(
    ("text", "hour"), [("2026-11-24 18:30", 17), ("2026-07-01 18:30", 16), ("2026-11-24T18:30+00:00", 18)]
)
def test_an_instant_is_said_in_paris(text: str, hour: int, monkeypatch: pytest.MonkeyPatch) -> None:
    assert commands.instant(text).hour == hour
    assert commands.instant("fin") == commands.LAST


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--at", "hier"], "s’écrit"),
        (["--at", "2999-01-01"], "pas encore passée"),
        (["--at", "fin", "fichier"], "ou --at"),
        ([], "ou --at"),
    ],
)
def test_wrong_words_are_a_usage_error(words: list[str], said: str, capsys: Captured) -> None:
    with pytest.raises(SystemExit) as raised:
        main(["restore", *words])
    assert raised.value.code == 2
    assert said in capsys.readouterr().err


def test_a_swap_that_was_interrupted_is_finished_by_the_next_start(tmp_path: Path) -> None:
    from sanscouture.database.cluster import finish_swap, recovered  # noqa: PLC0415 — only here

    place = Layout(tmp_path, tmp_path, tmp_path)
    recovered(place).mkdir()
    finish_swap(place)
    assert not place.cluster.exists()
    (tmp_path / "recovered.ready").touch()
    finish_swap(place)
    assert place.cluster.exists()
    assert not (tmp_path / "recovered.ready").exists()


def test_a_damaged_base_is_told(tmp_path: Path) -> None:
    def write_garbage(target: Any) -> None:
        target.write(b"not a tar\n" * 10)

    with (
        pytest.raises(DatabaseUnavailable, match="abîmée"),
        recovery.piped(write_garbage) as source,
        recovery.tarfile.open(fileobj=source, mode="r|gz"),
    ):
        pass


def test_what_closes_a_base_is_told_before_what_one_reads_of_it() -> None:
    def refuse(target: Any) -> None:
        raise vault.Broken("une autre clé")

    def read() -> None:
        with recovery.piped(refuse) as source:
            assert source.readline() == b""
            raise vault.Broken("ce n’est pas une base")

    with pytest.raises(vault.Broken, match="une autre clé"):
        read()
