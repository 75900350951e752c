"""Import of data·inclusion v1 files: streaming, idempotent, one transaction, no row lost in silence (ADR 0017)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from sanscouture.core.errors import Conflict
from sanscouture.directory.rules.fingerprints import context_of, fingerprint
from sanscouture.directory.services.carriers import follow_carriers
from sanscouture.directory.services.corrections import keep_corrections
from sanscouture.directory.services.offer_files import BadRow, read_rows, starts_with_services
from sanscouture.directory.services.offer_tables import WideRow
from sanscouture.directory.services.places import Communes
from sanscouture.directory.services.reports import ImportReport
from sanscouture.directory.services.sheets import (
    SERVICES,
    STRUCTURES,
    Carriers,
    Kind,
    complete_service,
    complete_structure,
)
from sanscouture.directory.services.upserts import Held, Sender, blank, born, held_rows, now, upsert_rows
from sanscouture.directory.services.validation import KNOWN, RowRefused, clean, is_service

BATCH = 1_000
LOCK = 1_869_768_548  # any number, ours: two imports take turns
READERS = (version("sanscouture"), version("data-inclusion-schema"))
"""What a row is read with: a new version reads everything again."""
Advance = Callable[[int], None]
UNREADABLE: dict[type[object], Any] = {
    BadRow: _lazy("cette ligne n’est pas du JSON valable"),
    WideRow: _lazy("cette ligne a plus de cellules que le tableau n’a de colonnes"),
}


def import_offer_file(path: Path, *, advance: Advance = lambda count: None) -> ImportReport:
    """Import one file, as `import_offer_files` does several."""
    return import_offer_files([path], advance=advance)[0]


def import_offer_files(
    paths: Sequence[Path], *, deactivate_missing: bool = False, advance: Advance = lambda count: None
) -> list[ImportReport]:
    """Import files of structures, services or both, in any order; report on each row refused or kept with a reserve.

    One transaction: when a file cannot be read to its end, nothing changes, and a run that is killed leaves nothing
    behind. A row that says what it said at the last import is not read again. What was corrected here stays, and the
    source's newest value is kept beside. `deactivate_missing` says that the files are everything their sources have:
    what is no longer in them is set inactive, until it comes back. `advance` is told each number of rows just read.
    Raises Refused with a French sentence when a file as a whole cannot be read, Conflict while another import runs.
    Source: chapter 03.
    """
    with transaction.atomic(), ExitStack() as stack:
        _take_turns()
        run = _Run(Communes(), stack.enter_context(Sender()))
        works = [_Import(ImportReport(path.name), run, stack.enter_context(TemporaryFile())) for path in paths]
        in_order = sorted(zip(paths, works, strict=True), key=lambda pair: starts_with_services(pair[0]))
        for path, work in in_order:
            for batch in _batches(read_rows(path)):
                work.take(batch)
                advance(len(batch))
        for work in works:
            work.finish()
        run.sender.settle()
        follow_carriers(run.moved)
        if deactivate_missing:
            _deactivate(works)
    return [work.report for work in works]


def _take_turns() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if cursor.fetchone() != (True,):
            raise Conflict(_("Un autre import de l’offre est en cours\u00a0: recommencez quand il sera fini."))


def _deactivate(works: Sequence[_Import]) -> None:
    """Set inactive what the sources no longer tell; a row refused is still told, a kind never told is left alone."""
    report = works[-1].report
    if any(work.unreadable for work in works):
        report.flag(0, "", [("", _("des lignes sont illisibles\u00a0: rien n’a été désactivé"))])
        return
    for kind in (STRUCTURES, SERVICES):
        for source in sorted({source for work in works for what, source in work.sources if what == kind.word}):
            held = kind.model._default_manager.filter(source=source, is_active=True).order_by("external_id")
            keys = held.values_list("external_id", flat=True).iterator(chunk_size=BATCH)
            gone = [key for key in keys if not any(hash((kind.word, key)) in work.seen for work in works)]
            report.deactivated += kind.model._default_manager.filter(external_id__in=gone).update(is_active=False)


class _Run:
    """What the files of one import share."""

    def __init__(self, communes: Communes, sender: Sender) -> None:
        self.communes, self.sender = communes, sender
        self.carriers = Carriers()
        self.context = context_of(*READERS, communes.fingerprint)
        self.moved: set[UUID] = set()
        """The structures that changed: their services follow."""


@dataclass(frozen=True, slots=True)
class _Told:
    """One row of a file, with the text that identifies it and the mark of what it says."""

    number: int
    id: str
    row: dict[str, Any]
    mark: str | None

    @property
    def carrier(self) -> str:
        """The identifier of the structure of a service."""
        named = self.row.get("structure_id")
        return clean(named) if isinstance(named, str) else ""


@dataclass(slots=True)
class _Import:
    """One file on its way in. `waiting` holds the rows of services whose structure is not there yet."""

    report: ImportReport
    run: _Run
    waiting: IO[bytes]
    seen: dict[int, int] = field(default_factory=dict)
    """The number of each row, by the hash of its kind and identifier: a hundred thousand of them stay small."""
    sources: set[tuple[str, str]] = field(default_factory=set)
    strangers: set[str] = field(default_factory=set)
    unreadable: bool = False

    def take(self, batch: Iterable[tuple[int, Any]]) -> None:
        """Write one batch of rows: structures first, then the services whose structure is known."""
        rows: dict[str, list[_Told]] = {STRUCTURES.word: [], SERVICES.word: []}
        for number, row in batch:
            self.report.read = number
            told = self._identified(number, row)
            if told is not None:
                rows[SERVICES.word if is_service(told.row) else STRUCTURES.word].append(told)
        self._write(STRUCTURES, rows[STRUCTURES.word])
        self._write(SERVICES, self._with_carrier(rows[SERVICES.word]))

    def finish(self) -> None:
        """Write the services that were waiting; one whose structure never came is refused, and every row is counted."""
        self.waiting.seek(0)
        for batch in _batches(_Told(*json.loads(line)) for line in self.waiting):
            self.run.sender.settle()
            self.run.carriers.ask(told.carrier for told in batch)
            self._write(SERVICES, batch)
        if self.report.read != self.report.imported + self.report.refused:
            raise RuntimeError(f"{self.report.file}: rows were lost")

    def _identified(self, number: int, row: Any) -> _Told | None:
        """Give a row its identity, or refuse it: unreadable, or already said by another row of the file."""
        if not isinstance(row, dict):
            said = UNREADABLE[row] if isinstance(row, type) else _("un objet JSON est attendu")
            self.unreadable = True
            self.report.refuse(number, "", [("", str(said))])
            return None
        given = row.get("id")
        identifier = clean(given) if isinstance(given, str) else ""
        if not identifier:
            self.unreadable = True
            return _Told(number, "", row, None)
        first = self.seen.setdefault(hash((SERVICES.word if is_service(row) else STRUCTURES.word, identifier)), number)
        if first != number:
            said = _("cet identifiant est déjà celui de la ligne %(row)d du même fichier") % {"row": first}
            self.report.refuse(number, identifier[:200], [("id", said)])
            return None
        return _Told(number, identifier, row, fingerprint(row, self.run.context))

    def _with_carrier(self, rows: list[_Told]) -> list[_Told]:
        """Keep the services whose structure is known; the others wait."""
        self.run.sender.settle()
        self.run.carriers.ask(told.carrier for told in rows)
        known = []
        for told in rows:
            if self.run.carriers.get(told.carrier):
                known.append(told)
            else:
                text = json.dumps((told.number, told.id, told.row, told.mark), default=str)
                self.waiting.write(text.encode() + b"\n")
        return known

    def _write(self, kind: Kind, rows: list[_Told]) -> None:
        """Write what changed: new rows as they are read, others compared with what is held."""
        if not rows:
            return
        self.run.sender.settle()
        held = held_rows(kind.model, [told.id for told in rows])
        new = [told for told in rows if told.id not in held]
        changed = [told for told in rows if told.id in held and not _same(told, held[told.id])]
        rewritten = list(self._read(kind, changed))
        keep_corrections(kind, rewritten)
        written = upsert_rows(kind.model, rewritten, refreshed=kind.refreshed)
        created = self.run.sender.send(kind.model, self._read(kind, new), kind.columns)
        unchanged = len(rows) - len(new) - len(changed)
        self.report.created += created
        self.report.updated += written.updated
        self.report.unchanged += unchanged + written.unchanged
        total = created + written.updated + unchanged + written.unchanged
        if kind is SERVICES:
            self.report.services += total
        else:
            self.report.structures += total
            self.run.moved |= written.touched
            self.run.carriers.forget(told.id for told in changed)
        self.sources |= {(kind.word, clean(str(told.row.get("source")))) for told in rows if told.id in held}

    def _read(self, kind: Kind, rows: Iterable[_Told]) -> Iterator[dict[str, Any]]:
        """Give the whole row of each row that can be read; the others are refused."""
        empty, moment = blank(kind.model), now()
        for told in rows:
            try:
                columns, reserves = kind.read(told.row)
                if kind is SERVICES:
                    carrier = self.run.carriers.get(told.carrier)
                    if carrier is None:
                        said = _("la structure «\u00a0%(id)s\u00a0» est inconnue\u00a0: importez-la d’abord")
                        raise RowRefused([("structure_id", said % {"id": told.carrier})])
                    complete_service(columns, reserves, self.run.communes, carrier)
                else:
                    complete_structure(columns, reserves, self.run.communes)
            except RowRefused as refusal:
                self.report.refuse(told.number, told.id[:200], refusal.reasons)
                continue
            if not KNOWN.issuperset(told.row):
                self._say_strangers(told, reserves)
            self.report.flag(told.number, told.id, reserves)
            self.sources.add((kind.word, columns["source"]))
            yield empty | columns | born(moment) | {"source_fingerprint": None if reserves else told.mark}

    def _say_strangers(self, told: _Told, reserves: list[tuple[str, str]]) -> None:
        """Say once a file that a column is not of the schema."""
        for name in sorted(set(told.row) - KNOWN - self.strangers):
            self.strangers.add(name)
            said = _("champ inconnu de data·inclusion v1\u00a0: laissé de côté dans tout le fichier")
            reserves.append((clean(name)[:60], said))


def _same(told: _Told, held: Held) -> bool:
    return held.is_active and held.fingerprint is not None and held.fingerprint.hex == told.mark


def _batches(rows: Iterator[Any]) -> Iterator[list[Any]]:
    while batch := list(islice(rows, BATCH)):
        yield batch
