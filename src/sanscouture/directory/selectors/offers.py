"""From tables to arrays: the conditions of services, without the words, kept in memory while they do not change."""

from __future__ import annotations

import threading
from dataclasses import dataclass, fields
from functools import cached_property
from uuid import UUID

import numpy as np
from django.db import connection
from django.db.models import QuerySet

from sanscouture.directory.models import Service
from sanscouture.directory.rules.offers import Bools, OfferRow, Offers

COLUMNS = tuple(field.name for field in fields(OfferRow))
LARGE = 20_000
"""From so many services on, the offer is read again beside the requests, which go on with the one before."""

Version = tuple[int, int]


@dataclass(frozen=True)
class KeptOffer:
    """The whole active offer as it was at a version."""

    version: Version
    offers: Offers

    @cached_property
    def position(self) -> dict[UUID, int]:
        """Where each service stands in the arrays."""
        return {pk: index for index, pk in enumerate(self.offers.ids)}

    def mask(self, ids: QuerySet[Service, UUID]) -> Bools:
        """Mark the services named by a query of identifiers."""
        marked = np.zeros(len(self.offers), dtype=np.bool_)
        places = [place for pk in ids if (place := self.position.get(pk)) is not None]
        marked[places] = True
        return marked


_kept: KeptOffer | None = None
_reading = threading.Lock()


def current_offer(version: Version | None = None) -> KeptOffer:
    """Give the active offer, read again when it has changed: one query when it has not.

    `version`: the one that this request has just asked for, if it has.
    Rule: what is committed is seen by the next request; in an offer of more than 20,000 services, a few seconds later,
    for it is read again in the background while requests go on with the one before.
    """
    version, kept = version or offer_version(), _kept
    if kept is not None and kept.version == version:
        return kept
    if kept is None or len(kept.offers) <= LARGE:
        return _read(version)
    threading.Thread(target=_read_beside, name="offer", daemon=True).start()
    return kept


def active_services() -> QuerySet[Service]:
    """The services that may be proposed: active, of an active organisation."""
    return Service.objects.filter(is_active=True, organisation__is_active=True)


def row_of(service: Service) -> OfferRow:
    """The conditions of one service already read."""
    return OfferRow(*(getattr(service, column) for column in COLUMNS))


def offer_version() -> Version:
    """Say at which version the active offer is: what is computed from it holds until it changes."""
    with connection.cursor() as cursor:  # asked at each request: the words of the query are not built again
        cursor.execute("SELECT count(*), coalesce(max(id), 0) FROM directory_offerchange")
        count, last = cursor.fetchone() or (0, 0)
    return count, last


def _read(version: Version) -> KeptOffer:
    global _kept  # noqa: PLW0603 one offer a process: that is the point
    rows = active_services().order_by("id").values_list(*COLUMNS)
    _kept = KeptOffer(version, Offers.of([OfferRow(*values) for values in rows]))
    return _kept


def _read_beside() -> None:
    """Read the offer again, unless another thread is at it."""
    if not _reading.acquire(blocking=False):
        return
    try:
        _read(offer_version())
    finally:
        _reading.release()
        connection.close()
