"""Correcting a sheet that came from elsewhere: our word is shown, its source's is kept beside and refreshed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.utils.translation import gettext as _

from sanscouture.access.actor import Actor
from sanscouture.access.enums import Perm
from sanscouture.audit.services import NOTE_LENGTH, record
from sanscouture.core import clock
from sanscouture.core.errors import Conflict
from sanscouture.core.verbs import verb
from sanscouture.directory.models import Correction, Service
from sanscouture.directory.rules.corrections import CAPACITY_FIELDS, CORRECTABLE, plain
from sanscouture.directory.services.carriers import follow_carriers
from sanscouture.directory.services.sheets import SERVICES, STRUCTURES, Kind, derive
from sanscouture.partners.models import LOCAL_SOURCE, Organisation

Sheet = Service | Organisation


class StaleSheet(Conflict):
    """Somebody corrected the same fields meanwhile. `saved`: the sheet as it is now; `fields`: those both changed."""

    def __init__(self, saved: Sheet, fields: list[str]) -> None:
        self.saved, self.fields = saved, fields
        super().__init__(_("Quelqu’un d’autre vient de corriger cette fiche. Relisez, puis enregistrez de nouveau."))


@verb
def correct_sheet(
    sheet: Sheet, values: Mapping[str, Any], *, actor: Actor, seen: Mapping[str, Any] | None = None
) -> list[str]:
    """Write here what a sheet should say; give the names of the fields that change.

    `seen`: what its writer read, by field. Where the sheet says something else by now, nothing is written and
    `StaleSheet` tells which.

    Rule: imports never undo it, and what the source says is kept beside, None where it says nothing. Writing the
    source's own word again ends the correction. A sheet entered here has no source: it just changes (chapter 03).
    Raises `Conflict` for what the database refuses (ages in the wrong order).
    """
    sheet = _locked(sheet)
    allowed = CORRECTABLE[sheet._meta.model_name or ""]
    changed = [name for name in allowed if name in values and getattr(sheet, name) != values[name]]
    if not changed:
        return []
    if moved := [name for name in changed if (seen or {}).get(name, getattr(sheet, name)) != getattr(sheet, name)]:
        raise StaleSheet(sheet, moved)
    held = {correction.field: correction for correction in sheet.corrections.order_by("field")}
    for name in changed:
        _keep_beside(sheet, name, values[name], held.get(name))
        setattr(sheet, name, values[name])
    if isinstance(sheet, Service):
        sheet.at_carrier &= "address" not in changed
        if CAPACITY_FIELDS.intersection(changed):
            sheet.capacity_updated_on = clock.today()
    _save(sheet)
    record(actor, "offer.correct", sheet, note=_named(changed), within=_programme_of(actor))
    return changed


@verb
def restore_source(correction: Correction, *, actor: Actor) -> Sheet:
    """Give a field back to its source: its newest word, or nothing where it says nothing. Gives the sheet.

    Raises `Conflict` when somebody gave it back already.
    """
    sheet = _locked(correction.sheet)
    try:
        correction = sheet.corrections.select_for_update().get(pk=correction.pk)
    except ObjectDoesNotExist as error:
        raise Conflict(_("Cette correction a déjà été abandonnée.")) from error
    field = correction.corrected
    said = correction.source_value
    setattr(sheet, field.name, field.get_default() if said is None else field.to_python(said))
    correction.delete()
    _save(sheet)
    record(actor, "offer.restore", sheet, note=field.name, within=_programme_of(actor))
    return sheet


def keep_corrections(kind: Kind, rows: Sequence[dict[str, Any]]) -> None:
    """Put our corrections into rows about to be imported, and the source's newest word beside them."""
    by_key = {row["external_id"]: row for row in rows}
    name = "service" if kind is SERVICES else "organisation"
    found = Correction.objects.filter(
        **{f"{name}__external_id__in": list(by_key)}, field__in=kind.refreshed
    ).select_related(name, *(["service__organisation"] if kind is SERVICES else []))
    moved, corrected = [], {}
    for correction in found.order_by("pk"):
        sheet = getattr(correction, name)
        row = by_key[sheet.external_id]
        if correction.source_value != row[correction.field]:
            correction.source_value = row[correction.field]
            moved.append(correction)
        row[correction.field] = plain(getattr(sheet, correction.field))
        if correction.field == "address" and kind is SERVICES:
            row["at_carrier"] = False
        corrected[sheet.external_id] = sheet
    Correction.objects.bulk_update(moved, ["source_value"], batch_size=500)
    for key, sheet in corrected.items():
        derive(kind, by_key[key], sheet.organisation.name if kind is SERVICES else "")


def _locked(sheet: Sheet) -> Sheet:
    model = type(sheet)
    return model._default_manager.select_for_update(of=("self",)).get(pk=sheet.pk)


def _imported(sheet: Sheet, name: str) -> bool:
    """Say whether a field is one that sources tell."""
    return name in (SERVICES if isinstance(sheet, Service) else STRUCTURES).refreshed


def _keep_beside(sheet: Sheet, name: str, value: Any, correction: Correction | None) -> None:
    if sheet.source == LOCAL_SOURCE:
        return
    imported = _imported(sheet, name)
    if correction is None:
        said = plain(getattr(sheet, name)) if imported else None
        sheet.corrections.create(field=name, source_value=said)
    elif plain(value) == (correction.source_value if imported else correction.corrected.get_default()):
        correction.delete()


def _programme_of(actor: Actor) -> UUID | None:
    """The programme in whose name somebody corrects: its journal tells it."""
    held = {grant.programme_id for grant, _reach in actor.with_perm(Perm.DIRECTORY_CORRECT)}
    return min((programme for programme in held if programme), default=None)


def _save(sheet: Sheet) -> None:
    sheet.save()
    if isinstance(sheet, Organisation):
        follow_carriers([sheet.pk])


def _named(fields: Sequence[str]) -> str:
    """Name fields, as many as a note of the journal holds."""
    note = ""
    for name in fields:
        if len(note) + len(name) < NOTE_LENGTH:
            note = f"{note} {name}".strip()
    return note
