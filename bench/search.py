"""The public search over 100,000 invented services, through HTTP, against the bare best SQL in the same database.

Run with `make bench`, or `.venv/bin/python bench/search.py [SERVICES]`. It makes its own database in a temporary
folder, serves it on a free port, asks 200 places one after the other, then eight callers at once. The bare query reads
a narrow covering index and gives twenty identifiers and the exact total, over a connection that is already open.
REFERENCE_DATA spreads the offer over the country; without it the starter set does.
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
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from random import Random
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = [sys.executable, "-m", "sanscouture"]
QUERIES, CALLERS, SHOWN, KM = 200, 8, 20, 50.0
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


def run(*words: str, env: dict[str, str]) -> None:
    subprocess.run([*PROGRAM, *words], check=True, env=env, stdout=subprocess.DEVNULL, cwd=ROOT)


def percentile(times: list[float], share: float) -> float:
    return sorted(times)[min(len(times) - 1, int(len(times) * share))]


def timed(act: Any, cases: list[Any]) -> list[float]:
    for case in cases[:10]:
        act(case)
    times = []
    for case in cases:
        start = time.perf_counter()
        act(case)
        times.append((time.perf_counter() - start) * 1000)
    return times


def main(services: int) -> int:
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DATA_DIR"] = folder  # before anything of ours reads it
        port = free_port()
        env = os.environ | {
            "DATA_DIR": folder,
            "PORT": str(port),
            "SANSCOUTURE_DB_FSYNC": "off",
            "API_RATE": "1000000/m",
            "ALLOWED_HOSTS": "localhost,127.0.0.1",
        }
        start = time.perf_counter()
        run("migrate", env=env)
        reference = os.environ.get("REFERENCE_DATA") or str(ROOT.parent / "shared" / "data")
        run("import-territories", *([reference] if Path(reference).is_dir() else []), env=env)
        run("generate-offer", "--services", str(services), env=env)
        run("dbshell", "--role", "owner", "--", "-q", "-c", "VACUUM ANALYZE", env=env)
        print(f"{services:,} services written in {time.perf_counter() - start:.0f} s")
        server = subprocess.Popen(
            [*PROGRAM, "serve"], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT
        )
        try:
            measure(port)
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(30)
    return 0


def measure(port: int) -> None:
    from sanscouture.database.dsn import connection_parameters
    from sanscouture.database.server import ensure_running

    ensure_running()
    import psycopg

    bare = psycopg.connect(**connection_parameters("owner"), autocommit=True)
    for statement in NARROW:
        bare.execute(statement)
    from django.conf import settings

    settings.configure(USE_I18N=False)
    from sanscouture.directory.rules import vocabulary
    from sanscouture.directory.rules.facts import zones_of

    categories = [slug for slug, _label in vocabulary.CATEGORIES]
    communes = bare.execute("SELECT code, epci_id, lat, lon FROM territories_commune ORDER BY code").fetchall()
    cases = [(place, luck.choice(categories)) for place in luck.choices(communes, k=QUERIES)]

    def sql(case: Any) -> Any:
        place, category = case
        code, epci, lat, lon = place
        zones = sorted(zones_of(code, epci))
        return bare.execute(BARE, {"lat": lat, "lon": lon, "category": category, "zones": zones}).fetchall()

    def api(case: Any, line: HTTPConnection) -> Any:
        place, category = case
        line.request("GET", f"/api/v1/search/services?code_commune={place[0]}&thematiques={category}&size={SHOWN}")
        answer = line.getresponse()
        body = answer.read()
        assert answer.status == 200, body[:300]
        return body

    line = first_answer(port, lambda line: api(cases[0], line))
    found = [json.loads(api(case, line))["total"] for case in cases]
    bare_totals = [rows[0][1] if (rows := sql(case)) else 0 for case in cases]
    print(f"totals that agree: {sum(map(int.__eq__, found, bare_totals))} of {QUERIES}")
    print(f"results per query: median {sorted(found)[len(found) // 2]}, most {max(found)}")
    told(
        {
            "bare SQL: ids and total": timed(sql, cases),
            "HTTP: 20 full results": timed(lambda case: api(case, line), cases),
        }
    )
    crowd(port, lambda own: [api(case, own) for case in cases])


def first_answer(port: int, ask: Any) -> HTTPConnection:
    """Wait until the site answers, and keep the line."""
    line = HTTPConnection("127.0.0.1", port)
    for _ in range(120):
        try:
            ask(line)
            break
        except OSError:
            line.close()
            time.sleep(0.5)
    return line


def told(compared: dict[str, list[float]]) -> None:
    """Print each series with its ratio to the first."""
    base = next(iter(compared.values()))
    print(f"{'':28}{'p50 ms':>9}{'p95 ms':>9}{'ratio p50':>11}{'ratio p95':>11}")
    for name, times in compared.items():
        p50, p95 = percentile(times, 0.5), percentile(times, 0.95)
        print(f"{name:28}{p50:9.1f}{p95:9.1f}{p50 / percentile(base, 0.5):11.1f}{p95 / percentile(base, 0.95):11.1f}")


def crowd(port: int, ask: Any) -> None:
    """Print how many requests a second several callers get together."""
    start = time.perf_counter()
    with ThreadPoolExecutor(CALLERS) as pool:
        done = sum(map(len, pool.map(ask, [HTTPConnection("127.0.0.1", port) for _ in range(CALLERS)])))
    print(f"{CALLERS} callers at once: {done / (time.perf_counter() - start):.0f} requests a second")


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000))
