"""The rows of one programme, kept in memory with their journal, then written in a few statements.

They are written by the application's role inside the programme's scope: every constraint of the database and every
policy holds for them as for the rows of the services.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import islice
from random import Random
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection, models

from sanscouture.access.actor import Actor
from sanscouture.audit.models import JournalEntry
from sanscouture.core.fields import BlindIndexField, Sealing
from sanscouture.core.models import Entity

Row = TypeVar("Row", bound=Entity)

BATCH = 5_000


class Book:
    """Rows waiting to be written, each born at its own moment, with identifiers in the order of those moments."""

    def __init__(self, programme_id: UUID, luck: Random) -> None:
        self.programme_id = programme_id
        self.luck = luck
        self.rows: dict[type[models.Model], list[models.Model]] = {}
        self._rank = 0

    def new_id(self, moment: datetime) -> UUID:
        """A UUID version 7 of that moment; those of one millisecond follow one another (RFC 9562, method 1)."""
        self._rank = (self._rank + 1) % 4096
        value = int(moment.timestamp() * 1000) << 80 | 7 << 76 | self._rank << 64
        return UUID(int=value | 2 << 62 | self.luck.getrandbits(62))

    def add(self, model: type[Row], moment: datetime, /, **fields: Any) -> Row:
        """Write a row of the programme down, born at that moment."""
        return self.add_anywhere(model, moment, programme_id=self.programme_id, **fields)

    def add_anywhere(self, model: type[Row], moment: datetime, /, **fields: Any) -> Row:
        """Write a row that belongs to no programme down: an organisation, an account."""
        row = model(id=self.new_id(moment), **fields)
        row.created_at = moment
        self.rows.setdefault(model, []).append(row)
        return row

    def journal(
        self, signature: Actor | str, verb: str, rows: Iterable[Entity], moment: datetime, note: str = ""
    ) -> None:
        """Add an act to the journal, as `audit.record` does."""
        touched = list(rows)
        signed = signature if isinstance(signature, Actor) else None
        self.add(
            JournalEntry,
            moment,
            verb=verb,
            model=touched[0]._meta.label_lower,
            object_ids=[row.pk for row in touched],
            note=note,
            actor_id=signed.user_id if signed else None,
            organisation_id=next(iter(signed.organisations(self.programme_id)), None) if signed else None,
            actor_label="" if signed else str(signature),
        )

    def write(self) -> int:
        """Write everything in the order in which it was first needed, and forget it; give how many rows there were."""
        written = sum(insert(rows) for rows in self.rows.values())
        self.rows.clear()
        return written


def insert(rows: Sequence[models.Model]) -> int:
    """Insert rows of one model as they are, keys and dates of birth included, some thousands by statement."""
    if not rows:
        return 0
    meta = type(rows[0])._meta
    given = [field for field in meta.concrete_fields if not field.generated and not isinstance(field, models.AutoField)]
    table = connection.ops.quote_name(meta.db_table)
    listed = ", ".join(connection.ops.quote_name(str(field.column)) for field in given)
    statement = f"INSERT INTO {table} ({listed}) SELECT {listed} FROM json_populate_recordset(NULL::{table}, %s::json)"  # noqa: S608
    waiting = iter(rows)
    with connection.cursor() as cursor:
        while batch := list(islice(waiting, BATCH)):
            values = [{field.column: stored(row, field) for field in given} for row in batch]
            cursor.execute(statement, [json.dumps(values, default=str, ensure_ascii=False, allow_nan=False)])
    return len(rows)


def stored(row: models.Model, field: models.Field[Any, Any]) -> Any:
    """What a column holds for a row: what the row says, but what is sealed and its index."""
    return field.written(row) if isinstance(field, Sealing | BlindIndexField) else getattr(row, field.attname)
