"""One row of data·inclusion v1 → the columns of our tables, or each reason why not, in French.

Called a hundred thousand times in a row: what can be known before the rows is computed before.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection
from functools import cache, lru_cache
from typing import Any

from data_inclusion.schema import v1
from data_inclusion.schema.v1 import score_qualite
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from pydantic import EmailStr, TypeAdapter
from pydantic import ValidationError as SchemaError

from sanscouture.core import clock
from sanscouture.directory.enums import ResidenceRule
from sanscouture.directory.models import Service
from sanscouture.directory.rules.facts import is_whole_country
from sanscouture.directory.services.sentences import MISSING, TOO_LONG, Reasons, in_french
from sanscouture.partners.models import Organisation
from sanscouture.partners.rules import clean_siret, kind_of_networks

Columns = dict[str, Any]
Texts = tuple[tuple[str, str, int | None], ...]

KEYS = frozenset({"source", "external_id", "structure_id", "name"})
"""What a row cannot do without, and is never cut."""
CODE = re.compile(r"[a-z0-9]+(-{1,2}[a-z0-9]+)*")
"""What a code of data·inclusion looks like, known or not."""
COMMON_TEXTS = {
    "source": "source",
    "external_id": "id",
    "name": "nom",
    "description": "description",
    "source_url": "lien_source",
    "source_updated_on": "date_maj",
    "address": "adresse",
    "address_extra": "complement_adresse",
    "postcode": "code_postal",
    "city": "commune",
    "phone": "telephone",
    "email": "courriel",
    "opening_hours": "horaires_accueil",
}
STRUCTURE_TEXTS = {**COMMON_TEXTS, "website": "site_web", "accessibility_url": "accessibilite_lieu"}
SERVICE_TEXTS = {
    **COMMON_TEXTS,
    "structure_id": "structure_id",
    "type": "type",
    "fees": "frais",
    "publics_details": "publics_precisions",
    "access_conditions": "conditions_acces",
    "fees_details": "frais_precisions",
    "mobilisation_details": "mobilisation_precisions",
    "mobilisation_url": "lien_mobilisation",
    "contact_name": "contact_nom_prenom",
}
"""Our columns of text, and their names of them."""
STRUCTURE_LISTS = {"networks": "reseaux_porteurs"}
SERVICE_LISTS = {
    "thematiques": "thematiques",
    "publics": "publics",
    "reception_modes": "modes_accueil",
    "mobilisation_modes": "modes_mobilisation",
    "mobilised_by": "mobilisable_par",
}
CODED = {
    Organisation: {name: column for column, name in STRUCTURE_LISTS.items()},
    Service: {**{name: column for column, name in SERVICE_LISTS.items()}, "type": "type", "frais": "fees"},
}
"""The fields written in codes, and our columns."""
KNOWN = frozenset({*v1.Structure.model_fields, *v1.Service.model_fields, "score_qualite", "adresse_certifiee"}) | {
    *("doublons", "services", "structure", "extra"),
}
"""What a row may hold: the schema's fields, and what data·inclusion's own API adds to them."""
ONLY_SERVICES = frozenset(v1.Service.model_fields) - frozenset(v1.Structure.model_fields)
NEWER = _("code inconnu du vocabulaire data·inclusion v1, gardé tel quel\u00a0: {codes}")
CUT = _("texte coupé à {count} caractères")
MISPLACED = _("position impossible\u00a0: laissée de côté")
WRONG_SIRET = _("le SIRET {siret} est faux\u00a0: laissé de côté")
LONG_CODE = _("le code «\u00a0{code}…\u00a0» est trop long")
MOST_WEEKS = 32_767
EXACT = (0.0, 0.5, 1.0)


EMAIL: TypeAdapter[str] = TypeAdapter(EmailStr)


class RowRefused(Exception):
    """A row that cannot be imported: `reasons` is a list of (field, French sentence)."""

    def __init__(self, reasons: Reasons) -> None:
        super().__init__(reasons)
        self.reasons = reasons


def is_service(row: dict[str, Any]) -> bool:
    """Say whether a row is a service: it names a structure, or holds what only services have."""
    return not ONLY_SERVICES.isdisjoint(row)


def clean(text: str) -> str:
    """Give a text as it can be stored: no NUL, no half of a character, nothing around it.

    >>> clean(" Maison\\x00 "), clean("Maison\\ud800")
    ('Maison', 'Maison?')
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        text = text.encode("utf-8", "replace").decode()
    return text.replace("\x00", "").strip()


