"""How forms are drawn: by Django's templates, but for long lists."""

from __future__ import annotations

from typing import Any

from django.forms.renderers import TemplatesSetting
from django.forms.utils import flatatt
from django.http import HttpRequest
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

SELECT = "django/forms/widgets/select.html"


class Renderer(TemplatesSetting):
    """Django's own, with lists written without a template: one of a hundred themes is on every search."""

    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> str:
        """Draw a widget or a form."""
        if template_name == SELECT:
            return written(context["widget"])
        return super().render(template_name, context, request)


def written(widget: dict[str, Any]) -> SafeString:
    """Write a list as Django's template does. `widget`: its context."""
    parts = [f'<select name="{escape(widget["name"])}"{flatatt(widget["attrs"])}>']
    for group, options, _rank in widget["optgroups"]:
        lines = [
            f'<option value="{escape(str(option["value"]))}"{flatatt(option["attrs"]) if option["attrs"] else ""}>'
            f"{escape(option['label'])}</option>"
            for option in options
        ]
        parts += [f'<optgroup label="{escape(group)}">', *lines, "</optgroup>"] if group else lines
    return mark_safe("\n".join([*parts, "</select>"]))  # noqa: S308 each part is escaped
