"""When a structure changes, its services follow: the words by which they are found, the place that they share."""

from __future__ import annotations

from collections.abc import Collection
from itertools import islice
from uuid import UUID

from sanscouture.directory.models import Service
from sanscouture.directory.services.sheets import PLACE
from sanscouture.directory.services.upserts import upsert

BATCH = 2_000


def follow_carriers(organisations: Collection[UUID]) -> None:
    """Give again to the services of these structures what they take from them. Nothing is written for nothing."""
    found = Service.objects.filter(organisation__in=organisations).select_related("organisation").order_by("pk")
    services = found.iterator(chunk_size=BATCH) if organisations else iter(())
    while batch := list(islice(services, BATCH)):
        for service in batch:
            if service.at_carrier:
                for name in PLACE:
                    setattr(service, name, getattr(service.organisation, name))
            service.derive(service.organisation.name)
        upsert(batch, refreshed=("keywords", "search_text", *PLACE[:-1], "commune"))
