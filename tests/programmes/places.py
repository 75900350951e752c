"""A département with two communes and two quarters, and what a file could tell of a programme there."""

from __future__ import annotations

from sanscouture.territories.models import Commune, Departement, Qpv, Region
from sanscouture.territories.rules import draw_indicative
from sanscouture.territories.services import ProgrammeFacts


def country() -> None:
    region = Region.objects.create(code="99", name="Hautes-Terres")
    departement = Departement.objects.create(code="01", name="Val-d’Ici", region=region)
    for code, name, lon in (("01001", "Ici", 3.0), ("01002", "Là-Haut", 3.2)):
        commune = Commune.objects.create(code=code, name=name, departement=departement, lon=lon, lat=46.0)
        qpv = Qpv.objects.create(
            code=f"QN0010{code[-1]}M",
            name=f"Les Prés de {name}",
            departement=departement,
            outline=draw_indicative(lon, 46.0, 300),
            indicative=code == "01001",
            population=1200 if code == "01001" else None,
            source="essai",
            vintage="2026",
        )
        qpv.communes.set([commune])


def facts() -> ProgrammeFacts:
    return ProgrammeFacts(
        id="cde-900",
        name="Val d’Ici",
        label_year=2021,
        commune_codes=("01001",),
        candidate_qpv_codes=("QN00101M",),
        lon=3.0,
        lat=46.0,
        departements=("01",),
        region="Hautes-Terres",
    )
