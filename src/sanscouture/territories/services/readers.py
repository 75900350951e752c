"""What files say, before anything is written: pure, frozen, checked row by row."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ProgrammeFacts:
    """What a file tells about one cité de l’emploi; the app `programmes` makes a programme of it.

    `id` is ANCT's number (`cde-010`); `lon` and `lat` are degrees; `candidate_qpv_codes` are all the QPV of its
    communes in the official file (too broad for a few), and exactly the QPV told by the documents in the starter set;
    `departements` are codes, `region` is a name.
    """

    id: str
    name: str
    label_year: int | None
    commune_codes: tuple[str, ...]
    candidate_qpv_codes: tuple[str, ...]
    lon: float
    lat: float
    departements: tuple[str, ...]
    region: str
    carrier: str = ""
    source: str = ""
