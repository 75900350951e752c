from __future__ import annotations

from django import template

from sanscouture.demo.selectors import Group, groups

register = template.Library()


@register.simple_tag
def demo_groups() -> list[Group]:
    """The buttons of the sign-in page, by programme."""
    return groups()
