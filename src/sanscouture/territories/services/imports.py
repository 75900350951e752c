"""The official geography, loaded file by file: each in one transaction, and a second run changes nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.db import connection, models, transaction
from django.utils.translation import gettext as _

from sanscouture.core.errors import Refused
from sanscouture.territories.enums import Dataset, Generation
from sanscouture.territories.models import Commune, Departement, Epci, Qpv, Region
from sanscouture.territories.rules import measure_outline, search_key
from sanscouture.territories.services.passages import PASSAGES, load_passages
from sanscouture.territories.services.readers import RawRow, RowRefused, read_csv, read_features
from sanscouture.territories.services.reports import Report, remember

BATCH = 2_000
FORMER_COMMUNES = "cog/communes_deleguees_2026.csv"
QPV_SOURCE = "ANCT, contours des QPV 2024"
QPV_VINTAGE = "janvier 2026"

Advance = Callable[[Dataset, int, int], None]
"""Told as the work goes: what is loaded, rows done, rows in all."""


@dataclass(frozen=True)
class Row:
    """One row ready to be written: its key, its columns, and the communes it is linked to."""

    key: str
    values: dict[str, Any]
    communes: frozenset[str] = frozenset()


class Known:
    """The codes already in the database, asked once per file, and the former communes told by a file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._codes: dict[type[models.Model], frozenset[str]] = {}

    def require(self, model: type[models.Model], code: str, field_name: str) -> str:
        """Give the code back, or refuse the row: what it points to must exist."""
        if model not in self._codes:
            self._codes[model] = frozenset(model._default_manager.order_by().values_list("pk", flat=True))
        if code not in self._codes[model]:
            raise RowRefused(
                _("le champ « %(field)s » désigne un code inconnu : « %(code)s »") % {"field": field_name, "code": code}
            )
        return code

    @cached_property
    def merged_into(self) -> dict[str, list[str]]:
        """The communes that no longer stand alone, by the commune that holds them."""
        path = self._folder / FORMER_COMMUNES
        found: dict[str, list[str]] = {}
        if path.is_file():
            for row in read_csv(path, ("code", "commune_chef_lieu")):
                if row.cells["code"] != row.cells["commune_chef_lieu"]:
                    found.setdefault(row.cells["commune_chef_lieu"], []).append(row.cells["code"])
        return found

    @cached_property
    def _current(self) -> dict[str, str]:
        held = Commune.objects.exclude(former_codes=[]).values_list("code", "former_codes")
        return {former: code for code, formers in held for former in formers}

    def commune(self, code: str, field_name: str) -> str:
        """Give the code of the commune of today, or refuse the row."""
        return self.require(Commune, self._current.get(code, code), field_name)


def _region(row: RawRow, known: Known) -> Row:
    return Row(row.text("code", longest=3), {"name": row.text("nom", longest=80)})


def _departement(row: RawRow, known: Known) -> Row:
    region = known.require(Region, row.text("region"), "region")
    return Row(row.text("code", longest=3), {"name": row.text("nom", longest=80), "region_id": region})


def _epci(row: RawRow, known: Known) -> Row:
    siren = row.text("siren", longest=9)
    if not (siren.isascii() and siren.isdigit() and len(siren) == 9):
        raise RowRefused(_("le champ « siren » n’a pas neuf chiffres : « %(value)s »") % {"value": siren})
    return Row(siren, {"name": row.text("nom"), "kind": row.text("type", longest=8)})


COMMUNE_CODE = re.compile(r"([0-9]{2}|2[AB])[0-9]{3}")
ARRONDISSEMENTS = {"132": "13055", "6938": "69123", "751": "75056"}


