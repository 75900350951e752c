"""Fields whose text is sealed in the database, and what finds it again (chapter 08, ADR 0019)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import FieldError
from django.db import models
from django.db.models import F
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.db.models.lookups import Exact, Lookup

from sanscouture.core.sealing import MARK, Unreadable, blind, seal, unseal

if TYPE_CHECKING:
    _TextField = models.TextField[str, str]
    _CharField = models.CharField[str, str]
    _Field = models.Field[Any, Any]

    class _Lookup(Lookup[bool]): ...

    class _Exact(Exact[str]): ...

else:
    _Field = object
    _TextField, _CharField, _Lookup, _Exact = models.TextField, models.CharField, Lookup, Exact


class Sealing(_Field):
    """What sealed fields have in common."""

    def stored(self) -> Any:
        """The sealed text as an expression, not opened."""
        raise NotImplementedError

    def written(self, row: models.Model) -> Any:
        """What a row would store, for whoever writes rows without Django."""
        return self.get_prep_value(self.pre_save(row, True))

    def is_unreadable(self, row: models.Model) -> bool:
        """Say whether the text of a row cannot be opened."""
        return isinstance(getattr(row, self.attname), Unreadable)


class EncryptedTextField(Sealing, _TextField):
    """A text that the database never sees. One asks of it whether it is empty; `BlindIndexField` finds the rest."""

    def from_db_value(self, value: str | None, expression: object, connection: object) -> str | None:
        """Open what was stored."""
        return None if value is None else unseal(value)

    def get_prep_value(self, value: Any) -> Any:
        """Seal what is stored."""
        return seal(value) if isinstance(value, str) else super().get_prep_value(value)

    def get_lookup(self, lookup_name: str) -> Any:
        """Refuse to look for something in sealed texts."""
        return super().get_lookup(lookup_name) if lookup_name in {"exact", "isnull", "sealed"} else None

    def stored(self) -> Any:
        """See Sealing."""
        return Cast(F(self.name), models.TextField())


@EncryptedTextField.register_lookup
class IsEmpty(_Exact):
    """`phone=""`: the one equality that a sealed text knows; no nonce serves twice."""

    def get_prep_lookup(self) -> Any:
        """Refuse a text that would never be found."""
        if self.rhs != "":
            raise FieldError(f"{self.lhs.output_field} is sealed: look for its blind index.")
        return self.rhs


class SealedJSONField(Sealing, models.JSONField):
    """A JSON object of which one text is sealed."""

    def __init__(self, *args: Any, sealed: str, **kwargs: Any) -> None:
        """`sealed`: the key of that text."""
        self.sealed = sealed
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        """For migrations."""
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "sealed": self.sealed}

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        """Open what was stored."""
        found = super().from_db_value(value, expression, connection)
        return {**found, self.sealed: unseal(found[self.sealed])} if self._holds(found) else found

    def get_prep_value(self, value: Any) -> Any:
        """Seal what is stored."""
        return {**value, self.sealed: seal(value[self.sealed])} if self._holds(value) else value

    def is_unreadable(self, row: models.Model) -> bool:
        """See Sealing."""
        value = getattr(row, self.attname)
        return self._holds(value) and isinstance(value[self.sealed], Unreadable)

    def stored(self) -> Any:
        """See Sealing."""
        return KeyTextTransform(self.sealed, self.name)

    def _holds(self, value: Any) -> bool:
        return isinstance(value, dict) and isinstance(value.get(self.sealed), str)


class BlindIndexField(_CharField):
    """What finds a sealed text by equality in one programme: computed from it at each writing, never by hand."""

    def __init__(self, *args: Any, of: str, **kwargs: Any) -> None:
        """`of`: the sealed field, on the same model."""
        self.of = of
        super().__init__(*args, **{"max_length": 22, "editable": False, "default": "", "db_default": "", **kwargs})

    def deconstruct(self) -> Any:
        """For migrations."""
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "of": self.of}

    def pre_save(self, model_instance: Any, add: bool) -> Any:
        """Compute it; that of a text which cannot be opened stays."""
        text = getattr(model_instance, self.of)
        if not isinstance(text, Unreadable):
            setattr(model_instance, self.attname, blind(self.of, model_instance.programme_id, text))
        return getattr(model_instance, self.attname)

    def written(self, row: models.Model) -> Any:
        """What a row would store, for whoever writes rows without Django."""
        return self.pre_save(row, True)


@EncryptedTextField.register_lookup
class IsSealed(_Lookup):
    """`phone__sealed=True`: the stored text is empty or sealed; for constraints."""

    lookup_name = "sealed"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """Look at how it begins."""
        stored, parameters = self.process_lhs(compiler, connection)
        return f"({stored} = '' OR starts_with({stored}, '{MARK}'))", [*parameters, *parameters]


@SealedJSONField.register_lookup
class HoldsSealed(_Lookup):
    """`place__sealed=True`: the text of that key is absent, empty or sealed; for constraints."""

    lookup_name = "sealed"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """Look at how it begins."""
        column, parameters = self.process_lhs(compiler, connection)
        stored = f"COALESCE({column} ->> '{self.lhs.output_field.sealed}', '')"
        return f"({stored} = '' OR starts_with({stored}, '{MARK}'))", [*parameters, *parameters]


def sealed_fields(model: type[models.Model]) -> list[Sealing]:
    """The sealed fields of a model."""
    return [one for one in model._meta.concrete_fields if isinstance(one, Sealing)]


def unreadable(row: models.Model) -> bool:
    """Say whether a sealed text of a row cannot be opened."""
    return any(field.is_unreadable(row) for field in sealed_fields(type(row)))


def blind_indexes(model: type[models.Model]) -> list[BlindIndexField]:
    """The blind indexes of a model."""
    return [one for one in model._meta.concrete_fields if isinstance(one, BlindIndexField)]
