"""What every test is held to, ready to import in a conftest:

    from guards import assert_queries_do_not_grow, fixed_place, no_network, undefined_variables_fail

Each guard fails with a sentence that says how to mend.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from django.db import connection
from django.template import engines
from django.template.base import FilterExpression, Node
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from pytest_socket import _remove_restrictions, socket_allow_hosts

import sanscouture

OURS = str(Path(sanscouture.__file__).parent)
LOOPBACK = ["127.0.0.1", "::1", "localhost"]


class UndefinedVariable(str):
    """Django's `string_if_invalid` for tests: empty as in production, but it fails where one of our templates
    prints or passes a variable that nobody gave.

    Existence tests (`{% if x %}`, `{% for %}`, `{% firstof %}`) and `x|default:…` stay free, and so do the
    templates of Django, allauth and dsfr.
    """

    __slots__ = ()

    def __bool__(self) -> bool:
        frame = sys._getframe(1)
        if frame.f_code is FilterExpression.resolve.__code__:
            expression = frame.f_locals["self"]
            if not _has_default(expression):
                origin = _origin(frame)
                if origin.startswith(OURS):
                    place = origin.removeprefix(OURS).lstrip("/")
                    pytest.fail(
                        f"{place} uses « {expression.token} », which nobody gave it: "
                        "pass it from the view or the include, or write |default:… if it is optional.",
                        pytrace=False,
                    )
        return False


def _has_default(expression: FilterExpression) -> bool:
    return bool(expression.filters) and expression.filters[0][0].__name__ == "default"


def _origin(frame: FrameType | None) -> str:
    """The file of the template whose node is being rendered."""
    while frame is not None:
        node = frame.f_locals.get("self")
        if isinstance(node, Node) and getattr(node, "origin", None):
            return str(node.origin)
        frame = frame.f_back
    return ""


@pytest.fixture(autouse=True)
def undefined_variables_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable that our template uses and nobody gave fails the test."""
    for engine in engines.all():
        if hasattr(engine, "engine"):
            monkeypatch.setattr(engine.engine, "string_if_invalid", UndefinedVariable())


@pytest.fixture(autouse=True)
def no_network() -> Iterator[None]:
    """Only this machine may be reached: loopback and unix sockets."""
    socket_allow_hosts(LOOPBACK, allow_unix_socket=True)
    yield
    _remove_restrictions()


@pytest.fixture(autouse=True)
def fixed_place(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Each test starts in Paris and in French, and leaves the next one so."""
    before = os.environ.get("TZ")
    monkeypatch.setenv("TZ", "Europe/Paris")
    time.tzset()
    with timezone.override("Europe/Paris"), translation.override("fr"):
        yield
    if before is not None:
        os.environ["TZ"] = before
    time.tzset()


@pytest.fixture
def assert_queries_do_not_grow() -> Callable[..., None]:
    """Check that a page asks the database as many questions for six rows as for one.

    `assert_queries_do_not_grow(client, url, grow, budget=30, **extra)`: `grow()` adds the rows;
    `budget` is the most queries the page may make at all; `extra` goes to `client.get` (htmx headers…).
    """

    def count(client: Client, url: str, extra: dict[str, Any]) -> list[str]:
        with CaptureQueriesContext(connection) as captured:
            answer = client.get(url, **extra)
        assert answer.status_code == 200, f"{url} answers {answer.status_code}: measure a page that works."
        return [query["sql"] for query in captured.captured_queries]

    def check(client: Client, url: str, grow: Callable[[], object], *, budget: int | None = None, **extra: Any) -> None:
        count(client, url, extra)  # what is cached for good (content types, compiled templates) is not the page's
        few = count(client, url, extra)
        grow()
        count(client, url, extra)  # the offer in memory is read again when it changes, once
        many = count(client, url, extra)
        if len(many) > len(few):
            repeated = max(many, key=lambda sql: many.count(sql.split(" WHERE ")[0]) if sql else 0)
            pytest.fail(
                f"{url} goes from {len(few)} to {len(many)} queries when rows are added: "
                f"select_related, prefetch_related or annotate in the selector. Look at: {repeated[:400]}",
                pytrace=False,
            )
        assert budget is None or len(many) <= budget, (
            f"{url} makes {len(many)} queries, over its budget of {budget}: join them in the selector."
        )

    return check
