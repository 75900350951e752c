"""Which commune a row names, by its INSEE code of today or of before, else by its postcode and name."""

from __future__ import annotations

from collections import defaultdict

from sanscouture.territories.models import Commune
from sanscouture.territories.rules import search_key


class Communes:
    """Every commune, asked once per import."""

    def __init__(self) -> None:
        self._codes: set[str] = set()
        self._by_postcode: dict[str, list[tuple[str, str]]] = defaultdict(list)
        self._former: dict[str, str] = {}
        columns = ("code", "name_key", "postcodes", "former_codes")
        for code, name_key, postcodes, former in Commune.objects.order_by("code").values_list(*columns):
            self._codes.add(code)
            self._former.update(dict.fromkeys(former, code))
            for postcode in postcodes:
                self._by_postcode[postcode].append((code, name_key))

    def find(self, code: str, postcode: str, name: str) -> str | None:
        """Give the code of today's commune, or None when nothing tells it for sure."""
        if code in self._codes:
            return code
        if code in self._former:
            return self._former[code]
        around = self._by_postcode.get(postcode, [])
        key = search_key(name)
        named = [found for found, name_key in around if name_key == key]
        if len(named) == 1:
            return named[0]
        return around[0][0] if len(around) == 1 and not key else None
