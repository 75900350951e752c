from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client, override_settings

from sanscouture.demo.services.cast import ensure_cast
from sanscouture.programmes.services import load_starter_programmes
from sanscouture.territories.services import load_starter_set


@pytest.fixture
def demo_mode() -> Iterator[None]:
    """The site as `sanscouture demo` serves it."""
    from django.conf import settings

    with override_settings(
        DEMO=True,
        INSTALLED_APPS=["sanscouture.demo", *settings.INSTALLED_APPS],
        ROOT_URLCONF="demo.site",
    ):
        yield


@pytest.fixture
def cast(db: None, demo_mode: None) -> None:
    """The starter geography, its programmes and the whole cast."""
    load_starter_set()
    load_starter_programmes()
    ensure_cast()


@pytest.fixture
def visitor(cast: None) -> Client:
    return Client()


@pytest.fixture
def told() -> Any:
    """Run a command and give what it wrote."""

    def run(*words: str) -> str:
        from io import StringIO

        out = StringIO()
        call_command(*words, stdout=out)
        return out.getvalue()

    return run
