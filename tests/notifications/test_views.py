from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from personas import Persona
from sanscouture.notifications.models import Notice

pytestmark = pytest.mark.django_db
URL = "/notifications/"


def notice(who: Persona, title: str = "Une réponse vous attend", url: str = "/compte/") -> Notice:
    assert who.programme is not None
    return Notice.objects.create(
        user_id=who.user.pk, programme_id=who.programme.pk, kind="tests.said", title=title, url=url
    )


def test_one_reads_ones_news(adviser: Persona) -> None:
    assert reverse("notifications:list") == URL
    notice(adviser)
    text = adviser.client.get(URL).content.decode()
    assert "Une réponse vous attend" in text
    assert "1 nouvelle à lire" in text
    assert "Nouvelles (1 non lue)" in text


def test_without_news_the_page_says_what_it_is_for(adviser: Persona) -> None:
    assert "Rien de nouveau" in adviser.client.get(URL).content.decode()


def test_reading_a_notice_leads_where_it_says(adviser: Persona) -> None:
    one = notice(adviser)
    answer = adviser.client.post(f"{URL}{one.pk}/lire/")
    assert (answer.status_code, answer["Location"]) == (302, "/compte/")
    one.refresh_from_db()
    assert one.read_at is not None


def test_a_notice_without_an_address_leads_back(adviser: Persona) -> None:
    assert adviser.client.post(f"{URL}{notice(adviser, url='').pk}/lire/")["Location"] == URL


def test_all_are_read_at_once(adviser: Persona) -> None:
    notice(adviser)
    notice(adviser)
    assert adviser.client.post(f"{URL}tout-lu/").status_code == 302
    assert "non lue" not in adviser.client.get(URL).content.decode()


def test_the_news_of_another_are_not_found(adviser: Persona, coordinator: Persona) -> None:
    one = notice(coordinator)
    assert adviser.client.post(f"{URL}{one.pk}/lire/").status_code == 404
    one.refresh_from_db()
    assert one.read_at is None


def test_a_visitor_signs_in_first(client: Client) -> None:
    assert client.get(URL)["Location"] == f"/connexion/?next={URL}"


def test_wrong_methods_are_refused(adviser: Persona) -> None:
    assert adviser.client.post(URL).status_code == 405
    assert adviser.client.get(f"{URL}tout-lu/").status_code == 405
    assert adviser.client.get(f"{URL}{notice(adviser).pk}/lire/").status_code == 405


def test_queries_do_not_grow(adviser: Persona, assert_queries_do_not_grow: Callable[..., None]) -> None:
    notice(adviser)
    assert_queries_do_not_grow(adviser.client, URL, lambda: [notice(adviser) for _ in range(6)], budget=20)
