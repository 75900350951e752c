"""French as it is printed: ’ « » and a non-breaking space before : ; ? ! and inside quotation marks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from house.project import ROOT, Source, faults, package, templates
from sanscouture.cli.messages import messages_of

NOT_PROSE = re.compile(r"https?://\S+|%\(\w+\)[sd]|%[sd%]|\{\w*\}|&#?\w+;|<[^>]*>|\S+@\S+|\b\d\d:\d\d\b")
NBSP = "\u00a0\u202f"
FAULTS = (
    (re.compile(r"[A-Za-zÀ-ÿ]'"), "a straight apostrophe: write ’ (U+2019)"),
    (re.compile(r'"'), "straight quotation marks: write « » with non-breaking spaces (U+00A0)"),
    (re.compile(r"\.\.\."), "three dots: write … (U+2026)"),
    (re.compile(rf"(?<=[^\s{NBSP}?!]) ?[;?!](?=\s|$)"), "; ? or ! without the non-breaking space (U+00A0) before"),
    (re.compile(rf"(?<=[^\s{NBSP}]) ?:(?=\s|$)"), ": without the non-breaking space (U+00A0) before"),
    (re.compile(rf"«(?![{NBSP}])|(?<![{NBSP}])»"), "« or » without its non-breaking space (U+00A0)"),
)


def well_printed(source: Source) -> Iterator[str]:
    for message in messages_of(Path(source.path), source.text):
        for text in filter(None, (message.singular, message.plural)):
            prose = NOT_PROSE.sub("x", text.replace("&nbsp;", "\u00a0"))
            for pattern, sentence in FAULTS:
                if pattern.search(prose):
                    yield f"{source.path}:{message.line} « {text} » has {sentence}."


def test_what_is_said_is_well_printed() -> None:
    assert ROOT.is_dir()
    assert not (said := faults(well_printed, [*package(), *templates()])), said


@pytest.mark.parametrize(
    "text",
    [
        "L'annuaire",
        "Qui ?",
        "Qui?",
        "Fini !",
        "Nom :",
        "Nom:",
        "« oui »",
        "«\u00a0oui »",
        'Le mot "oui"',
        "Attendez...",
        "un ; deux",
    ],
)
def test_this_guard_can_fail(text: str) -> None:
    assert faults(well_printed, [Source("a.py", f"_({text!r})")])
    tag = f"{{% blocktranslate %}}{text}{{% endblocktranslate %}}"
    assert faults(well_printed, [Source("a.html", tag)])


@pytest.mark.parametrize(
    "text",
    [
        "L’annuaire",
        "Qui\u00a0? Vous\u00a0!",
        "Quoi\u00a0?!",
        "Nom\u00a0: %(name)s",
        "à 10:30",
        "«\u00a0oui\u00a0»",
        "Voir https://a.example/?b=c",
        '<a href="/">ici</a>\u00a0: {n}',
    ],
)
def test_this_guard_lets_good_french_pass(text: str) -> None:
    assert not (said := faults(well_printed, [Source("a.py", f"_({text!r})")])), said
