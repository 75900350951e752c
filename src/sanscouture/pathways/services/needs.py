"""Acts on a need: an open request for help, which outlives any one referral."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils.translation import gettext as _

from sanscouture.access.actor import Actor
from sanscouture.audit.services import record
from sanscouture.core import clock
from sanscouture.core.errors import Conflict, Refused
from sanscouture.core.verbs import verb
from sanscouture.pathways.enums import NeedState, ReferralState
from sanscouture.pathways.models import Barrier, Need, Referent, Referral
from sanscouture.pathways.rules.delays import working_day
from sanscouture.pathways.services import ruptures
from sanscouture.people.models import Beneficiary

NEED_DAYS = 15
"""A need is to be acted upon within so many days of being written down."""


@verb
def open_need(
    beneficiary: Beneficiary,
    *,
    field: int,
    label: str,
    theme: str = "",
    barrier: Barrier | None = None,
    due_on: date | None = None,
    actor: Actor,
) -> Need:
    """Write down a need.

    Rule: a need always has an owner and a clock: the pathway's referent, fifteen days unless said otherwise. `field` is
    one of the eight (1 to 8), `theme` a data·inclusion thématique. Raises Refused without words, with an unknown field,
    or when the person has no open pathway.
    """
    if not label.strip():
        raise Refused(_("Dites le besoin en quelques mots."))
    if field not in range(1, 9):
        raise Refused(_("Choisissez l’un des huit champs d’action."))
    referent = Referent.objects.get_queryset().filter(pathway__beneficiary=beneficiary, until=None).first()
    if referent is None:
        raise Refused(_("Cette personne n’a pas de parcours ouvert : ouvrez-le d’abord."))
    need = Need.objects.create(
        programme_id=beneficiary.programme_id,
        beneficiary=beneficiary,
        barrier=barrier,
        field=field,
        theme=theme,
        label=label.strip(),
        owner_id=referent.user_id,
        owner_organisation_id=referent.organisation_id,
        due_on=due_on or working_day(clock.today() + timedelta(days=NEED_DAYS)),
        created_by_id=actor.user_id,
    )
    record(actor, "need.open", need)
    ruptures.evaluate_person(beneficiary, today=clock.today(), by=actor.user_id)
    return need


@verb
def close_need(need: Need, *, state: NeedState, reason: str = "", actor: Actor) -> Need:
    """Close a need: covered, withdrawn, or declared without solution (with the reason).

    Raises Conflict when it is already closed, Refused when a referral is still on its way or a reason is missing.
    """
    row = Need.objects.get_queryset().select_for_update().get(pk=need.pk)
    if row.state != NeedState.OPEN:
        raise Conflict(_("Ce besoin est déjà clos : « %(state)s ».") % {"state": row.get_state_display()})
    if state == NeedState.OPEN:
        raise Refused(_("Dites comment le besoin se ferme : couvert, retiré ou sans solution."))
    if state == NeedState.UNCOVERED and not reason.strip():
        raise Refused(_("Dites pourquoi aucune solution n’existe : ce motif sert à faire évoluer l’offre."))
    waiting = Referral.objects.get_queryset().filter(need=row, state__in=[ReferralState.SENT, ReferralState.RECEIVED])
    if waiting.exists():
        raise Refused(_("Une orientation attend encore sa réponse : retirez-la d’abord, ou attendez la réponse."))
    row.state, row.reason, row.closed_at = state, reason.strip(), clock.now()
    row.save(update_fields=["state", "reason", "closed_at"])
    record(actor, f"need.{state}", row)
    ruptures.evaluate_person(row.beneficiary, today=clock.today(), by=actor.user_id)
    return row


@verb
def reopen_need(need: Need, *, actor: Actor) -> Need:
    """Open a closed need again, with a fresh clock: the undo of `close_need`. Raises Conflict when it is open."""
    row = Need.objects.get_queryset().select_for_update().get(pk=need.pk)
    if row.state == NeedState.OPEN:
        raise Conflict(_("Ce besoin est déjà ouvert."))
    row.state, row.reason, row.closed_at = NeedState.OPEN, "", None
    row.due_on = max(row.due_on, working_day(clock.today() + timedelta(days=NEED_DAYS)))
    row.save(update_fields=["state", "reason", "closed_at", "due_on"])
    record(actor, "need.reopen", row)
    ruptures.evaluate_person(row.beneficiary, today=clock.today(), by=actor.user_id)
    return row
