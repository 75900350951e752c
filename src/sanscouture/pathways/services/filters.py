"""Views of the boxes of referrals that an account keeps."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.utils.translation import gettext as _

from sanscouture.access.actor import Actor
from sanscouture.core.errors import Refused
from sanscouture.core.verbs import one_at_a_time, verb
from sanscouture.pathways.enums import Box
from sanscouture.pathways.models import SavedFilter
from sanscouture.pathways.rules import filters as rules


@verb
def keep_filter(*, box: Box, name: str, asked: Mapping[str, object], actor: Actor) -> SavedFilter:
    """Keep a view of a box under a name; ten a box. `asked`: the filters, of which only those of a box are kept.

    Raises Refused without a name or beyond ten, Conflict for a name already taken.
    """
    if not name.strip():
        raise Refused(_("Donnez un nom à cette vue."))
    one_at_a_time(f"saved filters {actor.user_id}")
    if SavedFilter.objects.filter(user_id=actor.user_id, box=box).count() >= rules.MOST:
        raise Refused(_("Vous gardez déjà %(n)d vues : retirez-en une d’abord.") % {"n": rules.MOST})
    return SavedFilter.objects.create(user_id=actor.user_id, box=box, name=name.strip()[:40], query=rules.kept(asked))


@verb
def forget_filter(pk: UUID, *, actor: Actor) -> Box:
    """Forget a view that one keeps, and give its box; what is not one's own, or already forgotten, changes nothing."""
    mine = SavedFilter.objects.filter(pk=pk, user_id=actor.user_id)
    box = mine.values_list("box", flat=True).first()
    mine.delete()
    return Box(box or Box.RECEIVED)
