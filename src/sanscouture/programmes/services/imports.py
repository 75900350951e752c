"""Programmes made from what the files tell. A second run changes nothing, and no address ever changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from sanscouture.access.scope import scope
from sanscouture.audit.services import record
from sanscouture.core import clock
from sanscouture.core.verbs import verb
from sanscouture.programmes.models import Perimeter, Programme
from sanscouture.programmes.rules import short_address, short_name
from sanscouture.territories.enums import Dataset
from sanscouture.territories.models import Commune, Qpv
from sanscouture.territories.services import (
    Advance,
    ProgrammeFacts,
    Report,
    read_programmes,
    starter_programmes,
)

FOLDER = "cites_emploi"
WRITER = gettext_noop("import des territoires")
FIELDS = ("name", "label_year", "carrier", "lon", "lat", "source")

Told = Callable[[int], None]


def load_programmes(folder: Path, *, advance: Advance | None = None) -> list[Report]:
    """Load the programmes of the official files, if the folder has them (named by TERRITORIES_FOLLOWERS).

    The programme's own documents (starter set) name it better than the list does, and tell its carrier.
    Raises Refused when a file cannot be read.
    """
    if not (folder / FOLDER).is_dir():
        return []
    report = Report(Dataset.PROGRAMMES, "cites_emploi.csv")
    facts = list(read_programmes(folder, refuse=lambda line, reason: report.refusals.append((line, reason))))
    told = advance or (lambda dataset, done, total: None)
    import_programmes(
        [_completed(one) for one in facts],
        report=report,
        advance=lambda done: told(Dataset.PROGRAMMES, done, len(facts)),
    )
    return [report]


def load_starter_programmes() -> Report:
    """Load the programmes that the documents name; one that exists already is never touched."""
    known = set(Programme.objects.exclude(official_id=None).values_list("official_id", flat=True))
    report = Report(Dataset.PROGRAMMES, "starter")
    facts = starter_programmes()
    report.read = report.unchanged = sum(one.id in known for one in facts)
    return import_programmes([one for one in facts if one.id not in known], report=report)


def import_programmes(
    facts: Iterable[ProgrammeFacts], *, report: Report | None = None, advance: Told | None = None
) -> Report:
    """Make or update one programme for each facts, with its communes and its perimeter.

    Rule: a QPV that a document tells is of the perimeter; one that is only in the programme's communes is of it « to be
    confirmed »; one that was ended by hand does not come back. A programme whose communes are all unknown is refused.
    Each is written in its own row-level scope, and journalled when something moved.
    """
    report = report or Report(Dataset.PROGRAMMES, "facts")
    told = {one.id: frozenset(one.candidate_qpv_codes) for one in starter_programmes()}
    known = {one.official_id: one for one in Programme.objects.exclude(official_id=None)}
    taken = set(Programme.objects.values_list("slug", flat=True))
    for rank, one in enumerate(facts, 1):
        report.read += 1
        communes = list(Commune.objects.filter(code__in=one.commune_codes).order_by("code"))
        if not communes:
            report.refusals.append((rank, _("aucune commune connue pour « %(name)s »") % {"name": one.name}))
            continue
        programme = known.get(one.id)
        made = programme is None
        if programme is None:
            programme = Programme(official_id=one.id, slug=short_address(one.name, taken, one.id))
            taken.add(programme.slug)
        report.created += made
        moved = _write(programme, one, communes, told.get(one.id, frozenset()), made=made)
        report.updated += moved and not made
        report.unchanged += not moved
        if advance:
            advance(rank)
    return report


def _completed(facts: ProgrammeFacts) -> ProgrammeFacts:
    own = next((one for one in starter_programmes() if one.id == facts.id), None)
    if own is None:
        return replace(facts, name=short_name(facts.name))
    return replace(facts, name=own.name, carrier=own.carrier)


def _values(facts: ProgrammeFacts) -> dict[str, object]:
    values = {name: getattr(facts, name) for name in FIELDS}
    return values if facts.carrier else {name: value for name, value in values.items() if name != "carrier"}


def _moves(programme: Programme, facts: ProgrammeFacts) -> bool:
    return any(getattr(programme, name) != value for name, value in _values(facts).items())


@verb
def _write(
    programme: Programme,
    facts: ProgrammeFacts,
    communes: Sequence[Commune],
    told: frozenset[str],
    *,
    made: bool,
) -> bool:
    with scope(programmes=[programme.pk]):
        moved = made or _moves(programme, facts)
        if moved:
            for name, value in _values(facts).items():
                setattr(programme, name, value)
            programme.save()
        drawn = Programme.communes.through.objects.filter(programme=programme)
        if set(drawn.values_list("commune_id", flat=True)) != {one.pk for one in communes}:
            programme.communes.set(communes)
            moved = True
        moved = _draw_perimeter(programme, facts.candidate_qpv_codes, told) or moved
        if moved:
            record(WRITER, "programme.import", programme)
    return moved


def _draw_perimeter(programme: Programme, codes: Sequence[str], told: frozenset[str]) -> bool:
    rows = {row.qpv_id: row for row in Perimeter.objects.filter(programme=programme)}
    wanted = Qpv.objects.filter(code__in={*codes, *told}).values_list("code", flat=True)
    new = [
        Perimeter(programme=programme, qpv_id=code, candidate=code not in told)
        for code in sorted(wanted)
        if code not in rows
    ]
    Perimeter.objects.bulk_create(new)
    confirmed = Perimeter.objects.filter(programme=programme, qpv_id__in=told, candidate=True).update(candidate=False)
    gone = [row.pk for code, row in rows.items() if row.candidate and row.until is None and code not in {*codes, *told}]
    ended = Perimeter.objects.filter(pk__in=gone).update(until=clock.today())
    return bool(new or confirmed or ended)
