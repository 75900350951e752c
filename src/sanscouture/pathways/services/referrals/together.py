"""Several people handed over to one service in one act."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext as _

from sanscouture.access.actor import Actor
from sanscouture.core.errors import Refused
from sanscouture.core.verbs import verb
from sanscouture.directory.models import Service
from sanscouture.pathways.models import Need, Referral
from sanscouture.pathways.rules import travel
from sanscouture.pathways.selectors.habits import habits_of
from sanscouture.pathways.services.referrals.sending import refer, sender_organisation


@verb
def refer_together(
    needs: Sequence[Need], *, service: Service, message: str = "", deadline: date | None = None, actor: Actor
) -> tuple[list[Referral], list[tuple[Need, str]]]:
    """Hand the needs of several people over to one service; give what left, and what did not with its reason.

    Rule: one referral each, with its own owner and clock, and what its sender's organisation ticks as a rule. One that
    cannot leave holds none of the others back. Raises Refused when none left.
    """
    sent: list[Referral] = []
    kept: list[tuple[Need, str]] = []
    for need in sorted(needs, key=lambda one: one.pk):
        person = need.beneficiary
        usual = habits_of(need.programme_id, sender_organisation(need, actor)).travels
        ticked = travel.ticked_at_first(has_phone=bool(person.phone), has_email=bool(person.email), usual=usual)
        try:
            sent.append(
                refer(
                    need,
                    recipient=service.organisation,
                    service=service,
                    travels=ticked,
                    message=message,
                    deadline=deadline,
                    actor=actor,
                )
            )
        except Refused as refusal:
            kept.append((need, str(refusal)))
    if not sent:
        raise Refused(kept[0][1] if kept else _("Cochez au moins une personne."))
    return sent, kept
