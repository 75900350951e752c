"""Several people towards one service: whom it may help, as far as anybody knows, before anything leaves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from sanscouture.access.actor import Actor
from sanscouture.access.enums import Perm
from sanscouture.core import clock
from sanscouture.directory.enums import Verdict
from sanscouture.directory.models import Service
from sanscouture.directory.selectors import verdicts_of
from sanscouture.pathways.enums import Delivery, NeedState, ReferralState
from sanscouture.pathways.models import Need
from sanscouture.pathways.rules.travel import HEALTH_FIELD
from sanscouture.pathways.selectors.offer import person_facts
from sanscouture.people.rules import may_share
from sanscouture.programmes.models import Programme

MOST = 100
"""So many people at a time, the needs due first before the others."""
OVER = (ReferralState.REFUSED, ReferralState.WITHDRAWN, ReferralState.UNANSWERED)


@dataclass(frozen=True)
class Candidate:
    """An open need that a service answers. `held_back`: why it cannot leave, whatever its verdict; else empty."""

    need: Need
    verdict: Verdict
    reasons: Sequence[str | Promise]
    held_back: str

    @property
    def may_leave(self) -> bool:
        return not self.held_back and self.verdict != Verdict.NOT_ELIGIBLE


def candidates(programme: Programme, service: Service, actor: Actor) -> list[Candidate]:
    """The open needs that an actor may refer and that a service answers, one a person, with what the rules say.

    Two queries whatever their number. Rule: a need of health is never referred in bulk; somebody decides what is told.
    """
    found = (
        Need.objects.visible_to(actor, Perm.REFERRAL_SEND)
        .filter(programme=programme, state=NeedState.OPEN, field__in=service.action_fields)
        .exclude(field=HEALTH_FIELD)
        .select_related("programme", "barrier", "beneficiary__commune", "beneficiary__programme")
        .prefetch_related("referrals")
        .order_by("due_on", "pk")
    )
    needs: dict[UUID, Need] = {}
    for need in found[:MOST]:
        needs.setdefault(need.beneficiary_id, need)
    verdicts = verdicts_of(service, {need.pk: person_facts(need.beneficiary) for need in needs.values()})
    return [
        Candidate(need, verdicts[need.pk].verdict, verdicts[need.pk].reasons, _held_back(need, service))
        for need in needs.values()
    ]


def _held_back(need: Need, service: Service) -> str:
    person = need.beneficiary
    if not may_share(person.shared_until, today=clock.today()):
        return _("l’information donnée et le partage sont à noter d’abord")
    if not person.phone and not person.email:
        return _("aucun moyen de joindre la personne n’est noté")
    here = [one for one in need.referrals.all() if one.service_id == service.pk and one.state not in OVER]
    running = any(one.delivery != Delivery.ENDED for one in here)
    return _("ce besoin est déjà orienté vers ce service") if running else ""
