"""The guards that every test runs under can themselves fail."""

from __future__ import annotations

import socket
import time
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.template import Context, Origin, Template, engines
from django.utils import timezone, translation
from pytest_socket import SocketConnectBlockedError

from guards import OURS


def _render(text: str, origin: str = f"{OURS}/ui/templates/ui/sample.html", **given: Any) -> str:
    engine = engines["django"].engine
    return Template(text, origin=Origin(origin), engine=engine).render(Context(given))


def test_an_undefined_variable_of_ours_fails() -> None:
    with pytest.raises(pytest.fail.Exception, match=r"ui/sample.html uses « forgotten »"):
        _render("{{ forgotten }}")


def test_an_undefined_variable_passed_on_fails() -> None:
    with pytest.raises(pytest.fail.Exception, match="forgotten"):
        _render("{% with a=forgotten %}{{ a }}{% endwith %}")


def test_an_undefined_attribute_fails() -> None:
    with pytest.raises(pytest.fail.Exception, match=r"person.forgotten"):
        _render("{{ person.forgotten|upper }}", person={})


@pytest.mark.parametrize(
    "text",
    [
        "{% if forgotten %}x{% endif %}",
        "{% if not forgotten.name %}{% endif %}",
        "{% for a in forgotten %}x{% endfor %}",
        '{{ forgotten|default:"" }}',
        "{{ given }}",
    ],
)
def test_asking_whether_a_variable_exists_is_allowed(text: str) -> None:
    assert _render(text, given="") == ""


def test_the_templates_of_others_are_left_alone() -> None:
    assert _render("{{ forgotten }}", origin="/elsewhere/dsfr/templates/a.html") == ""


def test_the_network_is_closed() -> None:
    with socket.socket() as outside, pytest.raises((SocketConnectBlockedError, UserWarning)):
        outside.connect(("192.0.2.1", 80))


def test_this_machine_may_be_reached() -> None:
    with socket.socket() as server, socket.socket() as client:
        server.bind(("127.0.0.1", 0))
        server.listen()
        client.connect(server.getsockname())


def test_the_place_is_paris_in_french() -> None:
    assert timezone.get_current_timezone_name() == "Europe/Paris"
    assert translation.get_language() == "fr"
    assert time.tzname[0] == "CET"


class _Page:
    """A page that asks one question a row: what the guard is for."""

    rows = 1

    def get(self, url: str) -> HttpResponse:
        with connection.cursor() as cursor:
            for _ in range(self.rows):
                cursor.execute("SELECT 1")
        return HttpResponse()

    def grow(self) -> None:
        self.rows = 6


@pytest.mark.usefixtures("db")
def test_a_page_that_asks_more_for_more_rows_fails(assert_queries_do_not_grow) -> None:
    page = _Page()
    with pytest.raises(pytest.fail.Exception, match=r"from 1 to 6 queries"):
        assert_queries_do_not_grow(page, "/x/", page.grow)


@pytest.mark.usefixtures("db")
def test_a_page_over_its_budget_fails(assert_queries_do_not_grow) -> None:
    page = _Page()
    assert_queries_do_not_grow(page, "/x/", lambda: None, budget=1)
    page.rows = 3
    with pytest.raises(AssertionError, match="over its budget"):
        assert_queries_do_not_grow(page, "/x/", lambda: None, budget=2)
