"""What templates ask: the programmes of an organisation (its page is in a layer below), numbers by thousands."""

from __future__ import annotations

from collections.abc import Sequence

from django import template

from sanscouture.access.actor import Actor
from sanscouture.partners.models import Organisation
from sanscouture.programmes.models import Partnership
from sanscouture.programmes.rules import spaced
from sanscouture.programmes.selectors import participation_of

register = template.Library()
register.filter("spaced", spaced)


@register.simple_tag
def participation(organisation: Organisation, actor: Actor) -> Sequence[Partnership]:
    """Give the partnerships of an organisation that an actor may see."""
    return participation_of(organisation, actor)