def read_structure(row: dict[str, Any]) -> tuple[Columns, Reasons]:
    """Give the columns of an organisation and what was left out of the row. Raises RowRefused."""
    _found, said, newer = _validated(v1.Structure, row)
    reserves: Reasons = []
    columns = _texts(said, _STRUCTURE, reserves)
    columns |= _place(said, reserves)
    columns["siret"] = _siret(said["siret"], reserves)
    columns["networks"] = sorted(said["reseaux_porteurs"] or ())
    _keep_codes(columns, Organisation, newer, reserves)
    columns["kind"] = kind_of_networks(columns["networks"]).value
    return columns, reserves


def read_service(row: dict[str, Any]) -> tuple[Columns, Reasons]:
    """Give the columns of a service (with its `structure_id`) and what was left out of the row. Raises RowRefused."""
    found, said, newer = _validated(v1.Service, row)
    reserves: Reasons = []
    columns = _texts(said, _SERVICE, reserves)
    columns |= _place(said, reserves)
    for column, name in SERVICE_LISTS.items():
        columns[column] = sorted(said[name] or ())
    zone = said["zone_eligibilite"] or []
    columns["eligibility_zone"] = zone
    columns["residence_rule"] = (ResidenceRule.ANYWHERE if is_whole_country(zone) else ResidenceRule.ZONE).value
    columns["weekly_hours"] = _finite(said["volume_horaire_hebdomadaire"])
    weeks = said["nombre_semaines"]
    columns["weeks"] = weeks if weeks is not None and weeks <= MOST_WEEKS else None
    columns["quality"] = _quality(found, row)
    _keep_codes(columns, Service, newer, reserves)
    return columns, reserves


def _sized(model: type[Service] | type[Organisation], texts: dict[str, str]) -> Texts:
    sizes = {field.name: getattr(field, "max_length", None) for field in model._meta.concrete_fields}
    return tuple((column, name, sizes.get(column, 200)) for column, name in texts.items())


_STRUCTURE, _SERVICE = _sized(Organisation, STRUCTURE_TEXTS), _sized(Service, SERVICE_TEXTS)


def _texts(said: dict[str, Any], texts: Texts, reserves: Reasons) -> Columns:
    """Make every text storable: no NUL, and no more than its column holds."""
    columns: Columns = {}
    for column, name, size in texts:
        text = said[name]
        if text:
            text = text.strip() if text.isascii() and "\x00" not in text else clean(text)
        if not text:
            if column in KEYS:
                raise RowRefused([(name, str(MISSING))])
            columns[column] = ""
            continue
        if size and len(text) > size:
            if column in KEYS:
                raise RowRefused([(name, str(TOO_LONG).format(max_length=size))])
            reserves.append((name, str(CUT).format(count=size)))
            text = text[:size]
        columns[column] = text
    return columns


def _place(said: dict[str, Any], reserves: Reasons) -> Columns:
    lon, lat = _finite(said["longitude"]), _finite(said["latitude"])
    if lon is None or lat is None or abs(lon) > 180 or abs(lat) > 90:
        if said["longitude"] is not None or said["latitude"] is not None:
            reserves.append(("longitude", str(MISPLACED)))
        lon = lat = None
    return {"lon": lon, "lat": lat, "source_commune": said["code_insee"] or ""}


