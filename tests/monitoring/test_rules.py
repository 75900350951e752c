from __future__ import annotations

import pytest
from prometheus_client.core import Metric

from sanscouture.monitoring.rules import Figures, Safety, may_read, metrics

CLOSED = {"authorization": "", "address": "127.0.0.1", "forwarded": False, "token": "", "allowed": ""}


@pytest.mark.parametrize(
    ("given", "open_"),
    [
        ({}, False),
        ({"authorization": "Bearer "}, False),
        ({"token": "secret", "authorization": "Bearer secret"}, True),
        ({"token": "secret", "authorization": "Bearer autre"}, False),
        ({"token": "secret", "authorization": "secret"}, False),
        ({"token": "secret", "authorization": "Bearer é"}, False),
        ({"allowed": "127.0.0.1"}, True),
        ({"allowed": "10.0.0.0/8, 127.0.0.0/8"}, True),
        ({"allowed": "10.0.0.0/8,"}, False),
        ({"allowed": "::1"}, False),
        ({"allowed": "127.0.0.1", "forwarded": True}, False),
        ({"allowed": "127.0.0.1", "address": ""}, False),
        ({"allowed": "127.0.0.1", "forwarded": True, "token": "x", "authorization": "Bearer x"}, True),
    ],
)
def test_metrics_are_closed_to_all_but_who_bears_the_token_or_comes_from_an_allowed_place(
    given: dict[str, str], open_: bool
) -> None:
    assert may_read(**CLOSED | given) is open_  # type: ignore[arg-type]


def named(*found: Metric) -> dict[str, list[float]]:
    return {one.name: [sample.value for sample in one.samples] for one in found}


def test_what_needs_no_database_is_said_when_it_is_away() -> None:
    said = named(*metrics(None, Safety(), {"version": "1"}))
    assert said == {"sanscouture_build_info": [1], "sanscouture_database_up": [0], "sanscouture_archive_failing": [0]}


def test_each_figure_has_its_metric() -> None:
    figures = Figures({"todo": 2}, 30, 1, {("a.b", "succeeded"): (3, 1.5)}, {("mail", "sent"): 4}, 5)
    said = named(*metrics(figures, Safety(60, 90, archive_fails=True), {"version": "1"}))
    assert said["sanscouture_jobs"] == [2]
    assert said["sanscouture_job_oldest_waiting_seconds"] == [30]
    assert said["sanscouture_workers"] == [1]
    assert said["sanscouture_jobs_ended"] == [3]
    assert said["sanscouture_jobs_ended_seconds"] == [1.5]
    assert said["sanscouture_messages"] == [4]
    assert said["sanscouture_ruptures_open"] == [5]
    assert said["sanscouture_backup_age_seconds"] == [60]
    assert said["sanscouture_archive_base_age_seconds"] == [90]
    assert said["sanscouture_archive_failing"] == [1]
