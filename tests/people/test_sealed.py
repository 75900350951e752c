"""Contact details and notes are sealed in every column, found by their index, and survive a lost key (ADR 0019)."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.apps import apps
from django.db import IntegrityError, connection, connections, transaction

from factories import BeneficiaryFactory, NeedFactory, NoteFactory, ProgrammeFactory
from personas import Persona
from sanscouture.access.actor import Actor
from sanscouture.access.scope import scope
from sanscouture.core import keys, sealing
from sanscouture.core.errors import Conflict, Refused
from sanscouture.core.fields import BlindIndexField, sealed_fields
from sanscouture.core.sealing import Unreadable, blind
from sanscouture.database.dsn import administrator_parameters
from sanscouture.pathways.models import Note
from sanscouture.pathways.selectors.travelling import travelling
from sanscouture.pathways.services import notes
from sanscouture.people.models import Beneficiary
from sanscouture.people.services import create_beneficiary, set_place, update_beneficiary
from sanscouture.territories.enums import PlaceKind
from sanscouture.territories.rules import GeocodedAddress

PHONE, EMAIL, ADDRESS = "+33639980177", "lina.inventee@exemple.example", "4 rue Inventée 59600 Maubeuge"
WORDS = "Préfère être appelée le matin."


def raw(name: str, table: str) -> str:
    """Every column of every row of a table, as whoever sees all rows reads them."""
    with psycopg.connect(**administrator_parameters(name)) as owner:
        return " ".join(str(row) for (row,) in owner.execute(f"SELECT one::text FROM {table} AS one").fetchall())


def stored(person: Beneficiary) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM people_beneficiary WHERE id = %s", [person.pk])
        names = [column.name for column in cursor.description or ()]
        return dict(zip(names, cursor.fetchone() or (), strict=True))


def keys_of(person: Beneficiary) -> tuple[str, str]:
    found = stored(person)
    return found["phone_key"], found["email_key"]


@pytest.fixture
def lina(adviser: Persona) -> Any:
    return BeneficiaryFactory(
        programme=adviser.programme,
        captured_by=adviser.organisation,
        created_by=adviser.user,
        first_name="Lina",
        phone=PHONE,
        email=EMAIL,
    )


@pytest.fixture
def lost(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[], None]:
    """Take the keys away, as on a server that came back without its secrets."""

    def take() -> None:
        monkeypatch.setattr(keys, "folder", lambda: tmp_path / "secrets")
        monkeypatch.setattr(sealing, "_known", [sealing._Ring()])

    return take


@pytest.mark.usefixtures("fresh_db")
def test_no_column_of_the_database_holds_them_in_clear() -> None:
    name = str(connections["default"].settings_dict["NAME"])
    with transaction.atomic():
        person = BeneficiaryFactory(phone=PHONE, email=EMAIL)
        place = GeocodedAddress(
            label=ADDRESS, lon=3.97, lat=50.27, score=0.97, kind=PlaceKind.HOUSENUMBER, source="BAN"
        )
        set_place(person, address=ADDRESS, place=place, actor=Actor(person.created_by_id))
        NoteFactory(beneficiary=person, text=WORDS)
    people, written = raw(name, "people_beneficiary"), raw(name, "pathways_note")
    assert str(person.pk) in people
    assert str(person.pk) in written
    for secret in (PHONE, PHONE.removeprefix("+33"), EMAIL, "lina.inventee", ADDRESS, "Inventée 59600", WORDS, "matin"):
        assert secret not in people + written
    with scope(programmes=[person.programme_id], named=[person.programme_id]):
        found = Beneficiary.objects.get()
        assert (found.phone, found.email, found.address) == (PHONE, EMAIL, ADDRESS)
        assert found.qpv_provenance["address"] == ADDRESS
        assert Note.objects.get().text == WORDS


@pytest.mark.django_db
@pytest.mark.parametrize(
    "clear", ["phone = '06'", "email = 'a@b'", "address = 'rue'", """qpv_provenance = '{"address": "rue"}'"""]
)
def test_the_database_refuses_contact_details_in_clear(lina: Beneficiary, clear: str) -> None:
    with pytest.raises(IntegrityError, match="person_contact_sealed"), transaction.atomic(), connection.cursor() as one:
        one.execute(f"UPDATE people_beneficiary SET {clear}")


@pytest.mark.django_db
def test_the_database_refuses_a_note_in_clear(lina: Beneficiary) -> None:
    NoteFactory(beneficiary=lina)
    with pytest.raises(IntegrityError, match="note_sealed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE pathways_note SET text = 'en clair'")


@pytest.mark.django_db
class TestIndex:
    def test_it_follows_every_way_of_writing(self, lina) -> None:
        one = lina.programme_id
        assert keys_of(lina) == (blind("phone", one, PHONE), blind("email", one, EMAIL))
        Beneficiary.objects.filter(pk=lina.pk).update(phone="+33639980178", email="")
        assert keys_of(lina) == (blind("phone", one, "+33639980178"), "")
        lina.phone, lina.email = "+33639980179", "autre@exemple.example"
        lina.save(update_fields=["phone"])
        assert keys_of(lina) == (blind("phone", one, "+33639980179"), "")
        Beneficiary.objects.bulk_update([lina], ["email", "email_key"])
        assert stored(lina)["email_key"] == lina.email_key
        with pytest.raises(TypeError, match="email_key"):
            Beneficiary.objects.bulk_update([lina], ["email"])

    def test_the_same_telephone_in_two_programmes_does_not_match(self, lina) -> None:
        there = BeneficiaryFactory(programme=ProgrammeFactory())
        assert Beneficiary.objects.get_queryset().update(phone=PHONE) == 2
        assert keys_of(lina)[0] == blind("phone", lina.programme_id, PHONE)
        assert keys_of(there)[0] == blind("phone", there.programme_id, PHONE)
        assert keys_of(lina)[0] != keys_of(there)[0]

    def test_each_index_names_a_sealed_field(self) -> None:
        for model in apps.get_models():
            sealed = {field.name for field in sealed_fields(model)}
            assert {one.of for one in model._meta.fields if isinstance(one, BlindIndexField)} <= sealed

    @pytest.mark.parametrize(
        ("asked", "found"),
        [
            ("06 39 98 01 77", True),
            (PHONE, True),
            (EMAIL.upper(), True),
            ("06 39 98 01", False),
            ("06 39 98 01 78", False),
            ("lina.inventee", False),
        ],
    )
    def test_the_list_finds_somebody_by_a_whole_telephone_or_email(self, lina, adviser, asked, found) -> None:
        page = adviser.client.get(f"/programmes/{lina.programme.slug}/personnes/", {"nom": asked})
        assert (f"/personnes/{lina.pk}/" in page.text) is found

    def test_the_second_of_two_clicks_is_still_refused(self, programme, organisation, adviser) -> None:
        facts = {"first_name": "Moussa", "phone": "06 39 98 01 02"}
        create_beneficiary(programme, organisation=organisation, actor=adviser.actor, **facts)
        with pytest.raises(Conflict):
            create_beneficiary(programme, organisation=organisation, actor=adviser.actor, **facts)
        other = facts | {"phone": "06 39 98 01 03"}
        assert create_beneficiary(programme, organisation=organisation, actor=adviser.actor, **other)


@pytest.mark.django_db
class TestLostKey:
    def test_pages_say_so_and_show_no_cipher(self, lina, adviser, lost) -> None:
        note = NoteFactory(beneficiary=lina, text=WORDS, author=adviser.user)
        lost()
        for page in (f"/personnes/{lina.pk}/", f"/personnes/{lina.pk}/modifier/", f"/notes/{note.pk}/modifier/"):
            answer = adviser.client.get(page)
            assert (answer.status_code, "leur clé manque" in answer.text, "x1:" in answer.text) == (200, True, False)
        assert "illisible" in adviser.client.get(f"/personnes/{lina.pk}/").text

    def test_correcting_something_else_writes_back_what_could_not_be_read(self, lina, adviser, lost) -> None:
        before = stored(lina)
        lost()
        update_beneficiary(lina, version=1, actor=adviser.actor, last_name="Autre", phone="", email="")
        after = stored(lina)
        assert after["last_name"] == "Autre"
        for name in ("phone", "email", "phone_key", "email_key", "address", "qpv_provenance"):
            assert after[name] == before[name]

    def test_a_note_is_not_overwritten_unread(self, lina, adviser, lost) -> None:
        note = NoteFactory(beneficiary=lina, text=WORDS, author=adviser.user)
        lost()
        with pytest.raises(Refused, match="sa clé manque"):
            notes.edit_note(note, text="Autre", readers="me", version=1, actor=adviser.actor)

    def test_a_recipient_is_told_that_the_telephone_is_there(self, lina, lost) -> None:
        need = NeedFactory(beneficiary=lina)
        lost()
        need.beneficiary.refresh_from_db()
        assert all("illisible" in value for _label, value in travelling(need, ["phone", "email"]))

    def test_a_new_telephone_replaces_it(self, lina, adviser, lost) -> None:
        lost()
        saved = update_beneficiary(lina, version=1, actor=adviser.actor, phone="06 39 98 01 55")
        saved.refresh_from_db()
        assert (saved.phone, isinstance(saved.email, Unreadable)) == ("+33639980155", True)


@pytest.mark.usefixtures("fresh_db")
def test_rows_of_before_are_sealed_by_the_migration() -> None:
    name = str(connections["default"].settings_dict["NAME"])
    with transaction.atomic():
        person = BeneficiaryFactory(email=EMAIL)
        note = NoteFactory(beneficiary=person)
    with psycopg.connect(**administrator_parameters(name)) as owner:
        owner.execute("ALTER TABLE people_beneficiary DROP CONSTRAINT person_contact_sealed")
        owner.execute("ALTER TABLE pathways_note DROP CONSTRAINT note_sealed")
        owner.execute(
            "UPDATE people_beneficiary SET phone = %s, phone_key = '', address = %s, qpv_provenance = %s",
            [PHONE, ADDRESS, f'{{"address": "{ADDRESS}", "score": 0.97}}'],
        )
        owner.execute("UPDATE pathways_note SET text = %s", [WORDS])
    with scope(programmes=[person.programme_id], named=[person.programme_id]):
        assert Beneficiary.objects.get().phone == PHONE
    for path in ("people.migrations.0009_contact_details_sealed", "pathways.migrations.0019_notes_sealed"):
        importlib.import_module(f"sanscouture.{path}").seal(apps, None)
    assert PHONE not in raw(name, "people_beneficiary")
    assert ADDRESS not in raw(name, "people_beneficiary")
    assert WORDS not in raw(name, "pathways_note")
    with scope(programmes=[person.programme_id], named=[person.programme_id]):
        found = Beneficiary.objects.get()
        assert (found.phone, found.address, found.email) == (PHONE, ADDRESS, EMAIL)
        assert found.qpv_provenance == {"address": ADDRESS, "score": 0.97}
        assert found.phone_key == blind("phone", person.programme_id, PHONE)
        assert Note.objects.get(pk=note.pk).text == WORDS
