"""The wizard: send, say the columns, read, confirm, undo; what is made to hurt gets a sentence."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from factories import ImportRowFactory, PeopleImportFactory
from personas import Persona
from sanscouture.access.decorators import actor_of
from sanscouture.core.sheets import Format, written
from sanscouture.people import services
from sanscouture.people.enums import ImportState, RowState
from sanscouture.people.models import Beneficiary, ImportRow, PeopleImport

NEW = "/programmes/trois-ponts/personnes/importer/"
LIST = "Prénom;Nom;Tél;Remarques\nLina;Inventée;639980102;=1+1\nYanis;Fictif;12;\n"


def sent(who: Persona, content: bytes, name: str = "liste.csv") -> Any:
    assert who.organisation
    file = SimpleUploadedFile(name, content)
    return who.client.post(NEW, {"organisation": str(who.organisation.pk), "file": file})


def batch_of(who: Persona) -> PeopleImport:
    return PeopleImport.objects.get_queryset().get(author=who.user)


@pytest.fixture
def home(adviser) -> str:
    answer = sent(adviser, LIST.encode())
    assert answer.status_code == 302
    return answer["Location"]


COLUMNS = {"column_0": "first_name", "column_1": "last_name", "column_2": "phone", "column_3": ""}


def test_a_list_goes_from_a_file_to_records_and_back(adviser, home) -> None:
    page = adviser.client.get(home).content.decode()
    assert '<option value="phone" selected>' in page
    assert "Par exemple\u00a0: Lina" in page
    assert adviser.client.post(home, COLUMNS)["Location"] == home
    page = adviser.client.get(home).content.decode()
    assert "Créer ces fiches" in page
    assert "un tableur l’avait abîmé, lu 0639980102" in page
    assert "Téléphone\u00a0: Ce numéro de téléphone n’est pas complet" in page
    adviser.client.post(f"{home}confirmer/", {"reason": ""})
    assert "L’import est en cours" in adviser.client.get(home).content.decode()
    services.bring_in(batch_of(adviser).pk, opening=nullcontext, actor=actor_of)
    assert "L’import est terminé" in adviser.client.get(home).content.decode()
    assert Beneficiary.objects.get_queryset().get().first_name == "Lina"
    report = adviser.client.get(f"{home}rapport.csv").content.decode("utf-8-sig")
    assert '2;"créée"' in report
    assert "Lina" not in report
    adviser.client.post(f"{home}annuler/")
    assert "L’import est annulé." in adviser.client.get(home).content.decode()
    assert not Beneficiary.objects.get_queryset().exists()


def test_past_imports_are_found_again(adviser, home) -> None:
    assert home in adviser.client.get(NEW).content.decode()
    assert f'href="{NEW}"' in adviser.client.get("/programmes/trois-ponts/personnes/").content.decode()


def test_nobody_else_sees_a_list_not_even_a_colleague_or_the_coordination(
    home, adviser, coordinator, recipient
) -> None:
    for who in (coordinator, recipient):
        assert who.client.get(home).status_code == 404
        assert home not in who.client.get(NEW).content.decode()


def test_columns_that_say_nobody_are_refused_and_stay_chosen(adviser, home) -> None:
    answer = adviser.client.post(home, {**COLUMNS, "column_0": ""})
    assert answer.status_code == 422
    assert "Dites quelle colonne est le prénom." in answer.content.decode()
    assert adviser.client.post(home, {**COLUMNS, "column_0": "password"}).status_code == 422


def test_what_comes_too_late_is_said(adviser, home) -> None:
    PeopleImport.objects.get_queryset().update(state=ImportState.RUNNING)
    for act, said in (("", "déjà confirmé"), ("confirmer/", "déjà confirmé"), ("abandonner/", "déjà confirmé")):
        assert said in adviser.client.post(f"{home}{act}", COLUMNS, follow=True).content.decode()
    assert "quand il est terminé" in adviser.client.post(f"{home}annuler/", follow=True).content.decode()


def test_a_reason_too_long_is_said(adviser, home) -> None:
    adviser.client.post(home, COLUMNS)
    answer = adviser.client.post(f"{home}confirmer/", {"reason": "x" * 301}, follow=True)
    assert "300 caractères" in answer.content.decode()
    assert batch_of(adviser).state == ImportState.READY


def test_a_list_given_up_is_erased(adviser, home) -> None:
    assert adviser.client.post(f"{home}abandonner/")["Location"] == NEW
    assert not ImportRow.objects.get_queryset().exists()


@pytest.mark.parametrize("form", [Format.XLSX, Format.ODS])
def test_a_workbook_is_taken_whatever_its_name(adviser, form: Format) -> None:
    content = b"".join(written("Essai", [["Prénom"], ["Lina"]], form))
    assert sent(adviser, content, "liste.csv").status_code == 302


@pytest.mark.parametrize(
    "content", [b"", b"\0\1\2", b"PK\x03\x04", b"Nom\n", "Prénom\n\ud800".encode("utf-8", "surrogatepass")]
)
def test_a_file_made_to_hurt_gets_a_sentence(adviser, content: bytes) -> None:
    assert sent(adviser, content, "../../etc/passwd").status_code in {302, 422}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "ignore")))
def test_any_file_is_answered(adviser, content: bytes) -> None:
    assert sent(adviser, content).status_code in {302, 422}


def test_names_that_are_closed_let_no_list_in(adviser, programme) -> None:
    programme.agreement_signed_on = None
    programme.save()
    assert sent(adviser, LIST.encode()).status_code == 200
    assert not PeopleImport.objects.get_queryset().exists()


def test_no_file_is_said(adviser) -> None:
    answer = adviser.client.post(NEW, {"organisation": str(adviser.organisation.pk)})
    assert answer.status_code == 422
    assert "Choisissez un fichier." in answer.content.decode()


def test_the_queries_do_not_grow_with_the_rows(adviser, assert_queries_do_not_grow) -> None:
    batch = PeopleImportFactory(
        programme=adviser.programme, organisation=adviser.organisation, author=adviser.user, state=ImportState.DONE
    )

    def more() -> None:
        ImportRowFactory(batch=batch, state=RowState.REFUSED, said=["Prénom : il manque"], cells=[])

    more()
    assert_queries_do_not_grow(adviser.client, f"/imports/{batch.pk}/", more)
