"""Sealing again, by batches, what was stored in clear or under a key that is leaving (ADR 0019)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Q

from sanscouture.access.scope import scope
from sanscouture.core.fields import blind_indexes, sealed_fields, unreadable
from sanscouture.core.sealing import key_of, writing_mark

BATCH = 500
Step = Callable[[int], None]
"""`step(rows)`: so many rows more were written, and committed."""


def reseal(model: type[models.Model], programme_ids: Iterable[UUID], *, step: Step = lambda rows: None) -> int:
    """Seal with the newest key every text of some programmes that is not; give how many rows were written.

    Rule: each batch is one transaction whose rows are locked, so that a run that is killed loses nothing and the next
    one goes on. A row that cannot be opened is left as it is. `model` may be a migration's.
    """
    return sum(_programme(model, programme_id, step) for programme_id in programme_ids)


def keys_named(model: type[models.Model], programme_ids: Iterable[UUID]) -> set[str]:
    """Give the fingerprints of the keys, but the newest, that texts of some programmes are sealed with."""
    found: set[str] = set()
    for programme_id in programme_ids:
        with scope(programmes=[programme_id], named=[programme_id]):
            rows = _stale(model, programme_id).order_by()
            for texts in rows.values_list(*_names(model)).iterator():
                found |= {key_of(text) for text in texts if text and not text.startswith(writing_mark())}
    return found - {""}


def stale_rows(model: type[models.Model], programme_ids: Iterable[UUID]) -> int:
    """Count the rows of some programmes of which a text is not sealed with the newest key."""
    count = 0
    for programme_id in programme_ids:
        with scope(programmes=[programme_id], named=[programme_id]):
            count += _stale(model, programme_id).count()
    return count


def _programme(model: type[models.Model], programme_id: UUID, step: Step) -> int:
    fields = [field.name for field in sealed_fields(model)]
    indexes = [field.name for field in blind_indexes(model)]
    written, last = 0, UUID(int=0)
    while True:
        with scope(programmes=[programme_id], named=[programme_id]):
            stale = _stale(model, programme_id).filter(pk__gt=last).order_by("pk").select_for_update()
            rows = list(stale.only("pk", "programme_id", *fields, *indexes)[:BATCH])
            kept = [row for row in rows if not unreadable(row)]
            for row in kept:
                row.save(update_fields=[*fields, *indexes])
        if not rows:
            return written
        written, last = written + len(kept), rows[-1].pk
        step(len(kept))


def _stale(model: type[models.Model], programme_id: UUID) -> models.QuerySet[Any]:
    rows: models.QuerySet[Any] = model._default_manager.filter(programme_id=programme_id)
    rows = rows.annotate(**{f"{field.name}_stored": field.stored() for field in sealed_fields(model)})
    return rows.filter(reduce(or_, (_is_stale(name) for name in _names(model))))


def _is_stale(name: str) -> Q:
    return ~Q(**{name: ""}) & Q(**{f"{name}__isnull": False}) & ~Q(**{f"{name}__startswith": writing_mark()})


def _names(model: type[models.Model]) -> list[str]:
    return [f"{field.name}_stored" for field in sealed_fields(model)]
