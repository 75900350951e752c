"""What was corrected here, with what the source says; and which sheets somebody may correct."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import formats
from django.utils.translation import pgettext

from sanscouture.access.actor import Actor
from sanscouture.access.enums import Perm, Reach
from sanscouture.directory.models import Correction, Service
from sanscouture.partners.models import Organisation
from sanscouture.programmes.models import Partnership, Programme


@dataclass(frozen=True)
class Corrected:
    """One field that says here another thing than its source."""

    correction: Correction
    label: str
    here: str
    there: str
    """What the source says in words, empty where it says nothing."""


def corrections_of(sheet: Service | Organisation) -> Sequence[Corrected]:
    """Give the corrections of a sheet, in the order of its fields; those of a service come with its structure's."""
    found = sheet.corrections.order_by("field", "pk")
    if isinstance(sheet, Service):
        found = Correction.objects.filter(Q(service=sheet) | Q(organisation=sheet.organisation_id))
        found = found.order_by("organisation", "field", "pk")
    told = []
    for correction in found.select_related("service", "organisation"):
        field = correction.corrected
        here, there = getattr(correction.sheet, field.name), field.to_python(correction.source_value)
        told.append(Corrected(correction, str(field.verbose_name), said(field, here), said(field, there)))
    return told


def may_correct(actor: Actor, sheet: Service | Organisation) -> bool:
    """Say whether somebody may correct a sheet.

    Rule: that of a structure, or of its services, by who belongs to it; that of a partner, or of what stands in the
    communes of a programme, by who coordinates it (chapter 03).
    """
    grants = list(actor.with_perm(Perm.DIRECTORY_CORRECT))
    organisation = sheet.organisation_id if isinstance(sheet, Service) else sheet.pk
    if any(grant.organisation_id == organisation for grant, _reach in grants):
        return True
    programmes = [grant.programme_id for grant, reach in grants if reach is Reach.PROGRAMME and grant.programme_id]
    if not programmes:
        return False
    communes = {sheet.commune_id, sheet.organisation.commune_id if isinstance(sheet, Service) else None} - {None}
    return (
        Partnership.objects.filter(programme__in=programmes, organisation=organisation, until=None).exists()
        or Programme.objects.filter(pk__in=programmes, communes__in=communes).exists()
    )


def said(field: models.Field[Any, Any], value: Any) -> str:
    """Say a value in words: the label of a code, yes or no, a date as people write it."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return pgettext("réponse", "oui") if value else pgettext("réponse", "non")
    labels = dict(field.flatchoices)
    if value in labels:
        return str(labels[value])
    return formats.localize(value) if not isinstance(value, str) else value
