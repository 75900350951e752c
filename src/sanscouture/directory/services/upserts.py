"""Writing many rows at once, by their external identifier: nothing is rewritten for nothing.

A row is a dictionary of columns to plain values: text, numbers, booleans, None, and lists of those.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from enum import Enum
from functools import cache
from itertools import chain
from operator import itemgetter
from typing import Any, Self
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models

from sanscouture.core import clock
from sanscouture.core.ids import uuid7

Row = Mapping[str, Any]
KEY = "external_id"
FINGERPRINT = "source_fingerprint"


@dataclass(frozen=True, slots=True)
class Written:
    """What a batch did; `touched` names the rows that it changed."""

    created: int
    updated: int
    unchanged: int
    touched: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class Held:
    """What the database knows of a row before it is read again."""

    pk: UUID
    fingerprint: UUID | None
    is_active: bool


def upsert(instances: Sequence[models.Model], *, refreshed: Sequence[str]) -> Written:
    """Insert instances, or refresh the named fields of those already known, as `upsert_rows` does rows."""
    if not instances:
        return Written(0, 0, 0)
    meta = type(instances[0])._meta
    fields = [field for field in meta.concrete_fields if not field.generated]
    rows = [{str(field.column): _value(field, instance) for field in fields} for instance in instances]
    columns = {field.name: str(field.column) for field in fields}
    return upsert_rows(type(instances[0]), rows, refreshed=[columns[name] for name in refreshed])


def upsert_rows(model: type[models.Model], rows: Sequence[Row], *, refreshed: Sequence[str]) -> Written:
    """Insert rows, or refresh the named columns of those that the key already knows; other columns stay as they are.

    Rows already equal are not touched, but for the fingerprint of what they were read from.
    """
    if not rows:
        return Written(0, 0, 0)
    columns = list(rows[0])
    listed, table = ", ".join(map(_quoted, columns)), _quoted(model._meta.db_table)
    kept = [_quoted(name) for name in refreshed if name != FINGERPRINT]
    settled = [_quoted(name) for name in refreshed]
    statement = (
        f"INSERT INTO {table} AS held ({listed}) "  # noqa: S608 names of our own columns
        f"SELECT {listed} FROM json_populate_recordset(NULL::{table}, %s::json) "
        f"ON CONFLICT ({KEY}) DO UPDATE SET {', '.join(f'{name} = EXCLUDED.{name}' for name in settled)} "
        f"WHERE ROW({', '.join(f'held.{name}' for name in kept)}) IS DISTINCT FROM "
        f"ROW({', '.join(f'EXCLUDED.{name}' for name in kept)}) RETURNING (xmax = 0), id"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [json.dumps(rows, cls=DjangoJSONEncoder, allow_nan=False)])
        touched = cursor.fetchall()
    created = sum(new for new, _pk in touched)
    if FINGERPRINT in refreshed:
        _mark(model, {row[KEY]: row[FINGERPRINT] for row in rows})
    changed = frozenset(pk for new, pk in touched if not new)
    return Written(created, len(changed), len(rows) - len(touched), changed)


class Sender:
    """Sends rows that a table does not have yet: the server writes while the next are being made.

    It may still be writing the last when `send` comes back: `settle` before any other statement.
    """

    def __init__(self) -> None:
        self._sending = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *failure: Any) -> None:
        self._sending.__exit__(*failure)

    def settle(self) -> None:
        """Wait until the server has written what it was sent."""
        self._sending.close()

    def send(self, model: type[models.Model], rows: Iterable[Row], columns: Sequence[str]) -> int:
        """Add rows as they come, and give their number."""
        coming = iter(rows)
        first = next(coming, None)
        if first is None:
            return 0
        self.settle()
        listed, count = ", ".join(map(_quoted, columns)), 0
        cursor = self._sending.enter_context(connection.cursor())
        statement = f"COPY {_quoted(model._meta.db_table)} ({listed}) FROM STDIN"
        copy = self._sending.enter_context(cursor.copy(statement))
        told = itemgetter(*columns)
        for row in chain((first,), coming):
            copy.write_row([_array(value) if type(value) is list else value for value in told(row)])
            count += 1
        return count


def held_rows(model: type[models.Model], keys: Sequence[str]) -> dict[str, Held]:
    """Ask what the table holds of some rows, by their external identifiers."""
    return {
        key: Held(pk, fingerprint, is_active)
        for key, pk, fingerprint, is_active in select(
            f"SELECT {KEY}, id, {FINGERPRINT}, is_active FROM {_quoted(model._meta.db_table)} "  # noqa: S608 our own table
            f"WHERE {KEY} = ANY(%s)",
            [list(keys)],
        )
    }


def select(statement: str, parameters: Sequence[Any]) -> Iterator[tuple[Any, ...]]:
    """Give the rows of a query written by hand: asked for each batch, it is not built again."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        yield from cursor.fetchall()


def born(moment: str) -> dict[str, Any]:
    """Give what a new row has of its own: its identifier and the moment it is made, as `now` gives it."""
    return {"id": uuid7().hex, "created_at": moment}


def now() -> str:
    """Give this moment as a row says it."""
    return clock.now().isoformat()


@cache
def blank(model: type[models.Model]) -> dict[str, Any]:
    """Give the columns of a row of which nothing is said."""
    empty = model()
    fields = [field for field in model._meta.concrete_fields if not field.generated]
    said = {str(field.column): field.value_from_object(empty) for field in fields}
    return {name: value.value if isinstance(value, Enum) else value for name, value in said.items()}


def _mark(model: type[models.Model], fingerprints: Mapping[str, str | None]) -> None:
    """Remember what rows were last read from, where it is another text that says the same."""
    table = _quoted(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} AS held SET {FINGERPRINT} = told.mark "  # noqa: S608 our own table
            "FROM unnest(%s::text[], %s::uuid[]) AS told(key, mark) "
            f"WHERE held.{KEY} = told.key AND held.{FINGERPRINT} IS DISTINCT FROM told.mark",
            [list(fingerprints), list(fingerprints.values())],
        )


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)


def _array(values: list[Any]) -> str:
    """Write a list as PostgreSQL reads it."""
    if not values:
        return "{}"
    joined = '","'.join(map(str, values))
    if "\\" in joined or joined.count('"') != 2 * (len(values) - 1):
        joined = '","'.join(str(value).replace("\\", "\\\\").replace('"', '\\"') for value in values)
    return f'{{"{joined}"}}'


def _value(field: models.Field[Any, Any], instance: models.Model) -> Any:
    return field.pre_save(instance, add=True) if field.name == "created_at" else field.value_from_object(instance)
