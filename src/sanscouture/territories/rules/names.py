"""What people type to name a place."""

from __future__ import annotations

import string
import unicodedata

SPELLED = (("œ", "oe"), ("Œ", "oe"), ("æ", "ae"), ("Æ", "ae"), ("’", " "), ("–", " "))
ABBREVIATIONS = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes"}
KEPT = string.ascii_lowercase + string.digits
READ = bytes(ord(one) if (one := chr(byte).lower()) in KEPT else ord(" ") for byte in range(128)) + b" " * 128
"""What each byte of an ASCII text becomes: a small letter, a digit, or the space between two words."""


def search_key(text: str) -> str:
    """Reduce a name to what people type: no accent, no capital, no hyphen, « St » read « saint ».

    >>> search_key("Saint-Étienne-de-Bœuf"), search_key("ST OMER")
    ('saint etienne de boeuf', 'saint omer')
    """
    if not text.isascii():
        for mark, spelling in SPELLED:
            text = text.replace(mark, spelling)
        text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    words = text.encode().translate(READ).decode().split()
    if ABBREVIATIONS.keys().isdisjoint(words):
        return " ".join(words)
    return " ".join(ABBREVIATIONS.get(word, word) for word in words)
