"""Import of data·inclusion v1 files: streaming, idempotent, one transaction per file, no row lost in silence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from sanscouture.directory.models import Service
from sanscouture.directory.services.offer_files import BadRow, read_rows
from sanscouture.directory.services.offer_tables import WideRow
from sanscouture.directory.services.places import Communes
from sanscouture.directory.services.reports import ImportReport
from sanscouture.directory.services.upserts import Written, upsert
from sanscouture.directory.services.validation import Columns, RowRefused, read_service, read_structure
from sanscouture.partners.models import Organisation

BATCH = 2_000
Advance = Callable[[int], None]
UNREADABLE: dict[type[object], Any] = {
    BadRow: _lazy("cette ligne n’est pas du JSON valable"),
    WideRow: _lazy("cette ligne a plus de cellules que le tableau n’a de colonnes"),
}

PLACE = ("address", "address_extra", "postcode", "city", "lon", "lat")
ORGANISATION_FIELDS = (
    *("source", "name", "name_key", "siret", *PLACE, "commune", "phone", "website", "source_url"),
    *("accessibility_url", "description", "opening_hours", "networks", "source_updated_on", "is_active"),
)
"""What a new import refreshes. Kind, orientation address and deadline are kept: they may have been corrected here."""

SERVICE_FIELDS = (
    *("organisation", "source", "name", "description", "type", "thematiques", "action_fields", "chain_stages"),
    *("publics", "publics_details", "access_conditions", "fees", "fees_details", "reception_modes"),
    *("mobilisation_modes", "mobilised_by", "mobilisation_details", "mobilisation_url", "source_url", *PLACE),
    *("commune", "contact_name", "phone", "email", "opening_hours", "weekly_hours", "weeks", "residence_rule"),
    *("eligibility_zone", "source_updated_on", "quality", "keywords", "search_text", "is_active"),
)
"""What a new import refreshes. Capacity, kind and the conditions written here are kept."""


def import_offer_file(path: Path, *, advance: Advance = lambda count: None) -> ImportReport:
    """Import one file, as `import_offer_files` does several."""
    return import_offer_files([path], advance=advance)[0]


def import_offer_files(
    paths: Sequence[Path], *, deactivate_missing: bool = False, advance: Advance = lambda count: None
) -> list[ImportReport]:
    """Import files of structures, services or both, in any order; report on each row refused or kept with a reserve.

    Rows are upserted by their identifier in batches of 2,000, in one transaction: when a file cannot be read to its
    end, nothing changes, and a run that is killed leaves nothing behind. `deactivate_missing` says that the files are
    everything their sources have: what is no longer in them is set inactive, until it comes back.
    `advance` is told each number of rows just read.
    Raises Refused with a French sentence when a file as a whole cannot be read. Source: chapter 03.
    """
    communes = Communes()
    works: list[_Import] = []
    with transaction.atomic():
        for path in paths:
            work = _Import(ImportReport(path.name), communes)
            works.append(work)
            for number, row in read_rows(path):
                work.take(number, row)
                if number % BATCH == 0:
                    work.flush()
                    advance(BATCH)
            work.flush()
            advance(work.report.read % BATCH)
        for work in works:
            work.finish()
        if deactivate_missing:
            _deactivate(works)
    return [work.report for work in works]


def _deactivate(works: Sequence[_Import]) -> None:
    """Set inactive what the sources no longer tell; a row refused is still told, a kind never told is left alone."""
    report = works[-1].report
    if any(work.unreadable for work in works):
        report.flag(0, "", [("", _("des lignes sont illisibles\u00a0: rien n’a été désactivé"))])
        return
    seen = {key for work in works for key in work.told}
    models: dict[str, type[Service] | type[Organisation]] = {"structure": Organisation, "service": Service}
    for what, source in sorted({told for work in works for told in work.sources}):
        found = models[what]._default_manager.filter(source=source, is_active=True).order_by("external_id")
        gone = [key for key in found.values_list("external_id", flat=True) if (what, key) not in seen]
        report.deactivated += models[what]._default_manager.filter(external_id__in=gone).update(is_active=False)


@dataclass(frozen=True, slots=True)
class _Row:
    number: int
    columns: Columns

    @property
    def id(self) -> str:
        return str(self.columns["external_id"])


@dataclass(slots=True)
class _Import:
    """One file on its way in."""

    report: ImportReport
    communes: Communes
    seen: dict[tuple[str, str], int] = field(default_factory=dict)
    told: set[tuple[str, str]] = field(default_factory=set)
    sources: set[tuple[str, str]] = field(default_factory=set)
    unreadable: bool = False
    structures: list[_Row] = field(default_factory=list)
    services: list[_Row] = field(default_factory=list)
    orphans: list[_Row] = field(default_factory=list)

    def take(self, number: int, row: Any) -> None:
        """Validate one row and keep it for the next batch, or refuse it."""
        self.report.read = number
        if not isinstance(row, dict):
            said = UNREADABLE[row] if isinstance(row, type) else _("un objet JSON est attendu")
            self.unreadable = True
            self.report.refuse(number, "", [("", str(said))])
            return
        identifier = str(row.get("id", ""))[:200]
        is_service = "structure_id" in row
        what = "service" if is_service else "structure"
        self.told.add((what, identifier))
        try:
            columns, reserves = read_service(row) if is_service else read_structure(row)
            self._refuse_twin(number, identifier, what)
        except RowRefused as refusal:
            self.report.refuse(number, identifier, refusal.reasons)
            return
        self.sources.add((what, columns["source"]))
        self._place(columns, reserves)
        self.report.flag(number, identifier, reserves)
        (self.services if is_service else self.structures).append(_Row(number, columns))

    def flush(self) -> None:
        """Write what is kept: structures first, then the services whose structure is known."""
        organisations = [_organisation(row.columns) for row in self.structures]
        self._count(upsert(organisations, key="external_id", refreshed=ORGANISATION_FIELDS))
        self.report.structures += len(organisations)
        self.structures = []
        self.orphans += self._write_services(self.services)
        self.services = []

    def finish(self) -> None:
        """Write the services that were waiting; one whose structure never came is refused, and every row is counted."""
        for row in self._write_services(self.orphans):
            reason = _("la structure «\u00a0%(id)s\u00a0» est inconnue\u00a0: importez-la d’abord")
            self.report.refuse(row.number, row.id, [("structure_id", reason % {"id": row.columns["structure_id"]})])
        if self.report.read != self.report.imported + self.report.refused:
            raise RuntimeError(f"{self.report.file}: rows were lost")

    def _refuse_twin(self, number: int, identifier: str, what: str) -> None:
        first = self.seen.setdefault((what, identifier), number)
        if first != number:
            said = _("cet identifiant est déjà celui de la ligne %(row)d du même fichier") % {"row": first}
            raise RowRefused([("id", said)])

    def _place(self, columns: Columns, reserves: list[tuple[str, str]]) -> None:
        code = columns.pop("commune_code")
        columns["commune_id"] = self.communes.find(code, columns["postcode"], columns["city"])
        if columns["commune_id"] is None and (code or columns["city"]):
            named = " ".join(part for part in (code, columns["postcode"], columns["city"]) if part)
            reserves.append(("commune", _("commune inconnue (%(place)s)\u00a0: laissée vide") % {"place": named}))

    def _write_services(self, rows: Sequence[_Row]) -> list[_Row]:
        known = Organisation.objects.order_by().in_bulk(
            {row.columns["structure_id"] for row in rows}, field_name="external_id"
        )
        ready = [row for row in rows if row.columns["structure_id"] in known]
        services = [_service(row.columns, known[row.columns["structure_id"]]) for row in ready]
        self._count(upsert(services, key="external_id", refreshed=SERVICE_FIELDS))
        self.report.services += len(services)
        return [row for row in rows if row.columns["structure_id"] not in known]

    def _count(self, written: Written) -> None:
        self.report.created += written.created
        self.report.updated += written.updated
        self.report.unchanged += written.unchanged


def _organisation(columns: Columns) -> Organisation:
    organisation = Organisation(**columns)
    organisation.derive()
    return organisation


def _service(columns: Columns, carrier: Organisation) -> Service:
    service = Service(
        organisation=carrier, **{name: value for name, value in columns.items() if name != "structure_id"}
    )
    if service.is_on_site and service.lon is None and not service.address:
        for name in (*PLACE, "commune_id"):
            setattr(service, name, getattr(carrier, name))
    service.derive(carrier.name)
    return service