def _commune(row: RawRow, known: Known) -> Row:
    code, name = row.text("code", longest=5), row.text("nom", longest=80)
    is_part = row.cells["type"] == "arrondissement-municipal"
    lon, lat = row.number("lon"), row.number("lat")
    if not COMMUNE_CODE.fullmatch(code) or not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise RowRefused(_("le code ou les coordonnées sont impossibles : « %(code)s »") % {"code": code})
    epci, ept = row.cells["siren_epci"], row.cells["siren_ept"]
    return Row(
        code,
        {
            "name": name,
            "name_key": search_key(name),
            "departement_id": known.require(Departement, row.text("dep"), "dep"),
            "epci_id": known.require(Epci, epci, "siren_epci") if epci else None,
            "ept_id": known.require(Epci, ept, "siren_ept") if ept else None,
            "parent_id": next(
                (whole for part, whole in ARRONDISSEMENTS.items() if is_part and code.startswith(part)), None
            ),
            "population": row.optional_count("population"),
            "postcodes": row.several("codes_postaux", longest=5),
            "former_codes": sorted(known.merged_into.get(code, ())),
            "lon": lon,
            "lat": lat,
        },
    )


def _qpv(row: RawRow, known: Known) -> Row:
    code = row.text("code_qp", longest=8)
    if not code.startswith("QN"):
        raise RowRefused(_("le champ « code_qp » n’est pas un code de 2024 : « %(code)s »") % {"code": code})
    communes = [known.commune(commune, "insee_communes") for commune in row.several("insee_communes")]
    if not communes:
        raise RowRefused(_("le champ « %(field)s » est vide") % {"field": "insee_communes"})
    try:
        measure = measure_outline(row.cells["geometry"])
    except ValueError as error:
        raise RowRefused(_("le contour n’est pas une surface valide (%(error)s)") % {"error": error}) from error
    overseas = communes[0].startswith(("97", "98"))
    values = {
        "name": (name := row.text("nom")),
        "name_key": search_key(name),
        "generation": Generation.G2024.value,
        "departement_id": known.require(Departement, communes[0][: 3 if overseas else 2], "insee_communes"),
        "outline": row.cells["geometry"],
        "indicative": False,
        "source": QPV_SOURCE,
        "vintage": QPV_VINTAGE,
        **vars(measure),
    }
    return Row(code, values, frozenset(communes))


def _qpv_2015(row: RawRow, known: Known) -> Row:
    code = row.text("code_qp", longest=8)
    if not code.startswith("QP"):
        raise RowRefused(
            _("le champ «\u00a0code_qp\u00a0» n’est pas un code de 2015\u00a0: «\u00a0%(code)s\u00a0»") % {"code": code}
        )
    values = {
        "name": (name := row.text("nom")),
        "name_key": search_key(name),
        "generation": Generation.G2015.value,
        "departement_id": known.require(Departement, row.text("dep"), "dep"),
        "indicative": False,
        "population": row.optional_count("pop_2018"),
        "source": "INSEE, QPV de 2015",
        "vintage": "2018",
    }
    communes = [known.commune(commune, "insee_communes") for commune in row.several("insee_communes")]
    return Row(code, values, frozenset(communes))


def _outline_2015(row: RawRow, known: Known) -> Row:
    try:
        measure = measure_outline(row.cells["geometry"])
    except ValueError as error:
        raise RowRefused(_("le contour n’est pas une surface valide (%(error)s)") % {"error": error}) from error
    return Row(known.require(Qpv, row.text("code_qp"), "code_qp"), {"outline": row.cells["geometry"], **vars(measure)})


def _indicators(row: RawRow, known: Known) -> Row:
    poverty = row.optional_number("taux_pauvrete_60")
    if poverty is not None and not 0 <= poverty <= 100:
        raise RowRefused(_("le champ «\u00a0taux_pauvrete_60\u00a0» n’est pas un pourcentage"))
    return Row(
        known.require(Qpv, row.text("code_qp"), "code_qp"),
        {
            "population": row.optional_count("pop_municipale"),
            "poverty_rate": None if poverty is None else Decimal(f"{poverty:.1f}"),
        },
    )


