"""Writing many rows at once, by their external identifier: one statement per batch, nothing rewritten for nothing."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models


@dataclass(frozen=True, slots=True)
class Written:
    """What a batch did."""

    created: int
    updated: int
    unchanged: int


def upsert(instances: Sequence[models.Model], *, key: str, refreshed: Sequence[str]) -> Written:
    """Insert rows, or refresh the named fields of those that the key already knows; other fields stay as they are.

    Rows already equal are not touched. `key` is a unique field; `refreshed` are field names.
    """
    if not instances:
        return Written(0, 0, 0)
    meta = type(instances[0])._meta
    columns = [field for field in meta.concrete_fields if not field.generated]
    names = {field.name: connection.ops.quote_name(str(field.column)) for field in columns}
    kept = [names[name] for name in refreshed]
    table = connection.ops.quote_name(meta.db_table)
    listed = ", ".join(names.values())
    statement = (
        f"INSERT INTO {table} AS held ({listed}) "  # noqa: S608
        f"SELECT {listed} FROM json_populate_recordset(NULL::{table}, %s::json) "
        f"ON CONFLICT ({names[key]}) DO UPDATE SET {', '.join(f'{name} = EXCLUDED.{name}' for name in kept)} "
        f"WHERE ROW({', '.join(f'held.{name}' for name in kept)}) IS DISTINCT FROM "
        f"ROW({', '.join(f'EXCLUDED.{name}' for name in kept)}) RETURNING (xmax = 0)"
    )
    rows = [{field.column: _value(field, instance) for field in columns} for instance in instances]
    with connection.cursor() as cursor:
        cursor.execute(statement, [json.dumps(rows, cls=DjangoJSONEncoder, allow_nan=False)])
        touched = [bool(new) for (new,) in cursor.fetchall()]
    created = sum(touched)
    return Written(created, len(touched) - created, len(instances) - len(touched))


def _value(field: models.Field[Any, Any], instance: models.Model) -> Any:
    return field.pre_save(instance, add=True) if field.name == "created_at" else field.value_from_object(instance)