def _validated(schema: Any, row: dict[str, Any]) -> tuple[Any, dict[str, Any], dict[str, list[str]]]:
    """Read a row with the schema: the object, its plain values, and the codes that the schema does not know, apart."""
    newer: dict[str, list[str]] = {}
    given = row.get("courriel")
    address = _address(given) if isinstance(given, str) else None
    try:
        found = schema.model_validate(row if address is None else {**row, "courriel": None})
    except SchemaError as error:
        found, newer = _without_newer(schema, row, error)
    if address is not None:
        found.courriel = address
    return found, found.model_dump(mode="json"), newer


@lru_cache(maxsize=65_536)
def _address(given: str) -> str | None:
    """Validate an e-mail address once for all the sheets that give it: it costs as much as the rest of a row.

    None for one that is wrong: the schema says why.
    """
    try:
        return str(EMAIL.validate_python(given))
    except SchemaError:
        return None


def _without_newer(schema: Any, row: dict[str, Any], error: SchemaError) -> tuple[Any, dict[str, list[str]]]:
    """Read again a row whose only faults are codes of a newer vocabulary, without them."""
    wrong = error.errors(include_url=False)
    if any(each["type"] != "enum" or not CODE.fullmatch(str(each["input"])) for each in wrong):
        raise RowRefused(in_french(wrong))
    newer: dict[str, list[str]] = {}
    for each in wrong:
        newer.setdefault(str(each["loc"][0]), []).append(str(each["input"]))
    known = {name: _without(value, newer.get(name, ())) for name, value in row.items()}
    try:
        return schema.model_validate(known), newer
    except SchemaError as still:
        raise RowRefused(in_french(still.errors(include_url=False))) from still


def _without(value: Any, codes: Collection[str]) -> Any:
    if not codes:
        return value
    return [each for each in value if each not in codes] or None if isinstance(value, list) else None


def _keep_codes(
    columns: Columns, model: type[Service] | type[Organisation], newer: dict[str, list[str]], reserves: Reasons
) -> None:
    """Keep the codes of a newer vocabulary beside the known ones, and say so."""
    for name, codes in newer.items():
        column = CODED[model][name]
        size = _code_size(model, column)
        longest = max(codes, key=len)
        if size and len(longest) > size:
            raise RowRefused([(name, str(LONG_CODE).format(code=longest[:20]))])
        held = columns[column]
        columns[column] = sorted({*held, *codes}) if isinstance(held, list) else codes[0]
        reserves.append((name, str(NEWER).format(codes=", ".join(sorted(codes)))))


@cache
def _code_size(model: type[Service] | type[Organisation], column: str) -> int | None:
    field = next(one for one in model._meta.concrete_fields if one.name == column)
    return field.base_field.max_length if isinstance(field, ArrayField) else field.max_length


def _siret(value: str | None, reserves: Reasons) -> str:
    try:
        return clean_siret(value) if value else ""
    except ValidationError:
        reserves.append(("siret", str(WRONG_SIRET).format(siret=value)))
        return ""


def _quality(found: v1.Service, row: dict[str, Any]) -> float:
    """Give the score that the source gives, else that of data·inclusion's own library."""
    given = row.get("score_qualite")
    if isinstance(given, int | float) and 0 <= given <= 1:
        return float(given)
    return quality_of(found)


def quality_of(found: v1.Service) -> float:
    """Score a service as `score_qualite.score` does; what its date is worth is computed once a date and a day."""
    scores = []
    for criterion in score_qualite.CRITERES:
        if criterion is score_qualite.date_maj_recente:
            value = _recent(found.source, found.date_maj, clock.now().date())
        else:
            value = criterion(found)
        if value is not None:
            scores.append(value if value in EXACT else round(value, 2))
    return round(float(sum(scores) / len(scores)), 2)


@lru_cache(maxsize=4_096)
def _recent(source: str, updated_on: Any, today: Any) -> float | None:
    dated = v1.Service.model_construct(source=source, date_maj=updated_on)
    value: float | None = score_qualite.date_maj_recente(dated)
    return value


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
