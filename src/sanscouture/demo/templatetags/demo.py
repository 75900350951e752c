from __future__ import annotations

from django import template

from sanscouture.demo.selectors import Doors, doors

register = template.Library()


@register.simple_tag
def demo_doors() -> Doors:
    """The buttons of the sign-in page."""
    return doors()
