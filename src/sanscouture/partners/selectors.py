from __future__ import annotations

from django.db.models import QuerySet

from sanscouture.partners.models import Organisation
from sanscouture.territories.rules import search_key

SIRET_DIGITS = 14


def organisations_matching(text: str, *, category: str = "") -> QuerySet[Organisation]:
    """Give the active organisations that answer to a name, a town or a SIRET; all when nothing is asked."""
    found = Organisation.objects.filter(is_active=True).select_related("commune")
    if category:
        found = found.filter(category=category)
    digits = "".join(text.split())
    if digits.isascii() and digits.isdigit() and len(digits) == SIRET_DIGITS:
        return found.filter(siret=digits).order_by("name_key", "pk")
    for word in search_key(text).split():
        found = found.filter(name_key__contains=word)
    return found.order_by("name_key", "pk")
