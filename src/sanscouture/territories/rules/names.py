"""What people type to name a place."""

from __future__ import annotations

import re
import unicodedata

SPELLED = (("œ", "oe"), ("Œ", "oe"), ("æ", "ae"), ("Æ", "ae"), ("’", " "), ("–", " "))
ABBREVIATIONS = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes"}
WORD = re.compile("[a-z0-9]+")


def search_key(text: str) -> str:
    """Reduce a name to what people type: no accent, no capital, no hyphen, « St » read « saint ».

    >>> search_key("Saint-Étienne-de-Bœuf"), search_key("ST OMER")
    ('saint etienne de boeuf', 'saint omer')
    """
    if not text.isascii():
        for mark, spelling in SPELLED:
            text = text.replace(mark, spelling)
        text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    words = WORD.findall(text.lower())
    if ABBREVIATIONS.keys().isdisjoint(words):
        return " ".join(words)
    return " ".join(ABBREVIATIONS.get(word, word) for word in words)
