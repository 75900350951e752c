"""From tables to arrays: the conditions of services, without the words."""

from __future__ import annotations

import math
from dataclasses import fields

from django.db.models import Q, QuerySet

from sanscouture.directory.models import Service
from sanscouture.directory.rules import vocabulary
from sanscouture.directory.rules.offers import OfferRow, Offers

KM_PER_DEGREE = 111.195
COLUMNS = tuple(field.name for field in fields(OfferRow))


def active_services() -> QuerySet[Service]:
    """The services that may be proposed: active, of an active organisation."""
    return Service.objects.filter(is_active=True, organisation__is_active=True)


def offers_of(services: QuerySet[Service]) -> Offers:
    """Read the conditions of services, in one query, in the order of their identifiers."""
    return Offers.of([OfferRow(*values) for values in services.order_by("id").values_list(*COLUMNS)])


def around(lon: float, lat: float, radius_km: float) -> Q:
    """A box around a point (degrees, kilometres), that remote and unplaced services always enter."""
    height = radius_km / KM_PER_DEGREE
    width = height / max(math.cos(math.radians(lat)), 0.01)
    inside = Q(lat__range=(lat - height, lat + height), lon__range=(lon - width, lon + width))
    return inside | Q(lat__isnull=True) | Q(reception_modes__contains=[vocabulary.REMOTE])


def row_of(service: Service) -> OfferRow:
    """The conditions of one service already read."""
    return OfferRow(*(getattr(service, column) for column in COLUMNS))
