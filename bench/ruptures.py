"""The rules of ruptures over a whole country, against a bare reading of the rows they rest on, in one run.

Run with `.venv/bin/python bench/ruptures.py [--people N] [--data DIR]` (see bench/country.py). Each programme is a
transaction of its own, as the jobs are. Aim: three rules within 3 × of the reading; the eleven are measured beside.
"""

from __future__ import annotations

from typing import Any

from country import arguments, open_country
from nights import bare, inside

from house import table

AIM = 3.0


def main() -> None:
    asked = arguments(__doc__ or "", people=60)
    with open_country(asked.data, people=asked.people, around=()):
        measure()


def measure() -> None:
    from sanscouture.core import clock
    from sanscouture.pathways.enums import RuptureRule
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
    from sanscouture.pathways.rules.ruptures import DEFAULTS, EVERY
    from sanscouture.pathways.selectors.rupture_replay import replayed
    from sanscouture.pathways.selectors.ruptures import seen
    from sanscouture.programmes.models import Programme

    today = clock.today()
    read = (Pathway, Referent, Step, Need, Barrier, Referral, ReferralEvent, Appointment, Rupture)
    acts: dict[str, Any] = {
        "reading the rows": lambda programme: bare(programme, read),
        "three rules": lambda programme: seen(programme, on=DEFAULTS).found(DEFAULTS, today),
        "eleven rules": lambda programme: seen(programme, on=EVERY).found(EVERY, today),
        "replay of one rule, half a year": lambda programme: replayed(
            programme, RuptureRule.UNANSWERED, threshold=0, today=today
        ),
    }
    spent = dict.fromkeys(acts, 0.0)
    rows = people = 0
    programmes = list(Programme.objects.order_by("slug").values_list("pk", flat=True))
    for programme in programmes:
        for name, act in acts.items():
            answer, seconds = inside(programme, lambda act=act, programme=programme: act(programme))
            spent[name] += seconds
            if name == "reading the rows":
                rows, people = rows + answer[0], people + answer[1]
    base = spent["reading the rows"]
    table(
        f"{people:,} pathways, {len(programmes)} programmes, {rows:,} rows",
        [
            (name, f"{seconds:.1f} s ({seconds / base:.1f} ×)", f"{AIM:.0f} ×" if name.endswith("rules") else "")
            for name, seconds in spent.items()
        ],
        ("time", "aim"),
    )


if __name__ == "__main__":
    main()
