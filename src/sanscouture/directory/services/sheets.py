"""From the columns of a row to a whole row of our tables: its commune, its carrier, its words."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from sanscouture.directory.models import Service
from sanscouture.directory.rules import vocabulary
from sanscouture.directory.rules.searching import keywords
from sanscouture.directory.services.places import Communes
from sanscouture.directory.services.sentences import Reasons
from sanscouture.directory.services.upserts import blank, select
from sanscouture.directory.services.validation import Columns, read_service, read_structure
from sanscouture.partners.models import Organisation
from sanscouture.partners.rules import category_of
from sanscouture.territories.rules import search_key

PLACE = ("address", "address_extra", "postcode", "city", "lon", "lat", "commune_id")
SOURCE = ("source", "source_url", "source_updated_on", "source_commune", "source_fingerprint", "is_active")
ORGANISATION_COLUMNS = (
    *(*SOURCE, *PLACE, "name", "name_key", "kind", "category", "siret", "phone", "email", "website"),
    *("accessibility_url", "description", "opening_hours", "networks"),
)
SERVICE_COLUMNS = (
    *(*SOURCE, *PLACE, "organisation_id", "at_carrier", "name", "description", "type", "thematiques"),
    *("action_fields", "chain_stages", "publics", "publics_details", "access_conditions", "fees", "fees_details"),
    *("reception_modes", "mobilisation_modes", "mobilised_by", "mobilisation_details", "mobilisation_url"),
    *("contact_name", "phone", "email", "opening_hours", "weekly_hours", "weeks", "residence_rule"),
    *("eligibility_zone", "quality", "keywords", "search_text"),
)
"""What a new import refreshes, but where it was corrected here. Places, ages, documents are ours: never touched."""
MOST_CARRIERS = 50_000


@dataclass(frozen=True)
class Kind:
    """One of the two things that files hold."""

    word: str
    model: type[Organisation] | type[Service]
    read: Callable[[dict[str, Any]], tuple[Columns, Reasons]]
    refreshed: tuple[str, ...]

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The columns of a new row that are not left empty."""
        filled = {name for name, value in blank(self.model).items() if value is not None}
        return tuple(sorted({*filled, *self.refreshed, "id", "created_at", "external_id"}))


STRUCTURES = Kind("structure", Organisation, read_structure, ORGANISATION_COLUMNS)
SERVICES = Kind("service", Service, read_service, SERVICE_COLUMNS)


@dataclass(frozen=True, slots=True)
class Carrier:
    """What a service takes from the structure that carries it."""

    id: str
    name: str
    place: dict[str, Any]


class Carriers:
    """The structures that carry services, asked once for each batch of them."""

    def __init__(self) -> None:
        self._known: dict[str, Carrier] = {}

    def ask(self, keys: Iterable[str]) -> None:
        """Learn the structures of a batch of services."""
        if len(self._known) > MOST_CARRIERS:
            self._known.clear()
        missing = [key for key in set(keys) if key not in self._known]
        columns = ", ".join(PLACE)
        statement = f"SELECT external_id, id, name, {columns} FROM partners_organisation WHERE external_id = ANY(%s)"  # noqa: S608 our own columns
        for key, pk, name, *place in select(statement, [missing]) if missing else ():
            self._known[key] = Carrier(str(pk), name, dict(zip(PLACE, place, strict=True)))

    def get(self, key: str) -> Carrier | None:
        """Give one of the structures asked for; None when there is no such structure."""
        return self._known.get(key)

    def forget(self, keys: Iterable[str]) -> None:
        """Ask again, next time, for structures that were written."""
        for key in keys:
            self._known.pop(key, None)


def complete_structure(columns: Columns, reserves: Reasons, communes: Communes) -> None:
    """Add to the columns of a structure what follows from them."""
    _find_commune(columns, reserves, communes)
    derive(STRUCTURES, columns)


def complete_service(columns: Columns, reserves: Reasons, communes: Communes, carrier: Carrier) -> None:
    """Add to the columns of a service what follows from them and from who carries it.

    Rule: a service received on site that says neither address nor position is where its structure is, unless it names
    another commune.
    """
    del columns["structure_id"]
    _find_commune(columns, reserves, communes)
    modes, there = columns["reception_modes"], carrier.place["commune_id"]
    on_site = vocabulary.ON_SITE in modes or vocabulary.REMOTE not in modes
    nowhere = on_site and columns["lon"] is None and not columns["address"]
    columns["at_carrier"] = nowhere and columns["commune_id"] in {None, there}
    if columns["at_carrier"]:
        columns |= carrier.place
    elif nowhere:
        reserves.append(("adresse", _("ni adresse ni position dans sa commune\u00a0: introuvable par la distance")))
    columns["organisation_id"] = carrier.id
    derive(SERVICES, columns, carrier.name)


def derive(kind: Kind, columns: Columns, carrier_name: str = "") -> None:
    """Compute the columns that the others give, as the models' own `derive` does one by one."""
    if kind is STRUCTURES:
        columns["name_key"] = search_key(columns["name"])[:200]
        columns["category"] = category_of(columns["kind"]).value
        return
    columns["action_fields"] = vocabulary.action_fields_of(columns["thematiques"])
    columns["chain_stages"] = vocabulary.chain_stages_of(columns["thematiques"])
    columns["keywords"] = keywords(columns["name"], carrier_name, columns["thematiques"])
    words = (columns.get("summary", ""), columns["description"], columns["publics_details"], columns["city"])
    columns["search_text"] = search_key(" ".join(words))


def _find_commune(columns: Columns, reserves: Reasons, communes: Communes) -> None:
    columns["commune_id"], said = communes.find(columns["source_commune"], columns["postcode"], columns["city"])
    if said:
        reserves.append(("commune", said))
    if columns["source_commune"] == columns["commune_id"]:
        columns["source_commune"] = ""
