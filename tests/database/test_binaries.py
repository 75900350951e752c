"""Which of the machine's programs serve, dump and restore."""

from __future__ import annotations

from pathlib import Path

import pytest

from sanscouture.database import binaries
from sanscouture.database.binaries import Binaries, client_programs, major_of
from sanscouture.database.errors import DatabaseUnavailable


@pytest.mark.parametrize(
    ("said", "major"),
    [
        ("postgres (PostgreSQL) 18.6", 18),
        ("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)", 15),
        ("postgres (PostgreSQL) 19beta1", 19),
        ("autre chose 18", 0),
    ],
)
def test_a_version_is_read_however_it_was_packaged(tmp_path: Path, said: str, major: int) -> None:
    program = tmp_path / "postgres"
    program.write_text(f"#!/bin/sh\necho '{said}'\n")
    program.chmod(0o755)
    assert major_of(tmp_path) == major
    assert major_of(tmp_path, "pg_dump") == 0


@pytest.mark.parametrize(("server", "chosen"), [(15, 15), (17, 18), (18, 18), (16, None), (19, None)])
def test_a_server_is_saved_by_programs_that_can_restore_it(
    monkeypatch: pytest.MonkeyPatch, server: int, chosen: int | None
) -> None:
    monkeypatch.setattr(binaries, "clients", lambda: tuple(Binaries(Path("x"), major) for major in (15, 18)))
    if chosen:
        assert client_programs.__wrapped__(server).major == chosen
    else:
        with pytest.raises(DatabaseUnavailable, match=f"postgresql-client-{server}"):
            client_programs.__wrapped__(server)
