"""A template read as HTML: Django's tags are blanked in place, so that lines stay where they were."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser

from django.template.base import Lexer, Token, TokenType

from house.project import Source

VOID = frozenset(["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"])
VALUE = "§"  # stands for what a tag would print
MUTE = re.compile(r"^(script|style|noscript|svg|code|kbd)$")


@dataclass(frozen=True)
class Element:
    tag: str
    attributes: dict[str, str]
    line: int
    ancestors: tuple[Element, ...]

    @property
    def family(self) -> tuple[Element, ...]:
        """The element, then those that hold it, nearest first."""
        return (self, *reversed(self.ancestors))

    def get(self, name: str) -> str:
        return self.attributes.get(name, "")


@dataclass(frozen=True)
class Text:
    """Words that a reader sees and that no tag translates."""

    text: str
    line: int


def tokens(text: str) -> Iterator[tuple[Token, bool]]:
    """Django's tokens, each with whether it lies in a translation block or a comment."""
    closing = ""
    for token in Lexer(text).tokenize():
        word = token.contents.split()[0] if token.token_type == TokenType.BLOCK and token.contents.strip() else ""
        if closing:
            closing = "" if word == closing else closing
            yield token, True
        else:
            if word in {"blocktranslate", "blocktrans", "comment", "verbatim"}:
                closing = f"end{word}"
            yield token, bool(closing)


def flatten(text: str) -> str:
    """Blank Django's tags; what prints a value leaves a mark, what is translated leaves one too."""
    out = []
    for token, inside in tokens(text):
        lines = "\n" * token.contents.count("\n")
        if token.token_type == TokenType.TEXT and not inside:
            out.append(token.contents)
        elif inside or token.token_type == TokenType.VAR or token.contents.startswith(("translate ", "url ")):
            out.append(lines if token.token_type == TokenType.COMMENT else VALUE + lines)
        else:
            out.append(" " + lines)
    return "".join(out)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[Element] = []
        self.found: list[Element] = []
        self.texts: list[Text] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        line = self.getpos()[0]
        values = {name: value or "" for name, value in attrs}
        element = Element(tag, values, line, tuple(self.open))
        self.found.append(element)
        for name in ("title", "aria-label", "alt", "placeholder", "summary"):
            self.texts.append(Text(values.get(name, ""), line))
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if self.open and self.open[-1].tag == tag:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        for index in range(len(self.open) - 1, -1, -1):
            if self.open[index].tag == tag:
                del self.open[index:]
                return

    def handle_data(self, data: str) -> None:
        if not any(MUTE.match(element.tag) for element in self.open):
            self.texts.append(Text(data, self.getpos()[0]))


def _read(source: Source) -> _Reader:
    reader = _Reader()
    reader.feed(flatten(source.text))
    reader.close()
    return reader


def elements(source: Source) -> list[Element]:
    """The elements of a page, in order."""
    return _read(source).found


def texts(source: Source) -> list[Text]:
    """The words of a page or of a mail that are outside of every translation tag."""
    if not source.path.endswith(".html"):
        return [Text(line, number) for number, line in enumerate(flatten(source.text).splitlines(), 1)]
    return _read(source).texts
