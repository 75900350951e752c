"""Turning the keys: nothing is lost, whenever it stops (ADR 0019)."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from django.db import connection, connections, transaction

from factories import BeneficiaryFactory, NoteFactory, ProgrammeFactory
from sanscouture.access import resealing
from sanscouture.access.scope import scope
from sanscouture.cli import main, probes
from sanscouture.core import clock, keys
from sanscouture.core.errors import Conflict, Refused
from sanscouture.core.sealing import Unreadable, blind, key_of
from sanscouture.pathways.models import Note
from sanscouture.people.models import Beneficiary
from sanscouture.programmes.models import Programme
from sanscouture.programmes.services import rotation
from sanscouture.programmes.services.rotation import rotate_keys, unknown_keys

pytestmark = pytest.mark.usefixtures("fresh_db", "place")
PEOPLE = 7


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    folder = tmp_path / "secrets"
    monkeypatch.setattr(keys, "folder", lambda: folder)
    monkeypatch.setattr(rotation, "NOTICE", 0.1)
    monkeypatch.setattr(resealing, "BATCH", 2)
    return folder


@pytest.fixture
def programme(fresh_db: None, place: Path) -> Programme:
    with transaction.atomic():
        programme = ProgrammeFactory()
        for rank in range(PEOPLE):
            person = BeneficiaryFactory(
                programme=programme, phone=f"+3363998010{rank}", qpv_provenance={"address": f"{rank} rue Inventée"}
            )
            NoteFactory(beneficiary=person, text=f"Note {rank}")
    return programme  # type: ignore[no-any-return]


def wholly_read(programme: Programme) -> set[str]:
    """Check that every text is what was written; give the keys that the rows name."""
    with scope(programmes=[programme.pk], named=[programme.pk]):
        people = Beneficiary.objects.order_by("phone_key")
        assert sorted(one.phone for one in people) == [f"+3363998010{rank}" for rank in range(PEOPLE)]
        assert {one.qpv_provenance["address"] for one in people} == {f"{rank} rue Inventée" for rank in range(PEOPLE)}
        assert {one.text for one in Note.objects.order_by("pk")} == {f"Note {rank}" for rank in range(PEOPLE)}
        assert all(one.phone_key == blind("phone", programme.pk, one.phone) for one in people)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT phone FROM people_beneficiary UNION SELECT qpv_provenance ->> 'address' FROM people_beneficiary"
                " UNION SELECT text FROM pathways_note"
            )
            return {key_of(text) for (text,) in cursor.fetchall()}


def test_everything_is_sealed_again_and_the_former_key_is_dropped(programme: Programme) -> None:
    (former,) = keys.read_keys()
    told: list[tuple[int, int]] = []
    done = rotate_keys(insist=True, tell=lambda rows, total: told.append((rows, total)))
    (now,) = keys.read_keys()
    assert (done.is_new, done.rows, done.dropped, done.kept) == (True, 2 * PEOPLE, (former.id,), ())
    assert done.key == now.id != former.id
    assert wholly_read(programme) == {now.id}
    assert told[-1] == (2 * PEOPLE, 2 * PEOPLE)


def test_run_twice_it_changes_nothing(programme: Programme) -> None:
    first = rotate_keys(insist=True)
    again = rotate_keys()
    assert (again.key, again.is_new, again.rows, again.dropped) == (first.key, False, 0, ())
    assert wholly_read(programme) == {first.key}


def test_a_key_of_yesterday_is_turned(programme: Programme, monkeypatch: pytest.MonkeyPatch) -> None:
    later = clock.now() + timedelta(days=1, minutes=1)
    monkeypatch.setattr(rotation.clock, "now", lambda: later)
    assert rotate_keys().is_new


def test_without_a_row_there_is_a_key_all_the_same(place: Path) -> None:
    assert rotate_keys().rows == 0
    assert len(keys.read_keys()) == 1


@pytest.mark.parametrize("batches", [1, 5, 8])
def test_killed_in_the_middle_it_goes_on(programme: Programme, batches: int) -> None:
    (former,) = keys.read_keys()
    connections.close_all()
    child = os.fork()
    if not child:
        count = 0

        def kill(done: int, total: int) -> None:
            nonlocal count
            count += 1
            if count == batches:
                os.kill(os.getpid(), signal.SIGKILL)

        try:
            rotate_keys(insist=True, tell=kill)
        finally:
            os._exit(1)
    _pid, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL
    assert len(keys.read_keys()) == 2
    assert former.id in wholly_read(programme) or batches == 8
    done = rotate_keys(insist=True)
    assert (done.is_new, done.dropped) == (False, (former.id,))
    assert 0 <= done.rows < 2 * PEOPLE
    assert wholly_read(programme) == {done.key}


def test_what_is_written_meanwhile_is_sealed_with_the_new_key(programme: Programme) -> None:
    def write(done: int, total: int) -> None:
        with scope(programmes=[programme.pk], named=[programme.pk]):
            BeneficiaryFactory(programme=programme, phone="+33639980199")

    before = keys.read_keys()[0].id
    rotate_keys(insist=True, tell=write)
    with scope(programmes=[programme.pk], named=[programme.pk]):
        assert not any(isinstance(one.phone, Unreadable) for one in Beneficiary.objects.order_by("pk"))
    assert before not in {key.id for key in keys.read_keys()}


def test_a_long_act_that_holds_the_former_key_is_waited_for(programme: Programme) -> None:
    begun, go = Event(), Event()

    def act() -> None:
        with scope(programmes=[programme.pk], named=[programme.pk]):
            Beneficiary.objects.filter(phone_key=blind("phone", programme.pk, "+33639980100")).update(
                phone="+33639980100", email="tard@exemple.example"
            )
            begun.set()
            go.wait(20)
        connection.close()

    thread = Thread(target=act)
    thread.start()
    assert begun.wait(20)
    Thread(target=lambda: (go.wait(1.5), go.set())).start()
    done = rotate_keys(insist=True)
    thread.join()
    assert done.kept == ()
    assert wholly_read(programme) == {done.key}
    with scope(programmes=[programme.pk], named=[programme.pk]):
        assert Beneficiary.objects.exclude(email="").get().email == "tard@exemple.example"


def test_an_act_without_end_leaves_every_key(programme: Programme, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rotation, "PATIENCE", 0.1)
    monkeypatch.setattr(rotation, "OLDEST", "SELECT 0")
    with pytest.raises(Refused, match="relancez"):
        rotate_keys(insist=True)
    assert len(keys.read_keys()) == 2
    wholly_read(programme)


def test_what_cannot_be_opened_is_left_and_told(programme: Programme, place: Path) -> None:
    key = keys.read_keys()[0]
    aside = key.path.rename(place.parent / key.path.name)
    assert unknown_keys() == {key.id}
    assert probes.field_keys().state is probes.State.WRONG
    done = rotate_keys(insist=True)
    assert (done.rows, done.unreadable) == (0, 2 * PEOPLE)
    aside.rename(place / aside.name)
    assert rotate_keys().unreadable == 0
    assert wholly_read(programme) == {done.key}
    assert probes.field_keys().state is probes.State.GOOD


def test_a_former_key_that_a_broken_text_names_is_kept(programme: Programme) -> None:
    (former,) = keys.read_keys()
    with scope(programmes=[programme.pk], named=[programme.pk]), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE pathways_note SET text = left(text, -4) WHERE text LIKE 'x1:%%' AND id = (%s)", [_a_note()]
        )
    done = rotate_keys(insist=True)
    assert (done.kept, done.dropped, done.unreadable) == ((former.id,), (), 1)


def _a_note() -> Any:
    return Note.objects.order_by("pk").values_list("pk", flat=True)[0]


def test_two_do_not_turn_the_keys_at_once(programme: Programme) -> None:
    with keys.turning(), pytest.raises(Conflict, match="déjà"):
        rotate_keys(insist=True)


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    monkeypatch.setattr("sanscouture.cli.keys.ensure_running", lambda: None)

    def run(*words: str) -> tuple[int, str]:
        code = main(["rotate-keys", *words])
        said = capsys.readouterr()
        return code, said.out + said.err

    return run


def test_the_command_says_what_it_did(programme: Programme, command: Callable[..., tuple[int, str]]) -> None:
    code, said = command("--force")
    assert code == 0
    for words in ("Nouvelle clé", f"{2 * PEOPLE} lignes chiffrées", "Clés retirées", "sauvegardes d’avant"):
        assert words in said
    code, said = command()
    assert (code, "Rien à faire" in said) == (0, True)
    code, said = command("--json")
    assert (code, json.loads(said)["rows"]) == (0, 0)
    with keys.turning():
        code, said = command()
    assert (code, "déjà" in said) == (1, True)
