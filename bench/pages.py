"""The pages where people live, in a small programme and in a large one of a whole country: time and queries.

Run with `.venv/bin/python bench/pages.py [--people N] [--data DIR]`: N people in each real programme without a story,
beside a programme of 30 and one as large as those of `stress`. `--data` measures in a demonstration already built
(SCALE=stress: 120,000 people).
Each page is asked through the WSGI application in this process, then through HTTP, against the plainest signed-in page.
"""

from __future__ import annotations

import gc
from dataclasses import dataclass
from http.client import HTTPConnection
from time import perf_counter
from typing import Any

from country import Reader, arguments, open_country, percentile, reader, serving

ROUNDS = 40
AIM_MS = 100
BASELINE = "plainest page"


@dataclass(frozen=True)
class Page:
    name: str
    reader: Reader
    href: str


def main() -> int:
    asked = arguments(__doc__ or "", people=30)
    with open_country(asked.data, people=asked.people):
        small, large = programmes()
        for programme, count in (small, large):
            print(f"{programme.name}: {count} people")
        by_size = [pages(programme) for programme, _count in (small, large)]
        print(f"\n{'in process':24}{'queries':>12}{'p50 ms':>16}{'p95 ms':>16}{'ratio to the plainest':>24}")
        print(f"{'':24}{'small large':>12}{'small   large':>16}{'small   large':>16}{'small   large':>24}")
        grown = told([[in_process(page) for page in one] for one in by_size], by_size[0])
        with serving() as (port, _process):
            print("\nthrough HTTP")
            told([[through_http(page, port) for page in one] for one in by_size], by_size[0])
    return grown


def programmes() -> tuple[tuple[Any, int], tuple[Any, int]]:
    """The smallest programme that has twenty people, and the largest."""
    from sanscouture.access.scope import scope
    from sanscouture.people.models import Beneficiary
    from sanscouture.programmes.models import Programme

    found = []
    for programme in Programme.objects.order_by("slug"):
        with scope(programmes=[programme.pk], named=[programme.pk]):
            count = Beneficiary.objects.get_queryset().filter(programme=programme).count()
        if count >= 20:
            found.append((programme, count))
    return min(found, key=lambda one: one[1]), max(found, key=lambda one: one[1])


def pages(programme: Any) -> list[Page]:
    """Each page with whoever lives in it: the coordinator, the adviser of most people, the busiest recipient."""
    from django.db.models import Count

    from sanscouture.access.enums import Role
    from sanscouture.access.scope import scope
    from sanscouture.accounts.models import User
    from sanscouture.pathways.models import Referent, Referral
    from sanscouture.programmes.models import RoleGrant

    with scope(programmes=[programme.pk], named=[programme.pk]):
        grants = RoleGrant.objects.filter(programme=programme, revoked_at=None)
        coordinator = User.objects.filter(pk__in=grants.filter(role=Role.COORDINATOR).values("user")).first()
        seats = Referent.objects.get_queryset().filter(until=None).values("user").annotate(n=Count("pk"))
        adviser = User.objects.get(pk=seats.order_by("-n")[0]["user"])
        sent = Referral.objects.get_queryset().filter(
            recipient__in=grants.exclude(organisation=None).values("organisation")
        )
        busiest = sent.values("recipient").annotate(n=Count("pk")).order_by("-n")[0]["recipient"]
        recipient = User.objects.get(pk=grants.filter(organisation=busiest).order_by("pk")[0].user_id)
        fullest = Referral.objects.get_queryset().values("beneficiary").annotate(n=Count("pk")).order_by("-n")[0]
    whole, own, receives = reader(coordinator), reader(adviser), reader(recipient)
    return [
        Page(BASELINE, whole, "/compte/"),
        Page("coordinator's morning", whole, "/"),
        Page("people list", whole, f"/programmes/{programme.slug}/personnes/"),
        Page("people list, by step", whole, f"/programmes/{programme.slug}/personnes/?tri=etape"),
        Page("ruptures", whole, f"/programmes/{programme.slug}/ruptures/"),
        Page("person", whole, f"/personnes/{fullest['beneficiary']}/"),
        Page("adviser's portfolio", own, "/"),
        Page("adviser's people", own, f"/programmes/{programme.slug}/personnes/"),
        Page("referrals received", receives, "/orientations/recues/"),
        Page("referrals sent, all", whole, "/orientations/envoyees/"),
    ]


def in_process(page: Page) -> tuple[int, list[float]]:
    """Queries of one page, and its times in milliseconds."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    for _ in range(3):
        answer = page.reader.client.get(page.href)
        assert answer.status_code == 200, f"{page.name}: {answer.status_code}"
    gc.collect()
    gc.freeze()  # as a process that serves does after its first requests
    with CaptureQueriesContext(connection) as captured:
        page.reader.client.get(page.href)
    queries, times = len(captured), []
    for _ in range(ROUNDS):
        start = perf_counter()
        page.reader.client.get(page.href)
        times.append((perf_counter() - start) * 1000)
    return queries, times


def through_http(page: Page, port: int) -> tuple[int, list[float]]:
    """Times of one page over a kept connection; queries are not seen from here."""
    line = HTTPConnection("127.0.0.1", port)
    times = []
    for _ in range(ROUNDS + 3):
        start = perf_counter()
        line.request("GET", page.href, headers={"Cookie": f"sessionid={page.reader.cookie}"})
        answer = line.getresponse()
        answer.read()
        assert answer.status == 200, f"{page.name}: {answer.status}"
        times.append((perf_counter() - start) * 1000)
    return 0, times[3:]


def told(measured: list[list[tuple[int, list[float]]]], named: list[Page]) -> int:
    """Print a line for each page; give how many ask more queries in the large programme."""
    bases = [percentile(one[0][1], 0.5) for one in measured]
    grown = 0
    for page, few, many in zip(named, *measured, strict=True):
        grown += many[0] > few[0]
        p50 = [percentile(times, 0.5) for _n, times in (few, many)]
        p95 = [percentile(times, 0.95) for _n, times in (few, many)]
        ratios = [one / base for one, base in zip(p50, bases, strict=True)]
        late = "  over the aim" if p95[1] > AIM_MS else ""
        queries = f"{few[0]:5}{many[0]:6}" if few[0] else ""
        print(
            f"{page.name:24}{queries:>12}{p50[0]:8.1f}{p50[1]:8.1f}{p95[0]:8.1f}{p95[1]:8.1f}"
            f"{ratios[0]:12.1f}{ratios[1]:12.1f}{late}"
        )
    if grown:
        print(f"{grown} pages ask more queries in the large programme.")
    return grown


if __name__ == "__main__":
    raise SystemExit(main())
