"""A country for the benches of pages and of load: built in a database of its own, or read where a demonstration is.

Nothing to run here. `open_country` gives it ready; `--data DIR` reads the demonstration of that folder
(`make demo SCALE=stress DATA_DIR=.data-stress`), else a smaller one is built: the real programmes with few people, one
small programme and one as large as those of `stress`.
"""

from __future__ import annotations

import argparse
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, sleep
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from house import ROOT, own_database, reference
from sanscouture.demo.rules.scales import SCALES, STRESS

SMALL, LARGE = 30, SCALES[STRESS].people
OFFER = 2_000


def arguments(description: str, **numbers: int) -> argparse.Namespace:
    """Read `--data DIR` and numbers, each with its default."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--data", default="", help="folder of a demonstration already built")
    for name, value in numbers.items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=int, default=value)
    return parser.parse_args()


@contextmanager
def open_country(
    data: str, *, people: int, programmes: int = 0, around: tuple[int, ...] = (SMALL, LARGE)
) -> Iterator[None]:
    """Work in a country. `people`: in each real programme; `programmes`: at least so many, invented beyond the real
    ones; `around`: the sizes of other invented programmes."""
    if data:
        os.environ["DATA_DIR"] = str(Path(data).resolve())
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sanscouture.config.settings")
        import django

        from sanscouture.database.server import ensure_running

        ensure_running()
        django.setup()
        yield
        return
    folder = reference()
    with own_database():
        from sanscouture.demo.services import nation
        from sanscouture.directory.services import generate_offer
        from sanscouture.programmes.models import Programme
        from sanscouture.programmes.services import load_programmes
        from sanscouture.territories.services import import_territories

        start = perf_counter()
        import_territories(folder)
        load_programmes(folder)
        real = list(Programme.objects.order_by("slug").prefetch_related("communes"))
        others = nation.invent_programmes(len(around) + max(0, programmes - len(real)), real)
        generate_offer(max(OFFER, 24 * (len(real) + len(others))))
        built = nation.Built()
        for programme, size in zip(others, around, strict=False):
            built += nation.build_programme(programme, size)
        built += nation.build_nation(people)
        measured()
        print(
            f"{built.people:,} people, {built.rows:,} rows written in {perf_counter() - start:.0f} s; {database_size()}"
        )
        yield


def measured() -> None:
    """Measure the tables anew, as the owner; the database does it by itself some minutes later."""
    import psycopg
    from django.db import connection

    from sanscouture.database.dsn import connection_parameters

    owner = connection_parameters("owner") | {"dbname": connection.settings_dict["NAME"]}
    with psycopg.connect(**owner, autocommit=True) as bare:
        bare.execute("ANALYZE")


def database_size() -> str:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_size_pretty(pg_database_size(current_database()))")
        return str(cursor.fetchone()[0])


@dataclass(frozen=True)
class Reader:
    """An account signed in, with the cookie of its session."""

    user: Any
    client: Any

    @property
    def cookie(self) -> str:
        return str(self.client.cookies["sessionid"].value)


def reader(user: Any) -> Reader:
    """Sign an account in, its second factor proved."""
    from django.test import Client

    from sanscouture.accounts.services.factors import PROVED

    client = Client(headers={"host": "localhost"})
    client.force_login(user)
    session = client.session
    session[PROVED] = str(user.pk)
    session.save()
    return Reader(user, client)


def percentile(times: list[float], share: float) -> float:
    return sorted(times)[min(len(times) - 1, int(len(times) * share))]


@contextmanager
def serving() -> Iterator[tuple[int, int]]:
    """Serve the country by the program itself, on a free port; give the port and the process."""
    from django.db import connection

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    env = os.environ | {
        "PORT": str(port),
        "ALLOWED_HOSTS": "localhost,127.0.0.1",
        "SANSCOUTURE_DB_NAME": str(connection.settings_dict["NAME"]),
    }
    quiet: Any = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    server = subprocess.Popen([sys.executable, "-m", "sanscouture", "serve"], env=env, cwd=ROOT, **quiet)
    try:
        for _ in range(240):
            try:
                urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5).close()
                break
            except (URLError, OSError):
                sleep(0.25)
        else:
            raise RuntimeError("the site does not answer")
        yield port, server.pid
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(30)
