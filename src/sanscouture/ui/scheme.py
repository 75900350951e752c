"""The colours of the screen: light, dark, or as the reader's system says; and the styles that this asks of DSFR's.

DSFR writes its dark theme for `[data-fr-theme=dark]`, which its script sets. The server sets it too when the reader has
chosen; without a choice, the same rules are published once more behind a media query, so that no script is needed and
no page shows the wrong colours first. On paper the light theme comes back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from django.conf import settings
from django.db.models import TextChoices
from django.http import HttpResponseBase
from django.utils.translation import gettext_lazy as _

COOKIE = "scheme"
KEPT = 365 * 24 * 3600
"""Seconds that a browser keeps the choice."""

DARK = "[data-fr-theme=dark]"
UNCHOSEN = "[data-fr-scheme=system]:not([data-fr-theme])"
TOKENS = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|/\*.*?\*/|[{}]", re.DOTALL)
BETWEEN_SELECTORS = re.compile(r",(?![^(\[]*[)\]])")


class Scheme(TextChoices):
    """What a reader may choose, in DSFR's words."""

    SYSTEM = "system", _("Système")
    LIGHT = "light", _("Thème clair")
    DARK = "dark", _("Thème sombre")


def chosen(cookies: Mapping[str, str]) -> Scheme:
    """The choice that a browser sends; the system's when it sends none, or one that does not exist."""
    told = cookies.get(COOKIE, "")
    return Scheme(told) if told in Scheme.values else Scheme.SYSTEM


def keep(response: HttpResponseBase, scheme: Scheme) -> None:
    """Keep a choice in the browser: in a cookie that says nothing else."""
    response.set_cookie(
        COOKIE, scheme, max_age=KEPT, secure=settings.LANGUAGE_COOKIE_SECURE, httponly=True, samesite="Lax"
    )


def for_the_system(styles: Iterable[str]) -> str:
    """The dark rules of some style sheets, for whoever chose nothing and whose system is dark."""
    rules = "".join(rule for css in styles for rule in _dark(css))
    return f"@media screen and (prefers-color-scheme:dark){{{rules}}}"


def for_paper(styles: Iterable[str]) -> str:
    """The light colours of some style sheets, said again so that they win over the dark ones."""
    rules = [body for css in styles for head, body in _blocks(css) if head == ":root" and "--" in body]
    return "".join(f":root:root:root{{{body}}}" for body in rules)


def _dark(css: str) -> Iterator[str]:
    for head, body in _blocks(css):
        if head.startswith(("@media", "@supports")):
            if inside := "".join(_dark(body)):
                yield f"{head}{{{inside}}}"
        elif DARK in head:
            selectors = [one.replace(DARK, UNCHOSEN) for one in BETWEEN_SELECTORS.split(head) if DARK in one]
            yield f"{','.join(selectors)}{{{body}}}"


def _blocks(css: str) -> Iterator[tuple[str, str]]:
    """The blocks of a style sheet at its first level: what is before the braces, what is between them."""
    depth = start = opened = 0
    for token in TOKENS.finditer(css):
        if token[0] == "{":
            opened = token.end() if depth == 0 else opened
            depth += 1
        elif token[0] == "}":
            depth -= 1
            if depth == 0:
                head = css[start : opened - 1].rpartition(";")[2]
                yield re.sub(r"/\*.*?\*/", "", head, flags=re.DOTALL).strip(), css[opened : token.start()]
                start = token.end()
