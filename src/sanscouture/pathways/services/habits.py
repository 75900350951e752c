"""Writing how an organisation refers and answers."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from sanscouture.access.actor import Actor
from sanscouture.audit.services import record
from sanscouture.core.errors import Refused
from sanscouture.core.verbs import one_at_a_time, verb
from sanscouture.partners.models import Organisation
from sanscouture.pathways.enums import Fact
from sanscouture.pathways.models import ReferralHabits
from sanscouture.pathways.rules.delays import LONGEST_DEADLINE
from sanscouture.pathways.rules.travel import NEVER_USUAL
from sanscouture.pathways.selectors.habits import welcoming
from sanscouture.programmes.models import Programme


@verb
def save_habits(
    programme: Programme,
    organisation: Organisation,
    *,
    answer_days: int | None,
    travels: Iterable[str],
    actor: Actor,
) -> ReferralHabits:
    """Write what an organisation ticks at first when it refers, and its usual days to answer, 1 to 60 or none.

    Rule: health and the whole pathway are decided each time, never once for all. Raises Refused for those, out of
    bounds, or for an organisation whose welcome the actor does not keep.
    """
    chosen = [fact for fact in Fact if fact in set(travels)]
    if not NEVER_USUAL.isdisjoint(chosen):
        raise Refused(_("La santé et le parcours entier se cochent chaque fois, jamais d’avance."))
    if answer_days is not None and not 1 <= answer_days <= LONGEST_DEADLINE:
        raise Refused(_("Le délai de réponse va de 1 à 60 jours."))
    if organisation not in welcoming(programme, actor):
        raise Refused(_("Seules les personnes de cette structure, ou la coordination, peuvent le faire."))
    one_at_a_time(f"referral habits {programme.pk} {organisation.pk}")
    kept, _made = ReferralHabits.objects.update_or_create(
        programme=programme, organisation=organisation, defaults={"answer_days": answer_days, "travels": chosen}
    )
    record(actor, "referralhabits.save", kept)
    return kept
