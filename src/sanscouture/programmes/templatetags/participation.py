"""What the page of an organisation, in a layer below, shows of programmes."""

from __future__ import annotations

from collections.abc import Sequence

from django import template

from sanscouture.access.actor import Actor
from sanscouture.partners.models import Organisation
from sanscouture.programmes.models import Partnership
from sanscouture.programmes.selectors import participation_of

register = template.Library()


@register.simple_tag
def participation(organisation: Organisation, actor: Actor) -> Sequence[Partnership]:
    """Give the partnerships of an organisation that an actor may see."""
    return participation_of(organisation, actor)
