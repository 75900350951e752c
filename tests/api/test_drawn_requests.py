"""Requests drawn from the API's own description, right and wrong; `make fuzz-api` asks more (FUZZ_ROUNDS=400).

Each answer must be one that the description announces, of the shape that it announces, and never a fault.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from data_inclusion.schema import v1
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from sanscouture.api.views import THROTTLE
from sanscouture.directory.models import Service
from sanscouture.directory.services import generate_offer
from sanscouture.territories.services import load_starter_set

pytestmark = pytest.mark.django_db

ROUNDS = int(os.environ.get("FUZZ_ROUNDS", "8"))
SEED = int(os.environ.get("FUZZ_SEED", "1"))
PLAIN = {"Accept-Encoding": "identity"}
UNKNOWN_PLACES = [positive_data_acceptance]
"""A place that does not exist is 422: the description cannot list the communes."""


@pytest.fixture
def one_connection(db: None) -> Iterator[None]:
    """Let requests leave the test's own connection open, as Django's test client does."""
    listened = [each for each in (request_started, request_finished) if each.disconnect(close_old_connections)]
    yield
    for each in listened:
        each.connect(close_old_connections)


@pytest.fixture
def known(one_connection: None, monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """An offer to ask for, and the values by which some of it is found."""
    monkeypatch.setattr(THROTTLE, "num_requests", 10**9)
    load_starter_set()
    generate_offer(40, around=["59392"])
    service = Service.objects.select_related("organisation").order_by("external_id")[0]
    return {
        "/services/{id}": [service.external_id],
        "/structures/{id}": [service.organisation.external_id],
        "code_commune": ["59392"],
        "code_departement": ["59"],
        "sources": ["fictif"],
    }


def drawn(operation: Any, mode: GenerationMode, known: dict[str, list[str]], answers: Counter[int]) -> None:
    """Ask one operation so many times, one time in three with values that exist."""

    @seed(SEED)
    @settings(
        max_examples=ROUNDS,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(
        case=operation.as_strategy(generation_mode=mode), real=st.integers(0, 2), which=st.sampled_from(sorted(known))
    )
    def ask(case: Any, real: int, which: str) -> None:
        if mode is GenerationMode.NEGATIVE:
            pass  # what is wrong stays so
        elif real == 0 and case.path_parameters:
            case.path_parameters["id"] = known[operation.path.removeprefix("/api/v1")][0]
        elif real == 0 and which.isidentifier() and which in {each.name for each in operation.query}:
            case.query = {"page": 1, which: known[which][0]}
        answer = case.call(headers=PLAIN)
        answers[answer.status_code] += 1
        case.validate_response(answer, excluded_checks=UNKNOWN_PLACES)
        if answer.status_code == 200:
            readable(operation.path.removeprefix("/api/v1"), answer.json())

    try:
        ask()
    except Unsatisfiable:
        assert mode is GenerationMode.NEGATIVE, f"{operation.label}: nothing right can be asked"


def readable(path: str, said: Any) -> None:
    """Read what was answered with data·inclusion's own models."""
    if path == "/sources":
        return
    items = said.get("items", [said])
    for item in items:
        sheet = item.get("service", item)
        model = v1.Service if "structure_id" in sheet else v1.Structure
        model.model_validate({name: sheet[name] for name in model.model_fields})


@pytest.mark.timeout(0 if ROUNDS > 8 else 120)
def test_every_answer_is_one_that_the_description_announces(known: dict[str, list[str]]) -> None:
    description = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())
    answers: Counter[int] = Counter()
    for found in description.get_all_operations():
        for mode in GenerationMode:
            drawn(found.ok(), mode, known, answers)
    assert answers.keys() <= {200, 404, 422}
    assert answers[200] > ROUNDS
    assert answers[422] > ROUNDS
