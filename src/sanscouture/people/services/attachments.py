"""Asking to be attached to a record that already exists, and answering."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from sanscouture.access.actor import Actor
from sanscouture.access.enums import Perm
from sanscouture.access.policy import can
from sanscouture.audit.services import record
from sanscouture.core import clock
from sanscouture.core.errors import Conflict, Refused
from sanscouture.core.verbs import verb
from sanscouture.notifications.services import notify
from sanscouture.partners.models import Organisation
from sanscouture.people.enums import AttachmentState, InvolvementKind
from sanscouture.people.models import AttachmentRequest, Beneficiary
from sanscouture.people.rules import Identity, may_share
from sanscouture.people.selectors import among_readers, requests_for
from sanscouture.people.services.duplicates import find_close
from sanscouture.people.services.involvements import involve
from sanscouture.programmes.models import Programme

MOST_ASKED = 3
"""One act asks the holders of three records at most; who holds them decides which is the right one."""


@verb
def request_attachment(
    programme: Programme, identity: Identity, *, organisation: Organisation, reason: str, actor: Actor
) -> int:
    """Ask whoever holds the records close to an identity to attach an organisation to them.

    Rule: the asker learns that a request has left, never to whom nor about which record (chapter 02). Asking twice is
    asking once. Gives how many requests are waiting. Raises Refused without a reason, or when no close record is left.
    """
    if not reason.strip():
        raise Refused(_("Écrivez en quelques mots pourquoi vous accompagnez cette personne."))
    close = find_close(programme, identity, actor=actor)
    hidden = [one for one in close if not can(actor, Perm.PERSON_READ, one)][:MOST_ASKED]
    if not hidden:
        raise Refused(_("Aucune fiche proche n’est à rattacher."))
    for beneficiary in hidden:
        _ask(beneficiary, organisation, reason.strip(), actor)
    return len(hidden)


@verb
def decide_attachment(request: AttachmentRequest, *, granted: bool, actor: Actor) -> AttachmentRequest:
    """Answer a request: the capturing organisation or the coordination decides, once.

    Rule: granting makes the organisation a contributor; it needs a basis that holds, or it would see nothing. Raises
    Refused when the decision is not the actor's or the person was not informed, Conflict when somebody decided first.
    """
    row = AttachmentRequest.objects.get_queryset().select_for_update(of=("self",)).get(pk=request.pk)
    if not requests_for(actor).filter(pk=row.pk).exists():
        raise Refused(_("Seule la structure qui a créé la fiche, ou la coordination, peut répondre à cette demande."))
    if row.state != AttachmentState.PENDING:
        who = row.decided_by.full_name if row.decided_by else ""
        raise Conflict(_("%(who)s a déjà répondu à cette demande.") % {"who": who})
    if granted and not may_share(row.beneficiary.shared_until, today=clock.today()):
        raise Refused(_("Informez d’abord la personne : sans information donnée, sa fiche ne se partage pas."))
    row.state = AttachmentState.GRANTED if granted else AttachmentState.DECLINED
    row.decided_by_id, row.decided_at = actor.user_id, clock.now()
    row.save(update_fields=["state", "decided_by", "decided_at"])
    record(actor, "attachment.decide", row, note=row.state)
    if granted:
        involve(row.beneficiary, row.organisation, InvolvementKind.CONTRIBUTOR, actor=actor)
    _tell_decision(row)
    return row


def _ask(beneficiary: Beneficiary, organisation: Organisation, reason: str, actor: Actor) -> None:
    request, created = AttachmentRequest.objects.get_queryset().get_or_create(
        beneficiary=beneficiary,
        organisation=organisation,
        state=AttachmentState.PENDING,
        defaults={
            "programme_id": beneficiary.programme_id,
            "requested_by_id": actor.user_id,
            "reason": reason[:300],
        },
    )
    if not created:
        return
    record(actor, "attachment.request", request)
    notify(
        "people.attachment_requested",
        to=among_readers([beneficiary.created_by], beneficiary.pk),
        programme_id=beneficiary.programme_id,
        url=reverse("people:attachments"),
        key=f"attachment:{request.pk}:requested",
    )


def _tell_decision(request: AttachmentRequest) -> None:
    if not among_readers([request.requested_by], request.beneficiary_id):
        return
    granted = request.state == AttachmentState.GRANTED
    notify(
        "people.attachment_granted" if granted else "people.attachment_declined",
        to=[request.requested_by],
        programme_id=request.programme_id,
        url=f"/personnes/{request.beneficiary_id}/" if granted else reverse("people:attachments"),
        key=f"attachment:{request.pk}:decided",
    )
