"""The public search over 100,000 invented services, through HTTP, against the bare best SQL in the same database.

Run with `make bench`, or `.venv/bin/python bench/search.py [SERVICES]`. It makes its own database in a temporary
folder, serves it on a free port, asks 200 places one after the other, then eight callers at once, of one process and
of two. The bare query reads a narrow covering index and gives twenty identifiers and the exact total, over a
connection that is already open. The page in HTML is the directory's, as a coordinator signed in asks for it.
REFERENCE_DATA spreads the offer over the country; without it the places of the starter set do.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlencode

from house import ROOT, number_asked, percentile, seconds, table

PROGRAM = [sys.executable, "-m", "sanscouture"]
QUERIES, CALLERS, SHOWN = 200, 8, 20
luck = Random(7)  # noqa: S311 the same places each time, not a secret

NARROW = (
    """
    CREATE TABLE narrow AS
    SELECT DISTINCT s.id, s.lat, s.lon, s.reception_modes @> '{en-presentiel}' AS on_site,
           split_part(theme, '--', 1) AS category,
           CASE WHEN s.residence_rule = 'anywhere' THEN '{}' ELSE s.eligibility_zone END AS zone
    FROM directory_service s JOIN partners_organisation o ON o.id = s.organisation_id, unnest(s.thematiques) AS theme
    WHERE s.is_active AND o.is_active
    """,
    "CREATE INDEX ON narrow (category, lat) INCLUDE (lon, on_site, zone, id)",
    "VACUUM ANALYZE narrow",
)
BARE = """
SELECT id, count(*) OVER () FROM (
    SELECT id, CASE WHEN on_site THEN 12742 * asin(sqrt(
        sin(radians(lat - %(lat)s) / 2) ^ 2
        + cos(radians(%(lat)s)) * cos(radians(lat)) * sin(radians(lon - %(lon)s) / 2) ^ 2)) END AS km
    FROM narrow
    WHERE category = %(category)s AND (zone = '{}' OR zone && %(zones)s)
      AND (NOT on_site OR (lat BETWEEN %(lat)s - 0.45 AND %(lat)s + 0.45
                           AND lon BETWEEN %(lon)s - 0.8 AND %(lon)s + 0.8))
) AS near WHERE km IS NULL OR km <= 50 ORDER BY km NULLS LAST, id LIMIT 20
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def run(*words: str) -> None:
    subprocess.run([*PROGRAM, *words], check=True, stdout=subprocess.DEVNULL, cwd=ROOT)


def milliseconds(act: Callable[[Any], Any], cases: list[Any]) -> list[float]:
    return [seconds(lambda: act(case)) * 1000 for case in cases]  # noqa: B023 run at once


def main(services: int) -> int:
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {  # before anything of ours reads it
            "DATA_DIR": folder,
            "PORT": str(free_port()),
            "SANSCOUTURE_DB_FSYNC": "off",
            "API_RATE": "1000000/m",
            "ALLOWED_HOSTS": "localhost,127.0.0.1",
        }
        took = seconds(lambda: fill(services))
        print(f"{services:,} services written in {took:.0f} s")
        with served(processes=1):
            cases, cookie = prepared()
            measure(cases, cookie, services)
        with served(processes=2):
            for _twice in range(2):  # each process reads the offer, and says each service, once
                crowd(lambda line: [api(case, line) for case in cases])
            told = crowd(lambda line: [api(case, line) for case in cases])
            table(f"{CALLERS} callers at once, two processes", [("HTTP: 20 full results", f"{told:.0f} requests/s")])
    return 0


def fill(services: int) -> None:
    reference = os.environ.get("REFERENCE_DATA") or str(ROOT.parent / "shared" / "data")
    run("migrate")
    if Path(reference).is_dir():
        run("import-territories", reference)
    else:
        run("shell", "-c", "from sanscouture.territories.services import load_starter_set; load_starter_set()")
    run("generate-offer", "--services", str(services))
    run("dbshell", "--role", "owner", "--", "-q", "-c", "VACUUM ANALYZE")


@contextmanager
def served(*, processes: int) -> Iterator[None]:
    """Serve the site, and wait until it has read its offer."""
    env = os.environ | {"WEB_CONCURRENCY": str(processes)}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    server = subprocess.Popen([*PROGRAM, "serve"], env=env, cwd=ROOT, **quiet)  # type: ignore[call-overload]
    try:
        for _ in range(120):
            line = HTTPConnection("127.0.0.1", int(os.environ["PORT"]))
            try:
                ask(line, "/api/v1/search/services?size=1")
                break
            except OSError:
                time.sleep(0.5)
        yield
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(30)


