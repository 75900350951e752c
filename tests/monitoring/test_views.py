"""/metrics: closed by default, totals only."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import caches
from django.db import OperationalError
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from factories import RuptureFactory
from sanscouture.core import clock
from sanscouture.jobs.services import enqueue, work
from sanscouture.monitoring import selectors
from sanscouture.notifications.models import OutgoingMessage

URL = "/metrics"
TOKEN = {"Authorization": "Bearer secret"}


@pytest.fixture(autouse=True)
def opened(settings: Any) -> None:
    settings.METRICS_TOKEN = "secret"
    caches["memory"].clear()


def read(client: Client) -> dict[str, dict[tuple[str, ...], float]]:
    answer = client.get(URL, headers=TOKEN)
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/plain; version=0.0.4")
    found: dict[str, dict[tuple[str, ...], float]] = {}
    for family in text_string_to_metric_families(answer.content.decode()):
        for sample in family.samples:
            found.setdefault(sample.name, {})[tuple(sample.labels.values())] = sample.value
    return found


@pytest.mark.django_db
def test_it_does_not_exist_for_who_may_not_read_it(client: Client, settings: Any) -> None:
    assert client.get(URL).status_code == 404
    settings.METRICS_ALLOW = "127.0.0.1"
    assert client.get(URL).status_code == 200
    assert client.get(URL, headers={"X-Forwarded-For": "127.0.0.1"}).status_code == 404
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert client.get(URL, headers={"X-Forwarded-For": "192.0.2.7"}).status_code == 404
    assert client.get(URL, headers={"X-Forwarded-For": "192.0.2.7, 127.0.0.1"}).status_code == 200
    settings.METRICS_TOKEN = settings.METRICS_ALLOW = ""
    assert client.get(URL, headers=TOKEN).status_code == 404


@pytest.mark.django_db
def test_it_only_reads(client: Client) -> None:
    assert client.post(URL, headers=TOKEN).status_code == 405


@pytest.mark.django_db
def test_requests_are_counted_by_view_with_their_time_in_the_database(client: Client) -> None:
    earlier = read(client)
    before = earlier.get("sanscouture_requests_total", {}).get(("GET", "200", "health"), 0)
    of_any_status = earlier.get("sanscouture_request_seconds_count", {}).get(("health",), 0)
    client.get("/healthz")
    client.get("/nulle-part/quelqu-un@mail.example/")
    said = read(client)
    assert said["sanscouture_requests_total"]["GET", "200", "health"] == before + 1
    assert said["sanscouture_requests_total"]["GET", "404", "none"] >= 1
    assert said["sanscouture_request_seconds_count"]["health",] == of_any_status + 1
    assert said["sanscouture_request_queries_total"]["health",] >= 2 * (before + 1)
    assert said["sanscouture_request_database_seconds_total"]["health",] > 0


@pytest.mark.django_db
def test_totals_cross_programmes_and_name_nobody(client: Client) -> None:
    first, second = RuptureFactory(), RuptureFactory()
    assert first.programme_id != second.programme_id
    OutgoingMessage.objects.create(to="untel@mail.example", kind="x.y", programme_id=first.programme_id, key="k")
    enqueue("sanscouture.notifications.tasks.purge_messages")
    answer = client.get(URL, headers=TOKEN).content.decode()
    assert "sanscouture_ruptures_open 2.0" in answer
    assert re.search(r'sanscouture_messages\{channel="mail",state="queued"\} 1.0', answer)
    assert re.search(r'sanscouture_jobs\{state="todo"\} 1.0', answer)
    assert "untel" not in answer
    assert str(first.programme_id) not in answer
    assert "sanscouture_database_up 1.0" in answer
    assert "sanscouture_build_info" in answer


@pytest.mark.django_db
def test_it_says_that_the_database_is_away(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(selectors, "_counted", away)
    said = read(client)
    assert said["sanscouture_database_up"][()] == 0
    assert "sanscouture_jobs" not in said


@pytest.mark.usefixtures("fresh_db")
def test_jobs_that_ended_are_counted_with_their_time(client: Client) -> None:
    enqueue("sanscouture.notifications.tasks.purge_messages")
    asyncio.run(work(until_empty=True))
    said = read(client)
    labels = ("succeeded", "sanscouture.notifications.tasks.purge_messages")
    assert said["sanscouture_jobs_ended"][labels] == 1
    assert 0 < said["sanscouture_jobs_ended_seconds"][labels] < 60


def test_the_age_of_what_saves_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    now = clock.now()
    monkeypatch.setattr(selectors, "last_backup", lambda: {"at": (now - timedelta(hours=2)).isoformat()})
    assert selectors.safety(now).backup_seconds == 7200
    monkeypatch.setattr(selectors, "external", lambda: True)
    monkeypatch.setattr(selectors, "last_backup", lambda: None)
    assert selectors.safety(now) == selectors.Safety()
