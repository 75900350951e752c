"""Which fields of a sheet may be corrected here, and how what a source says of them is kept and shown."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

CAPACITY_FIELDS = frozenset({"capacity", "places", "waiting_weeks", "capacity_until"})
SERVICE_FIELDS = (
    *("name", "description", "kind", "capacity", "places", "waiting_weeks", "capacity_until"),
    *("age_min", "age_max", "french_level_min", "job_seeker_required", "residence_rule"),
    *("publics_details", "access_conditions", "documents", "fees", "fees_details"),
    *("mobilisation_details", "contact_name", "phone", "email", "opening_hours"),
    *("address", "address_extra", "postcode", "city"),
)
ORGANISATION_FIELDS = (
    *("name", "kind", "email", "default_deadline_days", "phone", "website", "description", "opening_hours"),
    *("address", "address_extra", "postcode", "city"),
)
CORRECTABLE: Mapping[str, tuple[str, ...]] = {"service": SERVICE_FIELDS, "organisation": ORGANISATION_FIELDS}
"""By model. Themes, publics and positions are not corrected by hand: search and matching rest on them."""


def plain(value: Any) -> Any:
    """Give a value as a file gives it: a date is text, the rest stays.

    >>> plain(date(2026, 1, 5)), plain("Maison")
    ('2026-01-05', 'Maison')
    """
    return value.isoformat() if isinstance(value, date) else value
