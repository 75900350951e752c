"""/healthz: what a load balancer and an operator need to know."""

from __future__ import annotations

import pytest
from django.db import OperationalError
from django.test import Client
from django.urls import reverse

from sanscouture.jobs import views
from sanscouture.jobs.selectors import QueueHealth


def queue(monkeypatch: pytest.MonkeyPatch, *, workers: int = 1, oldest: int = 0) -> None:
    found = QueueHealth(waiting=3, failed=1, workers=workers, oldest_seconds=oldest)
    monkeypatch.setattr(views, "queue_health", lambda: found)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("workers", "oldest", "status", "said"),
    [(1, 0, "ok", "ok"), (0, 0, "degraded", "stopped"), (1, 301, "degraded", "late"), (1, 300, "ok", "ok")],
)
def test_it_answers_200_while_pages_can_be_served(
    client: Client, monkeypatch: pytest.MonkeyPatch, workers: int, oldest: int, status: str, said: str
) -> None:
    queue(monkeypatch, workers=workers, oldest=oldest)
    answer = client.get(reverse("health"))
    assert answer.status_code == 200
    body = answer.json()
    assert (body["status"], body["database"], body["queue"]) == (status, "ok", said)
    assert body["version"]
    assert (body["jobs_waiting"], body["jobs_failed"], body["messages_in_doubt"]) == (3, 1, 0)


@pytest.mark.django_db
def test_it_answers_503_when_the_database_is_away(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> QueueHealth:
        raise OperationalError("gone")

    monkeypatch.setattr(views, "queue_health", away)
    answer = client.get(reverse("health"))
    assert answer.status_code == 503
    assert answer.json()["database"] == "unavailable"


@pytest.mark.django_db
def test_it_asks_the_real_queue(client: Client) -> None:
    assert client.get(reverse("health")).json()["queue"] == "stopped"


@pytest.mark.django_db
def test_it_only_reads(client: Client) -> None:
    assert client.post(reverse("health")).status_code == 405
