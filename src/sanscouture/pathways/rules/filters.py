"""Narrowing a box of referrals: what may be asked, and how it is kept in an address."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

KEYS = ("vue", "champ", "delai", "qui")
"""What an address of a box may say; pages and the chosen referral are not kept."""
MOST = 10
"""So many filters a person keeps for each box."""


def kept(asked: Mapping[str, object]) -> str:
    """The query of an address that says these filters and nothing else, always in the same order."""
    return urlencode([(key, str(asked[key])) for key in KEYS if asked.get(key)])
