"""The work of a night over a whole country, programme by programme: ruptures against a bare reading of the same rows.

Run with `.venv/bin/python bench/nights.py [--people N] [--data DIR]` (see bench/country.py). Each programme is a
transaction of its own, as the jobs are; memory is that of this process at its highest.
"""

from __future__ import annotations

import resource
from time import perf_counter
from typing import Any

from country import arguments, open_country

from house import table


def main() -> None:
    asked = arguments(__doc__ or "", people=60)
    with open_country(asked.data, people=asked.people, around=()):
        measure()


def measure() -> None:
    from sanscouture.core import clock
    from sanscouture.pathways.models import (
        Appointment,
        Barrier,
        Need,
        Pathway,
        Referent,
        Referral,
        ReferralEvent,
        Rupture,
        Step,
    )
    from sanscouture.pathways.services import referrals, ruptures
    from sanscouture.programmes.models import Programme

    read = (Pathway, Referent, Step, Need, Barrier, Referral, ReferralEvent, Appointment, Rupture)
    seconds = dict.fromkeys(("reading the rows", "ruptures", "deadlines and reminders"), 0.0)
    longest, rows, people, opened, before = 0.0, 0, 0, 0, peak_mb()
    today = clock.today()
    programmes = list(Programme.objects.order_by("slug").values_list("pk", flat=True))
    for programme in programmes:
        (found, pathways), spent = inside(programme, lambda programme=programme: bare(programme, read))
        rows, people = rows + found, people + pathways
        seconds["reading the rows"] += spent
        new, spent = inside(programme, lambda programme=programme: ruptures.evaluate(programme, today=today))
        seconds["ruptures"] += spent
        opened, longest = opened + new, max(longest, spent)
        _none, spent = inside(
            programme,
            lambda programme=programme: (
                referrals.expire_unanswered(programme, today=today),
                referrals.send_due_reminders(programme, today=today),
            ),
        )
        seconds["deadlines and reminders"] += spent
    bare_seconds = seconds["reading the rows"]
    table(
        f"{people:,} pathways, {len(programmes)} programmes, {rows:,} rows",
        [
            *((name, f"{spent:.1f} s ({spent / bare_seconds:.1f} ×)") for name, spent in seconds.items()),
            ("longest programme, ruptures", f"{longest:.2f} s"),
            ("ruptures opened", str(opened)),
            ("memory at its highest", f"{peak_mb():.0f} MB ({peak_mb() - before:.0f} more than before)"),
        ],
    )


def bare(programme: Any, models: tuple[Any, ...]) -> tuple[int, int]:
    """Read every row that the rules rest on, as plain tuples; give how many, and how many pathways."""
    counts = [len(model.objects.get_queryset().filter(programme=programme).values_list()) for model in models]
    return sum(counts), counts[0]


def inside(programme: Any, act: Any) -> tuple[Any, float]:
    """Do something in the scope of a programme, and time it."""
    from sanscouture.access.scope import scope

    start = perf_counter()
    with scope(programmes=[programme], named=[programme]):
        answer = act()
    return answer, perf_counter() - start


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
