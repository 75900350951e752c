"""One verb, one function, one transaction (chapter 09)."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, wraps
from typing import ParamSpec, TypeVar

from django.apps import apps
from django.db import IntegrityError, connection, transaction

from sanscouture.core.errors import Conflict

P = ParamSpec("P")
R = TypeVar("R")


def verb(function: Callable[P, R]) -> Callable[P, R]:
    """Run a service in one transaction; when somebody else was faster, say so.

    Rule: a constraint of ours that the database refuses becomes `Conflict`, with the constraint's own sentence. A
    constraint without a sentence is a fault of the code, and stays one.
    """

    @wraps(function)
    def inner(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            with transaction.atomic():
                return function(*args, **kwargs)
        except IntegrityError as error:
            sentence = _sentences().get(_broken(error))
            if sentence is None:
                raise
            raise Conflict(str(sentence)) from error

    return inner


def one_at_a_time(what: str) -> None:
    """Let one transaction after the other pass here for the same words: for what no row can be locked yet."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [what])


def _broken(error: IntegrityError) -> str:
    diagnosis = getattr(error.__cause__, "diag", None)
    return getattr(diagnosis, "constraint_name", None) or ""


@cache
def _sentences() -> dict[str, object]:
    """What each constraint of the models says when it is broken, by its name (lazy: said in the reader's language).

    What a trigger keeps is said by its app (`refusals`).
    """
    triggers = (getattr(config, "refusals", {}) for config in apps.get_app_configs())
    return {name: said for refusals in triggers for name, said in refusals.items()} | {
        constraint.name: constraint.violation_error_message
        for model in apps.get_models()
        for constraint in model._meta.constraints
        if constraint.violation_error_message != constraint.default_violation_error_message
    }
