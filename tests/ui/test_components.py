"""Components keep to their signature, and the gallery to the rules of every page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage.base import Message
from django.http import QueryDict
from django.template import TemplateSyntaxError, engines
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.test.signals import template_rendered

import sanscouture.ui
from sanscouture.ui import components, forms, gallery

FOLDER = Path(sanscouture.ui.__file__).parent / "templates" / "ui" / "components"
NAMES = sorted(path.stem for path in FOLDER.glob("*.html"))


def render(source: str, **context: object) -> str:
    return engines["django"].from_string("{% load ui %}" + source).render(context)


def draw_gallery() -> str:
    request = RequestFactory().get("/dev/composants/")
    request.user = AnonymousUser()
    return render_to_string("ui/gallery.html", gallery.context(QueryDict()), request)


@pytest.fixture
def gallery_page() -> str:
    return draw_gallery()


@pytest.mark.parametrize("name", NAMES)
def test_every_component_starts_with_its_signature(name: str) -> None:
    source = (FOLDER / f"{name}.html").read_text(encoding="utf-8")
    assert components.FIRST_LINE.match(source), f"{name}.html: begin with {{# {name}(parameters) : what it is #}}."
    assert components.FIRST_LINE.match(source)["name"] == name
    components.parse_signature(source)


class Shown:
    """What the gallery shows while it is rendered: each component, and the values each parameter was given."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.names: set[str] = set()
        self.values: dict[str, dict[str, list[object]]] = {}
        complete = components.complete
        monkeypatch.setattr(components, "complete", lambda name, given: self.note(name, complete(name, given)))
        template_rendered.connect(self.rendered)

    def note(self, name: str, given: dict[str, object]) -> dict[str, object]:
        for parameter, value in given.items():
            self.values.setdefault(name, {}).setdefault(parameter, []).append(value)
        return given

    def rendered(self, sender: object, template: object, **_: object) -> None:
        if found := re.fullmatch(r"ui/components/(\w+)\.html", str(getattr(template, "name", ""))):
            self.names.add(found[1])


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> Iterator[Shown]:
    shown = Shown(monkeypatch)
    draw_gallery()
    yield shown
    template_rendered.disconnect(shown.rendered)


def states(source: str) -> Iterator[tuple[str, str]]:
    """The words that a signature gives for a parameter: `tone: success, info.`; an empty one is the default."""
    for name, words in re.findall(r'\b(\w+): ((?:""|\w+)(?:, (?:""|\w+))+)(?=[.;])', source.partition(") :")[2]):
        yield from ((name, word) for word in words.split(", ") if word != '""')


def test_the_gallery_shows_every_component(shown: Shown) -> None:
    assert set(NAMES) == shown.names


def test_the_gallery_gives_every_parameter_another_value_than_its_default(shown: Shown) -> None:
    missing = [
        f"{name}({parameter}={default!r})"
        for name, given in shown.values.items()
        for parameter, default in components.signature(name).items()
        if default is not components.REQUIRED and all(value == default for value in given[parameter])
    ]
    assert not missing


def test_the_gallery_shows_every_state_that_a_signature_names(shown: Shown) -> None:
    lines = {name: (FOLDER / f"{name}.html").read_text(encoding="utf-8").splitlines()[0] for name in shown.values}
    named = [(name, parameter, word) for name, line in lines.items() for parameter, word in states(line)]
    assert ("badge", "tone", "new") in named
    assert [one for one in named if one[2] not in shown.values[one[0]].get(one[1], [])] == []


def test_the_gallery_has_a_field_of_each_kind() -> None:
    assert {forms.kind_of(field) for field in gallery.SampleForm()} == {*forms.KINDS.values(), "text"} - {"hidden"}


def test_a_component_refuses_an_unknown_parameter() -> None:
    with pytest.raises(TemplateSyntaxError, match="badge has no parameter colour"):
        render('{% ui "badge" label="Reçue" colour="red" %}')


def test_a_component_asks_for_what_it_needs() -> None:
    with pytest.raises(TemplateSyntaxError, match="badge needs label"):
        render('{% ui "badge" tone="success" %}')


def test_a_component_sees_nothing_of_the_page() -> None:
    assert "Titre de la page" not in render('{% ui "alert" text="Fait." %}', title="Titre de la page")


def test_what_a_component_receives_is_escaped() -> None:
    assert "&lt;script&gt;" in render('{% ui "badge" label=label %}', label="<script>")
    assert "&lt;b&gt;" in render(
        '{% component "card" %}{{ x }}{% slot "footer" %}{{ x }}{% endslot %}{% endcomponent %}', x="<b>"
    )


def test_a_state_is_a_word_an_icon_and_a_colour() -> None:
    badge = render('{% ui "badge" label="Refusée" tone="error" %}')
    assert "Refusée" in badge
    assert "fr-icon-" in badge
    assert "sc-badge--error" in badge


def test_slots_reach_their_parameter() -> None:
    html = render(
        '{% component "panes" %}{% slot "list" %}A{% endslot %}{% slot "detail" %}B{% endslot %}{% endcomponent %}'
    )
    assert re.search(r"sc-panes__list.*A.*sc-panes__detail.*B", html, re.DOTALL)


def test_an_outlet_without_template_is_empty() -> None:
    assert render('{% outlet "nowhere/at-all.html" %}') == ""


def test_the_gallery_holds_no_inline_style_or_script(gallery_page: str) -> None:
    assert not re.findall(r"\sstyle=", gallery_page)
    assert not re.findall(r"\son\w+=", gallery_page)
    assert "<style" not in gallery_page
    for attributes, body in re.findall(r"<script([^>]*)>(.*?)</script>", gallery_page, re.DOTALL):
        assert "src=" in attributes or 'type="application/json"' in attributes, body[:80]


def test_identifiers_of_the_gallery_are_unique(gallery_page: str) -> None:
    found = re.findall(r'\sid="([^"]+)"', gallery_page)
    assert sorted(found) == sorted(set(found))


def test_the_page_has_one_title_one_main_and_says_its_language(gallery_page: str) -> None:
    assert gallery_page.count("<h1") == 1
    assert gallery_page.count("<main") == 1
    assert "<title>Composants – Sans couture</title>" in gallery_page
    assert '<html lang="fr"' in gallery_page


def test_messages_are_said_politely() -> None:
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    html = render_to_string("ui/legal.html", {"messages": [Message(25, "Enregistré.")]}, request)
    assert re.search(r'aria-live="polite">.*fr-alert--success.*Enregistré', html, re.DOTALL)


def test_the_language_switch_is_a_form_that_comes_back_here() -> None:
    request = RequestFactory().get("/accessibilite/?a=1")
    request.user = AnonymousUser()
    html = render_to_string("ui/accessibility.html", {}, request)
    assert re.search(
        r'<form method="post" action="/langue/">.*name="next" value="/accessibilite/\?a=1"', html, re.DOTALL
    )
    assert 'value="en" lang="en">English' in html
