"""The program `sanscouture`: its help, its exit codes, psql with the right credentials, the demo's address."""

from __future__ import annotations

import gc
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar
from urllib.error import HTTPError

import pytest

from sanscouture.cli import leaving, main
from sanscouture.cli.commands import COMMANDS, usage
from sanscouture.cli.db import split
from sanscouture.cli.serve import Server, refusal_of_port, refusal_to_serve

PROGRAM = [sys.executable, "-m", "sanscouture"]


def run(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*PROGRAM, *words], capture_output=True, text=True, check=False, env=os.environ | environment, timeout=100
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def taken_port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        monkeypatch.setenv("PORT", str(taken.getsockname()[1]))
        monkeypatch.setenv("HOST", "127.0.0.1")
        yield int(taken.getsockname()[1])


def test_help_names_each_command_with_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    printed = capsys.readouterr().out
    assert printed == usage()
    for name, command in COMMANDS.items():
        assert re.search(rf"^  {name} +{re.escape(command.sentence)}$", printed, re.MULTILINE)


@pytest.mark.parametrize(("command", "code"), [("serve", 0), ("worker", 0), ("demo", 0), ("migrate", 143), ("", 143)])
def test_what_is_stopped_before_its_end_does_not_say_that_it_succeeded(command: str, code: int) -> None:
    with pytest.raises(SystemExit) as raised:
        leaving(command)(signal.SIGTERM, None)
    assert raised.value.code == code


def test_no_command_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "Usage" in capsys.readouterr().out


def test_every_command_of_ours_exists() -> None:
    for command in COMMANDS.values():
        if command.target:
            module, function = command.target.split(":")
            assert callable(getattr(__import__(module, fromlist=[function]), function))


def test_what_follows_two_dashes_is_for_psql() -> None:
    assert split(["--role", "owner", "--", "-c", "--", "x"]) == (["--role", "owner"], True, ["-c", "--", "x"])
    assert split(["-c", "x"]) == (["-c", "x"], False, [])


@pytest.mark.parametrize(("role", "user"), [("app", "sanscouture_app"), ("owner", "sanscouture_owner")])
def test_dbshell_opens_psql_as_the_role(role: str, user: str) -> None:
    done = run("dbshell", "--role", role, "--", "-Atc", "SELECT current_user", "-v", "ON_ERROR_STOP=1")
    assert (done.returncode, done.stdout.strip()) == (0, user), done.stderr


def test_dbshell_gives_the_exit_code_of_psql() -> None:
    assert run("dbshell", "--", "-v", "ON_ERROR_STOP=1", "-c", "SELECT nothing").returncode != 0


def test_db_status_answers_machines() -> None:
    assert run("db", "start").returncode == 0
    answer = run("db", "status", "--json")
    assert answer.returncode == 0
    assert json.loads(answer.stdout)["running"] is True


def test_a_taken_port_is_told_in_a_sentence(taken_port: int) -> None:
    assert refusal_of_port() == (
        f"Le port {taken_port} est déjà pris sur 127.0.0.1\u00a0: "
        f"choisissez-en un autre, par exemple PORT={taken_port + 1}."
    )


