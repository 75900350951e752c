"""Who may read the metrics, and how figures become metrics. Totals only: no programme, no person, no address."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hmac import compare_digest
from ipaddress import ip_address, ip_network

from prometheus_client.core import GaugeMetricFamily, Metric

SCHEME = "Bearer "


@dataclass(frozen=True)
class Figures:
    """What the database and the disk say at one instant. None: there is none."""

    jobs: Mapping[str, int] = field(default_factory=dict)
    oldest_seconds: int = 0
    workers: int = 0
    finished: Mapping[tuple[str, str], tuple[int, float]] = field(default_factory=dict)
    """For each task and end of the last hour: how many, and their seconds in all."""
    messages: Mapping[tuple[str, str], int] = field(default_factory=dict)
    ruptures: int = 0


@dataclass(frozen=True)
class Safety:
    """What the disk says of backups."""

    backup_seconds: float | None = None
    base_seconds: float | None = None
    archive_fails: bool = False


def may_read(*, authorization: str, address: str, forwarded: bool, token: str, allowed: str) -> bool:
    """Say whether a request may read the metrics: it bears the token, or comes from an allowed address or network.

    Rule: nobody, where neither is configured. `forwarded`: the request came through a proxy that is not declared, so
    that its address is not its sender's and proves nothing.
    """
    if token and compare_digest(authorization.encode(), f"{SCHEME}{token}".encode()):
        return True
    if forwarded or not allowed:
        return False
    try:
        sender = ip_address(address)
    except ValueError:
        return False
    return any(sender in ip_network(one.strip(), strict=False) for one in allowed.split(",") if one.strip())


def metrics(figures: Figures | None, safety: Safety, build: Mapping[str, str]) -> Iterator[Metric]:
    """Write figures as metrics; without any, the database is away and only what does not need it is written."""
    info = GaugeMetricFamily("sanscouture_build_info", "Version that runs.", labels=list(build))
    info.add_metric(list(build.values()), 1)
    yield info
    yield _one("sanscouture_database_up", "Whether the database answers.", float(figures is not None))
    for name, words, seconds in (
        ("sanscouture_backup_age_seconds", "Age of the last backup made from this data folder.", safety.backup_seconds),
        ("sanscouture_archive_base_age_seconds", "Age of the last base of the archive.", safety.base_seconds),
    ):
        if seconds is not None:
            yield _one(name, words, seconds)
    yield _one("sanscouture_archive_failing", "Whether the archive is not being written.", float(safety.archive_fails))
    if figures is not None:
        yield from _of_database(figures)


def _of_database(figures: Figures) -> Iterator[Metric]:
    jobs = GaugeMetricFamily("sanscouture_jobs", "Jobs in the queue, by state.", labels=["state"])
    for state, count in figures.jobs.items():
        jobs.add_metric([state], count)
    yield jobs
    yield _one("sanscouture_job_oldest_waiting_seconds", "Wait of the oldest job due.", figures.oldest_seconds)
    yield _one("sanscouture_workers", "Workers that gave a sign of life in the last minute.", figures.workers)
    ended = GaugeMetricFamily("sanscouture_jobs_ended", "Jobs ended in the last hour.", labels=["task", "state"])
    spent = GaugeMetricFamily("sanscouture_jobs_ended_seconds", "Time they took in all.", labels=["task", "state"])
    for labels, (count, seconds) in figures.finished.items():
        ended.add_metric(labels, count)
        spent.add_metric(labels, seconds)
    yield from (ended, spent)
    messages = GaugeMetricFamily("sanscouture_messages", "Messages written, by state.", labels=["channel", "state"])
    for labels, count in figures.messages.items():
        messages.add_metric(labels, count)
    yield messages
    yield _one("sanscouture_ruptures_open", "Ruptures that wait for an act, in all.", figures.ruptures)


def _one(name: str, words: str, value: float) -> Metric:
    return GaugeMetricFamily(name, words, value=value)
