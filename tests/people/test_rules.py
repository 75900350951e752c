from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanscouture.core.errors import Refused
from sanscouture.people import rules
from sanscouture.people.rules import Identity, Sharing, Span

TODAY = date(2026, 11, 22)
ACCENTED = {"a": "â", "c": "ç", "e": "é", "i": "ï", "o": "ô", "u": "ù"}
names = st.text("abcdefghijklmnopqrstuvwxyzéèêëàâîïôûùçœ-' ", min_size=1, max_size=30).filter(
    lambda text: text.strip("-' ")
)
days = st.dates(date(1930, 1, 1), TODAY)


@given(names)
def test_the_phonetic_key_does_not_hear_capitals(name: str) -> None:
    assert rules.phonetic_key("", name.upper()) == rules.phonetic_key("", name)


@given(names)
def test_the_phonetic_key_does_not_hear_accents(name: str) -> None:
    accented = "".join(ACCENTED.get(letter, letter) for letter in name)
    assert rules.phonetic_key("", accented) == rules.phonetic_key("", name)


@given(names, st.data())
def test_the_phonetic_key_does_not_hear_doubled_letters(name: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(name) - 1))
    assert rules.phonetic_key("", name[:at] + name[at] + name[at:]) == rules.phonetic_key("", name)


@given(names)
def test_the_phonetic_key_does_not_hear_hyphens(name: str) -> None:
    assert rules.phonetic_key("", name.replace("-", " ")) == rules.phonetic_key("", name)


@given(st.text(max_size=90), st.text(max_size=90))
def test_keys_fit_their_columns(first: str, last: str) -> None:
    assert len(rules.name_key(first, last)) <= 170
    assert len(rules.phonetic_key(first, last)) <= 40


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Dupont", "Dupond"),
        ("Lefèvre", "Lefebvre"),
        ("Gautier", "Gaulthier"),
        ("Moreau", "Moraux"),
        ("Mohamed", "Muhammad"),
        ("Haddad", "Adad"),
        ("Ben Ali", "Benali"),
        ("St-Rémy", "Saint Rémi"),
        ("Yacine", "Yassine"),
        ("Faure", "Phaure"),
    ],
)
def test_names_that_sound_alike_share_their_key(one: str, other: str) -> None:
    assert rules.phonetic_key("", one) == rules.phonetic_key("", other)


def test_names_that_sound_apart_do_not() -> None:
    keys = {rules.phonetic_key("", name) for name in ("Martin", "Bernard", "Nguyen", "Diallo", "Costa", "محمد")}
    assert len(keys) == 6


def test_without_a_last_name_the_first_name_gives_the_key() -> None:
    assert rules.phonetic_key("Amina", "") == rules.phonetic_key("", "Amina") != ""


def test_the_sort_key_begins_with_the_last_name() -> None:
    assert rules.name_key("Éloïse", "de La Tour") == "de la tour eloise"
    assert rules.name_key("Éloïse", "") == "eloise"
    assert rules.name_key("سلمى", "") == "سلمى"


BORN = date(1990, 4, 3)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Identity("Amina", "Diallo", BORN), Identity("amina", "DIALLO", BORN)),
        (Identity("Amina", "Diallo", BORN), Identity("Aminata", "Dialo", BORN)),
        (Identity("Amina", "Diallo", BORN), Identity("Diallo", "Amina", BORN)),
        (Identity("Amina", "Diallo", BORN), Identity("Amina", "Diallo", date(1990, 3, 4))),
        (Identity("Amina", "Diallo", BORN), Identity("Amina", "Diallo", date(1991, 4, 3))),
        (Identity("Amina", "Diallo"), Identity("Amina", "Diallo", BORN)),
        (Identity("Amina", phone="+33639980001"), Identity("Amina", phone="+33639980001")),
    ],
)
def test_close_identities_are_said_close(one: Identity, other: Identity) -> None:
    assert rules.is_close(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Identity("Amina", "Diallo", BORN), Identity("Amina", "Diallo", date(1972, 9, 21))),
        (Identity("Amina", "Diallo", BORN), Identity("Moussa", "Diallo", BORN)),
        (Identity("Amina"), Identity("Amina")),
        (Identity("Amina", "Diallo"), Identity("Moussa", "Diallo")),
    ],
)
def test_others_are_not(one: Identity, other: Identity) -> None:
    assert not rules.is_close(one, other)


identities = st.builds(Identity, names, st.one_of(st.just(""), names), st.one_of(st.none(), days))


@given(identities, identities)
def test_closeness_is_symmetric_and_bounded(one: Identity, other: Identity) -> None:
    assert 0 <= rules.closeness(one, other) == rules.closeness(other, one) <= 1


