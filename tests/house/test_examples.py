"""What the documents tell to type exists: targets of make, commands of the program, modules, Python that parses."""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Iterator
from importlib.util import find_spec

import pytest
from django.core.management import get_commands

from house.project import ROOT, Source, faults, sources
from sanscouture.cli.commands import COMMANDS

CODE = re.compile(r"`([^`\n]+)`")
FENCE = re.compile(r"^([ \t]*)```(\w*)\n(.*?)^[ \t]*```", re.MULTILINE | re.DOTALL)


def typed(source: Source) -> Iterator[tuple[int, str]]:
    """What is shown as code: inline, or line by line in a block for a shell."""
    for block in FENCE.finditer(source.text):
        if block[2] in {"console", "sh", "bash", "shell"}:
            first = source.line_of(block.start(3))
            yield from enumerate((line.strip().removeprefix("$ ") for line in block[3].splitlines()), first)
    bare = FENCE.sub(lambda block: "\n" * block[0].count("\n"), source.text)
    for found in CODE.finditer(bare):
        yield bare.count("\n", 0, found.start()) + 1, found[1]


def can_be_typed(source: Source) -> Iterator[str]:
    targets = set(re.findall(r"^([a-z][\w-]*):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    known = {*COMMANDS, *get_commands(), *(name.replace("_", "-") for name in get_commands()), "help"}
    for line, words in typed(source):
        place = f"{source.path}:{line}"
        if (found := re.match(r"(?:\w+=\S+ )*make ([a-z][\w-]*)", words)) and found[1] not in targets:
            yield f"{place} tells to type « make {found[1]} », which the Makefile has not."
        if (found := re.match(r"(?:\.venv/bin/)?sanscouture ([a-z][\w-]*)", words)) and found[1] not in known:
            yield f"{place} tells of the command « {found[1]} », which the program has not."
        found = re.search(r"python -m (sanscouture[\w.]*)", words)
        if found and not find_spec(found[1]):
            yield f"{place} tells to run {found[1]}, which does not exist."


def parses(source: Source) -> Iterator[str]:
    for block in FENCE.finditer(source.text):
        if block[2] == "python":
            try:
                ast.parse(textwrap.dedent(block[3]))
            except SyntaxError as error:
                line = source.line_of(block.start(3)) + (error.lineno or 1) - 1
                yield f"{source.path}:{line} is not Python: {error.msg}."


@pytest.mark.parametrize("guard", [can_be_typed, parses])
def test_examples_are_true(guard) -> None:
    assert not (said := faults(guard, sources(".md"))), said


@pytest.mark.parametrize(
    ("guard", "bad"),
    [
        (can_be_typed, Source("a.md", "Type `make coffee`.")),
        (can_be_typed, Source("a.md", "```console\n$ make coffee\n```\n")),
        (can_be_typed, Source("a.md", "`sanscouture fly --high`")),
        (can_be_typed, Source("a.md", "`python -m sanscouture.gone`")),
        (parses, Source("a.md", "1. x\n   ```python\n   def f(:\n   ```\n")),
    ],
)
def test_these_guards_can_fail(guard, bad) -> None:
    assert faults(guard, [bad])


def test_good_examples_pass() -> None:
    good = Source("a.md", "`make demo`, `PORT=1 make demo`, `sanscouture migrate`\n```python\nx = 1\n```\n")
    assert not (said := faults(can_be_typed, [good]) + faults(parses, [good])), said
