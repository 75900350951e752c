"""Files, functions and templates stay small enough to be read at once (chapter 09, habit 7)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from house.project import Source, faults, functions, python, sources, templates

PYTHON, TESTS, FUNCTION, TEMPLATE = 400, 600, 50, 150
SCRIPTS, SCRIPT = 10, 150


def small_module(source: Source) -> Iterator[str]:
    limit = TESTS if source.path.startswith(("tests/", "bench/")) else PYTHON
    lines = source.text.count("\n")
    if lines > limit:
        yield f"{source.path} has {lines} lines, over {limit}: split it by noun into a package."


def small_functions(source: Source) -> Iterator[str]:
    for function in functions(source):
        lines = (function.end_lineno or 0) - function.lineno + 1
        if lines > FUNCTION:
            yield (
                f"{source.path}:{function.lineno} {function.name} has {lines} lines, over {FUNCTION}: "
                "give a name to one of its parts."
            )


def small_template(source: Source) -> Iterator[str]:
    lines = source.text.count("\n")
    if lines > TEMPLATE:
        yield f"{source.path} has {lines} lines, over {TEMPLATE}: make a component of one of its parts."


def few_scripts(files: Sequence[Source]) -> Iterator[str]:
    """JavaScript only shortens the way (habit 2)."""
    if len(files) > SCRIPTS:
        yield f"There are {len(files)} scripts, over {SCRIPTS}: let the server do it, or extend one of them."
    for source in files:
        if (lines := source.text.count("\n")) > SCRIPT:
            yield f"{source.path} has {lines} lines, over {SCRIPT}: a script only shortens the way."


def test_scripts_are_few_and_small() -> None:
    assert not (said := "\n".join(few_scripts(sources(".js", ".mjs")))), said


def test_the_guard_of_scripts_can_fail() -> None:
    assert list(few_scripts([Source("a.js", "")] * 11))
    assert list(few_scripts([Source("a.js", "go();\n" * 151)]))


def test_python_files_are_small() -> None:
    assert not (said := faults(small_module, python())), said


def test_functions_are_small() -> None:
    assert not (said := faults(small_functions, python())), said


def test_templates_are_small() -> None:
    assert not (said := faults(small_template, templates())), said


@pytest.mark.parametrize(
    ("guard", "bad"),
    [
        (small_module, Source("src/sanscouture/people/models.py", "x = 1\n" * 401)),
        (small_module, Source("tests/people/test_models.py", "x = 1\n" * 601)),
        (
            small_functions,
            Source("src/sanscouture/people/rules.py", "def f() -> None:\n" + "    x = 1\n" * 50),
        ),
        (small_template, Source("src/sanscouture/people/templates/people/a.html", "<p>\n" * 151)),
    ],
)
def test_these_guards_can_fail(guard, bad) -> None:
    assert faults(guard, [bad])
