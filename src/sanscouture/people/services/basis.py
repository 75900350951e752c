"""What a person was told, and how long their data may be shared."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from sanscouture.access.actor import Actor
from sanscouture.audit.services import record
from sanscouture.core import clock
from sanscouture.core.errors import Conflict, Refused
from sanscouture.core.verbs import verb
from sanscouture.people.models import Basis, Beneficiary, Involvement
from sanscouture.people.rules import BasisGiven, Span, basis_expiry, shared_until


@verb
def record_basis(beneficiary: Beneficiary, *, given: BasisGiven, actor: Actor) -> Basis:
    """Write what the person was told and on which ground; sharing holds from now, for two years.

    `beneficiary.shared_until` follows at once. Raises Refused for a date to come or for nothing to share.
    """
    given_on = given.given_on or clock.today()
    if given_on > clock.today():
        raise Refused(_("L’information ne peut pas avoir été donnée dans le futur."))
    if not given.scopes:
        raise Refused(_("Cochez au moins une portée : ce que la personne a été informée de partager."))
    saved = _locked(beneficiary)
    basis = Basis.objects.create(
        programme_id=saved.programme_id,
        beneficiary=saved,
        ground=given.ground,
        informed_by=given.informed_by,
        notice_version=given.notice_version,
        scopes=[scope.value for scope in given.scopes],
        given_on=given_on,
        expires_on=basis_expiry(given_on),
        recorded_by_id=actor.user_id,
    )
    record(actor, "basis.record", basis, note=basis.ground)
    beneficiary.shared_until = _recompute(saved)
    return basis


@verb
def end_basis(basis: Basis, *, actor: Actor) -> Beneficiary:
    """Withdraw a basis, today and at once.

    Rule: when no other basis holds, the organisations that did not capture the record leave it, today (chapter 02).
    Raises Conflict when it was already withdrawn.
    """
    saved = _locked(basis.beneficiary)
    row = Basis.objects.get_queryset().get(pk=basis.pk)
    if row.ended_on is not None:
        raise Conflict(_("Cet accord a déjà été retiré."))
    row.ended_on = clock.today()
    row.save(update_fields=["ended_on"])
    record(actor, "basis.end", row)
    if _recompute(saved) is None:
        _let_others_go(saved, actor)
    return saved


def _locked(beneficiary: Beneficiary) -> Beneficiary:
    return Beneficiary.objects.get_queryset().select_for_update().get(pk=beneficiary.pk)


def _recompute(beneficiary: Beneficiary) -> date | None:
    spans = [
        Span(basis.given_on, basis.expires_on, basis.ended_on)
        for basis in Basis.objects.get_queryset().filter(beneficiary=beneficiary)
    ]
    until = shared_until(spans, today=clock.today())
    beneficiary.shared_until = until
    beneficiary.save(update_fields=["shared_until"])
    return until


def _let_others_go(beneficiary: Beneficiary, actor: Actor) -> None:
    live = Involvement.objects.get_queryset().filter(beneficiary=beneficiary, until=None)
    others = list(live.exclude(organisation_id=beneficiary.captured_by_id))
    live.filter(pk__in=[one.pk for one in others]).update(until=clock.today())
    record(actor, "involvement.end", others)
