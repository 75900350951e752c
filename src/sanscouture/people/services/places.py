"""Where a person lives, and whether it is in a priority neighbourhood."""

from __future__ import annotations

from sanscouture.access.actor import Actor
from sanscouture.audit.services import record
from sanscouture.core.verbs import verb
from sanscouture.people.enums import QpvState
from sanscouture.people.models import Beneficiary
from sanscouture.territories.models import Commune
from sanscouture.territories.rules import GeocodedAddress
from sanscouture.territories.selectors import qpv_of_place
from sanscouture.territories.services.geocoding import find_addresses


@verb
def set_place(
    beneficiary: Beneficiary, *, address: str, place: GeocodedAddress | None = None, actor: Actor
) -> Beneficiary:
    """Keep an address, what a geocoder makes of it, and the three-valued QPV answer with its provenance.

    `place`: what a geocoder already made of it; otherwise it is asked.
    Rule: a poor address is never « outside »; an empty one forgets the place (chapter 02). The answer, its reason, its
    source, score, distance to the border, generation and date are kept as they were that day.
    """
    text = address.strip()
    place = place or next(iter(find_addresses(text, limit=1)), None)
    answer = qpv_of_place(place)
    beneficiary.address = text
    beneficiary.commune = _commune(place)
    beneficiary.lon, beneficiary.lat = (place.lon, place.lat) if place else (None, None)
    beneficiary.qpv_id = answer.qpv_code or None
    beneficiary.qpv_state = QpvState(answer.answer.value)
    beneficiary.qpv_provenance = answer.as_json() if text else {}
    beneficiary.save(update_fields=["address", "commune", "lon", "lat", "qpv", "qpv_state", "qpv_provenance"])
    record(actor, "beneficiary.place", beneficiary, note=beneficiary.qpv_state)
    return beneficiary


def _commune(place: GeocodedAddress | None) -> Commune | None:
    return Commune.objects.filter(pk=place.commune_code).first() if place and place.commune_code else None
