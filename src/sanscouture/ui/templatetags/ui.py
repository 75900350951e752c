"""The tags a page needs: components, dates as people say them, addresses that keep their filters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from django import template
from django.forms import BoundField
from django.template import Context, TemplateDoesNotExist
from django.template.base import FilterExpression, NodeList, Parser, Token, token_kwargs
from django.template.loader import get_template
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from sanscouture.core import logs
from sanscouture.ui import components, dates, forms
from sanscouture.ui import scheme as colours
from sanscouture.ui import sparkline as trend

register = template.Library()

SHARED = ("request", "csrf_token", "user", "messages")

register.filter("said", dates.said)
register.filter("day", dates.day)
register.filter("ago", dates.ago)
register.filter("at_hour", dates.at_hour)
register.filter("hour", dates.hour)
register.filter("duration", dates.duration)
register.filter("days", dates.days)


@register.simple_tag
def reference() -> str:
    """The name of the request being answered; it needs no context, so that the page of our own faults has it."""
    return logs.reference.get()


def render_component(name: str, given: dict[str, object], context: Context) -> SafeString:
    """Render a component apart from the page: it sees its parameters and the request, nothing else."""
    values = components.complete(name, given)
    for key in SHARED:
        if key in context:
            values.setdefault(key, context[key])
    found: Any = get_template(f"{components.FOLDER}/{name}.html")
    rendered: str = found.template.render(Context(values))  # the page's processors have run once: see SHARED
    return mark_safe(rendered.strip())  # noqa: S308 rendered by the template engine, which escaped it


@register.simple_tag(takes_context=True)
def ui(context: Context, name: str, **given: object) -> SafeString:
    """`{% ui "badge" label="Acceptée" tone="success" %}`: a component without content."""
    return render_component(name, given, context)


@register.simple_tag
def once() -> SafeString:
    """`{% once %}`: what makes of all the sendings of this form, on this page, one act (`audit.services.once`)."""
    return format_html('<input type="hidden" name="envoi" value="{}">', uuid4())


class ComponentNode(template.Node):
    """`{% component "card" title="…" %}…{% slot "footer" %}…{% endslot %}{% endcomponent %}`."""

    def __init__(self, name: FilterExpression, given: dict[str, FilterExpression], nodelist: NodeList) -> None:
        self.name = name
        self.given = given
        self.nodelist = nodelist

    def render(self, context: Context) -> SafeString:
        slots: dict[str, SafeString] = {}
        with context.push(__slots__=slots):
            content = self.nodelist.render(context).strip()
        given = {key: value.resolve(context) for key, value in self.given.items()}
        if content:
            slots["content"] = mark_safe(content)  # noqa: S308 rendered by the template engine, which escaped it
        return render_component(self.name.resolve(context), {**given, **slots}, context)


@register.tag
def component(parser: Parser, token: Token) -> ComponentNode:
    """A component with content; the parameter `content` receives it."""
    _, name, *rest = token.split_contents()
    given = token_kwargs(rest, parser)
    nodelist = parser.parse(("endcomponent",))
    parser.delete_first_token()
    return ComponentNode(parser.compile_filter(name), given, nodelist)


class SlotNode(template.Node):
    def __init__(self, name: str, nodelist: NodeList) -> None:
        self.name = name
        self.nodelist = nodelist

    def render(self, context: Context) -> str:
        content = self.nodelist.render(context).strip()
        context["__slots__"][self.name] = mark_safe(content)  # noqa: S308 rendered by the template engine
        return ""


@register.tag
def slot(parser: Parser, token: Token) -> SlotNode:
    """A named part of a component's content, given to the parameter of that name."""
    name = token.split_contents()[1].strip("\"'")
    nodelist = parser.parse(("endslot",))
    parser.delete_first_token()
    return SlotNode(name, nodelist)


class CaptureNode(template.Node):
    def __init__(self, name: str, nodelist: NodeList) -> None:
        self.name = name
        self.nodelist = nodelist

    def render(self, context: Context) -> str:
        content = self.nodelist.render(context).strip()
        context[self.name] = mark_safe(content)  # noqa: S308 rendered by the template engine, which escaped it
        return ""


@register.tag
def capture(parser: Parser, token: Token) -> CaptureNode:
    """`{% capture page_title %}{% block title %}{% endblock %}{% endcapture %}`: write once, show twice."""
    name = token.split_contents()[1]
    nodelist = parser.parse(("endcapture",))
    parser.delete_first_token()
    return CaptureNode(name, nodelist)


@register.simple_tag(takes_context=True)
def outlet(context: Context, name: str) -> SafeString:
    """Render a template that an app above may bring (`home/navigation.html`); nothing when it does not exist."""
    try:
        found: Any = get_template(name)
    except TemplateDoesNotExist:
        return SafeString()
    rendered: str = found.template.render(context)
    return SafeString(rendered)


@register.simple_tag(takes_context=True)
def scheme(context: Context) -> SafeString:
    """The attributes of the page that say its colours: the reader's choice, or the system's."""
    request: Any = context.get("request")
    chosen = colours.chosen(request.COOKIES if request else {})
    theme = "" if chosen == colours.Scheme.SYSTEM else format_html(' data-fr-theme="{}"', chosen.value)
    return format_html('data-fr-scheme="{}"{}', chosen.value, theme)


@register.simple_tag
def widget(field: BoundField) -> SafeString:
    """The control of a form's field, with the classes of the design system and what describes it."""
    return forms.control(field)


@register.filter
def kind_of(field: BoundField) -> str:
    """Which markup a field takes: text, choice, box, boxes, radios, hidden."""
    return forms.kind_of(field)


@register.filter
def sentence(value: object) -> str:
    """Escape, and begin with a capital letter."""
    text = str(conditional_escape(str(value)))
    return SafeString(text[:1].upper() + text[1:])


@register.inclusion_tag("ui/sparkline.html")
def sparkline(values: Sequence[float]) -> dict[str, object]:
    """A trend as a small line; the figure beside it says the number."""
    path = trend.points(values)
    return {"points": path, "last": path.rsplit(" ", 1)[-1].split(",")}
