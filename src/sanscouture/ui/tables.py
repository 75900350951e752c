"""Lists: declared columns and sorts, pages, an address that can be shared.

A bad page or sort falls back, it never fails.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from django.core.paginator import Paginator
from django.http import QueryDict

SORT, PAGE = "tri", "page"
AROUND = 2


@dataclass(frozen=True)
class Column:
    """A column. `sort` names the fields it sorts by (“-” reverses each); without it the column does not sort."""

    label: str
    key: str = ""
    sort: Sequence[str] = ()
    numeric: bool = False
    hidden: bool = False
    sorted: str = ""
    sort_href: str = ""


@dataclass(frozen=True)
class Page:
    """Where one stands in a list: number, how many pages, rows in all, and the addresses around."""

    number: int
    count: int
    total: int
    previous: str = ""
    next: str = ""
    links: Sequence[tuple[int, str | None]] = ()


@dataclass(frozen=True)
class Table:
    """A page of rows, ready to show. `row_template` renders one `row` as `<tr>`, each cell with `data-label`."""

    caption: str
    columns: Sequence[Column]
    rows: Sequence[Any]
    page: Page
    row_template: str
    id: str = "liste"
    sort: str = field(default="")

    @property
    def total(self) -> int:
        return self.page.total


def address(query: QueryDict, **changes: str | int | None) -> str:
    """The query string with some parameters changed (None removes); the filters stay."""
    copy = query.copy()
    for key, value in changes.items():
        if value is None:
            copy.pop(key, None)
        else:
            copy[key] = str(value)
    return f"?{copy.urlencode()}"


def page_links(number: int, count: int, query: QueryDict) -> list[tuple[int, str | None]]:
    """First, last and the pages around; a gap is (0, None)."""
    shown = sorted({1, count, *range(max(1, number - AROUND), min(count, number + AROUND) + 1)})
    links: list[tuple[int, str | None]] = []
    for before, this in zip([0, *shown], shown, strict=False):
        if this - before > 1:
            links.append((0, None))
        links.append((this, address(query, page=this)))
    return links


def reverse(names: Sequence[str]) -> list[str]:
    """The opposite order."""
    return [name[1:] if name.startswith("-") else f"-{name}" for name in names]


def chosen_sort(columns: Sequence[Column], asked: str) -> tuple[Column | None, bool]:
    """The column and direction asked by `?tri=-nom`; (None, False) when no declared column answers to it."""
    descending = asked.startswith("-")
    key = asked.removeprefix("-")
    found = next((column for column in columns if column.key == key and column.sort), None)
    return found, descending and found is not None


def ordered(source: Any, names: Sequence[str]) -> Any:
    """A queryset sorted by the database, then by key so that pages never overlap; or rows sorted here."""
    if hasattr(source, "order_by"):
        return source.order_by(*names, "pk")
    rows = list(source)
    for name in reversed(names):
        rows.sort(key=partial(_value, name=name.removeprefix("-")), reverse=name.startswith("-"))
    return rows


def _value(row: Any, name: str) -> Any:
    return row[name] if isinstance(row, dict) else getattr(row, name)


def _sort_of(columns: Sequence[Column], query: QueryDict, default_sort: str) -> tuple[Column | None, bool]:
    column, descending = chosen_sort(columns, query.get(SORT, ""))
    return (column, descending) if column is not None else chosen_sort(columns, default_sort)


def arranged(source: Any, columns: Sequence[Column], query: QueryDict, default_sort: str) -> Any:
    """All the rows in the order that an address asks for: what a page cuts, and what an export carries away."""
    column, descending = _sort_of(columns, query, default_sort)
    if column is None:
        return source
    return ordered(source, reverse(column.sort) if descending else column.sort)


def build(
    source: Any,
    *,
    columns: Sequence[Column],
    query: QueryDict,
    caption: str,
    row_template: str,
    per_page: int = 20,
    default_sort: str = "",
    id: str = "liste",  # noqa: A002 the attribute of the same name in HTML
) -> Table:
    """Sort, cut and describe a list.

    `source` is a queryset or a sequence of rows (objects or dicts), sorted by the declared fields.
    `query` is `request.GET`. `per_page` counts rows.
    Unknown sorts and pages fall back to the first.
    """
    column, descending = _sort_of(columns, query, default_sort)
    source = arranged(source, columns, query, default_sort)
    found = Paginator(source, per_page).get_page(query.get(PAGE))
    paginator = found.paginator
    page = Page(
        number=found.number,
        count=paginator.num_pages,
        total=paginator.count,
        previous=address(query, page=found.number - 1) if found.has_previous() else "",
        next=address(query, page=found.number + 1) if found.has_next() else "",
        links=page_links(found.number, paginator.num_pages, query),
    )
    shown = [_shown(each, column, query, descending=descending) for each in columns]
    return Table(caption, shown, list(found.object_list), page, row_template, id)


def _shown(column: Column, current: Column | None, query: QueryDict, *, descending: bool) -> Column:
    """The column with its direction and the address that sorts by it."""
    if not column.sort:
        return column
    is_current = current is not None and column.key == current.key
    state = ("descending" if descending else "ascending") if is_current else ""
    asked = f"-{column.key}" if is_current and not descending else column.key
    return replace(column, sorted=state, sort_href=address(query, tri=asked, page=None))
