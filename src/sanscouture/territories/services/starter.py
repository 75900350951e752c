"""The starter set: facts written from the programme's own documents, so that a bare clone has a France to live in."""

from __future__ import annotations

import json
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

from django.db import transaction

from sanscouture.territories.enums import Dataset, Generation
from sanscouture.territories.models import Commune, Departement, Epci, Qpv, Region
from sanscouture.territories.rules import draw_indicative
from sanscouture.territories.services.readers import ProgrammeFacts
from sanscouture.territories.services.reports import Report, remember

FILES = ("geography.json", "qpv.json", "programmes.json")


@cache
def _told() -> dict[str, Any]:
    folder = files("sanscouture.territories") / "data" / "starter"
    told: dict[str, Any] = {}
    texts = [(folder / name).read_bytes() for name in FILES]
    for text in texts:
        told |= json.loads(text)
    return told | {"checksum": sha256(b"".join(texts)).hexdigest()}


def starter_programmes() -> tuple[ProgrammeFacts, ...]:
    """Give the programmes that the documents name, with the QPV they tell."""
    told = _told()
    communes = {commune["code"]: commune for commune in told["communes"]}
    return tuple(_facts(row, [communes[code] for code in row["communes"]], told) for row in told["programmes"])


def _facts(row: dict[str, Any], communes: list[dict[str, Any]], told: dict[str, Any]) -> ProgrammeFacts:
    departements = tuple(dict.fromkeys(commune["departement"] for commune in communes))
    return ProgrammeFacts(
        id=row["id"],
        name=row["name"],
        label_year=row.get("label_year"),
        commune_codes=tuple(row["communes"]),
        candidate_qpv_codes=tuple(row["qpv"]),
        lon=communes[0]["lon"],
        lat=communes[0]["lat"],
        departements=departements,
        region=told["regions"][told["departements"][departements[0]][1]],
        carrier=row.get("carrier", ""),
        source=told["sources"][row["source"]],
    )


@transaction.atomic
def load_starter_set() -> Report:
    """Load the starter set where official data are missing; what exists already is never touched.

    Idempotent: a second run creates nothing. An official import, before or after, wins over it (the QPV keep their
    codes, so nothing that points to them is lost).
    """
    told = _told()
    rows: list[tuple[Any, bool]] = [
        *(Region.objects.get_or_create(code=code, defaults={"name": name}) for code, name in told["regions"].items()),
        *(
            Departement.objects.get_or_create(code=code, defaults={"name": name, "region_id": region})
            for code, (name, region) in told["departements"].items()
        ),
        *(
            Epci.objects.get_or_create(siren=siren, defaults={"name": name, "kind": kind})
            for siren, (name, kind) in told["epci"].items()
        ),
        *(_load_commune(row) for row in told["communes"]),
        *(_load_qpv(row, told["sources"]) for row in told["qpv"]),
    ]
    created = sum(made for _, made in rows)
    report = Report(Dataset.STARTER, "starter", len(rows), created, 0, len(rows) - created)
    remember(report, told["checksum"])
    return report


def _load_commune(row: dict[str, Any]) -> tuple[Commune, bool]:
    return Commune.objects.get_or_create(
        code=row["code"],
        defaults={
            "name": row["name"],
            "departement_id": row["departement"],
            "epci_id": row.get("epci"),
            "ept_id": row.get("ept"),
            "postcodes": row["postcodes"],
            "lon": row["lon"],
            "lat": row["lat"],
            "qpv_complete": row.get("qpv_complete", False),
        },
    )


def _load_qpv(row: dict[str, Any], sources: dict[str, str]) -> tuple[Qpv, bool]:
    qpv, made = Qpv.objects.get_or_create(
        code=row["code"],
        defaults={
            "name": row["name"],
            "generation": Generation.G2024,
            "departement_id": row["communes"][0][:2],
            "outline": draw_indicative(row["lon"], row["lat"], row["radius_m"]),
            "indicative": True,
            "population": row.get("population"),
            "poverty_rate": row.get("poverty_rate"),
            "source": sources[row["source"]],
            "vintage": "2022",
        },
    )
    if made:
        qpv.communes.set(row["communes"])
    return qpv, made