def prepared() -> tuple[list[Any], str]:
    """The places and themes to ask, and the session of a coordinator."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sanscouture.config.settings")
    django.setup()
    sys.path.insert(0, str(ROOT / "tests"))
    from django.db import transaction

    from factories import ProgrammeFactory
    from personas import persona
    from sanscouture.access.enums import Role
    from sanscouture.directory.rules import vocabulary
    from sanscouture.territories.models import Commune
    from scoping import writing

    categories = [slug for slug, _label in vocabulary.CATEGORIES]
    communes = list(Commune.objects.order_by("code").values_list("code", "epci_id", "lat", "lon", "name"))
    with transaction.atomic(), writing():
        signed_in = persona(Role.COORDINATOR, ProgrammeFactory())
    cases = [(place, luck.choice(categories)) for place in luck.choices(communes, k=QUERIES)]
    return cases, signed_in.client.cookies["sessionid"].value


def ask(line: HTTPConnection, path: str, **headers: str) -> bytes:
    line.request("GET", path, headers=headers)
    answer = line.getresponse()
    body = answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{answer.status} {path}: {body[:300]!r}")
    return body


def api(case: Any, line: HTTPConnection) -> bytes:
    place, category = case
    return ask(line, f"/api/v1/search/services?code_commune={place[0]}&thematiques={category}&size={SHOWN}")


def page(case: Any, line: HTTPConnection, cookie: str) -> bytes:
    place, category = case
    asked = urlencode({"lieu": place[4], "theme": category, "rayon": 50})
    return ask(line, f"/annuaire/?{asked}", Cookie=f"sessionid={cookie}")


def measure(cases: list[Any], cookie: str, services: int) -> None:
    import psycopg

    from sanscouture.database.dsn import connection_parameters
    from sanscouture.directory.rules.facts import zones_of

    bare = psycopg.connect(**connection_parameters("owner"), autocommit=True)
    for statement in NARROW:
        bare.execute(statement)

    def sql(case: Any) -> Any:
        (code, epci, lat, lon, _name), category = case
        asked = {"lat": lat, "lon": lon, "category": category, "zones": sorted(zones_of(code, epci))}
        return bare.execute(BARE, asked).fetchall()

    line = HTTPConnection("127.0.0.1", int(os.environ["PORT"]))
    first = milliseconds(lambda case: api(case, line), cases)
    found = [json.loads(api(case, line))["total"] for case in cases]
    totals = [rows[0][1] if (rows := sql(case)) else 0 for case in cases]
    milliseconds(lambda case: page(case, line, cookie), cases[:20])
    series = {
        "bare SQL: 20 ids and the total": milliseconds(sql, cases),
        "HTTP: 20 full results": milliseconds(lambda case: api(case, line), cases),
        "the same, never asked before": first,
        "HTTP: the page in HTML, with counts": milliseconds(lambda case: page(case, line, cookie), cases),
    }
    table(
        f"{services:,} services, {QUERIES} places",
        list(compared(series)),
        ("p50 ms", "p95 ms", "ratio p50", "ratio p95"),
    )
    table(
        f"{CALLERS} callers at once, one process",
        [
            ("HTTP: 20 full results", f"{crowd(lambda own: [api(case, own) for case in cases]):.0f} requests/s"),
            ("HTTP: page", f"{crowd(lambda own: [page(case, own, cookie) for case in cases[:50]]):.0f} requests/s"),
            ("totals that agree with the bare SQL", f"{sum(map(int.__eq__, found, totals))} of {QUERIES}"),
            ("results per query: median, most", f"{sorted(found)[len(found) // 2]}, {max(found)}"),
        ],
    )


def compared(series: dict[str, list[float]]) -> Iterator[tuple[str, ...]]:
    """Each series with its ratios to the first."""
    base = next(iter(series.values()))
    for name, times in series.items():
        figures = [percentile(times, share) for share in (0.5, 0.95)]
        ratios = [figure / percentile(base, share) for figure, share in zip(figures, (0.5, 0.95), strict=True)]
        yield (name, *(f"{figure:.1f}" for figure in (*figures, *ratios)))


def crowd(ask_all: Callable[[HTTPConnection], list[bytes]]) -> float:
    """Requests a second that several callers get together."""
    lines = [HTTPConnection("127.0.0.1", int(os.environ["PORT"])) for _ in range(CALLERS)]
    start = time.perf_counter()
    with ThreadPoolExecutor(CALLERS) as pool:
        done = sum(map(len, pool.map(ask_all, lines)))
    return done / (time.perf_counter() - start)


if __name__ == "__main__":
    raise SystemExit(main(number_asked(100_000)))
