from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client, override_settings

import demo.site
import sanscouture.demo
from sanscouture.demo.rules.towns import TOWNS
from sanscouture.demo.services.cast import ensure_cast
from sanscouture.programmes.services import load_starter_programmes
from sanscouture.territories.services import load_starter_set


@pytest.fixture
def demo_mode() -> Iterator[None]:
    """The site as `sanscouture demo` serves it: its addresses and its templates (apps load once in a process)."""
    templates = deepcopy(settings.TEMPLATES)
    templates[0]["DIRS"] = [Path(sanscouture.demo.__file__).parent / "templates"]
    templates[0]["OPTIONS"]["libraries"] = {"demo": "sanscouture.demo.templatetags.demo"}
    with override_settings(
        DEMO=True,
        ACCOUNTS_EXEMPTION="sanscouture.demo.selectors.is_persona",
        TEMPLATES=templates,
        ROOT_URLCONF=demo.site.__name__,
    ):
        yield


@pytest.fixture
def places(db: None, demo_mode: None) -> None:
    """The starter geography and its programmes."""
    load_starter_set()
    load_starter_programmes()


@pytest.fixture
def cast(places: None) -> None:
    """The whole cast, in its places."""
    ensure_cast()


@pytest.fixture
def visitor(places: None) -> Client:
    """Somebody at the door, where Maubeuge's cast and the nation's have come."""
    ensure_cast(TOWNS[:1])
    return Client()
