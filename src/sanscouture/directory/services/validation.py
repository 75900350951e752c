"""One row of data·inclusion v1 → the columns of our tables, or each reason why not, in French."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable
from enum import Enum
from functools import cache
from typing import Any

from data_inclusion.schema import v1
from data_inclusion.schema.v1 import score_qualite
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from pydantic import ValidationError as SchemaError
from pydantic_core import ErrorDetails

from sanscouture.directory.enums import ResidenceRule
from sanscouture.directory.models import Service
from sanscouture.directory.rules.facts import is_whole_country
from sanscouture.partners.models import Organisation
from sanscouture.partners.rules import clean_siret, kind_of_networks

Reasons = list[tuple[str, str]]
Columns = dict[str, Any]

KEYS = frozenset({"source", "external_id", "structure_id", "name"})


CODE = re.compile(r"[a-z0-9]+(-{1,2}[a-z0-9]+)*")
"""What a code of data·inclusion looks like, known or not."""
STRUCTURE_CODES = {"reseaux_porteurs": "networks"}
SERVICE_CODES = {
    "type": "type",
    "thematiques": "thematiques",
    "publics": "publics",
    "frais": "fees",
    "modes_accueil": "reception_modes",
    "modes_mobilisation": "mobilisation_modes",
    "mobilisable_par": "mobilised_by",
}
"""The fields written in codes, and our columns."""
NEWER = _("code inconnu du vocabulaire data·inclusion v1, gardé tel quel\u00a0: {codes}")
CUT = _("texte coupé à {count} caractères")
MISPLACED = _("position impossible\u00a0: laissée de côté")
WRONG_SIRET = _("le SIRET {siret} est faux\u00a0: laissé de côté")


class RowRefused(Exception):
    """A row that cannot be imported: `reasons` is a list of (field, French sentence)."""

    def __init__(self, reasons: Reasons) -> None:
        super().__init__(reasons)
        self.reasons = reasons


def read_structure(row: dict[str, Any]) -> tuple[Columns, Reasons]:
    """Give the columns of an organisation and what was left out of the row. Raises RowRefused."""
    found, newer = _validated(v1.Structure, row)
    reserves: Reasons = []
    networks = _slugs(found.reseaux_porteurs)
    columns = {
        **_common(found),
        "siret": _siret(found.siret, reserves),
        "website": _text(found.site_web),
        "accessibility_url": _text(found.accessibilite_lieu),
        "networks": networks,
        "kind": kind_of_networks(networks),
    }
    _kept_codes(columns, STRUCTURE_CODES, newer, reserves)
    return _fitted(Organisation, columns, reserves), reserves


def read_service(row: dict[str, Any]) -> tuple[Columns, Reasons]:
    """Give the columns of a service (with its `structure_id`) and what was left out of the row. Raises RowRefused."""
    found, newer = _validated(v1.Service, row)
    reserves: Reasons = []
    zone = [str(code) for code in found.zone_eligibilite or ()]
    columns = {
        **_common(found),
        "structure_id": found.structure_id,
        "type": _text(found.type),
        "thematiques": _slugs(found.thematiques),
        "publics": _slugs(found.publics),
        "publics_details": _text(found.publics_precisions),
        "access_conditions": _text(found.conditions_acces),
        "fees": _text(found.frais),
        "fees_details": _text(found.frais_precisions),
        "reception_modes": _slugs(found.modes_accueil),
        "mobilisation_modes": _slugs(found.modes_mobilisation),
        "mobilised_by": _slugs(found.mobilisable_par),
        "mobilisation_details": _text(found.mobilisation_precisions),
        "mobilisation_url": _text(found.lien_mobilisation),
        "eligibility_zone": zone,
        "residence_rule": ResidenceRule.ANYWHERE if is_whole_country(zone) else ResidenceRule.ZONE,
        "contact_name": _text(found.contact_nom_prenom),
        "weekly_hours": _finite(found.volume_horaire_hebdomadaire),
        "weeks": found.nombre_semaines if (found.nombre_semaines or 0) < 32_768 else None,
        "quality": _quality(found, row),
    }
    _kept_codes(columns, SERVICE_CODES, newer, reserves)
    return _fitted(Service, columns, reserves), reserves


def _common(found: Any) -> Columns:
    """The columns that structures and services share."""
    lon, lat = _finite(found.longitude), _finite(found.latitude)
    on_earth = lon is not None and lat is not None and abs(lon) <= 180 and abs(lat) <= 90
    return {
        "source": found.source,
        "external_id": found.id,
        "name": found.nom,
        "description": _text(found.description),
        "source_url": _text(found.lien_source),
        "source_updated_on": found.date_maj,
        "address": _text(found.adresse),
        "address_extra": _text(found.complement_adresse),
        "postcode": _text(found.code_postal),
        "city": _text(found.commune),
        "commune_code": _text(found.code_insee),
        "lon": lon if on_earth else None,
        "lat": lat if on_earth else None,
        "misplaced": not on_earth and (found.longitude is not None or found.latitude is not None),
        "phone": _text(found.telephone),
        "email": _text(found.courriel),
        "opening_hours": _text(found.horaires_accueil),
    }


def _validated(schema: Any, row: dict[str, Any]) -> tuple[Any, dict[str, list[str]]]:
    """Read a row with the schema; codes that it does not know yet are set apart, by field, and the rest is read."""
    try:
        return schema.model_validate(row), {}
    except SchemaError as error:
        wrong = error.errors(include_url=False)
    if any(each["type"] != "enum" or not CODE.fullmatch(str(each["input"])) for each in wrong):
        raise RowRefused(_in_french(wrong))
    newer: dict[str, list[str]] = {}
    for each in wrong:
        newer.setdefault(str(each["loc"][0]), []).append(str(each["input"]))
    known = {name: _without(value, newer.get(name, ())) for name, value in row.items()}
    try:
        return schema.model_validate(known), newer
    except SchemaError as error:
        raise RowRefused(_in_french(error.errors(include_url=False))) from error


def _without(value: Any, codes: Collection[str]) -> Any:
    if not codes:
        return value
    return [each for each in value if each not in codes] or None if isinstance(value, list) else None


def _kept_codes(columns: Columns, names: dict[str, str], newer: dict[str, list[str]], reserves: Reasons) -> None:
    """Keep the codes of a newer vocabulary beside the known ones, and say so."""
    for name, codes in newer.items():
        held = columns[names[name]]
        columns[names[name]] = sorted({*held, *codes}) if isinstance(held, list) else codes[0]
        reserves.append((name, str(NEWER).format(codes=", ".join(sorted(codes)))))


def _in_french(errors: Iterable[ErrorDetails]) -> Reasons:
    seen: dict[tuple[str, str], None] = {}
    for error in errors:
        name = str(error["loc"][0]) if error["loc"] else ""
        seen[name, _sentence(error)] = None
    return list(seen)


TOO_LONG = _("la valeur est trop longue (au plus {max_length} caractères)")
SENTENCES = (
    ("missing", _("ce champ est obligatoire")),
    ("enum", _("«\u00a0{value}\u00a0» n’est pas dans le vocabulaire data·inclusion v1")),
    ("string_too_short", _("la valeur est trop courte (au moins {min_length} caractères)")),
    ("string_too_long", TOO_LONG),
    ("string_type", _("un texte est attendu")),
    ("date", _("«\u00a0{value}\u00a0» n’est pas une date (AAAA-MM-JJ)")),
    ("float", _("«\u00a0{value}\u00a0» n’est pas un nombre possible ici")),
    ("int", _("«\u00a0{value}\u00a0» n’est pas un nombre possible ici")),
    ("greater", _("«\u00a0{value}\u00a0» n’est pas un nombre possible ici")),
    ("url", _("«\u00a0{value}\u00a0» n’est pas une adresse web")),
    ("value_error", _("«\u00a0{value}\u00a0» n’est pas une adresse électronique")),
    ("list", _("une liste est attendue")),
    ("set", _("une liste est attendue")),
    ("too_short", _("la liste est vide\u00a0: ôtez le champ")),
    ("", _("«\u00a0{value}\u00a0» n’a pas la forme attendue")),
)
"""What to say of each kind of error of the schema, by the beginning of its name."""


def _sentence(error: ErrorDetails) -> str:
    context = error.get("ctx", {})
    if error["type"] == "value_error" and isinstance(context.get("error"), ValueError):
        return str(context["error"])
    sentence = next(said for kind, said in SENTENCES if error["type"].startswith(kind))
    return str(sentence).format(**{"value": str(error.get("input"))[:60], **context})


def _fitted(model: type[models.Model], columns: Columns, reserves: Reasons) -> Columns:
    """Make every text storable: no NUL, no half character, no more than its column holds."""
    fitted: Columns = {}
    if columns.pop("misplaced"):
        reserves.append(("longitude", str(MISPLACED)))
    sizes = _sizes(model)
    for name, value in columns.items():
        clean = _storable(value)
        size = sizes.get(name, 200)
        if isinstance(clean, str) and size and len(clean) > size:
            if name in KEYS:
                raise RowRefused(
                    [(name, _("la valeur est trop longue (au plus %(count)s caractères)") % {"count": size})]
                )
            reserves.append((name, str(CUT).format(count=size)))
            clean = clean[:size]
        fitted[name] = clean
    return fitted


@cache
def _sizes(model: type[models.Model]) -> dict[str, int | None]:
    return {field.name: getattr(field, "max_length", None) for field in model._meta.concrete_fields}


def _storable(value: Any) -> Any:
    if isinstance(value, list):
        return [_storable(each) for each in value]
    if not isinstance(value, str):
        return value
    return value.replace("\x00", "").encode("utf-8", "replace").decode("utf-8").strip()


def _siret(value: str | None, reserves: Reasons) -> str:
    try:
        return clean_siret(value) if value else ""
    except ValidationError:
        reserves.append(("siret", str(WRONG_SIRET).format(siret=value)))
        return ""


def _quality(found: v1.Service, row: dict[str, Any]) -> float:
    given = row.get("score_qualite")
    if isinstance(given, int | float) and 0 <= given <= 1:
        return float(given)
    return float(score_qualite.score(found)[0])


def _text(value: Any) -> str:
    return "" if value is None else str(value.value if isinstance(value, Enum) else value)


def _slugs(values: Iterable[Enum] | None) -> list[str]:
    return sorted(str(member.value) for member in values or ())


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
