"""Acts on hand-overs: proposing one or all pathways of a professional, accepting some or all, taking it back."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.utils.translation import gettext as _

from sanscouture.access.actor import Actor
from sanscouture.accounts.models import User
from sanscouture.audit.services import record
from sanscouture.core import clock
from sanscouture.core.errors import Conflict, Refused
from sanscouture.core.verbs import verb
from sanscouture.notifications.services import notify
from sanscouture.pathways.enums import HandoverLineState, HandoverState
from sanscouture.pathways.models import Handover, HandoverLine, Pathway, Referent
from sanscouture.pathways.rules import handovers as rules
from sanscouture.pathways.selectors.people import Professional
from sanscouture.pathways.services.pathways import hand_over, must_take_part, stay_as_contributor
from sanscouture.people.selectors import among_readers
from sanscouture.people.services import must_read


@verb
def propose_handover(
    programme_id: UUID,
    *,
    giver: Professional,
    taker: Professional,
    pathways: Collection[Pathway],
    reason: str = "",
    actor: Actor,
) -> Handover:
    """Propose the pathways of a professional to another.

    Rule: nothing changes until the other accepts: the former referent still answers for each. Raises Refused when
    there is nothing to hand over, it is the same professional, the other does not take part or is not among the readers
    of a restricted record; Conflict when a pathway
    is closed, in other hands, or already proposed.
    """
    if not pathways:
        raise Refused(_("Choisissez au moins un parcours."))
    (user, organisation), (other, elsewhere) = giver, taker
    if user.pk == other.pk and organisation.pk == elsewhere.pk:
        raise Refused(_("Choisissez une autre personne."))
    ids = sorted(pathway.pk for pathway in pathways)
    live = list(
        Pathway.objects.get_queryset()
        .select_for_update(of=("self",))
        .filter(pk__in=ids, programme_id=programme_id, closed_on=None)
        .select_related("beneficiary")
        .order_by("pk")
    )
    held = Referent.objects.get_queryset().filter(pathway__in=live, user=user, organisation=organisation, until=None)
    if len(live) != len(ids) or held.count() != len(ids):
        raise Conflict(_("Un de ces parcours a changé de mains, ou il est clos. Relisez la liste."))
    for pathway in live:
        must_take_part(pathway, other, elsewhere)
        must_read(other, pathway.beneficiary_id)
    made = Handover.objects.create(
        programme_id=programme_id,
        giver=user,
        giver_organisation=organisation,
        taker=other,
        taker_organisation=elsewhere,
        reason=reason.strip(),
        proposed_by_id=actor.user_id,
    )
    for pathway in live:
        HandoverLine.objects.create(programme_id=programme_id, handover=made, pathway=pathway)
    record(actor, "handover.propose", made)
    _tell(made, "pathways.handover_proposed", [other], actor)
    return made


@verb
def answer_handover(handover: Handover, *, accepted: Collection[UUID], actor: Actor) -> Handover:
    """Accept some or all of the pathways that were proposed; the others stay with the former referent.

    `accepted`: identifiers of lines. Rule: each pathway passes in one instant, so that it never has two referents nor
    none; one that changed hands or was closed meanwhile lapses. Raises Refused when it is not the actor's to answer,
    Conflict when it was answered or taken back.
    """
    row = _waiting(handover)
    if row.taker_id != actor.user_id:
        raise Refused(_("Cette passation n’est pas à votre nom."))
    lines = list(HandoverLine.objects.get_queryset().filter(handover=row).order_by("pathway_id"))
    if not set(accepted) <= {line.pk for line in lines}:
        raise Refused(_("Choisissez parmi les parcours proposés."))
    for line in lines:
        line.state = _pass(row, line, actor) if line.pk in accepted else HandoverLineState.DECLINED
        line.save(update_fields=["state"])
    taken = sum(line.state == HandoverLineState.ACCEPTED for line in lines)
    row.state, row.decided_at = rules.outcome(taken, len(lines)), clock.now()
    row.save(update_fields=["state", "decided_at"])
    record(actor, "handover.answer", row, note=row.state)
    _tell(row, "pathways.handover_answered", [row.giver, row.proposed_by], actor)
    return row


@verb
def withdraw_handover(handover: Handover, *, actor: Actor) -> Handover:
    """Take a proposal back. Raises Refused to whoever is not of the side that proposed, Conflict when it is decided."""
    row = _waiting(handover)
    if actor.user_id not in {row.giver_id, row.proposed_by_id}:
        raise Refused(_("Seule la personne qui confie, ou qui a proposé, retire une passation."))
    row.state, row.decided_at = HandoverState.WITHDRAWN, clock.now()
    row.save(update_fields=["state", "decided_at"])
    HandoverLine.objects.get_queryset().filter(handover=row).update(state=HandoverLineState.LAPSED)
    record(actor, "handover.withdraw", row)
    return row


def _waiting(handover: Handover) -> Handover:
    rows = Handover.objects.get_queryset().select_for_update(of=("self",))
    row = rows.select_related("giver", "taker", "taker_organisation", "proposed_by").get(pk=handover.pk)
    if row.state != HandoverState.PROPOSED:
        raise Conflict(_("Cette passation est déjà « %(state)s ».") % {"state": row.get_state_display()})
    return row


def _pass(handover: Handover, line: HandoverLine, actor: Actor) -> HandoverLineState:
    """Pass one pathway on, when it still is the giver's and the taker may read it."""
    pathway = Pathway.objects.get_queryset().select_for_update().get(pk=line.pathway_id)
    former = (
        Referent.objects.get_queryset()
        .filter(pathway=pathway, until=None, user=handover.giver_id, organisation=handover.giver_organisation_id)
        .select_related("organisation", "pathway__beneficiary")
        .first()
    )
    readers = among_readers([handover.taker], pathway.beneficiary_id)
    if former is None or pathway.closed_on is not None or not readers:
        return HandoverLineState.LAPSED
    must_take_part(pathway, handover.taker, handover.taker_organisation)
    hand_over(former, user=handover.taker, organisation=handover.taker_organisation, actor=actor)
    if former.organisation_id != handover.taker_organisation_id:
        stay_as_contributor(pathway.beneficiary, former.organisation, actor)
    return HandoverLineState.ACCEPTED


def _tell(handover: Handover, kind: str, people: Collection[User], actor: Actor) -> None:
    notify(
        kind,
        to=[one for one in people if one.pk != actor.user_id],
        programme_id=handover.programme_id,
        url=f"/passations/{handover.pk}/",
        key=f"handover:{handover.pk}:{handover.state}",
    )