@pytest.mark.parametrize("command", ["demo", "serve"])
def test_a_server_refuses_a_taken_port_before_anything_else(
    taken_port: int, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([command]) == 1
    assert "déjà pris" in capsys.readouterr().err


@pytest.mark.parametrize("value", ["quatre", "0", "70000", "-1"])
def test_a_port_is_a_number(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", value)
    assert "nombre entre 1 et 65535" in refusal_of_port()


@pytest.mark.parametrize("value", ["deux", "0", "65", "-1", "²"])
def test_a_number_of_processes_is_a_sensible_one(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEB_CONCURRENCY", value)
    assert "nombre entre 1 et 64" in refusal_to_serve()


def test_the_site_is_served_by_as_many_processes_as_are_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    for asked, found in (("", 1), ("3", 3)):
        monkeypatch.setenv("WEB_CONCURRENCY", asked)
        assert Server(on_ready=lambda: None, jobs=False).cfg.workers == found


def test_what_a_process_keeps_is_left_out_of_the_search_for_garbage() -> None:
    server = Server(on_ready=lambda: None, jobs=False)
    asked: Any = None
    try:
        for _ in range(9):
            server.answered(asked, None, None, None)
        assert gc.get_freeze_count() == 0
        server.answered(asked, None, None, None)
        assert gc.get_freeze_count() > 1_000
    finally:
        gc.unfreeze()


class Demo:
    """A demo in its own process, as an operator has it."""

    running: ClassVar[list[Demo]] = []

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.log = folder / "demo.log"
        environment = os.environ | {
            "DATA_DIR": str(folder / "data"),
            "PORT": str(self.port),
            "SANSCOUTURE_DB_GRACE": "1",
            "SANSCOUTURE_SKIP_DEMO_DATA": "1",
        }
        with self.log.open("ab") as output:
            self.process = subprocess.Popen([*PROGRAM, "demo"], stdout=output, stderr=output, env=environment)
        self.running.append(self)

    def wait(self, seconds: float = 90) -> None:
        deadline = time.monotonic() + seconds
        while f"http://localhost:{self.port}" not in self.log.read_text():
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.1)

    def get(self, path: str) -> tuple[int, bytes]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=20) as answer:
                return answer.status, answer.read()
        except HTTPError as error:
            with error:
                return error.code, error.read()

    def well_again(self, seconds: float = 60) -> bool:
        """Wait until the database and the queue are back."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            time.sleep(0.5)
            if json.loads(self.get("/healthz")[1])["status"] == "ok":
                return True
        return False

    def end(self, number: int) -> int:
        self.process.send_signal(number)
        return self.process.wait(40)


def postmaster(data: Path) -> int:
    """The server's process, wherever its cluster lives."""
    pointer = data / "database/home"
    home = Path(pointer.read_text()) if pointer.exists() else data / "postgres"
    return int((home / "cluster/postmaster.pid").read_text().split()[0])


def health(demo: Demo) -> dict[str, object]:
    status, body = demo.get("/healthz")
    assert status == 200
    answer: dict[str, object] = json.loads(body)
    return answer


@pytest.fixture
def empty_place(tmp_path: Path) -> Iterator[Path]:
    """A folder for an installation; root's cluster may live outside it."""
    yield tmp_path
    for demo in Demo.running:
        demo.process.kill()
        demo.process.wait()
    Demo.running.clear()
    outside = tmp_path / "data/database/home"
    if outside.exists():
        shutil.rmtree(outside.read_text())


@pytest.mark.embedded
@pytest.mark.timeout(300)
def test_the_demo_lives_stops_and_starts_again(empty_place: Path) -> None:
    """One story, because a cold start is slow: start, answer, Ctrl-C, start again, kill -9, start again, SIGTERM."""
    demo = Demo(empty_place)
    demo.wait()
    answer = health(demo)
    assert answer["database"] == "ok"
    assert answer["version"]
    demo.get("/r/a-secret-token?nom=Untel")
    assert demo.end(signal.SIGINT) == 0
    written = demo.log.read_text()
    assert "secret-token" not in written
    assert "Untel" not in written
    assert "path=/r/*" in written
    assert run("db", "status", DATA_DIR=str(empty_place / "data")).returncode == 1

    started = time.monotonic()
    demo = Demo(empty_place)
    demo.wait()
    assert time.monotonic() - started < 60
    demo.end(signal.SIGKILL)

    demo = Demo(empty_place)
    demo.wait()
    os.kill(postmaster(empty_place / "data"), signal.SIGKILL)
    assert demo.well_again()
    assert demo.end(signal.SIGTERM) == 0
    assert run("db", "status", DATA_DIR=str(empty_place / "data")).returncode == 1