@given(identities)
def test_one_is_closest_to_oneself(one: Identity) -> None:
    assert rules.closeness(one, one) >= (0.9 if one.birth_date or one.last_name else 0.7)


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        (date(2000, 11, 22), TODAY, 26),
        (date(2000, 11, 23), TODAY, 25),
        (date(2008, 2, 29), date(2026, 2, 28), 17),
        (date(2008, 2, 29), date(2026, 3, 1), 18),
    ],
)
def test_age_counts_whole_years(born: date, day: date, age: int) -> None:
    assert rules.age_on(born, day) == age


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("06 39 98 01 02", "+33639980102"),
        ("06.39.98.01.02", "+33639980102"),
        ("+33 6 39 98 01 02", "+33639980102"),
        ("0033639980102", "+33639980102"),
        ("01 99 00 12 34", "+33199001234"),
        ("+32 475 12 34 56", "+32475123456"),
        ("  ", ""),
    ],
)
def test_phones_are_kept_in_their_international_form(typed: str, stored: str) -> None:
    assert rules.clean_phone(typed) == stored


@pytest.mark.parametrize(
    "typed", ["06 39", "O6 39 98 01 02", "00 00 00 00 00", "appeler le soir", "++", "06399801020304"]
)
def test_what_cannot_be_a_phone_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(Refused, match="06 39 98 01 02"):
        rules.clean_phone(typed)


def test_phones_are_said_as_people_say_them() -> None:
    assert rules.said_phone("+33639980102") == "06 39 98 01 02"
    assert rules.said_phone("+32475123456") == "+32 475 12 34 56"
    assert rules.said_phone("") == ""


def test_birth_dates_that_cannot_be_are_refused() -> None:
    rules.check_birth_date(TODAY, today=TODAY)
    with pytest.raises(Refused, match="futur"):
        rules.check_birth_date(TODAY + timedelta(days=1), today=TODAY)
    with pytest.raises(Refused, match="ancienne"):
        rules.check_birth_date(date(1899, 1, 1), today=TODAY)


def test_facts_are_tidied() -> None:
    clean = rules.clean_facts({"first_name": "  Lina  Rose ", "phone": "06 39 98 01 02"}, today=TODAY)
    assert clean == {"first_name": "Lina Rose", "phone": "+33639980102"}
    with pytest.raises(Refused, match="prénom"):
        rules.clean_facts({"first_name": " "}, today=TODAY)


def test_facts_with_a_birth_date_to_come_are_refused() -> None:
    with pytest.raises(Refused):
        rules.clean_facts({"first_name": "Lina", "birth_date": TODAY + timedelta(days=1)}, today=TODAY)


def test_a_basis_holds_two_years() -> None:
    assert rules.basis_expiry(date(2026, 11, 22)) == date(2028, 11, 22)
    assert rules.basis_expiry(date(2024, 2, 29)) == date(2026, 2, 28)


def test_sharing_lasts_as_long_as_the_furthest_basis_that_holds() -> None:
    held = Span(date(2026, 1, 1), date(2028, 1, 1))
    longer = Span(date(2026, 6, 1), date(2028, 6, 1))
    withdrawn = Span(date(2026, 6, 1), date(2028, 6, 1), ended_on=TODAY)
    expired = Span(date(2020, 1, 1), date(2022, 1, 1))
    to_come = Span(date(2027, 1, 1), date(2029, 1, 1))
    assert rules.shared_until([held, longer, expired], today=TODAY) == date(2028, 6, 1)
    assert rules.shared_until([held, withdrawn, to_come], today=TODAY) == date(2028, 1, 1)
    assert rules.shared_until([withdrawn, expired, to_come], today=TODAY) is None


@given(days, days, st.one_of(st.none(), days), days)
def test_a_basis_never_holds_before_it_is_given_nor_after_it_is_withdrawn(
    given_on: date, expires_on: date, ended_on: date | None, day: date
) -> None:
    if Span(given_on, expires_on, ended_on).holds_on(day):
        assert given_on <= day <= expires_on
        assert ended_on is None or day < ended_on


@pytest.mark.parametrize(
    ("until", "state"),
    [
        (None, Sharing.NEVER),
        (TODAY - timedelta(days=1), Sharing.ENDED),
        (TODAY, Sharing.EXPIRING),
        (TODAY + timedelta(days=30), Sharing.EXPIRING),
        (TODAY + timedelta(days=31), Sharing.HELD),
    ],
)
def test_the_end_of_sharing_is_announced(until: date | None, state: Sharing) -> None:
    assert rules.sharing(until, today=TODAY) is state


def test_only_what_differs_is_told() -> None:
    found = rules.differences({"phone": "1", "email": "a"}, {"phone": "2", "email": "a"})
    assert [(one.field, one.saved, one.mine) for one in found] == [("phone", "1", "2")]
