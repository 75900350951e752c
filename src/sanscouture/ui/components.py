"""A component is a template that says its own signature on its first line: `{# badge(label, tone="neutral") : … #}`."""

from __future__ import annotations

import ast
import re
from functools import lru_cache
from typing import Any

from django.template import TemplateSyntaxError
from django.template.loader import get_template

FOLDER = "ui/components"
FIRST_LINE = re.compile(r"^\{#\s*(?P<name>\w+)\((?P<parameters>.*?)\)\s*:")
REQUIRED = object()


def parse_signature(source: str) -> dict[str, object]:
    """Parameters and their defaults, read on the first line of a component's template.

    Returns the default of each parameter, `REQUIRED` when it has none.
    Raises `TemplateSyntaxError` without a signature.
    """
    match = FIRST_LINE.match(source)
    if match is None:
        raise TemplateSyntaxError(f"A component starts with its signature, not with {source[:60]!r}.")
    call = ast.parse(f"def component({match['parameters']}): ...").body[0]
    if not isinstance(call, ast.FunctionDef):
        raise TemplateSyntaxError(f"Unreadable signature: {match['parameters']!r}.")
    names = [argument.arg for argument in call.args.args]
    defaults = [ast.literal_eval(default) for default in call.args.defaults]
    required = len(names) - len(defaults)
    return dict(zip(names, [REQUIRED] * required + defaults, strict=True))


@lru_cache(maxsize=128)
def signature(name: str) -> dict[str, object]:
    """The signature of the component `name`."""
    template: Any = get_template(f"{FOLDER}/{name}.html")
    with open(template.origin.name, encoding="utf-8") as file:
        return parse_signature(file.readline())


def complete(name: str, given: dict[str, object]) -> dict[str, object]:
    """Add the defaults to what was given. Raises `TemplateSyntaxError` on an unknown or a missing parameter."""
    parameters = signature(name)
    if unknown := given.keys() - parameters.keys():
        raise TemplateSyntaxError(f"{name} has no parameter {', '.join(sorted(unknown))}.")
    values = {**parameters, **given}
    if missing := [key for key, value in values.items() if value is REQUIRED]:
        raise TemplateSyntaxError(f"{name} needs {', '.join(missing)}.")
    return values
