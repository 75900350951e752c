"""Finding where an address is. Geocoding is a port: a few adapters, one chosen by the setting GEOCODER.

`communes` (no address known, only communes), `local` (the file of public addresses of the official data; tests and
demo), `ban` (the State's HTTP service; see `services/ban.py` for what leaves the house).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path
from typing import Protocol

from django.conf import settings
from django.core import signing
from django.db.models import Q
from django.utils.translation import gettext as _

from sanscouture.core.errors import Refused
from sanscouture.territories.enums import PlaceKind
from sanscouture.territories.models import Commune
from sanscouture.territories.rules import SCORE_ENOUGH, GeocodedAddress, QpvAnswer, search_key
from sanscouture.territories.selectors import qpv_of_place
from sanscouture.territories.services.ban import BanGeocoder, GeocoderUnavailable
from sanscouture.territories.services.readers import RowRefused, read_csv

ADDRESSES = "adresses/adresses_publiques_geocodees.csv.gz"
SEAL = "territories.place"
SHORT_FORMS = {
    "av": "avenue",
    "ave": "avenue",
    "bd": "boulevard",
    "bld": "boulevard",
    "blvd": "boulevard",
    "r": "rue",
    "pl": "place",
    "che": "chemin",
    "chem": "chemin",
    "all": "allee",
    "imp": "impasse",
    "rte": "route",
    "sq": "square",
    "fg": "faubourg",
    "fbg": "faubourg",
    "res": "residence",
    "dr": "docteur",
    "gal": "general",
    "mal": "marechal",
    "pdt": "president",
}
LINKS = {"de", "du", "des", "la", "le", "les", "l", "d", "et", "a", "au", "aux", "en", "sur", "sous"}
STREETS = {
    "avenue",
    "boulevard",
    "rue",
    "place",
    "chemin",
    "allee",
    "impasse",
    "route",
    "square",
    "faubourg",
    "quai",
    "cours",
    "passage",
    "esplanade",
}
ENOUGH_WORDS = 0.5


class Geocoder(Protocol):
    """What turns a text into places, the best first; scores go from 0 to 1."""

    def search(self, text: str, *, limit: int = 5) -> list[GeocodedAddress]: ...


def _words(text: str) -> list[str]:
    return [SHORT_FORMS.get(word, word) for word in search_key(text).split() if word not in LINKS]


@dataclass(frozen=True)
class _Known:
    """A line of the local file, and the words people may use for it."""

    place: GeocodedAddress
    words: frozenset[str]
    city: frozenset[str]
    number: str


class LocalAddresses:
    """Addresses of the file of public organisations: real places, no network."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lines = list(self._read())
        self._by_word: dict[str, list[int]] = {}
        for rank, line in enumerate(self._lines):
            for word in line.words:
                self._by_word.setdefault(word, []).append(rank)

    def _read(self) -> Iterator[_Known]:
        seen: set[str] = set()
        for row in read_csv(self._path, ("adresse", "code_postal", "commune", "code_insee", "lon", "lat")):
            street, postcode, city = (row.cells[name].strip() for name in ("adresse", "code_postal", "commune"))
            label = f"{street} {postcode} {city}".replace("'", "’")
            if not street or label in seen:
                continue
            seen.add(label)
            words = _words(street)
            number = words[0] if words and words[0].isdigit() and len(words[0]) < 5 else ""
            kind = PlaceKind.HOUSENUMBER if number else PlaceKind.LOCALITY
            if not number and STREETS & set(words):
                kind = PlaceKind.STREET
            try:
                lon, lat = row.number("lon"), row.number("lat")
            except RowRefused:
                continue
            place = GeocodedAddress(label, lon, lat, 1.0, kind, postcode, row.cells["code_insee"], "local")
            named = frozenset(_words(city)) - frozenset(words)
            yield _Known(place, named.union(words, (postcode,)), named, number)

    def search(self, text: str, *, limit: int = 5) -> list[GeocodedAddress]:
        """Rank the lines by the share of words in common; a wrong number or postcode is never forgiven."""
        asked = frozenset(_words(text))
        votes = Counter(rank for word in asked for rank in self._by_word.get(word, ()))
        scored = ((self._score(asked, votes[rank], rank), rank) for rank, _count in votes.most_common(200))
        best = sorted((pair for pair in scored if pair[0] >= ENOUGH_WORDS), key=lambda pair: (-pair[0], pair[1]))
        return [self._place(asked, score, rank) for score, rank in best[:limit]]

    def _score(self, asked: frozenset[str], common: int, rank: int) -> float:
        line = self._lines[rank]
        postcodes = {word for word in asked if len(word) == 5 and word.isdigit()}
        if postcodes and line.place.postcode not in postcodes:
            return 0.0
        optional = line.city - asked if postcodes else {line.place.postcode}
        wanted = len(line.words - optional)
        return min(1.0, round(2 * common / (len(asked) + wanted), 3))

    def _place(self, asked: frozenset[str], score: float, rank: int) -> GeocodedAddress:
        """The line as a place; when the number asked is not this one, only the street is known."""
        line = self._lines[rank]
        if line.number and line.number not in asked:
            return replace(line.place, score=min(score, 0.79), kind=PlaceKind.STREET)
        if not line.number and any(word.isdigit() and len(word) < 5 for word in asked - line.words):
            return replace(line.place, score=min(score, 0.79))
        return replace(line.place, score=score)


