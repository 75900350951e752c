"""The traces that the offer was written, which every search counts: few are kept."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from sanscouture.core.verbs import verb
from sanscouture.directory.models import OfferChange

KEPT = timedelta(days=1)


@verb
def forget_offer_changes() -> int:
    """Erase the traces older than a day but the last one, and give their number.

    Rule: the version of the offer (how many traces, and the last) stays one that no process has met.
    """
    last = OfferChange.objects.order_by("-pk").values_list("pk", flat=True).first()
    old = OfferChange.objects.filter(at__lt=timezone.now() - KEPT).exclude(pk=last or 0)
    return old.delete()[0]
