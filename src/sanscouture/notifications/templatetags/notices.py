from __future__ import annotations

from django import template
from django.template import Context

from sanscouture.notifications.selectors import unread_count

register = template.Library()


@register.simple_tag(takes_context=True)
def unread_notices(context: Context) -> int:
    """How many notices wait for this account; 0 on pages that do not know whose they are."""
    actor = getattr(context.get("request"), "actor", None)
    return unread_count(actor) if actor is not None else 0
