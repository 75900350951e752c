"""Every text has its English, and every hole of a sentence is filled in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from babel.messages.catalog import Catalog, Message

from sanscouture.cli.messages import ENGLISH, forms, messages, read

HOLE = re.compile(r"%\(\w+\)[a-z]|%[sd]|\{\w*\}")
UPDATE = "run: python -m sanscouture.cli.messages update"


def badly_said(message: Message) -> Iterator[str]:
    """What is wrong with one translation: guessed, missing, or with other holes than the French."""
    french, english = forms(message.id), forms(message.string)
    allowed = set(HOLE.findall("".join(french)))
    if message.fuzzy:
        yield f"« {message.id} » is guessed: check the English and remove the mark."
    if not all(english):
        yield f"« {message.id} » has no English."
        return
    for source, text in zip(french, english, strict=True):
        if not set(HOLE.findall(text)) <= allowed:
            yield f"« {text} » has a hole that the French has not."
        elif set(HOLE.findall(source)) - set(HOLE.findall(text)):
            yield f"« {text} » forgets a hole of « {source} »."


def incomplete(catalogue: Catalog, wanted: set[tuple[object, str | None]]) -> Iterator[str]:
    """What the catalogue lacks, keeps for nothing, or says badly."""
    told = {(message.id, message.context) for message in catalogue if message.id}
    # A text said alone and also of many has one entry, with its plural: gettext finds both there.
    of_many = {(text[0], context) for text, context in wanted if isinstance(text, tuple)}
    for text, context in sorted(wanted - told - of_many, key=str):
        yield f"The catalogue lacks « {text} » {context or ''}: {UPDATE}"
    for text, context in sorted(told - wanted, key=str):
        yield f"Nobody says « {text} » {context or ''} any more: {UPDATE}"
    for message in catalogue:
        if message.id:
            yield from badly_said(message)
    if catalogue.obsolete:
        yield f"The catalogue keeps {len(catalogue.obsolete)} texts that nobody says: {UPDATE}"


def test_the_english_catalogue_is_complete() -> None:
    said = "\n".join(incomplete(read(ENGLISH), {(message.id, message.context) for message in messages()}))
    assert not said, said


def _catalogue(*lines: tuple[object, object]) -> Catalog:
    catalogue = Catalog(locale="en")
    for text, english in lines:
        catalogue.add(text, english)
    return catalogue


DAYS = ("%(n)s jour", "%(n)s jours")


@pytest.mark.parametrize(
    "catalogue",
    [
        _catalogue(),
        _catalogue((DAYS, ("", ""))),
        _catalogue((DAYS, ("a day", "days"))),
        _catalogue((DAYS, ("%(n)s day", "%(m)s days"))),
        _catalogue((DAYS, ("%(n)s day", "%(n)s days")), ("Oui", "Yes")),
    ],
)
def test_this_guard_can_fail(catalogue: Catalog) -> None:
    assert list(incomplete(catalogue, {(DAYS, None)}))


def test_this_guard_lets_a_whole_catalogue_pass() -> None:
    assert not list(incomplete(_catalogue((DAYS, ("%(n)s day", "%(n)s days"))), {(DAYS, None)}))


def test_a_guess_is_seen() -> None:
    catalogue = _catalogue((DAYS, ("%(n)s day", "%(n)s days")))
    catalogue.get(DAYS).flags.add("fuzzy")
    assert list(incomplete(catalogue, {(DAYS, None)}))
