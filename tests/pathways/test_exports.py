"""The list of people carried away: what the page shows, journalled, asked again who is there."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.http import StreamingHttpResponse
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from factories import (
    BeneficiaryFactory,
    ExitFactory,
    NeedFactory,
    PathwayFactory,
    RestrictionFactory,
    StepFactory,
)
from personas import Persona
from sanscouture.access.scope import scope
from sanscouture.audit.models import JournalEntry
from sanscouture.core import clock
from sanscouture.pathways.enums import ExportColumn
from sanscouture.pathways.selectors.exporting import people_sheet
from sanscouture.pathways.selectors.people import PeopleFilters, people_of
from sanscouture.people.models import Beneficiary

LIST = "/programmes/trois-ponts/personnes/"
EXPORT = f"{LIST}exporter/"


def here(who: Persona) -> Persona:
    """Let an account say again who it is."""
    answer = who.client.post("/compte/confirmer/?next=/", {"password": "mot de passe de test 42"})
    assert answer.status_code == 302
    return who


def asked(who: Persona, form: str = "csv", *columns: str, **filters: str) -> StreamingHttpResponse:
    query = urlencode({"fichier": form, "colonnes": columns or ExportColumn.values, **filters}, doseq=True)
    answer = here(who).client.get(f"{EXPORT}?{query}")
    assert isinstance(answer, StreamingHttpResponse), answer.status_code
    return answer


def rows_of(answer: StreamingHttpResponse) -> list[list[str]]:
    """Read the file as it leaves: after the request, where no scope is open."""
    with scope():
        content = answer.getvalue()
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def names(answer: StreamingHttpResponse) -> list[str]:
    return [row[0] for row in rows_of(answer)[1:]]


@pytest.fixture
def lina(programme, organisation, adviser) -> Beneficiary:
    return BeneficiaryFactory(
        programme=programme,
        captured_by=organisation,
        created_by=adviser.user,
        first_name="Lina",
        last_name="Inventée",
        name_key="inventee lina",
        shared_until=clock.today() + timedelta(days=300),
    )


def test_the_file_is_not_empty_though_it_leaves_after_the_request(adviser, lina) -> None:
    NeedFactory(beneficiary=lina)
    pathway = PathwayFactory(beneficiary=lina)
    due = clock.today() + timedelta(days=3)
    StepFactory(pathway=pathway, label="Visite de l’atelier", due_on=due)
    heading, row = rows_of(asked(adviser))
    assert heading[:3] == ["Nom", "Prénom", "Quartier"]
    referent = pathway.referents.get().user.full_name
    day = f"{due:%d/%m/%Y}"
    assert row == ["Inventée", "Lina", "", referent, "1", "Visite de l’atelier", day, "", "possible"]


def test_who_left_says_when(adviser, lina) -> None:
    left = ExitFactory(pathway=PathwayFactory(beneficiary=lina))
    row = rows_of(asked(adviser, "csv", "last_name", "next", "left_on"))[1]
    assert row == ["Inventée", "", f"{left.on:%d/%m/%Y}"]


@pytest.mark.parametrize("form", ["xlsx", "ods"])
def test_workbooks_open_with_the_same_rows(adviser, lina, form: str) -> None:
    answer = asked(adviser, form, "first_name", "needs")
    with scope():
        book = CalamineWorkbook.from_filelike(io.BytesIO(answer.getvalue()))
    assert book.get_sheet_by_index(0).to_python() == [["Prénom", "Besoins ouverts"], ["Lina", 0.0]]
    assert answer["Content-Disposition"].endswith(f'{clock.today().isoformat()}.{form}"')
    assert "no-store" in answer["Cache-Control"]


def test_only_the_chosen_columns_leave_in_the_order_of_the_page(adviser, lina) -> None:
    assert rows_of(asked(adviser, "csv", "sharing", "last_name")) == [["Nom", "Partage"], ["Inventée", "possible"]]


def test_a_name_made_to_hurt_leaves_harmless(adviser, lina) -> None:
    Beneficiary.objects.filter(pk=lina.pk).update(last_name="=HYPERLINK(1)")
    assert names(asked(adviser)) == ["'=HYPERLINK(1)"]


def shown(who: Persona, **filters: str) -> list[str]:
    """The names that the page shows, in its order."""
    table = who.client.get(f"{LIST}?{urlencode(filters)}").context["table"]
    return [person.last_name for person in table.rows]


@pytest.fixture
def crowd(programme, organisation, recipient_organisation, adviser, lina) -> list[Beneficiary]:
    """People that the page shows to some and not to others."""
    BeneficiaryFactory(programme=programme, captured_by=recipient_organisation, last_name="Ailleurs")
    ended = BeneficiaryFactory(
        programme=programme,
        captured_by=organisation,
        last_name="Échue",
        shared_until=clock.today() - timedelta(days=1),
    )
    kept = BeneficiaryFactory(programme=programme, captured_by=organisation, last_name="Réservée")
    RestrictionFactory(beneficiary=kept)
    NeedFactory(beneficiary=ended)
    return [lina, ended]


FILTERS = ({}, {"tri": "-nom"}, {"besoin": "open"}, {"information": "without"}, {"nom": "ech"}, {"etape": "none"})


@pytest.mark.parametrize("filters", FILTERS, ids=str)
@pytest.mark.parametrize("who", ["adviser", "coordinator"])
def test_the_file_has_the_rows_of_the_page_and_no_other(who, filters, crowd, request) -> None:
    reader = request.getfixturevalue(who)
    assert names(asked(reader, **filters)) == shown(reader, **filters)


def test_a_record_kept_for_others_or_whose_basis_ended_does_not_leave(crowd, coordinator, adviser) -> None:
    assert sorted(names(asked(adviser))) == ["Inventée", "Échue"]
    assert "Réservée" not in names(asked(coordinator))
    assert "Échue" not in names(asked(coordinator))


def test_no_column_says_more_than_the_page(adviser, lina) -> None:
    Beneficiary.objects.filter(pk=lina.pk).update(phone="+33639980002", email="lina@exemple.example", disability="yes")
    said = " ".join(cell for row in rows_of(asked(adviser)) for cell in row)
    assert "39980002" not in said
    assert "lina@" not in said
    query = urlencode({"fichier": "csv", "colonnes": ["phone", "disability"]}, doseq=True)
    assert here(adviser).client.get(f"{EXPORT}?{query}").status_code == 422


def test_the_journal_names_who_took_what_by_which_filter_and_nobody(crowd, adviser) -> None:
    answer = asked(adviser, nom="inventee", besoin="", tri="-nom")
    entry = JournalEntry.objects.get(verb="beneficiary.export")
    assert (entry.actor_id, entry.is_read, entry.note) == (adviser.user.pk, True, "csv name")
    assert entry.object_ids == [crowd[0].pk]
    assert names(answer) == ["Inventée"]


def test_a_long_list_is_noted_in_several_lines(crowd, adviser, monkeypatch) -> None:
    monkeypatch.setattr("sanscouture.pathways.views.exports.NOTED", 1)
    asked(adviser)
    noted = JournalEntry.objects.filter(verb="beneficiary.export").values_list("object_ids", flat=True)
    assert sorted(key for keys in noted for key in keys) == sorted([crowd[0].pk, crowd[1].pk])
    assert {len(keys) for keys in noted} == {1}


def test_who_is_there_is_asked_again_before_anything_leaves(adviser, lina) -> None:
    answer = adviser.client.get(f"{EXPORT}?fichier=csv&colonnes=last_name")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/compte/confirmer/")
    assert not JournalEntry.objects.filter(verb="beneficiary.export").exists()


def test_the_page_keeps_the_filters_of_the_list(adviser, lina) -> None:
    page = here(adviser).client.get(f"{EXPORT}?nom=Inv&tri=-nom&page=2").content.decode()
    assert '<input type="hidden" name="nom" value="Inv">' in page
    assert '<input type="hidden" name="tri" value="-nom">' in page
    assert 'name="page"' not in page
    assert f"{EXPORT}?nom=Inv" in adviser.client.get(f"{LIST}?nom=Inv&page=1").content.decode()


def test_no_column_or_no_such_file_is_said(adviser, lina) -> None:
    answer = here(adviser).client.get(f"{EXPORT}?fichier=csv")
    assert answer.status_code == 422
    assert "Cochez au moins une colonne." in answer.content.decode()
    assert adviser.client.get(f"{EXPORT}?fichier=exe&colonnes=needs").status_code == 422


def test_names_that_are_closed_do_not_leave(adviser, lina, programme) -> None:
    programme.agreement_signed_on = None
    programme.save()
    answer = here(adviser).client.get(f"{EXPORT}?fichier=csv&colonnes=last_name")
    assert not isinstance(answer, StreamingHttpResponse)
    assert "Inventée" not in answer.content.decode()


def test_the_queries_do_not_grow_with_the_rows(adviser, lina, programme, organisation) -> None:
    def count() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            rows_of(asked(adviser))
        return len(queries)

    one = count()
    for _rank in range(5):
        BeneficiaryFactory(programme=programme, captured_by=organisation)
    assert count() == one


def test_an_export_given_up_on_the_way_leaves_no_scope_behind(adviser, lina, programme) -> None:
    rows = people_sheet(
        people_of(programme, adviser.actor, PeopleFilters()), [ExportColumn.LAST_NAME], actor=adviser.actor
    )
    with scope():
        assert [next(rows), next(rows)] == [["Nom"], ["Inventée"]]
        rows.close()
        assert not Beneficiary.objects.get_queryset().exists()
