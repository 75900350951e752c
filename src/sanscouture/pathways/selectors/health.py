"""Who reads the health of a person: those on that step, and nobody else (chapter 02)."""

from __future__ import annotations

from collections.abc import Iterable

from sanscouture.access.actor import Actor
from sanscouture.pathways.enums import Fact, ReferralState
from sanscouture.pathways.models import Barrier, Need, Referent
from sanscouture.pathways.rules.diagnosis import HEALTH
from sanscouture.pathways.selectors.travelling import kept
from sanscouture.people.models import Beneficiary


class HealthReader:
    """What one reader may know of the health of one person.

    Rule: the organisation that wrote the record and the referent's read all of it; for one need, so do the
    organisation that holds it and those told of health by a referral of it. The weight of the field is read by
    whoever wrote it, or reads a need of it.
    """

    def __init__(self, person: Beneficiary, actor: Actor) -> None:
        self._user_id = actor.user_id
        self._mine = actor.organisations(person.programme_id)
        self._follows = person.captured_by_id in self._mine or self._answers_for(person)

    def _answers_for(self, person: Beneficiary) -> bool:
        live = Referent.objects.get_queryset().filter(pathway__beneficiary=person, pathway__closed_on=None, until=None)
        return bool(self._mine) and live.filter(organisation_id__in=self._mine).exists()

    def reads(self, need: Need) -> bool:
        """Whether the words of a need may be read. Prefetch `referrals` for several."""
        if need.field != HEALTH or self._follows or need.owner_organisation_id in self._mine:
            return True
        return any(
            referral.recipient_id in self._mine
            and referral.state != ReferralState.DRAFT
            and Fact.HEALTH in kept(referral)
            for referral in need.referrals.all()
        )

    def weighs(self, barrier: Barrier | None, needs: Iterable[Need]) -> bool:
        """Whether the field itself may be read; where nothing is written there is nothing to hide."""
        of_health = [need for need in needs if need.field == HEALTH]
        if barrier is None:
            return all(self.reads(need) for need in of_health)
        wrote = barrier.updated_by_id == self._user_id
        return self._follows or wrote or any(self.reads(need) for need in of_health)


def reads(need: Need, actor: Actor) -> bool:
    """Say whether the words of one need may be read."""
    return need.field != HEALTH or HealthReader(need.beneficiary, actor).reads(need)
