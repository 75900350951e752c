"""Logs: one line, no personal data."""

from __future__ import annotations

import logging
import sys
from types import SimpleNamespace

import pytest

from sanscouture.core.logs import OneLine, masked


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/", "/"),
        ("/healthz", "/healthz"),
        ("/orientations/0193a1b2-7c3d-7e4f-8a9b-0c1d2e3f4a5b/accepter/", "/orientations/*/accepter/"),
        ("/r/court", "/r/*"),
        ("/r/aB3:xyz-_9/repondre", "/r/*/repondre"),
        ("/invitations/MTIz:1abc:def/", "/invitations/*/"),
        ("/personnes/?q=Untel", "/personnes/"),
        ("/comptes/untel@mail.example/", "/comptes/*/"),
        ("/programmes/saint-omer/", "/programmes/saint-omer/"),
    ],
)
def test_paths_keep_their_shape_and_lose_what_names(path: str, shown: str) -> None:
    assert masked(path) == shown


def record(name: str, message: str, **more: object) -> logging.LogRecord:
    made = logging.LogRecord(name, logging.WARNING, __file__, 1, message, None, None)
    for key, value in more.items():
        setattr(made, key, value)
    return made


def test_an_error_says_its_kind_and_its_place_but_not_its_values() -> None:
    try:
        raise ValueError("Key (email)=(untel@mail.example) already exists\nDETAIL: secret")
    except ValueError:
        made = record("sanscouture", "échec", exc_info=sys.exc_info())
    written = OneLine().format(made)
    assert "error=ValueError" in written
    assert "at=test_logs.py:" in written
    assert "untel" not in written
    assert "\n" not in written


def test_a_job_is_told_without_its_arguments() -> None:
    job = {"id": 12, "task_name": "pathways.remind", "task_kwargs": {"email": "untel@mail.example"}}
    made = record("procrastinate.worker", "Job remind(email='untel@mail.example') failed", action="job_error", job=job)
    assert OneLine().format(made).endswith("procrastinate.worker job_error task=pathways.remind id=12")


def test_a_request_is_told_without_its_token() -> None:
    request = SimpleNamespace(path="/r/jeton")
    made = record("django.request", "Not Found: /r/jeton", status_code=404, request=request)
    assert OneLine().format(made).endswith("answer status=404 path=/r/*")


def test_a_security_notice_does_not_repeat_what_was_sent() -> None:
    made = record("django.security.DisallowedHost", "Invalid HTTP_HOST header: untel")
    assert "untel" not in OneLine().format(made)
