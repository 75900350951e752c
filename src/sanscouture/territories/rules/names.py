"""What people type to name a place."""

from __future__ import annotations

import re
import unicodedata

SPELLED = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "’": " ", "–": " "})
ABBREVIATIONS = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes"}


def search_key(text: str) -> str:
    """Reduce a name to what people type: no accent, no capital, no hyphen, « St » read « saint ».

    >>> search_key("Saint-Étienne-de-Bœuf"), search_key("ST OMER")
    ('saint etienne de boeuf', 'saint omer')
    """
    spelled = text.translate(SPELLED)
    plain = unicodedata.normalize("NFKD", spelled).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", " ", plain).split()
    return " ".join(ABBREVIATIONS.get(word, word) for word in words)
