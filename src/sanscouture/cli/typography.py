"""French as it is printed, put right in the sources: ’, and non-breaking spaces before : ; ? ! » and after «.

    python -m sanscouture.cli.typography [FILE…]    # every Python file and template of the package by default

Only texts marked for translation are touched, and what migrations repeat of them. Straight quotation
marks are left to the author.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from sanscouture.cli.messages import KEYWORDS, PACKAGE

IN_TEMPLATE = re.compile(
    r"""\{%-?\s*(?:blocktranslate|blocktrans)\b.*?%\}(?P<block>.*?)\{%-?\s*end(?:blocktranslate|blocktrans)
    |\{%-?\s*(?:translate|trans)\s+(?P<tag>"[^"]*"|'[^']*')
    |\b_\((?P<call>"[^"]*"|'[^']*')\)""",
    re.DOTALL | re.VERBOSE,
)
IN_MIGRATIONS = {"verbose_name", "verbose_name_plural", "help_text", "violation_error_message", "choices"}
MENDS = (
    (re.compile(r"(?<=[A-Za-zÀ-ÿ]{2})'(?=[A-Za-zÀ-ÿ«])|(?<=\b[cdjlmnstCDJLMNST])'(?=[A-Za-zÀ-ÿ«])"), "’"),
    (re.compile(r"\.\.\.(?!\.)"), "…"),
    (re.compile(r"(?<=\S) ([:;?!»])(?![\w/])"), "\u00a0\\1"),
    (re.compile(r"« (?=\S)"), "«\u00a0"),
)


def mend(text: str) -> str:
    """Put one French text right. What is already right comes back unchanged."""
    for pattern, replacement in MENDS:
        text = pattern.sub(replacement, text)
    return text


def mend_source(path: Path, text: str) -> str:
    """Put right the texts of one file that are marked for translation."""
    data = text.encode()
    spans = _python_spans(text) if path.suffix == ".py" else _template_spans(text)
    for start, end in sorted(set(spans), reverse=True):
        data = data[:start] + mend(data[start:end].decode()).encode() + data[end:]
    return data.decode()


def _python_spans(text: str) -> Iterator[tuple[int, int]]:
    """Byte spans of the literals given to gettext."""
    starts = [0]
    for line in text.encode().splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    for given in _literals(ast.parse(text)):
        if isinstance(given, ast.Constant) and isinstance(given.value, str) and given.end_lineno:
            end = starts[given.end_lineno - 1] + (given.end_col_offset or 0)
            yield starts[given.lineno - 1] + given.col_offset, end


def _literals(tree: ast.Module) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in KEYWORDS:
            yield from node.args
        elif isinstance(node, ast.keyword) and node.arg in IN_MIGRATIONS:
            yield from (part for part in ast.walk(node.value) if isinstance(part, ast.Constant))


def _template_spans(text: str) -> Iterator[tuple[int, int]]:
    for found in IN_TEMPLATE.finditer(text):
        start, end = found.span(found.lastgroup or 0)
        yield len(text[:start].encode()), len(text[:end].encode())


def main(names: list[str]) -> int:
    """Mend the files named, or all; say which changed."""
    everything = (path for path in PACKAGE.rglob("*") if path.suffix == ".py" or "templates" in path.parts)
    for path in map(Path, names) if names else everything:
        if path.suffix in {".py", ".html", ".txt"}:
            before = path.read_text(encoding="utf-8")
            if (after := mend_source(path, before)) != before:
                path.write_text(after, encoding="utf-8")
                sys.stdout.write(f"{path}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
