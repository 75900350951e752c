"""Pure rules of lists of people made elsewhere: which column is what, and what a damaged cell said."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from sanscouture.core.errors import Refused
from sanscouture.people.enums import ImportField
from sanscouture.people.rules.records import Facts, check_birth_date, clean_phone, name_key
from sanscouture.territories.rules import search_key

HEADINGS: Mapping[ImportField, tuple[str, ...]] = {
    ImportField.FIRST_NAME: ("prenom", "prenoms", "prenom usuel", "first name", "firstname", "given name"),
    ImportField.LAST_NAME: ("nom", "nom de famille", "nom d usage", "nom usuel", "last name", "lastname", "name"),
    ImportField.BIRTH_DATE: (
        "date de naissance",
        "date naissance",
        "ne le",
        "nee le",
        "naissance",
        "ddn",
        "birth date",
    ),
    ImportField.PHONE: ("telephone", "tel", "portable", "mobile", "telephone portable", "numero de telephone", "phone"),
    ImportField.EMAIL: ("courriel", "email", "e mail", "mail", "adresse mail", "adresse email", "adresse electronique"),
    ImportField.ADDRESS: ("adresse", "adresse postale", "rue", "voie", "address", "numero et rue"),
    ImportField.POSTCODE: ("code postal", "cp", "postal code", "postcode"),
    ImportField.CITY: ("commune", "ville", "city", "localite"),
}
LENGTHS = {"first_name": 80, "last_name": 80, "email": 254, "address": 200}
LARGEST_NUMBER = 1e15
"""No telephone number is as long, and a double is exact below."""
EPOCH = date(1899, 12, 30)
SERIALS = range(2_000, 80_000)
"""Numbers that spreadsheets mean as days: from 1905 to 2119."""
MONTHS = {
    name: rank
    for rank, names in enumerate(
        (
            ("janvier", "janv", "jan"),
            ("fevrier", "fevr", "fev"),
            ("mars",),
            ("avril", "avr"),
            ("mai",),
            ("juin",),
            ("juillet", "juil"),
            ("aout",),
            ("septembre", "sept"),
            ("octobre", "oct"),
            ("novembre", "nov"),
            ("decembre", "dec"),
        ),
        1,
    )
    for name in names
}
NUMERIC = re.compile(r"(\d{1,4})[/.\- ](\d{1,2})[/.\- ](\d{1,4})")
WORDED = re.compile(r"(\d{1,2})(?:er)? ([a-z]+) (\d{4})")
SCIENTIFIC = re.compile(r"\d[.,]?\d*e\+?\d{1,2}", re.IGNORECASE)


@dataclass(frozen=True)
class RowRead:
    """What a row says of a person, what was mended in it, and why it cannot be taken, field by field."""

    facts: Facts
    mended: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()


def propose_mapping(columns: Sequence[str], remembered: Mapping[str, str]) -> list[str]:
    """Say which field each column seems to be, empty for none: as last time here, else by its heading.

    Rule: a field is given to one column only, the first that claims it.

    >>> propose_mapping(["NOM", "Prénom(s)", "Remarques", "Tél."], {})
    ['last_name', 'first_name', '', 'phone']
    """
    found: list[str] = []
    for column in columns:
        key = heading_key(column)
        guess = remembered.get(key)
        if guess is None:
            guess = next((one.value for one, names in HEADINGS.items() if key in names), "")
        found.append(guess if guess not in found and guess in ImportField.values else "")
    return found


def heading_key(column: str) -> str:
    """Reduce the name of a column to what it says: « Prénom(s) » and « PRENOM » are one.

    >>> heading_key("Prénom(s)"), heading_key("N° de tél.")
    ('prenom', 'n de tel')
    """
    return search_key(re.sub(r"\((s|x|e)\)", "", column, flags=re.IGNORECASE))


def read_row(cells: Sequence[str], mapping: Sequence[str], *, today: date) -> RowRead:
    """Read one row by the fields of its columns: what spreadsheets damage is mended, and said; the rest is refused."""
    said = {name: cell.removeprefix("'").strip() for name, cell in zip(mapping, cells, strict=False) if name}
    reading = _Reading(today)
    facts: Facts = {
        "first_name": reading.text("first_name", said.get("first_name", "")),
        "last_name": reading.text("last_name", said.get("last_name", "")),
        "birth_date": reading.birth_date(said.get("birth_date", "")),
        "phone": reading.phone(said.get("phone", "")),
        "email": reading.email(said.get("email", "")),
        "address": reading.text("address", _address(said)),
    }
    if not facts["first_name"]:
        reading.fault(ImportField.FIRST_NAME, _("il manque"))
    return RowRead(facts, tuple(reading.mended), tuple(reading.faults))


def same_person_key(facts: Facts) -> tuple[object, ...]:
    """What two rows of one file share when they tell of one person."""
    return name_key(facts["first_name"], facts["last_name"]), facts["birth_date"], facts["phone"]


def _address(said: Mapping[str, str]) -> str:
    place = " ".join(filter(None, (_postcode(said.get("postcode", "")), said.get("city", ""))))
    return ", ".join(filter(None, (said.get("address", ""), place)))


def _postcode(text: str) -> str:
    """Give back the zero that spreadsheets take from the first nine départements."""
    return f"0{text}" if re.fullmatch(r"[1-9]\d{3}", text) else text


@dataclass
class _Reading:
    today: date
    mended: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def fault(self, name: ImportField, reason: str) -> None:
        self.faults.append(_("%(field)s\u00a0: %(reason)s") % {"field": name.label, "reason": reason})

    def mend(self, name: ImportField, reason: str) -> None:
        self.mended.append(_("%(field)s\u00a0: %(reason)s") % {"field": name.label, "reason": reason})

    def text(self, name: str, text: str) -> str:
        if len(text) > LENGTHS[name]:
            self.fault(ImportField(name), _("trop long, %(n)d caractères au plus") % {"n": LENGTHS[name]})
            return ""
        return text

    def email(self, text: str) -> str:
        text = self.text("email", text)
        if text:
            try:
                validate_email(text)
            except ValidationError:
                self.fault(ImportField.EMAIL, _("l’adresse n’est pas complète"))
                return ""
        return text

    def phone(self, text: str) -> str:
        number = mended_phone(text)
        try:
            clean = clean_phone(number)
        except Refused as refusal:
            self.fault(ImportField.PHONE, str(refusal))
            return ""
        if number != text:
            self.mend(ImportField.PHONE, _("un tableur l’avait abîmé, lu %(number)s") % {"number": number})
        return clean

    def birth_date(self, text: str) -> date | None:
        if not text:
            return None
        found = read_day(text, today=self.today)
        if found is None:
            self.fault(ImportField.BIRTH_DATE, _("ce n’est pas une date, écrivez par exemple 25/11/1990"))
            return None
        day, mended = found
        try:
            check_birth_date(day, today=self.today)
        except Refused as refusal:
            self.fault(ImportField.BIRTH_DATE, str(refusal))
            return None
        if mended:
            self.mend(ImportField.BIRTH_DATE, _("lue %(day)s") % {"day": f"{day:%d/%m/%Y}"})
        return day


def mended_phone(text: str) -> str:
    """Give back what spreadsheets take from telephone numbers: the first zero, the plus, the digits of an exponent.

    >>> mended_phone("639980102"), mended_phone("6,39980102E+08"), mended_phone("33639980102")
    ('0639980102', '0639980102', '+33639980102')
    """
    plain = re.sub(r"[.,]0+$", "", text) if re.fullmatch(r"\d{9,}[.,]0+", text) else text
    if SCIENTIFIC.fullmatch(plain):
        value = float(plain.replace(",", "."))
        plain = str(int(value)) if value < LARGEST_NUMBER and value.is_integer() else plain
    if re.fullmatch(r"[1-9](?:[ .\-]?\d\d){4}", plain) and not plain.startswith("33"):
        return f"0{plain}"
    return f"+{plain}" if re.fullmatch(r"33[1-9]\d{8}", plain) else plain


def read_day(text: str, *, today: date) -> tuple[date, bool] | None:
    """Read a day as French people and their spreadsheets write it; say whether it had to be guessed.

    The day comes first (25/11/1990), unless the year does; « 25 novembre 1990 » is read too. A bare number is a day
    counted by a spreadsheet. A year of two figures is the last one that is not to come.
    """
    if re.fullmatch(r"\d{4,5}", text) and int(text) in SERIALS:
        return EPOCH + timedelta(days=int(text)), True
    if worded := WORDED.fullmatch(search_key(text)):
        return _day(int(worded[3]), MONTHS.get(worded[2], 0), int(worded[1]), guessed=False)
    numeric = NUMERIC.fullmatch(text.split("T", maxsplit=1)[0])
    if numeric is None:
        return None
    first, middle, last = numeric.groups()
    if len(first) == 4:
        return _day(int(first), int(middle), int(last), guessed=False)
    if len(last) == 2:
        century = today.year // 100 * 100
        year = century + int(last)
        return _day(year if year <= today.year else year - 100, int(middle), int(first), guessed=True)
    return _day(int(last), int(middle), int(first), guessed=False)


def _day(year: int, month: int, day: int, *, guessed: bool) -> tuple[date, bool] | None:
    try:
        return date(year, month, day), guessed
    except ValueError:
        return None
