"""Lists sort on what they declare, cut into pages, and keep their filters in the address."""

from __future__ import annotations

import pytest
from django.contrib.contenttypes.models import ContentType
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from sanscouture.ui import tables

COLUMNS = [
    tables.Column("Nom", "nom", ["name"]),
    tables.Column("Attente", "attente", ["-days", "name"], numeric=True),
    tables.Column("Fil"),
]
ROWS = [{"name": name, "days": days} for name, days in [("Chloé", 3), ("Ali", 9), ("Bao", 3)]]


def build(query: str = "", rows: object = ROWS, per_page: int = 20, default_sort: str = "") -> tables.Table:
    return tables.build(
        rows,
        columns=COLUMNS,
        query=QueryDict(query),
        caption="Personnes",
        row_template="ui/gallery_row.html",
        per_page=per_page,
        default_sort=default_sort,
    )


def names(table: tables.Table) -> list[str]:
    return [row["name"] for row in table.rows]


def test_rows_keep_their_order_when_nothing_is_asked() -> None:
    assert names(build()) == ["Chloé", "Ali", "Bao"]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("nom", ["Ali", "Bao", "Chloé"]),
        ("-nom", ["Chloé", "Bao", "Ali"]),
        ("attente", ["Ali", "Bao", "Chloé"]),
        ("-attente", ["Chloé", "Bao", "Ali"]),
    ],
)
def test_rows_sort_by_a_declared_column(asked: str, found: list[str]) -> None:
    assert names(build(f"tri={asked}")) == found


@pytest.mark.parametrize("asked", ["password", "--nom", "fil", "-", "user__email", "%00"])
def test_an_undeclared_sort_falls_back_to_the_default(asked: str) -> None:
    assert names(build(f"tri={asked}", default_sort="nom")) == ["Ali", "Bao", "Chloé"]


def test_the_sorted_column_says_so_and_offers_the_opposite() -> None:
    name, wait, thread = build("tri=nom&page=2&q=a").columns
    assert name.sorted == "ascending"
    assert QueryDict(name.sort_href[1:]).dict() == {"tri": "-nom", "q": "a"}
    assert wait.sorted == ""
    assert thread.sort_href == ""


@pytest.mark.parametrize(("asked", "number"), [("2", 2), ("99", 3), ("0", 3), ("-1", 3), ("abc", 1), ("", 1)])
def test_a_bad_page_falls_back(asked: str, number: int) -> None:
    assert build(f"page={asked}", per_page=1).page.number == number


def test_pages_keep_the_filters() -> None:
    page = build("q=a&etat=open&etat=late&page=2", per_page=1).page
    assert QueryDict(page.next[1:]).getlist("etat") == ["open", "late"]
    assert QueryDict(page.previous[1:])["page"] == "1"


def test_many_pages_show_the_first_the_last_and_those_around() -> None:
    links = tables.page_links(10, 20, QueryDict())
    assert [number for number, _ in links] == [1, 0, 8, 9, 10, 11, 12, 0, 20]


@given(st.text(max_size=12), st.text(max_size=12))
def test_no_address_fails(sort: str, page: str) -> None:
    query = QueryDict(mutable=True)
    query["tri"], query["page"] = sort, page
    assert build(query.urlencode(), per_page=2).rows


@pytest.mark.django_db
def test_a_queryset_is_sorted_by_the_database_then_by_key() -> None:
    columns = [tables.Column("Application", "application", ["app_label"])]
    table = tables.build(
        ContentType.objects.all(),
        columns=columns,
        query=QueryDict("tri=-application"),
        caption="Modèles",
        row_template="ui/gallery_row.html",
        per_page=100,
    )
    found = [(row.app_label, row.pk) for row in table.rows]
    assert found == sorted(found, key=lambda pair: pair[1]) or [label for label, _ in found] == sorted(
        (label for label, _ in found), reverse=True
    )
    assert table.total == ContentType.objects.count()
