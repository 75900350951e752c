"""Whatever schemathesis makes of our own OpenAPI document, the API answers as the document says, and never fails."""

from __future__ import annotations

import os
from typing import Any

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from django.db import connection
from hypothesis import HealthCheck, given, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from factories import ServiceFactory
from sanscouture.api.views import THROTTLE
from sanscouture.territories.services import load_starter_set

# A commune that does not exist, or a latitude without its longitude, is refused by 422: the document cannot say it.
TRIES = int(os.environ.get("FUZZ_ROUNDS", "10"))


@pytest.fixture
def contract(db: None, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(THROTTLE, "num_requests", 1_000_000)
    monkeypatch.setattr(connection, "close", lambda: None)  # as Django's own client keeps it open
    load_starter_set()
    ServiceFactory()
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())


def test_the_api_answers_as_it_says(contract: Any) -> None:
    operations = [found.ok() for found in contract.get_all_operations()]
    assert len(operations) == 6
    for operation in operations:

        @settings(
            max_examples=TRIES,
            deadline=None,
            derandomize="FUZZ_ROUNDS" not in os.environ,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def try_out(case: Any) -> None:
            case.call_and_validate(headers={"Accept-Encoding": "identity"}, excluded_checks=[positive_data_acceptance])

        try_out()
