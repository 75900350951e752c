"""The embedded server: it starts once, survives what kills it, and opens to nobody without a password."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import psycopg
import pytest

from sanscouture.database import admin, cluster, server
from sanscouture.database.dsn import connection_parameters
from sanscouture.database.errors import DatabaseUnavailable
from sanscouture.database.keeper import Keeper, leftovers, running_server
from sanscouture.database.layout import Layout, layout

pytestmark = pytest.mark.embedded
START = "from sanscouture.database.server import ensure_running; ensure_running(); "
ROLES = ["app", "owner"]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Layout]:
    """An installation of its own, whose server leaves soon after its last client."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATA_DIR", str(tmp_path_factory.mktemp("installation")))
        patch.setenv("SANSCOUTURE_DB_GRACE", "0.5")
        patch.setenv("SANSCOUTURE_DB_FSYNC", "off")
        patch.delenv("SANSCOUTURE_DB_NAME", raising=False)
        yield layout()
        server.release()
        server.stop()
        shutil.rmtree(layout().home, ignore_errors=True)


@pytest.fixture
def running(place: Layout) -> Layout:
    server.ensure_running()
    return place


def eventually(condition: Callable[[], object], seconds: float = 20) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.1)
    return False


def stopped(place: Layout) -> bool:
    return server.keeper_pid(place) is None and running_server(place) is None


