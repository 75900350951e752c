"""The shape of data·inclusion's public API v1, field by field (chapter 03). Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sanscouture.directory.rules import vocabulary

Item = dict[str, Any]

PLACE = {
    "commune": "city",
    "code_postal": "postcode",
    "code_insee": "commune_id",
    "adresse": "address",
    "complement_adresse": "address_extra",
    "longitude": "lon",
    "latitude": "lat",
    "telephone": "phone",
    "courriel": "email",
    "horaires_accueil": "opening_hours",
    "lien_source": "source_url",
}
STRUCTURE = {
    "source": "source",
    "id": "external_id",
    "nom": "name",
    "date_maj": "source_updated_on",
    "description": "description",
    "siret": "siret",
    **PLACE,
    "site_web": "website",
    "accessibilite_lieu": "accessibility_url",
    "reseaux_porteurs": "networks",
}
"""Their name of each field of a structure, and our column."""

SERVICE = {
    "source": "source",
    "structure_id": "organisation__external_id",
    "id": "external_id",
    "nom": "name",
    "description": "description",
    "date_maj": "source_updated_on",
    "type": "type",
    "thematiques": "thematiques",
    "frais": "fees",
    "frais_precisions": "fees_details",
    "publics": "publics",
    "publics_precisions": "publics_details",
    "conditions_acces": "access_conditions",
    **PLACE,
    "modes_accueil": "reception_modes",
    "zone_eligibilite": "eligibility_zone",
    "contact_nom_prenom": "contact_name",
    "lien_mobilisation": "mobilisation_url",
    "modes_mobilisation": "mobilisation_modes",
    "mobilisable_par": "mobilised_by",
    "mobilisation_precisions": "mobilisation_details",
    "volume_horaire_hebdomadaire": "weekly_hours",
    "nombre_semaines": "weeks",
}
"""Their name of each field of a service, and our column."""

CODES: dict[str, frozenset[str | None]] = {
    name: frozenset(slug for slug, _label in choices)
    for name, choices in (
        ("thematiques", vocabulary.THEMATIQUES),
        ("publics", vocabulary.PUBLICS),
        ("frais", vocabulary.FEES),
        ("type", vocabulary.SERVICE_TYPES),
        ("modes_accueil", vocabulary.RECEPTION_MODES),
        ("modes_mobilisation", vocabulary.MOBILISATION_MODES),
        ("mobilisable_par", vocabulary.MOBILISING_PERSONS),
        ("reseaux_porteurs", vocabulary.NETWORKS),
    )
}
"""The fields written in codes, and the codes of v1. Newer ones are kept by the import and shown on our own pages."""
SHORTEST = 5
"""Characters that v1 asks of a description."""
TELLING = ("siret", "description", "adresse", "telephone", "courriel", "horaires_accueil", "site_web", "code_insee")
"""What a sheet of a structure is expected to tell: its quality score is the share that it does."""


def structure(row: Mapping[str, Any]) -> Item:
    """Give a structure in their shape. `row`: our columns by name, and `created_at`."""
    item = _item(STRUCTURE, row)
    item["score_qualite"] = round(sum(item[name] is not None for name in TELLING) / len(TELLING), 2)
    return item


def service(row: Mapping[str, Any]) -> Item:
    """Give a service in their shape. `row`: our columns by name, and `created_at`."""
    item = _item(SERVICE, row)
    if len(item["description"] or "") < SHORTEST:
        item["description"] = f"{item['nom']}."
    return {**item, "score_qualite": row["quality"] or 0.0}


def page_of(items: list[Item], *, total: int, page: int, size: int) -> Item:
    """Give one page as they do: `size` is the number of items returned, `pages` counts those of the size asked."""
    return {"items": items, "total": total, "page": page, "size": len(items), "pages": -(-total // size)}


def written(item: Item | list[Item]) -> bytes:
    """Write an item once for all the answers that hold it."""
    return json.dumps(item, ensure_ascii=False, separators=(",", ":")).encode()


def found_page(found: Sequence[tuple[bytes, int | None]], *, total: int, page: int, size: int) -> bytes:
    """Write one page of a search, as `page_of` has it, from services already written and their kilometres."""
    items = [
        b'{"service":%b,"distance":%b}' % (service, b"null" if km is None else b"%d" % km) for service, km in found
    ]
    return _page_of_written(items, total=total, page=page, size=size)


def scored_page(found: Sequence[tuple[bytes, int | None, float]], *, total: int, page: int, size: int) -> bytes:
    """Write one page of a search by words: each service with its kilometres and how well it answers, from 0 to 1."""
    items = [
        b'{"service":%b,"distance":%b,"score_recherche":%b}'
        % (service, b"null" if km is None else b"%d" % km, b"%.2f" % score)
        for service, km, score in found
    ]
    return _page_of_written(items, total=total, page=page, size=size)


def _page_of_written(items: list[bytes], *, total: int, page: int, size: int) -> bytes:
    rest = written(page_of([], total=total, page=page, size=size) | {"size": len(items)})
    return rest.replace(b'{"items":[]', b'{"items":[%b]' % b",".join(items), 1)


def _item(fields: Mapping[str, str], row: Mapping[str, Any]) -> Item:
    """Read each field; what nobody said is null, and a sheet without a date has that of its writing here."""
    item = {name: _said(row[column]) for name, column in fields.items()}
    for name in CODES.keys() & fields.keys():
        item[name] = _known(name, item[name])
    item["date_maj"] = item["date_maj"] or row["created_at"].date().isoformat()
    item["adresse_certifiee"] = item["code_insee"] is not None and item["longitude"] is not None
    return item


def _known(name: str, value: Any) -> Any:
    """Leave out the codes that v1 does not have: a client that reads v1 would refuse the whole sheet for one."""
    if isinstance(value, list):
        return value if CODES[name].issuperset(value) else [code for code in value if code in CODES[name]] or None
    return value if value in CODES[name] else None


def _said(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return None if value in ("", []) else value
