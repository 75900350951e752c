"""Templates: one layout, components that say what they take, and pages that work without JavaScript."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from house.markup import Element, elements, texts
from house.project import PACKAGE, Source, faults, templates

POSTING = ("hx-post", "hx-put", "hx-patch", "hx-delete")
SAID_AS_IS = re.compile(
    r"\b(Sans couture|République|Française|Français|English|data·inclusion|OpenStreetMap|IGN|km|kB|QPV)\b|&\w+;|https?://\S+"
)


def _pages() -> list[Source]:
    return [source for source in templates() if source.path.endswith(".html")]


def layout_or_parameters(source: Source) -> Iterator[str]:
    """Layout, page, component: nothing else."""
    if source.name in {"layout.html", "500.html"}:  # the page of a fault leans on nothing that may be at fault
        return
    start = source.text.lstrip()
    if not re.match(r"\{%-?\s*extends\s", start) and not start.startswith(("{#", "{% comment")):
        yield (
            f"{source.path}: a page starts with {{% extends %}} of a layout; "
            "a component or a part starts with a comment that gives its parameters."
        )


def dsfr_stays_in_ui(source: Source) -> Iterator[str]:
    if source.app != "ui" and re.search(r"\{%\s*load\b[^%]*\bdsfr_tags\b", source.text):
        yield f"{source.path} loads dsfr_tags: use a component of ui, or add one there."


def nothing_marked_safe(source: Source) -> Iterator[str]:
    if source.app != "ui" and (found := re.search(r"\|\s*safe\b|\{%\s*autoescape\s+off", source.text)):
        line = source.line_of(found.start())
        if not source.path.endswith(".txt"):
            yield f"{source.path}:{line} trusts its content: use a component of ui, which escapes."


def nothing_inline(source: Source) -> Iterator[str]:
    """The content security policy refuses inline script and style."""
    for element in elements(source):
        place = f"{source.path}:{element.line}"
        harmless = element.get("src") or element.get("nonce") or "json" in element.get("type")
        if element.tag == "script" and not harmless:
            yield f"{place} has an inline script: make it a small ES module attached by a data- attribute."
        if element.tag == "style" or "style" in element.attributes:
            yield f"{place} has inline style: add a class to the style sheet of ui."
        for name in element.attributes:
            if re.match(r"on[a-z]+$|hx-on", name):
                yield f"{place} has {name}: listen from an ES module attached by a data- attribute."


def _in_form(element: Element, method: str) -> bool:
    return any(
        form.tag == "form" and "action" in form.attributes and form.get("method").lower() in {method, "§"}
        for form in element.family
    )


def works_without_script(source: Source) -> Iterator[str]:
    """What htmx does, a link or a form does too."""
    for element in elements(source):
        place = f"{source.path}:{element.line}"
        names = {name.removeprefix("data-") for name in element.attributes}
        if "hx-get" in names:
            submits = any(form.tag == "form" and "action" in form.attributes for form in element.family)
            if not element.get("href") and not submits:
                yield f"{place} has hx-get without href: give the same address as a plain link or a form's action."
        if names & set(POSTING) and not _in_form(element, "post"):
            yield f'{place} posts by htmx outside of a form: put it in <form method="post" action="…">.'


def said_in_both_languages(source: Source) -> Iterator[str]:
    """Every word a reader sees goes through gettext."""
    for text in texts(source):
        left = SAID_AS_IS.sub(" ", text.text)
        if found := re.search(r"[A-Za-zÀ-ÿ]{2,}", left):
            yield f"{source.path}:{text.line} says « {found[0]}… » outside of a translation tag: mark it."


@pytest.mark.parametrize("guard", [layout_or_parameters, dsfr_stays_in_ui, nothing_inline, works_without_script])
def test_pages_keep_to_the_house(guard) -> None:
    assert not (said := faults(guard, _pages())), said


@pytest.mark.parametrize("guard", [nothing_marked_safe, said_in_both_languages])
def test_pages_and_mails_keep_to_the_house(guard) -> None:
    assert not (said := faults(guard, templates())), said


def _page(text: str, name: str = "people/a.html") -> Source:
    return Source(f"{PACKAGE}people/templates/{name}", text)


@pytest.mark.parametrize(
    ("guard", "bad"),
    [
        (layout_or_parameters, _page("<p></p>")),
        (dsfr_stays_in_ui, _page("{% load i18n dsfr_tags %}")),
        (nothing_marked_safe, _page("{{ note|safe }}")),
        (nothing_marked_safe, _page("{% autoescape off %}")),
        (nothing_inline, _page("<script>go()</script>")),
        (nothing_inline, _page('<p style="color: red">')),
        (nothing_inline, _page("<style>p {}</style>")),
        (nothing_inline, _page('<button onclick="go()">')),
        (works_without_script, _page('<a hx-get="{% url "people:list" %}">')),
        (works_without_script, _page('<button hx-post="/x/">')),
        (works_without_script, _page('<form action="/x/"><button hx-post="/x/"></form>')),
        (works_without_script, _page('<form method="post"><button hx-post="/x/"></form>')),
        (works_without_script, _page('<form method="post" action="/x/"></form><button hx-post="/x/">')),
        (said_in_both_languages, _page("<p>Bonjour</p>")),
        (said_in_both_languages, _page('<a title="Ouvrir" href="/"></a>')),
        (said_in_both_languages, _page("{% if a %}{{ a }} ans{% endif %}")),
        (said_in_both_languages, _page("Bonjour {{ name }},", "people/mails/a.txt")),
    ],
)
def test_these_guards_can_fail(guard, bad) -> None:
    assert faults(guard, [bad])


@pytest.mark.parametrize(
    ("guard", "good"),
    [
        (layout_or_parameters, _page('{% extends "ui/layout.html" %}')),
        (layout_or_parameters, _page("{# badge(label) #}")),
        (
            nothing_inline,
            _page('<script type="application/json">{}</script><script src="{% static "a.js" %}"></script>'),
        ),
        (works_without_script, _page('<a hx-get="{{ url }}" {% if url %}href="{{ url }}"{% endif %}>')),
        (works_without_script, _page('<form method="post" action="{% url "a" %}" hx-post="{% url "a" %}">')),
        (works_without_script, _page('<form method="get" action="/"><input hx-get="/"></form>')),
        (said_in_both_languages, _page('<p class="fr-x">{% translate "Bonjour" %} {# note #} 12 km</p>')),
        (said_in_both_languages, _page("{% blocktranslate trimmed %}Un {{ n }}{% plural %}Des{% endblocktranslate %}")),
        (said_in_both_languages, _page('<a title="{% translate "Ouvrir" %}">Sans couture</a>')),
        (said_in_both_languages, _page('{% url "a:b" as c %}{% include "a.html" with d=_("Oui") %}')),
    ],
)
def test_these_guards_let_good_pages_pass(guard, good) -> None:
    assert not (said := faults(guard, [good])), said
