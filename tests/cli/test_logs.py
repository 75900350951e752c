"""Logs: one line, no personal data."""

from __future__ import annotations

import json
import logging
import sys
from types import SimpleNamespace

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.views.defaults import server_error

from sanscouture.core.logs import JsonLine, OneLine, logging_of, masked, reference
from sanscouture.core.references import References


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


def test_what_a_task_held_is_not_told() -> None:
    made = record("asyncio", "Task exception was never retrieved\nfuture: <Task exception=ValueError('untel')>")
    assert OneLine().format(made).endswith("asyncio Task exception was never retrieved")


def test_a_request_is_told_without_its_token() -> None:
    request = SimpleNamespace(path="/r/jeton")
    made = record("django.request", "Not Found: /r/jeton", status_code=404, request=request)
    assert OneLine().format(made).endswith("answer status=404 path=/r/*")


def test_a_security_notice_does_not_repeat_what_was_sent() -> None:
    made = record("django.security.DisallowedHost", "Invalid HTTP_HOST header: untel")
    assert "untel" not in OneLine().format(made)


def test_a_machine_reads_the_same_without_personal_data() -> None:
    try:
        raise ValueError("untel@mail.example")
    except ValueError:
        made = record("django.request", "untel", exc_info=sys.exc_info(), status_code=500, reference="ab" * 16)
    written = JsonLine().format(made)
    assert "untel" not in written
    said = json.loads(written)
    assert (said["level"], said["error"], said["request"]) == ("warning", "ValueError", "ab" * 16)
    assert said["message"] == "answer status=500 path="
    assert "\n" not in written


def test_the_form_of_lines_is_chosen_by_name() -> None:
    assert logging_of("json")["formatters"]["one_line"]["()"].endswith(".JsonLine")
    assert logging_of("autre")["formatters"]["one_line"]["()"].endswith(".OneLine")


def answered(**headers: str) -> tuple[str, str]:
    """The reference of the answer, and the line logged meanwhile."""
    lines: list[str] = []

    def view(request: HttpRequest) -> HttpResponse:
        lines.append(OneLine().format(record("sanscouture", "vu")))
        return HttpResponse()

    answer = References(view)(RequestFactory().get("/", headers=headers))
    assert OneLine().format(record("sanscouture", "après")).endswith("après")
    return answer["X-Request-ID"], lines[0]


@pytest.mark.parametrize("given", ["0123456789abcdef" * 2, "0193A1B2-7c3d-7e4f-8a9b-0c1d2e3f4a5b"])
def test_a_well_formed_reference_is_kept_in_the_answer_and_in_the_logs(given: str) -> None:
    name, line = answered(**{"X-Request-ID": given})
    assert name == given.lower()
    assert line.endswith(f"request={name}")


@pytest.mark.parametrize("given", ["", "0639980001", "1850578006084", "untel@mail.example", "a" * 33, "x" * 32])
def test_any_other_reference_is_replaced(given: str) -> None:
    name, line = answered(**{"X-Request-ID": given} if given else {})
    assert name != given
    assert len(name) == 32
    assert line.endswith(f"request={name}")


@pytest.mark.django_db
def test_an_error_page_says_the_reference_and_so_does_its_line(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    answer = client.get("/nulle-part/")
    assert answer.status_code == 404
    (line,) = [OneLine().format(one) for one in caplog.records if one.name == "django.request"]
    assert line.endswith(f"request={answer['X-Request-ID']}")
    assert f"<code>{answer['X-Request-ID']}</code>" in answer.content.decode()


def test_the_page_of_our_own_faults_says_it_too() -> None:
    token = reference.set("ab" * 16)
    try:
        written = server_error(RequestFactory().get("/")).content.decode()
    finally:
        reference.reset(token)
    assert f"<code>{'ab' * 16}</code>" in written