def in_other_process(code: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", START + code], stdout=subprocess.PIPE)


def test_it_answers_and_says_so(running: Layout) -> None:
    assert server.status().running
    with psycopg.connect(admin.app_dsn()) as connection:
        assert connection.execute("SELECT current_user").fetchone() == ("sanscouture_app",)


@pytest.mark.parametrize("user", ["postgres", "sanscouture_owner", "sanscouture_app", "root"])
def test_nobody_enters_without_the_password(running: Layout, user: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGPASSFILE", os.devnull)
    parameters = connection_parameters("app") | {"user": user}
    for password in ({}, {"password": "wrong"}, {"password": connection_parameters("app")["password"]}):
        if user == "sanscouture_app" and password.get("password") == parameters["password"]:
            continue
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(**(parameters | {"password": None} | password))


def test_nothing_listens_on_the_network(running: Layout) -> None:
    with admin.connect() as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)


def test_every_line_of_the_access_file_wants_a_password(running: Layout) -> None:
    with admin.connect() as connection:
        rows = connection.execute("SELECT DISTINCT auth_method FROM pg_hba_file_rules").fetchall()
    assert rows == [("scram-sha-256",)]


def test_secrets_and_data_are_private(running: Layout) -> None:
    for folder in (running.data / "secrets", running.home, running.cluster, running.sockets, running.desk):
        assert folder.stat().st_mode & 0o077 == 0, folder
    assert all(path.stat().st_mode & 0o077 == 0 for path in (running.data / "secrets").iterdir())


def test_it_never_runs_as_root(running: Layout) -> None:
    pid = running_server(running)
    assert pid
    assert Path(f"/proc/{pid}").stat().st_uid != 0


def test_a_new_client_finds_it_running(running: Layout) -> None:
    before = running_server(running)
    server.ensure_running()
    assert running_server(running) == before


def test_two_starters_start_one_server(place: Layout) -> None:
    server.release()
    server.stop()
    code = "import os; from sanscouture.database.server import status; print(status().keeper, flush=True)"
    starters = [in_other_process(code) for _ in range(3)]
    seen = {starter.communicate(timeout=60)[0] for starter in starters}
    assert all(starter.returncode == 0 for starter in starters)
    assert len(seen) == 1


def test_it_leaves_after_a_client_killed_without_warning(place: Layout) -> None:
    server.release()
    client = in_other_process("import time; print('ready', flush=True); time.sleep(60)")
    assert client.stdout
    assert client.stdout.readline() == b"ready\n"
    client.kill()
    client.communicate()
    assert eventually(lambda: stopped(place))


def test_it_stays_when_asked(place: Layout) -> None:
    server.ensure_running()
    server.stay()
    server.release()
    time.sleep(2)
    assert server.status().running
    server.stop()
    assert stopped(place)


def test_it_comes_back_when_killed(running: Layout) -> None:
    admin.drop_database("kept")
    admin.create_database("kept")
    with psycopg.connect(admin.owner_dsn("kept")) as connection:
        connection.execute("SET synchronous_commit = on")
        connection.execute("CREATE TABLE thing AS SELECT 1 AS id")
    before = running_server(running)
    assert before
    os.kill(before, signal.SIGKILL)
    assert eventually(lambda: running_server(running) not in {None, before} and server.accepting(), 60)
    with psycopg.connect(admin.owner_dsn("kept")) as connection:
        assert connection.execute("SELECT id FROM thing").fetchone() == (1,)


def test_the_next_start_recovers_from_a_killed_keeper(running: Layout) -> None:
    keeper = server.keeper_pid(running)
    assert keeper
    os.kill(keeper, signal.SIGKILL)
    assert eventually(lambda: server.keeper_pid(running) is None)
    server.ensure_running()
    assert eventually(server.accepting)
    assert server.keeper_pid(running) not in {None, keeper}


def test_sessions_that_outlive_a_killed_server_are_ended_before_the_next_one_writes(running: Layout) -> None:
    """A frozen session cannot see that its server has died: without us, PostgreSQL would refuse to start beside it."""
    with psycopg.connect(admin.app_dsn()) as connection:
        session = connection.info.backend_pid
        before = running_server(running)
        assert before
        assert session in leftovers(running)
        os.kill(session, signal.SIGSTOP)
        os.kill(before, signal.SIGKILL)
        assert eventually(lambda: running_server(running) not in {None, before} and server.accepting(), 60)
        assert session not in leftovers(running)


def test_a_killed_keeper_is_replaced_by_whoever_uses_the_server(running: Layout) -> None:
    keeper = server.keeper_pid(running)
    assert keeper
    left = server.keep_watch()
    try:
        os.kill(keeper, signal.SIGKILL)
        assert eventually(lambda: server.keeper_pid(running) not in {None, keeper} and server.accepting(), 60)
        server.stop()
        time.sleep(2 * server.WATCH_TICK)
        assert stopped(running), "asked to stop, it stays stopped"
    finally:
        left.set()


def test_a_server_that_cannot_start_is_tried_again_ever_more_slowly(
    running: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Fallen:
        def poll(self) -> int:
            return 1

    tries: list[float] = []
    keeper = Keeper(running)
    monkeypatch.setattr("sanscouture.database.keeper.TICK", 0.02)
    monkeypatch.setattr("sanscouture.database.keeper.clear_the_way", lambda _place: tries.append(time.monotonic()))
    monkeypatch.setattr(Keeper, "wanted", lambda _self: len(tries) < 4)
    monkeypatch.setattr(Keeper, "start", lambda self: setattr(self, "server", Fallen()))
    keeper.run()
    first, *_, last = [after - before for before, after in pairwise(tries)]
    assert last > first + 0.05


def test_a_stale_pid_that_names_a_stranger_does_not_stop_it(running: Layout) -> None:
    place = running
    server.release()
    server.stop()
    pid = place.cluster / "postmaster.pid"
    pid.write_text(f"{os.getpid()}\n{place.cluster}\n1\n5432\n\n\n")
    server.ensure_running()
    assert server.status().running


def test_an_interrupted_creation_is_done_again(place: Layout) -> None:
    server.ensure_running()
    server.release()
    server.stop()
    (place.home / "cluster.new" / "base").mkdir(parents=True, exist_ok=True)
    shutil.rmtree(place.cluster)
    server.ensure_running()
    assert server.status().running


def test_lost_secrets_are_told_in_a_sentence(running: Layout) -> None:
    secret = running.data / "secrets" / "postgres-superuser"
    kept = secret.read_text()
    secret.write_text("another")
    try:
        with pytest.raises(DatabaseUnavailable, match="secrets"):
            server.ensure_running()
    finally:
        secret.write_text(kept)


def test_data_of_another_version_are_not_touched(place: Layout) -> None:
    server.ensure_running()
    server.release()
    server.stop()
    version = place.cluster / "PG_VERSION"
    kept = version.read_text()
    version.write_text("12\n")
    try:
        with pytest.raises(DatabaseUnavailable, match="PostgreSQL 12"):
            server.ensure_running()
    finally:
        version.write_text(kept)
        server.release()


def test_tests_may_trade_safety_for_speed_but_real_data_may_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SANSCOUTURE_DB_FSYNC", raising=False)
    assert cluster.durable()