@dataclass(frozen=True)
class Plan:
    """How one file is read and where it goes."""

    dataset: Dataset
    path: str
    model: type[models.Model]
    columns: tuple[str, ...]
    shape: Callable[[RawRow, Known], Row]
    optional: bool = False
    update_only: bool = False
    defaults: Mapping[str, str] = field(default_factory=dict)
    """Columns of a new row that the file does not tell, as SQL."""

    def rows(self, folder: Path) -> Iterator[RawRow]:
        path = folder / self.path
        return read_features(path, self.columns) if "geojson" in self.path else read_csv(path, self.columns)


PLANS = (
    Plan(Dataset.REGIONS, "cog/regions_2026.csv", Region, ("code", "nom"), _region),
    Plan(Dataset.DEPARTEMENTS, "cog/departements_2026.csv", Departement, ("code", "nom", "region"), _departement),
    Plan(Dataset.EPCI, "cog/epci_2026.csv", Epci, ("siren", "nom", "type"), _epci),
    Plan(Dataset.EPCI, "cog/ept_2026.csv", Epci, ("siren", "nom", "type"), _epci, optional=True),
    Plan(
        Dataset.COMMUNES,
        "cog/communes_2026.csv.gz",
        Commune,
        ("code", "nom", "type", "dep", "siren_epci", "siren_ept", "population", "codes_postaux", "lon", "lat"),
        _commune,
        defaults={"qpv_complete": "false"},
    ),
    Plan(
        Dataset.QPV,
        "qpv/qpv_2024_anct_janv2026_4dec.geojson.gz",
        Qpv,
        ("code_qp", "nom", "insee_communes"),
        _qpv,
    ),
    Plan(
        Dataset.QPV_2015,
        "qpv/qpv_2015.csv",
        Qpv,
        ("code_qp", "nom", "insee_communes", "dep", "pop_2018"),
        _qpv_2015,
        optional=True,
    ),
    Plan(
        Dataset.OUTLINES_2015,
        "qpv/qpv_2015_occitanie_105.geojson",
        Qpv,
        ("code_qp",),
        _outline_2015,
        optional=True,
        update_only=True,
    ),
    Plan(
        Dataset.INDICATORS,
        "qpv_indicateurs/indicateurs_qpv2024.csv",
        Qpv,
        ("code_qp", "pop_municipale", "taux_pauvrete_60"),
        _indicators,
        optional=True,
        update_only=True,
    ),
)


def import_territories(folder: Path, *, advance: Advance = lambda dataset, done, total: None) -> list[Report]:
    """Load the official geography from a folder laid out as the official data.

    Each file is one transaction: a file that cannot be read leaves what the earlier ones gave, and nothing of itself.
    Rows that cannot be kept are refused one by one in the report. Official rows replace the indicative ones of the
    starter set under the same codes. `advance` is told of the progress.
    Raises Refused when the folder or a required file cannot be read.
    """
    if not folder.is_dir():
        raise Refused(_("Le dossier %(folder)s n’existe pas.") % {"folder": folder})
    reports = []
    for plan in PLANS:
        if plan.optional and not (folder / plan.path).is_file():
            continue
        reports.append(_load(plan, folder, advance))
    if (folder / PASSAGES).is_file():
        reports.append(load_passages(folder))
    return reports


@transaction.atomic
def _load(plan: Plan, folder: Path, advance: Advance) -> Report:
    report, known = Report(plan.dataset, plan.path), Known(folder)
    advance(plan.dataset, 0, 1)
    rows: dict[str, Row] = {}
    for raw in plan.rows(folder):
        report.read += 1
        try:
            row = plan.shape(raw, known)
            if row.key in rows:
                raise RowRefused(_("le code « %(code)s » est déjà dans le fichier") % {"code": row.key})
            rows[row.key] = row
        except RowRefused as refusal:
            report.refusals.append((raw.line, str(refusal)))
    _write(plan, list(rows.values()), report, advance)
    if plan.dataset is Dataset.QPV:
        Commune.objects.filter(qpv_complete=False).update(qpv_complete=True)
    remember(report, sha256((folder / plan.path).read_bytes()).hexdigest())
    return report


