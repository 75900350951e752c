"""Many programmes clicking at once on one served site: errors, times, and what gives way first.

Run with `.venv/bin/python bench/load.py [--programmes N] [--users N] [--seconds S] [--think S] [--data DIR]`: by
default 30 programmes × 4 users for 20 seconds; the full size is `WEB_CONCURRENCY=2 … --programmes 300 --users 10
--seconds 240 --think 120`: somebody at work opens a page every two minutes. Programmes beyond the 84 real ones are
invented for this bench. Each user reads the pages of their role and, one click in ten, adds a step to somebody's
pathway; a user thinks between two clicks. Loopback only.
"""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from dataclasses import dataclass, field
from random import Random
from time import perf_counter
from typing import Any
from urllib.parse import urlencode

import psutil
from asgiref.sync import sync_to_async
from country import arguments, open_country, percentile, reader, serving

PEOPLE = 12
WRITES = 0.1
PATIENCE = 60
"""Seconds without an answer after which a click is an error."""
CSRF = "a" * 32
FULL, THREADS = 0.85, 8
luck = Random(3)  # noqa: S311 the same clicks each time, not a secret


@dataclass
class User:
    """An account at its screen: the pages it opens, the pathways where it may add a step."""

    cookie: str
    pages: list[str]
    people: list[str] = field(default_factory=list)
    carrier: str = ""


@dataclass
class Seen:
    """What came back."""

    times: list[float] = field(default_factory=list)
    writes: list[float] = field(default_factory=list)
    wrong: Counter[str] = field(default_factory=Counter)


def main() -> int:
    asked = arguments(__doc__ or "", programmes=30, users=4, seconds=20, think=10)
    with open_country(asked.data, people=PEOPLE, programmes=asked.programmes, around=()):
        users = crowd(asked.programmes, asked.users)
        print(f"{len(users)} users of {asked.programmes} programmes, {asked.think} s between two clicks")
        with serving() as (port, process):
            asyncio.run(everybody(users[:8], port, Seen(), seconds=3, think=0))  # what is read once is not measured
            seen, meters = Seen(), Meters(process)
            asyncio.run(watched(users, port, seen, meters, asked))
            return told(seen, meters, asked.seconds)


def crowd(programmes: int, each: int) -> list[User]:
    """The first accounts of each programme: coordination, then those who follow and receive people."""
    from sanscouture.access.enums import Role
    from sanscouture.access.scope import scope
    from sanscouture.pathways.models import Referent
    from sanscouture.programmes.models import Programme, RoleGrant

    found = []
    for programme in Programme.objects.order_by("slug")[:programmes]:
        home = f"/programmes/{programme.slug}"
        with scope(programmes=[programme.pk], named=[programme.pk]):
            grants = RoleGrant.objects.filter(programme=programme, revoked_at=None).exclude(role=Role.COPILOT)
            held = list(grants.select_related("user").order_by("created_at", "pk"))[:each]
            for grant in held:
                seats = Referent.objects.get_queryset().filter(user=grant.user, until=None).select_related("pathway")
                people = [str(one.pathway.beneficiary_id) for one in seats.order_by("pk")[:10]]
                sends_only = grant.role in {Role.COORDINATOR, Role.PATHWAY_REFERENT, Role.OUTREACH_WORKER}
                boxes = (
                    ["/orientations/envoyees/"] if sends_only else ["/orientations/recues/", "/orientations/envoyees/"]
                )
                pages = ["/", "/", f"{home}/personnes/", f"{home}/ruptures/", "/annuaire/", *boxes]
                pages += [f"/personnes/{one}/" for one in people]
                carrier = f"{grant.user_id}:{grant.organisation_id}"
                found.append(User(reader(grant.user).cookie, pages, people, carrier))
    return found


async def watched(users: list[User], port: int, seen: Seen, meters: Meters, asked: Any) -> None:
    """Let everybody click, while the meters are read."""
    watching = asyncio.create_task(meters.watch())
    await everybody(users, port, seen, seconds=asked.seconds, think=asked.think)
    watching.cancel()


async def everybody(users: list[User], port: int, seen: Seen, *, seconds: float, think: float) -> None:
    end = perf_counter() + seconds
    await asyncio.gather(*(clicks(user, port, seen, end, think) for user in users))


