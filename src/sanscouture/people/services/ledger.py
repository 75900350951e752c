"""What an act writes in the rows of a person, kept row by row, so that it can be put back exactly (chapter 02)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, time
from itertools import groupby
from typing import Any, TypedDict
from uuid import UUID

from django.apps import apps
from django.db.models import Field, ManyToOneRel, Model, Q, UniqueConstraint
from django.utils.translation import gettext as _

from sanscouture.core.errors import Conflict
from sanscouture.people.models import Beneficiary
from sanscouture.people.selectors import references


class Change(TypedDict):
    """One row: what it said, what it says now. A row that was taken away says nothing now."""

    model: str
    pk: str
    before: dict[str, Any]
    after: dict[str, Any] | None


Settle = Callable[["Ledger", Any, Any], None]
"""What becomes of a row that may not stand beside one that the kept record has."""


class Ledger:
    """The changes of one act, in their order."""

    def __init__(self) -> None:
        """Begin with nothing written."""
        self.changes: list[Change] = []

    def write(self, row: Model, **values: Any) -> None:
        """Write some fields of a row, and nothing else of it."""
        self.write_all([row], **values)

    def write_all(self, rows: Sequence[Model], **values: Any) -> None:
        """Write the same values in rows of one model."""
        for row in rows:
            before = _said(row, values)
            for name, value in values.items():
                setattr(row, name, value)
            after = _said(row, values)
            self.changes.append(Change(model=row._meta.label, pk=str(row.pk), before=before, after=after))
        if rows:
            rows[0].__class__._base_manager.filter(pk__in=[row.pk for row in rows]).update(**values)

    def remove(self, row: Model) -> None:
        """Take a row away, keeping all of it here."""
        before = _said(row, [field.attname for field in row._meta.concrete_fields])
        self.changes.append(Change(model=row._meta.label, pk=str(row.pk), before=before, after=None))
        row.delete()


def move_rows(ledger: Ledger, *, of: Beneficiary, to: Beneficiary, settling: Mapping[str, Settle]) -> None:
    """Move every row that hangs on a person to another record of theirs.

    Rule: a row that a constraint does not allow beside one that is there is settled by its model's own rule
    (`settling`, by label), else it stays where it is, and what leaned on it leans on the one that is there.
    """
    for model, name in references():
        rows = model._base_manager.select_for_update(of=("self",)).filter(**{name: of}).order_by("pk")
        found: dict[Any, Any] = {row.pk: row for row in rows}
        for pk, rival in _rivals(model, name, of, to).items():
            settling.get(model._meta.label, stand_in)(ledger, found.pop(pk), rival)
        ledger.write_all(list(found.values()), **{f"{name}_id": to.pk})


def stand_in(ledger: Ledger, row: Model, rival: Model) -> None:
    """Leave a row with the record that was merged; what leaned on it leans on the one of the kept record."""
    for relation in row._meta.get_fields(include_hidden=True):
        if isinstance(relation, ManyToOneRel):
            leaning = relation.related_model._base_manager.filter(**{relation.field.name: row}).order_by("pk")
            ledger.write_all(list(leaning), **{relation.field.attname: rival.pk})


def put_back(changes: Iterable[Change], *, kept_id: UUID) -> None:
    """Give each row what it said before, the last change first.

    Rule: what was corrected since in the record itself stays corrected. Raises Conflict, and nothing is put back, when
    another row does not say any more what was written in it.
    """
    for (label, undone), group in groupby(
        reversed(list(changes)), key=lambda one: (one["model"], one["after"] is None)
    ):
        model = apps.get_model(label)
        if undone:
            for change in group:
                _make_again(model, change)
            continue
        several = list(group)
        rows = model._base_manager.select_for_update(of=("self",)).in_bulk([one["pk"] for one in several])
        for change in several:
            if row := rows.get(model._meta.pk.to_python(change["pk"])):
                _restore(row, change, lenient=row.pk == kept_id)


def _rivals(model: type[Model], name: str, of: Beneficiary, to: Beneficiary) -> dict[Any, Model]:
    """For each row of one person, by key, the first row of the other beside which it may not stand."""
    rivals: dict[Any, Model] = {}
    for fields, condition in _once_only(model, name):
        theirs = model._base_manager.filter(condition, **{name: to}).order_by("pk")
        known = {tuple(getattr(row, one) for one in fields): row for row in theirs}
        for row in model._base_manager.filter(condition, **{name: of}).order_by("pk") if known else ():
            if rival := known.get(tuple(getattr(row, one) for one in fields)):
                rivals.setdefault(row.pk, rival)
    return rivals


def _once_only(model: type[Model], name: str) -> Iterable[tuple[tuple[str, ...], Q]]:
    """What a table holds once per person: the other fields of the constraint, and when it holds."""
    if _field(model, f"{name}_id").unique:
        yield (), Q()
    for constraint in model._meta.constraints:
        if isinstance(constraint, UniqueConstraint) and name in constraint.fields:
            others = (one for one in model._meta.concrete_fields if one.name in constraint.fields and one.name != name)
            yield tuple(one.attname for one in others), constraint.condition or Q()


def _said(row: Model, names: Iterable[str]) -> dict[str, Any]:
    return {name: _plain(getattr(row, name)) for name in names}


def _plain(value: Any) -> Any:
    """A value as it is kept, to the microsecond."""
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def _field(model: type[Model], attname: str) -> Field[Any, Any]:
    return next(one for one in model._meta.concrete_fields if one.attname == attname)


def _values(model: type[Model], said: Mapping[str, Any]) -> dict[str, Any]:
    """Read values back from what was kept as text."""
    found = {}
    for attname, value in said.items():
        field = _field(model, attname)
        target = field.target_field if field.remote_field else field  # type: ignore[attr-defined]
        found[attname] = target.to_python(value)
    return found


def _make_again(model: type[Model], change: Change) -> None:
    values = _values(model, change["before"])
    made = model(**values)
    made.save(force_insert=True)
    model._base_manager.filter(pk=made.pk).update(**values)


def _restore(row: Model, change: Change, *, lenient: bool) -> None:
    before, after = _values(type(row), change["before"]), _values(type(row), change["after"] or {})
    still = {name: value for name, value in before.items() if getattr(row, name) == after[name]}
    if len(still) < len(before) and not lenient:
        raise Conflict(
            _("« %(what)s » a changé depuis la fusion : elle ne peut plus être annulée d’un geste.")
            % {"what": row._meta.verbose_name}
        )
    for name, value in still.items():
        setattr(row, name, value)
    type(row)._base_manager.filter(pk=row.pk).update(**still)
