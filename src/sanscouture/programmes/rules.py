"""Names of programmes, and what their page says of their partners."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from django.utils.text import slugify

from sanscouture.partners.enums import PartnerCategory

_LEGAL = re.compile(r"^(?:CA|CC|CU|Métropole)\s+(?:du |de la |de l’|des |de |d’)?")
_ASIDE = re.compile(r"\s*\([^)]*\)$")
_FORM = re.compile(r"^(?:cité de l[’']emploi|pacte plein emploi)\s+(?:du |des |de |d[’'])?", re.IGNORECASE)
_SPELLED = {"Coeur": "Cœur", "Epernay": "Épernay", "Etienne": "Étienne"}


def short_name(official: str) -> str:
    """Give the name people say, from the one of the official list: no legal form, no acronym, French spelling.

    >>> short_name("CA du Grand Avignon (COGA)"), short_name("CC Coeur d'Ostrevent (CCCO)")
    ('Grand Avignon', 'Cœur d’Ostrevent')
    """
    name = _ASIDE.sub("", _LEGAL.sub("", official.strip().replace("'", "’")))
    for written, spelled in _SPELLED.items():
        name = name.replace(written, spelled)
    return name.replace(" / ", ", ")


def short_address(name: str, taken: Collection[str], official_id: str = "") -> str:
    """Give the word of a programme in addresses: its name without « cité de l’emploi de », never one already taken.

    >>> short_address("Cité de l’emploi de Maubeuge", ()), short_address("Saint-Louis", {"saint-louis"}, "cde-017")
    ('maubeuge', 'saint-louis-017')
    """
    place = re.sub(
        r"^(?:cité de l[’']emploi|pacte plein emploi)\s+(?:du |des |de |d[’'])?", "", name, flags=re.IGNORECASE
    )
    wanted = slugify(place.replace("’", " ").replace("œ", "oe").replace("Œ", "oe"))[:45] or "programme"
    if wanted not in taken:
        return wanted
    number = official_id.rpartition("-")[2]
    tries = [f"{wanted}-{number}"] if number else []
    tries += [f"{wanted}-{rank}" for rank in range(2, len(taken) + 3)]
    return next(each for each in tries if each not in taken)


def missing_categories(counts: Mapping[str, int]) -> list[PartnerCategory]:
    """Give the categories of the programme's map in which nobody is a partner yet, in the order of the map."""
    return [category for category in PartnerCategory if not counts.get(category)]