def _write(plan: Plan, rows: list[Row], report: Report, advance: Advance) -> None:
    if not rows:
        return
    columns = list(rows[0].values)
    before = {
        key: dict(zip(columns, values, strict=True))
        for key, *values in plan.model._default_manager.order_by().values_list("pk", *columns)
    }
    links = _links_before() if plan.model is Qpv and not plan.update_only else {}
    linked: list[Row] = []
    for start in range(0, len(rows), BATCH):
        batch = rows[start : start + BATCH]
        moved = [row for row in batch if before.get(row.key) != row.values]
        relinked = [row for row in batch if row.communes != links.get(row.key, frozenset())]
        _upsert(plan, moved, columns)
        changed = {row.key for row in (*moved, *relinked)}
        report.created += len(changed - before.keys())
        report.updated += len(changed & before.keys())
        report.unchanged += len(batch) - len(changed)
        linked += relinked
        advance(plan.dataset, min(start + BATCH, len(rows)), len(rows))
    _link(linked, links)


def _upsert(plan: Plan, rows: list[Row], columns: list[str]) -> None:
    """Write rows by their natural key, one statement whatever their number: each column travels as one array."""
    if not rows:
        return
    table, key = plan.model._meta.db_table, plan.model._meta.pk.attname
    types = {column: plan.model._meta.get_field(column.removesuffix("_id")) for column in (key, *columns)}
    cells = ", ".join(f'new."{name}"::{found.db_type(connection)} AS "{name}"' for name, found in types.items())
    names = ", ".join(f'"{name}"' for name in types)
    arrays = ", ".join(["%s::text[]"] * len(types))
    given = f"SELECT {cells} FROM unnest({arrays}) AS new({names})"  # noqa: S608 our own names
    if plan.update_only:
        changes = ", ".join(f'"{name}" = given."{name}"' for name in columns)
        sql = f'UPDATE "{table}" SET {changes} FROM ({given}) AS given WHERE "{table}"."{key}" = given."{key}"'  # noqa: S608
    else:
        changes = ", ".join(f'"{name}" = excluded."{name}"' for name in columns)
        defaults = ", ".join(f", {value}" for value in plan.defaults.values())
        sql = (
            f'INSERT INTO "{table}" ({names}{"".join(f", {name}" for name in plan.defaults)}) '  # noqa: S608
            f'SELECT given.*{defaults} FROM ({given}) AS given ON CONFLICT ("{key}") DO UPDATE SET {changes}'
        )
    with connection.cursor() as cursor:
        cursor.execute(
            sql, [[row.key for row in rows], *([_text(row.values[name]) for row in rows] for name in columns)]
        )


def _text(value: Any) -> str | None:
    """Spell a value as PostgreSQL reads it."""
    if value is None:
        return None
    if isinstance(value, dict):
        return json.dumps(value)
    if isinstance(value, list):
        return "{" + ",".join(value) + "}"
    return str(value)


def _links_before() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for qpv, commune in Qpv.communes.through.objects.values_list("qpv_id", "commune_id"):
        found.setdefault(qpv, set()).add(commune)
    return {qpv: frozenset(communes) for qpv, communes in found.items()}


def _link(rows: list[Row], before: dict[str, frozenset[str]]) -> None:
    through = Qpv.communes.through
    for row in rows:
        gone = before.get(row.key, frozenset()) - row.communes
        if gone:
            through.objects.filter(qpv_id=row.key, commune_id__in=gone).delete()
    through.objects.bulk_create(
        through(qpv_id=row.key, commune_id=commune)
        for row in rows
        for commune in row.communes - before.get(row.key, frozenset())
    )
