"""The State's geocoding service (Base adresse nationale), over HTTP. Off by default.

What leaves the house: the text of the address alone, over HTTPS, to the service named by BAN_URL, a third party (IGN
for the default address). No name, no identifier, no cookie goes with it. Turn it on (GEOCODER=ban) only where the
programme's impact assessment says so.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from django.utils.translation import gettext as _

from sanscouture.core.errors import Refused
from sanscouture.territories.enums import PlaceKind
from sanscouture.territories.rules import GeocodedAddress

Fetch = Callable[[str, float], bytes]


class GeocoderUnavailable(Refused):
    """The geocoding service did not answer, or not in its own words."""


def fetch(url: str, timeout: float) -> bytes:
    """Get an address over HTTPS, or HTTP on this machine, within `timeout` seconds."""
    if not url.startswith(("https://", "http://127.0.0.1", "http://localhost")):
        raise GeocoderUnavailable(_("L’adresse du service de géocodage doit commencer par https://."))
    with urlopen(Request(url, headers={"User-Agent": "sanscouture"}), timeout=timeout) as answer:  # noqa: S310 checked above
        return bytes(answer.read())


class BanGeocoder:
    """Search in the Base adresse nationale; `timeout` in seconds."""

    def __init__(self, url: str, timeout: float, *, get: Fetch = fetch) -> None:
        self._url, self._timeout, self._get = url, timeout, get

    def search(self, text: str, *, limit: int = 5) -> list[GeocodedAddress]:
        """Ask the service. Raises GeocoderUnavailable when it is silent, slow or unintelligible."""
        query = urlencode({"q": text[:200], "limit": limit, "index": "address"})
        try:
            answer = json.loads(self._get(f"{self._url}?{query}", self._timeout))
            return [self._place(feature) for feature in answer["features"]]
        except (URLError, TimeoutError, OSError, ValueError, KeyError, TypeError) as error:
            raise GeocoderUnavailable(_("Le service d’adresses ne répond pas.")) from error

    @staticmethod
    def _place(feature: dict[str, Any]) -> GeocodedAddress:
        told = feature["properties"]
        lon, lat = feature["geometry"]["coordinates"]
        kind = told["type"] if told["type"] in PlaceKind.values else PlaceKind.MUNICIPALITY
        return GeocodedAddress(
            label=told["label"],
            lon=float(lon),
            lat=float(lat),
            score=float(told["score"]),
            kind=PlaceKind(kind),
            postcode=told.get("postcode", ""),
            commune_code=told.get("citycode", ""),
            source="ban",
        )
