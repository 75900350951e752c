"""Which commune a row names, by its INSEE code of today or of before, else by its postcode and name."""

from __future__ import annotations

import hashlib
from collections import defaultdict

from django.utils.translation import gettext as _

from sanscouture.territories.models import Commune
from sanscouture.territories.rules import search_key


class Communes:
    """Every commune, asked once per import."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._by_postcode: dict[str, list[tuple[str, str]]] = defaultdict(list)
        self._former: dict[str, str] = {}
        digest = hashlib.blake2b(digest_size=16)
        columns = ("code", "name", "name_key", "postcodes", "former_codes")
        for code, name, name_key, postcodes, former in Commune.objects.order_by("code").values_list(*columns):
            digest.update(f"{code}{name_key}{postcodes}{former}".encode())
            self._names[code] = name
            self._former.update(dict.fromkeys(former, code))
            for postcode in postcodes:
                self._by_postcode[postcode].append((code, name_key))
        self.fingerprint = digest.hexdigest()
        """The same as long as the same rows fall in the same communes."""

    def find(self, code: str, postcode: str, name: str) -> tuple[str | None, str]:
        """Give the code of today's commune, or None when nothing tells it for sure; and what to say of it, if anything.

        A code that merged gives the commune that holds it; one that nothing knows gives way to the postcode and name.
        """
        if code in self._names:
            return code, ""
        if code in self._former:
            now = self._former[code]
            said = _("la commune %(code)s n’existe plus\u00a0: rattachée à %(name)s (%(now)s)")
            return now, said % {"code": code, "name": self._names[now], "now": now}
        found = self._by_name(postcode, name)
        if found and not code:
            return found, ""
        if found:
            said = _("le code commune %(code)s est inconnu\u00a0: rattachée à %(name)s (%(now)s) par son nom")
            return found, said % {"code": code, "name": self._names[found], "now": found}
        if not (code or name):
            return None, ""
        told = " ".join(part for part in (code, postcode, name) if part)
        return None, _("commune inconnue (%(place)s)\u00a0: laissée vide") % {"place": told}

    def _by_name(self, postcode: str, name: str) -> str | None:
        around = self._by_postcode.get(postcode, [])
        if not around:
            return None
        key = search_key(name)
        named = [found for found, name_key in around if name_key == key]
        if len(named) == 1:
            return named[0]
        return around[0][0] if len(around) == 1 and not key else None
