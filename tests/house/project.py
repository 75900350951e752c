"""The project as text: what the guards of this folder read. No database, no import of what is read."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = "src/sanscouture/"
INFRASTRUCTURE = frozenset({"core", "ui", "access", "database", "cli", "config"})

Guard = Callable[["Source"], Iterable[str]]


@dataclass(frozen=True)
class Source:
    """One file: its path from the root of the repository, and its text."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, self.path)

    @property
    def name(self) -> str:
        return self.path.rsplit("/", 1)[-1]

    @property
    def in_package(self) -> bool:
        return self.path.startswith(PACKAGE)

    @property
    def app(self) -> str:
        """The app that holds the file, or an empty string."""
        parts = self.path.removeprefix(PACKAGE).split("/")
        return parts[0] if self.in_package and len(parts) > 1 else ""

    @property
    def inside(self) -> str:
        """The path from the folder of its app."""
        return self.path.removeprefix(f"{PACKAGE}{self.app}/")

    @property
    def generated(self) -> bool:
        return "/migrations/" in self.path

    def line_of(self, position: int) -> int:
        return self.text.count("\n", 0, position) + 1


@cache
def paths() -> tuple[str, ...]:
    """Every file that git tracks or would track, from the root of the repository."""
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return tuple(sorted({path for path in listed.split("\0") if path and (ROOT / path).is_file()}))


@cache
def sources(*suffixes: str) -> tuple[Source, ...]:
    """The tracked text files that end so."""
    return tuple(Source(path, (ROOT / path).read_text(encoding="utf-8")) for path in paths() if path.endswith(suffixes))


def python() -> tuple[Source, ...]:
    """Our Python, migrations apart."""
    return tuple(source for source in sources(".py") if not source.generated)


def package() -> tuple[Source, ...]:
    """The Python of the installed program, migrations apart."""
    return tuple(source for source in python() if source.in_package)


def templates() -> tuple[Source, ...]:
    """Every template: pages, components, partials, mails."""
    return tuple(source for source in sources(".html", ".txt") if "/templates/" in source.path)


def functions(source: Source) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def faults(guard: Guard, files: Iterable[Source]) -> str:
    """Every sentence that a guard says of these files, one a line."""
    return "\n".join(sentence for source in files for sentence in guard(source))