async def clicks(user: User, port: int, seen: Seen, end: float, think: float) -> None:
    """One user: a click, its answer, a thought, until the end."""
    await asyncio.sleep(luck.uniform(0, think))
    while perf_counter() < end:
        writes = bool(user.people) and luck.random() < WRITES
        start = perf_counter()
        try:
            status = await asyncio.wait_for(asked_of(user, port, writes=writes), PATIENCE)
        except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
            seen.wrong[type(error).__name__] += 1
            continue
        (seen.writes if writes else seen.times).append((perf_counter() - start) * 1000)
        if status != (302 if writes else 200):
            seen.wrong[f"{status} {'POST' if writes else 'GET'}"] += 1
        await asyncio.sleep(luck.uniform(0.5, 1.5) * think)


async def asked_of(user: User, port: int, *, writes: bool) -> int:
    """Ask a page, or add a step, over a connection of its own; give the status of the answer."""
    href, body = (f"/personnes/{luck.choice(user.people)}/etapes/nouvelle/", step_of(user)) if writes else ("", b"")
    href = href or luck.choice(user.pages)
    head = [
        f"{'POST' if writes else 'GET'} {href} HTTP/1.1",
        "Host: localhost",
        f"Cookie: sessionid={user.cookie}; csrftoken={CSRF}",
        "Content-Type: application/x-www-form-urlencoded",
        f"Content-Length: {len(body)}",
        "Connection: close",
    ]
    reading, writing = await asyncio.open_connection("127.0.0.1", port)
    try:
        writing.write("\r\n".join([*head, "", ""]).encode() + body)
        await writing.drain()
        first = await reading.readuntil(b"\r\n")
        await reading.read()
    finally:
        writing.close()
    return int(first.split()[1])


def step_of(user: User) -> bytes:
    from sanscouture.core import clock

    day = clock.today().isoformat()
    told = {"csrfmiddlewaretoken": CSRF, "label": "Point de suivi", "due_on": day, "carrier": user.carrier}
    return urlencode(told).encode()


class Meters:
    """Processor time of the site, of its sessions in the database and of the machine, under load."""

    def __init__(self, process: int) -> None:
        self.site = psutil.Process(process)
        self.began, self.busy = perf_counter(), [0]
        psutil.cpu_percent()
        self.start = self.read()

    def read(self) -> tuple[float, float]:
        """Seconds of processor spent so far by the site's processes, and by what serves it in the database."""
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            sessions = [pid for (pid,) in cursor.fetchall()]
        site = [self.site, *self.site.children(recursive=True)]
        return sum(map(seconds_of, site)), sum(seconds_of(psutil.Process(pid)) for pid in sessions)

    async def watch(self) -> None:
        """Count twice a second the sessions of the database that work."""
        while True:
            self.busy.append(await sync_to_async(self.working)())
            await asyncio.sleep(0.5)

    def working(self) -> int:
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state <> 'idle'"
                " AND pid <> pg_backend_pid()"
            )
            return int(cursor.fetchone()[0])

    def told(self) -> str:
        """Say where the time went, and what gave way first."""
        machine, spent = psutil.cpu_percent(), perf_counter() - self.began
        site, database = ((end - start) / spent for end, start in zip(self.read(), self.start, strict=True))
        mean, count = sum(self.busy) / len(self.busy), psutil.cpu_count() or 1
        if site > FULL:
            first = "the site: one Python process uses the whole of a core (GIL)"
        elif machine > 100 * FULL:
            first = f"the machine: its {count} cores are full, with the other work on it"
        elif database > site:
            first = "the database"
        elif mean > FULL * THREADS:
            first = "the threads of the site: all of them wait for the database"
        else:
            first = "nothing: there is room"
        return (
            f"site {site:.2f} core, database {database:.2f} core, machine {machine:.0f} % of {count} cores "
            f"(load {os.getloadavg()[0]:.1f}); sessions at work: {mean:.1f} on average, {max(self.busy)} at most\n"
            f"first to give way: {first}"
        )


def seconds_of(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return float(times.user + times.system)


def told(seen: Seen, meters: Meters, seconds: int) -> int:
    """Print the figures and what gave way first; fail when anything went wrong."""
    print(meters.told())
    for name, times in (("reads", seen.times), ("writes", seen.writes)):
        if times:
            p50, p95 = percentile(times, 0.5), percentile(times, 0.95)
            print(f"{name}: {len(times)}, {len(times) / seconds:.1f} a second; p50 {p50:.0f} ms, p95 {p95:.0f} ms")
    print(f"errors: {sum(seen.wrong.values())} {dict(seen.wrong) or ''}")
    return 1 if seen.wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
