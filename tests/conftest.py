from __future__ import annotations

import os
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

ROOT = Path(__file__).resolve().parent.parent
os.environ["DATA_DIR"] = os.environ.get("TEST_DATA_DIR", str(ROOT / ".data" / "tests"))
os.environ["SANSCOUTURE_DB_FSYNC"] = "off"
for name in ("SANSCOUTURE_DEBUG", "SECRET_KEY", "PORT", "HOST", "BASE_URL", "ALLOWED_HOSTS"):
    os.environ.pop(name, None)
for name in ("DISCOVERY_URL", "CLIENT_ID", "CLIENT_SECRET", "ACR_VALUES"):
    os.environ.pop(f"PROCONNECT_{name}", None)

import pytest  # noqa: E402
from django.conf import settings  # noqa: E402
from django.db.models import query  # noqa: E402
from pytest_django import DjangoDbBlocker  # noqa: E402
from xdist.scheduler import LoadScopeScheduling  # noqa: E402

import databases  # noqa: E402
import scoping  # noqa: E402
from guards import (  # noqa: E402, F401
    assert_queries_do_not_grow,
    fixed_place,
    no_network,
    undefined_variables_fail,
)

pytest_plugins = ["personas"]


def pytest_configure() -> None:
    """Hash passwords quickly: what is tested is ours, not the strength of PBKDF2."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


RESTORING = ("tests/database/test_backup.py", "tests/database/test_external.py", "tests/cli/test_backup.py")


class SomeTogether(LoadScopeScheduling):
    """Tests go one by one to whoever is free, but some share one worker.

    Those of the browser: one site, one Chromium. Those that restore a backup: the server lets one do it at a time.
    """

    def _split_scope(self, nodeid: str) -> str:
        if "/e2e/" in nodeid:
            return "e2e"
        return "restorations" if nodeid.startswith(RESTORING) else nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    return SomeTogether(config, log)


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Give each worker its copy of the migrated template; the application's role throughout."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw")
    with django_db_blocker.unblock(), databases.copy_of_template(f"test_{worker}_{uuid4().hex[:6]}"):
        yield


@pytest.fixture
def db(django_db_setup: None, _django_db_helper: None) -> Iterator[None]:
    """A transaction, rolled back at the end, in a scope that widens with each programme made."""
    with scoping.writing():
        yield


@pytest.fixture(autouse=True)
def _writing_scope_of_marked_tests(request: pytest.FixtureRequest) -> None:
    if request.node.get_closest_marker("django_db"):
        request.getfixturevalue("db")


@pytest.fixture
def fresh_db(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A database of its own, where transactions really commit: for races and jobs."""
    with (
        django_db_blocker.unblock(),
        databases.copy_of_template(f"test_fresh_{uuid4().hex[:10]}"),
        scoping.writing(),
    ):
        yield


@pytest.fixture(autouse=True)
def unordered_rows_are_shuffled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows that nobody ordered come in any order, as the database is free to give them."""
    for iterable in (query.ModelIterable, query.ValuesIterable, query.ValuesListIterable, query.FlatValuesListIterable):
        monkeypatch.setattr(iterable, "__iter__", _shuffling(iterable.__iter__))


def _shuffling(iterate: Any) -> Any:
    def shuffled(self: Any) -> Iterator[Any]:
        rows = iterate(self)
        if self.queryset.ordered or self.queryset.query.is_sliced:
            return iter(rows)
        found = list(rows)
        random.shuffle(found)
        return iter(found)

    return shuffled
