"""What is sealed is opened by its key alone, and is never lost for want of it (ADR 0019)."""

from __future__ import annotations

import base64
import copy
import pickle
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.core.exceptions import FieldError

from sanscouture.core import keys
from sanscouture.core.fields import sealed_fields, unreadable
from sanscouture.core.sealing import Unreadable, blind, key_of, readable, seal, unseal, writing_mark
from sanscouture.pathways.models import Note
from sanscouture.people.models import Beneficiary

NOW = datetime(2026, 11, 25, 16, tzinfo=UTC)
ONE, OTHER = UUID(int=1), UUID(int=2)


@pytest.fixture(autouse=True)
def place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    folder = tmp_path / "secrets"
    monkeypatch.setattr(keys, "folder", lambda: folder)
    return folder


@pytest.mark.parametrize("text", ["+33639980101", "é" * 500, " ", "x1:ceci n’est pas chiffré"])
def test_a_text_comes_back_and_its_sealed_form_says_nothing_of_it(text: str) -> None:
    sealed = seal(text)
    assert unseal(sealed) == text
    assert text.strip() == "" or text not in sealed
    assert seal(text) != sealed


def test_what_is_empty_stays_empty_and_what_was_in_clear_is_read() -> None:
    assert (seal(""), unseal(""), unseal("06 39 98 01 01")) == ("", "", "06 39 98 01 01")
    assert key_of("06 39 98 01 01") == ""


def test_a_lost_key_shows_nothing_and_loses_nothing(place: Path) -> None:
    sealed = seal("+33639980101")
    (key,) = keys.read_keys()
    kept = key.path.rename(place.parent / key.path.name)
    seal("autre chose")  # a process that is started again makes a key, and writes with it
    found = unseal(sealed)
    assert isinstance(found, Unreadable)
    assert (found, bool(found), seal(found)) == ("", False, sealed)
    assert "illisible" in readable(found)
    kept.rename(place / kept.name)
    assert unseal(sealed) == readable(unseal(sealed)) == "+33639980101"
    assert len(keys.read_keys()) == 2


@pytest.mark.parametrize("broken", ["x1:", "x1:00000000:", "x1:{key}:", "x1:{key}:AAAA", "x1:{key}:é", "x1:{key}:A"])
def test_an_altered_text_is_unreadable(broken: str) -> None:
    seal("une clé")
    stored = broken.format(key=keys.read_keys()[0].id)
    assert seal(unseal(stored)) == stored


def test_a_changed_letter_is_noticed() -> None:
    body = bytearray(base64.urlsafe_b64decode(seal("appeler").rpartition(":")[2]))
    body[-1] ^= 1
    assert isinstance(unseal(writing_mark() + base64.urlsafe_b64encode(body).decode()), Unreadable)


def test_what_could_not_be_read_is_copied_whole() -> None:
    lost = Unreadable(sealed="x1:abc:def")
    for twin in (copy.copy(lost), copy.deepcopy(lost), pickle.loads(pickle.dumps(lost))):  # noqa: S301
        assert seal(twin) == "x1:abc:def"


def test_a_key_made_meanwhile_writes_at_once_and_both_read() -> None:
    before = seal("avant")
    key = keys.make_key(datetime.now(UTC) + timedelta(minutes=1))
    after = seal("après")
    assert key_of(after) == key.id != key_of(before)
    assert (unseal(before), unseal(after)) == ("avant", "après")


def test_files_that_are_not_keys_are_left_aside(place: Path) -> None:
    good = keys.make_key(NOW)
    (place / "field-key-20261125T160000000001Z-00000000").write_text(base64.b64encode(b"x" * 32).decode())
    (place / "field-key-20261125T160000000002Z-00000000").write_bytes(b"\xff\xfe")
    (place / "field-key-20261125T160000000003Z-00000000").write_text("A")
    (place / "django").write_text("autre")
    assert keys.read_keys() == [good]
    assert good.path.stat().st_mode & 0o077 == 0


def test_of_two_who_ask_first_one_makes_the_key() -> None:
    assert keys.first_key() == keys.first_key()


def test_one_turns_the_keys_at_a_time() -> None:
    with keys.turning(), pytest.raises(keys.KeysBusy), keys.turning():
        pass


def test_a_blind_index_is_of_one_programme_one_field_and_one_installation(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    index = blind("email", ONE, " Lina@Exemple.example ")
    assert index == blind("email", ONE, "lina@exemple.example")
    assert len(index) == 22
    assert index not in {blind("phone", ONE, "lina@exemple.example"), blind("email", OTHER, "lina@exemple.example")}
    assert blind("email", ONE, " ") == ""
    monkeypatch.setattr(keys, "folder", lambda: tmp_path / "ailleurs")
    assert index != blind("email", ONE, "lina@exemple.example")


def test_the_fields_of_the_specification_are_sealed() -> None:
    assert [field.name for field in sealed_fields(Beneficiary)] == ["phone", "email", "address", "qpv_provenance"]
    assert [field.name for field in sealed_fields(Note)] == ["text"]


@pytest.mark.parametrize("condition", [{"phone": "+33639980101"}, {"phone__startswith": "+33"}, {"email__in": ["a"]}])
def test_nothing_is_looked_for_in_sealed_texts(condition: dict[str, object]) -> None:
    with pytest.raises(FieldError):
        str(Beneficiary.objects.get_queryset().filter(**condition).query)


def test_a_row_says_that_it_cannot_be_read() -> None:
    lost = Unreadable(sealed="x1:abc:def")
    assert unreadable(Beneficiary(address=lost))
    assert unreadable(Beneficiary(qpv_provenance={"address": lost}))
    assert not unreadable(Beneficiary(phone="+33639980101", qpv_provenance={"score": 1}))
