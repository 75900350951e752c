"""Documents say what the code does: links lead somewhere, settings are the ones read, choices are numbered."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from house.project import ROOT, Source, faults, package, paths, sources

LINK = re.compile(r"(?<!\\)\[[^\]]*\]\(([^)\s]+)\)")
TEXT = (".py", ".md", ".html", ".txt", ".toml", ".in", ".cfg", ".yml", ".yaml", ".json", ".js", ".css", ".po", ".sh")
SECRETS = (
    (re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"), "holds a private key"),
    (re.compile(r"\b(AKIA[0-9A-Z]{16}|gh[pousr]_\w{36}|glpat-[\w-]{20}|sk-[A-Za-z0-9]{32,})\b"), "holds a token"),
    (re.compile(r"(?<![\w./-])/(home|Users|work|root)/\w[\w.-]*/"), "names a place of one machine"),
    (
        re.compile(r"(--(extra-)?index-url|--find-links)[ =]\S|\b(PIP|UV)_(EXTRA_)?INDEX_URL\s*=\s*['\"]?http"),
        "names a package index",
    ),
    (re.compile(r"\b(pypi\.org/simple|files\.python[h]osted\.org)\b"), "names a package host"),
)


def _anchors(text: str) -> set[str]:
    """The anchors that the titles of a document make."""
    titles = re.findall(r"^#{1,6}\s+(.+?)\s*$", text, re.MULTILINE)
    return {re.sub(r"[^\w\s-]", "", title.lower()).strip().replace(" ", "-") for title in titles}


def links_resolve(source: Source) -> Iterator[str]:
    """Every link of a document to a file of the repository, and to a title in it, is good."""
    for found in LINK.finditer(re.sub(r"`[^`\n]*`", "", source.text)):
        target, _, anchor = found[1].partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        file = (ROOT / source.path).parent / target if target else ROOT / source.path
        if target and not file.exists():
            yield f"{source.path}: the link to {target} leads nowhere: mend or remove it."
        elif anchor and file.suffix == ".md":
            text = source.text if not target else file.read_text(encoding="utf-8")
            if anchor not in _anchors(text):
                yield f"{source.path}: {target or 'this page'} has no title for #{anchor}."


def no_secret(source: Source) -> Iterator[str]:
    for pattern, sentence in SECRETS:
        if found := pattern.search(source.text):
            yield f"{source.path}:{source.line_of(found.start())} {sentence} ({found[0]}): take it out."


def variables_read(files: Iterable[Source]) -> set[str]:
    """The environment variables that the code reads, by their names."""
    names = set()
    for source in files:
        for node in ast.walk(source.tree):
            key: ast.expr | None = None
            if isinstance(node, ast.Call) and node.args:
                if re.search(r"(os\.environ\.(get|pop)|getenv)$", ast.unparse(node.func)):
                    key = node.args[0]
            elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
                key = node.slice if ast.unparse(node.value) == "os.environ" else None
            elif isinstance(node, ast.Compare) and ast.unparse(node.comparators[0]) == "os.environ":
                key = node.left
            if isinstance(key, ast.Constant):
                names.add(str(key.value))
    return names


def variables_documented(text: str) -> set[str]:
    """The variables of the tables of a document: first cell, between backticks."""
    return set(re.findall(r"^\|\s*`([A-Z][A-Z0-9_]+)`", text, re.MULTILINE))


def test_links_lead_somewhere() -> None:
    assert not (said := faults(links_resolve, sources(".md"))), said


def test_nothing_secret_or_local_is_tracked() -> None:
    files = [source for source in sources(*TEXT, "Makefile", ".ci/run") if source.path != "tests/house/test_docs.py"]
    assert not (said := faults(no_secret, files)), said


def test_settings_are_documented() -> None:
    read = variables_read(package())
    written = variables_documented((ROOT / "docs/operations.md").read_text(encoding="utf-8"))
    assert not (read - written), f"Write in docs/operations.md what these variables do: {sorted(read - written)}"
    assert not (written - read), f"docs/operations.md tells of variables that nobody reads: {sorted(written - read)}"


def adr_faults(names: list[str], texts: list[str]) -> Iterator[str]:
    """Choices are numbered without a hole, and say their context, decision and consequences on one page."""
    for place, (name, text) in enumerate(zip(names, texts, strict=True), 1):
        if not name.startswith(f"{place:04}-"):
            yield f"docs/adr/{name}: number {place:04} is expected here; renumber from main."
        for title in ("## Context", "## Decision", "## Consequences"):
            if title not in text:
                yield f"docs/adr/{name} has no « {title} »."
        if text.count("\n") > 80:
            yield f"docs/adr/{name} is over a page (80 lines): say less."


def test_choices_are_numbered_and_short() -> None:
    files = sorted((ROOT / "docs/adr").glob("*.md"))
    said = "\n".join(adr_faults([file.name for file in files], [file.read_text(encoding="utf-8") for file in files]))
    assert files
    assert not said, said


def test_requirements_have_their_reason() -> None:
    """Every package the program needs has its line in ADR 0002."""
    wanted = {
        re.split(r"[\[~=<>;\s]", line, maxsplit=1)[0].lower()
        for line in (ROOT / "requirements/base.in").read_text(encoding="utf-8").splitlines()
        if line and not line.startswith(("#", "-"))
    }
    text = next((ROOT / "docs/adr").glob("0002-*.md")).read_text(encoding="utf-8").lower()
    told = set(re.findall(r"^\|\s*`([\w-]+)", text, re.MULTILINE))
    assert not (wanted - told), f"Give in docs/adr/0002 the reason of: {sorted(wanted - told)}"
    assert not (told - wanted), (
        f"docs/adr/0002 tells of packages that are not in requirements/base.in: {sorted(told - wanted)}"
    )


def test_users_are_told_what_changes() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(r"^## \[?(À venir|Unreleased)", text, re.MULTILINE), (
        "CHANGELOG.md starts with an « À venir » part."
    )


def test_no_list_of_addresses_of_packages_is_committed() -> None:
    assert "uv.lock" not in paths(), "uv.lock writes index addresses: keep requirements/*.txt only."


@pytest.mark.parametrize(
    ("guard", "bad"),
    [
        (links_resolve, Source("README.md", "[a](docs/nowhere.md)")),
        (links_resolve, Source("README.md", "# One\n[a](#two)")),
        (no_secret, Source("a.py", "-----BEGIN " + "PRIVATE KEY-----")),
        (no_secret, Source("a.md", "cd /" + "home/someone/project")),
        (no_secret, Source("a.txt", "--index-url" + " https://mirror.example")),
    ],
)
def test_these_guards_can_fail(guard, bad) -> None:
    assert faults(guard, [bad])


def test_variables_are_found_in_code_and_documents() -> None:
    code = 'os.environ.get("A") or os.environ["B"] or os.getenv("C")\nos.environ["D"] = "1"\n"E" not in os.environ'
    assert variables_read([Source("a.py", code)]) == {"A", "B", "C", "E"}
    assert variables_documented("| `PORT` | x |\n| DATA | `HOST` |\n") == {"PORT"}


def test_a_hole_in_the_numbers_is_seen() -> None:
    page = "## Context\n## Decision\n## Consequences\n"
    assert not list(adr_faults(["0001-a.md", "0002-b.md"], [page, page]))
    assert list(adr_faults(["0001-a.md", "0003-b.md"], [page, page]))
    assert list(adr_faults(["0001-a.md"], ["## Context\n"]))
    assert Path(ROOT / "docs").is_dir()
