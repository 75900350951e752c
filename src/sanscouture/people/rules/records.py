"""Pure rules of people: sort and phonetic keys, closeness of identities, ages, phones, how long data are shared."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any, TypedDict

import phonenumbers
from django.utils.translation import gettext as _

from sanscouture.core.errors import Refused
from sanscouture.people.enums import Ground, InformedBy, Scope
from sanscouture.territories.rules import search_key

BASIS_YEARS = 2
"""How long a basis holds unless it says otherwise; also the retention after the last contact (chapter 08)."""
EXPIRY_WARNING_DAYS = 30
"""Expiry is announced before it falls (chapter 02)."""
NOTICE_VERSION = "2026-11"
"""Version of the notice read to people; its words are in `people/notice.html`."""
OLDEST_YEARS = 120
CLOSE_ENOUGH = 0.8
"""From this score on, two identities are said to be close."""
NAME_KEY_LENGTH = 170
PHONETIC_LENGTH = 16
COUNTRY = "FR"


class Facts(TypedDict, total=False):
    """What may be written about a person; all of it optional but the first name."""

    first_name: str
    last_name: str
    birth_date: date | None
    phone: str
    email: str
    language: str
    channel: str
    address: str
    job_seeker: str
    french_level: str
    french_written: str
    gender: str
    education: str
    seeking_length: str
    minimum_income: str
    has_children: str
    child_years: list[int] | None
    lone_parent: str
    relatives: int | None
    guardian: str
    driving_licence: str
    vehicle: str
    digital: str
    disability: str
    housing: str
    right_to_work: str


def clean_facts(facts: Facts, *, today: date) -> Facts:
    """Tidy what was written: spaces cut, phone in its international form, birth date believable.

    Raises Refused with a sentence.
    """
    clean = facts.copy()
    for name in ("first_name", "last_name", "email", "address"):
        if name in clean:
            clean[name] = " ".join(clean[name].split())
    if "first_name" in clean and not clean["first_name"]:
        raise Refused(_("Écrivez au moins un prénom."))
    if "phone" in clean:
        clean["phone"] = clean_phone(clean["phone"])
    if (birth_date := clean.get("birth_date")) is not None:
        check_birth_date(birth_date, today=today)
    return clean


def name_key(first_name: str, last_name: str) -> str:
    """Give the key that sorts people: last name, then first name, without accents, capitals or hyphens.

    A name in another alphabet keeps its letters.

    >>> name_key("Éloïse", "D’Hœrt-Saint-Rémy")
    'd hoert saint remy eloise'
    """
    return " ".join(filter(None, (plain(last_name), plain(first_name))))[:NAME_KEY_LENGTH]


def plain(text: str) -> str:
    """Reduce a name to what people type; letters that have no Latin form stay as they are."""
    return search_key(text.replace("’", "'")) or " ".join(unicodedata.normalize("NFKC", text).casefold().split())


# Applied in this order to letters without accents, capitals or doubles: what sounds alike in French gets one sign.
_SOUNDS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"ph", "f"),
        (r"s?ch|sh", "x"),
        (r"kh|ck|qu|q", "k"),
        (r"h", ""),
        (r"dj|g(?=[eiy])", "j"),
        (r"c(?=[eiy])|z", "s"),
        (r"c", "k"),
        (r"w", "v"),
        (r"bv", "v"),
        (r"gn", "n"),
        (r"aul(?=[^aeiouy]|$)|eau|au", "o"),
        (r"m(?=[bp])", "n"),
        (r"(?<=[aeiouy])(?:[dtspx]|ld|lt)+$", ""),
        (r"(?<=[nr])[dtspxg]+$", ""),
        (r"(?<=.)[aeiouy]", ""),
        (r"^y", "i"),
    )
)


def phonetic_key(first_name: str, last_name: str) -> str:
    """Give the key by which two records may be the same person: how the last name sounds in French.

    The first name when there is no last name. The key keeps the first letter and the sounds of the consonants; it does
    not change with accents, capitals, hyphens or doubled letters. It only chooses which records to compare:
    `closeness` decides. Source: chapter 02 (blocked by equality on a stored key).

    >>> phonetic_key("Rose", "Dupond"), phonetic_key("", "Dupont"), phonetic_key("Yassine", "")
    ('DPN', 'DPN', 'ISN')
    """
    name = plain(_undoubled(last_name)) or plain(_undoubled(first_name))
    letters = _undoubled(name.replace(" ", ""))
    sound = letters
    for pattern, sign in _SOUNDS:
        sound = pattern.sub(sign, sound)
    return (sound or letters)[:PHONETIC_LENGTH].upper()


def _undoubled(text: str) -> str:
    """Write once the letters that are doubled."""
    return re.sub(r"(.)\1+", r"\1", text, flags=re.IGNORECASE)


@dataclass(frozen=True)
class Identity:
    """What two records are compared on."""

    first_name: str
    last_name: str = ""
    birth_date: date | None = None
    phone: str = ""


def closeness(one: Identity, other: Identity) -> float:
    """Say how likely two identities are one person, from 0 to 1.

    Rule: six tenths for the names (first and last may be swapped), four for the birth date. Without both dates, the
    names alone, a little less sure; a first name alone says too little. The same phone weighs in every case.
    """
    names = _names_alike(one, other)
    dates = _dates_alike(one.birth_date, other.birth_date)
    if dates is not None:
        score = 0.6 * names + 0.4 * dates
    else:
        score = names * (0.95 if one.last_name and other.last_name else 0.7)
    same_phone = bool(one.phone) and one.phone == other.phone
    return min(1.0, score + (0.2 if same_phone else 0.0))


def is_close(one: Identity, other: Identity) -> bool:
    """Say whether two identities are close enough to warn before creating a second record."""
    return closeness(one, other) >= CLOSE_ENOUGH


def _names_alike(one: Identity, other: Identity) -> float:
    first, last = plain(one.first_name), plain(one.last_name)
    other_first, other_last = plain(other.first_name), plain(other.last_name)
    if not last or not other_last:
        return _alike(first, other_first)
    straight = (_alike(first, other_first) + _alike(last, other_last)) / 2
    swapped = (_alike(first, other_last) + _alike(last, other_first)) / 2
    return max(straight, swapped)


def _alike(one: str, other: str) -> float:
    low, high = sorted((one.replace(" ", ""), other.replace(" ", "")))
    return SequenceMatcher(None, low, high, autojunk=False).ratio()


def _dates_alike(one: date | None, other: date | None) -> float | None:
    if one is None or other is None:
        return None
    if one == other:
        return 1.0
    swapped = (one.year, one.month, one.day) == (other.year, other.day, other.month)
    same_parts = sum((one.year == other.year, one.month == other.month, one.day == other.day))
    return 0.7 if swapped or same_parts == 2 else 0.0


def age_on(birth_date: date, day: date) -> int:
    """Give the age in whole years on a day; someone born on 29 February has a birthday on 1 March."""
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))


def check_birth_date(birth_date: date, *, today: date) -> None:
    """Refuse a birth date in the future or more than 120 years ago.

    Raises Refused with a sentence.
    """
    if birth_date > today:
        raise Refused(_("La date de naissance est dans le futur."))
    if age_on(birth_date, today) > OLDEST_YEARS:
        raise Refused(_("La date de naissance est trop ancienne."))


def clean_phone(text: str) -> str:
    """Give a phone number in its international form (E.164), read as French when it has no country.

    Empty stays empty. Raises Refused with a sentence when it cannot be a number.

    >>> clean_phone("06 39 98 01 02"), clean_phone("+32 475 12 34 56")
    ('+33639980102', '+32475123456')
    """
    if not text.strip():
        return ""
    refusal = Refused(_("Ce numéro de téléphone n’est pas complet : écrivez par exemple 06 39 98 01 02."))
    if re.search(r"[^\d\s+().\-/\u00a0\u202f]", text):
        raise refusal
    try:
        number = phonenumbers.parse(text, COUNTRY)
    except phonenumbers.NumberParseException as error:
        raise refusal from error
    zeros = str(number.national_number).strip("0") == ""
    if zeros or not phonenumbers.is_possible_number(number):
        raise refusal
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def said_phone(phone: str) -> str:
    """Write a stored phone number as people say it: « 06 39 98 01 02 » for a French one.

    >>> said_phone("+33639980102")
    '06 39 98 01 02'
    """
    if not phone:
        return ""
    number = phonenumbers.parse(phone, COUNTRY)
    national = number.country_code == phonenumbers.country_code_for_region(COUNTRY)
    style = phonenumbers.PhoneNumberFormat.NATIONAL if national else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return str(phonenumbers.format_number(number, style))


def basis_expiry(given_on: date, *, years: int = BASIS_YEARS) -> date:
    """Give the last day on which a basis holds: so many years later, 28 February for a 29."""
    try:
        return given_on.replace(year=given_on.year + years)
    except ValueError:
        return given_on.replace(year=given_on.year + years, day=28)


@dataclass(frozen=True)
class Span:
    """When a basis holds: from the day it was given to its expiry, unless withdrawn before."""

    given_on: date
    expires_on: date
    ended_on: date | None = None

    def holds_on(self, day: date) -> bool:
        """Say whether the basis allows sharing on a day: both ends included, the day of withdrawal excluded."""
        return self.given_on <= day <= self.expires_on and (self.ended_on is None or day < self.ended_on)


def shared_until(bases: Iterable[Span], *, today: date) -> date | None:
    """Give the last day on which data may be shared: the furthest end of the bases that hold, None without one."""
    ends = [basis.expires_on for basis in bases if basis.holds_on(today)]
    return max(ends, default=None)


@dataclass(frozen=True)
class BasisGiven:
    """What was told to a person, as it is about to be recorded. `given_on` is today when it is None."""

    ground: Ground
    informed_by: InformedBy
    scopes: tuple[Scope, ...] = (Scope.PARTNERS, Scope.STATISTICS)
    notice_version: str = NOTICE_VERSION
    given_on: date | None = None


class Sharing(StrEnum):
    """Where a record stands with its basis."""

    NEVER = "never"
    HELD = "held"
    EXPIRING = "expiring"
    ENDED = "ended"


def sharing(until: date | None, *, today: date) -> Sharing:
    """Say where a record stands: expiring within 30 days is said apart, so that people are asked again in time."""
    if until is None:
        return Sharing.NEVER
    if until < today:
        return Sharing.ENDED
    return Sharing.EXPIRING if (until - today).days <= EXPIRY_WARNING_DAYS else Sharing.HELD


def may_share(until: date | None, *, today: date) -> bool:
    """Say whether a basis holds today: what is shared, and what travels, is shared only then (chapter 02)."""
    return until is not None and until >= today


@dataclass(frozen=True)
class Difference:
    """A field that two people wrote differently."""

    field: str
    saved: object
    mine: object


def differences(saved: dict[str, object], mine: dict[str, object]) -> tuple[Difference, ...]:
    """Give the fields of `mine` whose saved value is another, in the order of `mine`."""
    return tuple(Difference(name, saved[name], value) for name, value in mine.items() if saved[name] != value)


class QpvChange(StrEnum):
    """What looking again for the QPV of an address did to the answer; left: the address is to be located again."""

    SAME = "same"
    REFINED = "refined"
    CHANGED = "changed"
    LEFT = "left"


WORDING = frozenset({"decided_on", "reason"})
"""What of an answer depends on the day and the language it was given in."""


def qpv_change(kept: Mapping[str, Any], found: Mapping[str, Any]) -> QpvChange:
    """Compare two answers about the QPV of one address, as `QpvAnswer.as_json` gives them.

    Changed: another answer, another neighbourhood, or another list. Refined: the same one, resting on something else
    (an official outline instead of an indicative one, say).
    """

    def told(answer: Mapping[str, Any]) -> tuple[object, ...]:
        return answer.get("answer"), answer.get("qpv_code") or "", answer.get("generation") or found["generation"]

    if told(kept) != told(found):
        return QpvChange.CHANGED
    names = found.keys() - WORDING
    same = {name: kept.get(name) for name in names} == {name: found[name] for name in names}
    return QpvChange.SAME if same else QpvChange.REFINED