class CommuneCentres:
    """The last resort: the commune named at the end of the text, never finer than its centre."""

    def search(self, text: str, *, limit: int = 5) -> list[GeocodedAddress]:
        """Find the communes that the postcode and the last words name; a sure one scores 0.95."""
        key = search_key(text)
        postcode = next(iter(re.findall(r"\b\d{5}\b", key)), "")
        words = key.replace(postcode, " ").split() if postcode else key.split()
        endings = [" ".join(words[start:]) for start in range(max(0, len(words) - 7), len(words))]
        wanted = Q(name_key__in=endings)
        if postcode:
            wanted |= Q(postcodes__contains=[postcode]) | Q(code=postcode)
        found = list(Commune.objects.filter(wanted, parent=None).order_by("-population", "code")[:50])
        scored = [(self._score(commune, postcode, endings, found), commune) for commune in found]
        scored.sort(key=lambda pair: (-pair[0], -(pair[1].population or 0), pair[1].code))
        return [self._place(commune, score, postcode) for score, commune in scored[:limit]]

    @staticmethod
    def _score(commune: Commune, postcode: str, endings: Sequence[str], found: Sequence[Commune]) -> float:
        named = commune.name_key in endings
        coded = bool(postcode) and (postcode in commune.postcodes or postcode == commune.code)
        if named and coded:
            return 0.95
        if named:
            alone = sum(other.name_key == commune.name_key for other in found) == 1
            return 0.85 if alone and not postcode else 0.5
        return 0.6

    @staticmethod
    def _place(commune: Commune, score: float, postcode: str) -> GeocodedAddress:
        shown = postcode if postcode in commune.postcodes else next(iter(commune.postcodes), "")
        label = f"{shown} {commune.name}".strip()
        return GeocodedAddress(
            label, commune.lon, commune.lat, score, PlaceKind.MUNICIPALITY, shown, commune.code, "communes"
        )


@cache
def _local(path: Path) -> LocalAddresses:
    return LocalAddresses(path)


def geocoder() -> Geocoder:
    """Give the adapter that the setting GEOCODER names; without its file, `local` is `communes`."""
    if settings.GEOCODER == "ban":
        return BanGeocoder(settings.BAN_URL, settings.BAN_TIMEOUT)
    path = Path(settings.REFERENCE_DATA) / ADDRESSES if settings.REFERENCE_DATA else None
    if settings.GEOCODER == "local" and path and path.is_file():
        return _local(path)
    return CommuneCentres()


def find_addresses(text: str, *, limit: int = 5) -> list[GeocodedAddress]:
    """Propose places for what somebody typed, the best first; communes when no address is close.

    `text` is sent to the BAN service when the setting says so, and written nowhere. A service that does not answer
    leaves the communes.
    """
    text = text.strip()[:200]
    if len(text) < 3:
        return []
    try:
        found = geocoder().search(text, limit=limit)
    except GeocoderUnavailable:
        found = []
    if not found or found[0].score < SCORE_ENOUGH:
        found = sorted([*found, *CommuneCentres().search(text, limit=limit)], key=lambda place: -place.score)
    return found[:limit]


def qpv_of_address(text: str) -> QpvAnswer:
    """Answer whether an address, as typed, is in a QPV: the best place found, never « outside » from a poor one."""
    return qpv_of_place(next(iter(find_addresses(text, limit=1)), None))


def seal_place(place: GeocodedAddress) -> str:
    """Sign a proposed place, so that a form can carry it and nobody can move it."""
    return signing.dumps(asdict(place) | {"kind": place.kind.value}, salt=SEAL, compress=True)


def unseal_place(token: str) -> GeocodedAddress:
    """Read a place signed by `seal_place` within the day. Raises Refused when it was altered or is too old."""
    try:
        values = signing.loads(token, salt=SEAL, max_age=86_400)
    except signing.BadSignature as error:
        raise Refused(_("Cette adresse n’est plus valable : cherchez-la de nouveau.")) from error
    return GeocodedAddress(**values | {"kind": PlaceKind(values["kind"])})
