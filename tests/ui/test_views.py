"""The pages of the house, the language switch, and the errors that help."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import InterfaceError, OperationalError, connections
from django.http import Http404, HttpRequest
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.views import defaults
from django.views.csrf import csrf_failure

from sanscouture.ui import views

pytestmark = pytest.mark.django_db


def _request() -> HttpRequest:
    request = RequestFactory().get("/ailleurs/")
    request.user = AnonymousUser()
    return request


@pytest.mark.parametrize("url", ["/accessibilite/", "/mentions-legales/", "/donnees-personnelles/"])
def test_everybody_reads_who_answers_for_the_service(client: Client, url: str) -> None:
    answer = client.get(url)
    assert answer.status_code == 200
    assert "unsafe" not in answer["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("name", "said"), [("", "n’a pas encore écrit son nom ici"), ("Ville de Fil", "Ville de Fil.")]
)
def test_the_legal_page_names_who_publishes(client: Client, settings, name: str, said: str) -> None:
    settings.PUBLISHER = name
    assert said in client.get("/mentions-legales/").text


def test_a_language_without_its_words_is_not_proposed(client: Client, settings) -> None:
    assert 'name="language"' in client.get("/mentions-legales/").text
    settings.LANGUAGES = [("fr", "Français")]
    assert 'name="language"' not in client.get("/mentions-legales/").text


def test_the_gallery_exists_only_where_code_is_written(client: Client, settings) -> None:
    assert client.get("/dev/composants/").status_code == 404
    settings.DEMO = True
    assert client.get("/dev/composants/").status_code == 200
    settings.DEBUG, settings.DEMO = True, False
    assert client.get("/dev/composants/").status_code == 200


def test_the_language_is_kept(client: Client) -> None:
    answer = client.post("/langue/", {"language": "en", "next": "/mentions-legales/"})
    assert answer["Location"] == "/mentions-legales/"
    assert 'lang="en"' in client.get("/mentions-legales/").content.decode()


def test_the_language_switch_leads_to_no_other_site(client: Client) -> None:
    answer = client.post("/langue/", {"language": "en", "next": "https://ailleurs.example/"})
    assert answer["Location"] == "/"


def test_the_language_does_not_change_by_a_link(client: Client) -> None:
    client.get("/langue/?language=en")
    assert 'lang="fr"' in client.get("/mentions-legales/").content.decode()


def test_an_unknown_address_helps(client: Client) -> None:
    answer = client.get("/nulle-part/")
    assert answer.status_code == 404
    assert "Revenir à l’accueil" in answer.content.decode()


@pytest.mark.parametrize(
    ("view", "error", "code", "said"),
    [
        (defaults.bad_request, SuspiciousOperation(), 400, "Nous n’avons pas compris"),
        (defaults.permission_denied, PermissionDenied(), 403, "votre rôle ne permet pas"),
        (defaults.page_not_found, Http404(), 404, "Vérifiez l’adresse"),
    ],
)
def test_an_error_says_what_happened_and_how_to_go_on(view, error: Exception, code: int, said: str) -> None:
    answer = view(_request(), error)
    page = answer.content.decode()
    assert answer.status_code == code
    assert said in page
    assert 'href="/"' in page


def test_a_refusal_gives_its_reason() -> None:
    answer = defaults.permission_denied(_request(), PermissionDenied("Il faut être référent de l’<b>action</b>."))
    assert "Il faut être référent de l’&lt;b&gt;action" in answer.content.decode()


def test_an_expired_form_says_that_nothing_was_saved() -> None:
    answer = csrf_failure(_request(), "expired")
    assert answer.status_code == 403
    assert "Rien n’a été enregistré" in answer.content.decode()


def test_a_failure_is_told_without_asking_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("no query here")

    monkeypatch.setattr(type(connections["default"]), "cursor", refuse)
    answer = views.failed(_request())
    assert answer.status_code == 500
    assert "C’est notre faute" in answer.content.decode()
    assert "<style" not in render_to_string("500.html", {"away": False})


@pytest.mark.parametrize("error", [OperationalError("gone"), InterfaceError("closed"), RuntimeError("ours")])
def test_a_database_that_is_away_is_a_matter_of_patience(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def fall(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(views, "render", fall)
    answer = Client(raise_request_exception=False).get("/accessibilite/")
    away = not isinstance(error, RuntimeError)
    assert (answer.status_code, answer.get("Retry-After")) == ((503, "5") if away else (500, None))
    assert ("Le service redémarre" in answer.content.decode()) is away
