"""The agreement and the impact assessment: prepared, recorded as signed, withdrawn (chapter 08, ADR 0014)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Max
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from sanscouture.access.actor import Actor
from sanscouture.access.enums import Role
from sanscouture.accounts.models import User
from sanscouture.audit.services import NOTE_LENGTH, record
from sanscouture.core import clock
from sanscouture.core.errors import Conflict, Refused
from sanscouture.core.verbs import verb
from sanscouture.documents.rules.content import fingerprint, plain
from sanscouture.notifications.services import notify
from sanscouture.partners.models import Organisation
from sanscouture.programmes.enums import VersionState
from sanscouture.programmes.models import (
    AgreementSignature,
    AgreementVersion,
    DataProtection,
    Programme,
    RoleGrant,
)
from sanscouture.programmes.rules import configuration as rules
from sanscouture.programmes.rules.versions import must_move
from sanscouture.programmes.selectors.agreement import configuration_of, documents_of, reaching

TOLD = (Role.COORDINATOR, Role.COPILOT, Role.ORGANISATION_MANAGER)
"""Who is told that names open or close."""


@dataclass(frozen=True)
class Signatory:
    """Who signed for a party, and in what capacity."""

    name: str
    capacity: str = ""


@verb
def save_data_protection(
    programme: Programme,
    *,
    rights_organisation: Organisation | None,
    rights_contact: str,
    officer_name: str = "",
    officer_contact: str = "",
    officer_opinion: str = "",
    officer_opinion_on: date | None = None,
    actor: Actor | str,
) -> DataProtection:
    """Write who answers people and which officer was consulted. Raises `Refused` when an opinion is dated to come."""
    if officer_opinion_on and officer_opinion_on > clock.today():
        raise Refused(_("L’avis ne peut pas être à venir."))
    said = {
        "rights_organisation": rights_organisation,
        "rights_contact": rights_contact,
        "officer_name": officer_name,
        "officer_contact": officer_contact,
        "officer_opinion": officer_opinion,
        "officer_opinion_on": officer_opinion_on if officer_opinion else None,
    }
    kept, _made = DataProtection.objects.update_or_create(programme=programme, defaults=said)
    record(actor, "programme.data_protection", kept)
    return kept


@verb
def prepare_version(programme: Programme, *, actor: Actor | str) -> AgreementVersion:
    """Keep both documents as they are now, to be signed: what is signed is then printed again as it was.

    Raises `Refused` when something required is missing, `Conflict` when nothing changed since a version that waits.
    """
    Programme.objects.select_for_update().get(pk=programme.pk)
    said = configuration_of(programme)
    if against := rules.against_preparing(rules.missing(said, coordinators=1)):
        raise Refused(against)
    agreement, assessment = documents_of(said)
    print_ = fingerprint(agreement, assessment)
    before = AgreementVersion.objects.filter(programme=programme)
    if before.filter(state=VersionState.PREPARED, fingerprint=print_).exists():
        raise Conflict(_("Cette version est déjà prête à signer : rien n’a changé depuis."))
    made = AgreementVersion.objects.create(
        programme=programme,
        number=(before.aggregate(last=Max("number"))["last"] or 0) + 1,
        fingerprint=print_,
        configuration=rules.kept(said),
        agreement=plain(agreement),
        assessment=plain(assessment),
        prepared_by_id=_account(actor),
    )
    record(actor, "agreement.prepare", made)
    return made


@verb
def record_agreement(
    version: AgreementVersion,
    *,
    agreement_on: date,
    assessment_on: date,
    signatures: Mapping[UUID, Signatory],
    actor: Actor | str,
) -> AgreementVersion:
    """Record both documents as signed: from here the named tables of the programme open (chapter 08).

    `signatures`: who signed, by organisation. The version in force until now is replaced. Raises `Refused` for a date
    that cannot be or a party that must have signed, `Conflict` when the version moved on.
    """
    programme = Programme.objects.select_for_update().get(pk=version.programme_id)
    locked = AgreementVersion.objects.select_for_update().get(pk=version.pk)
    must_move(locked.state, VersionState.SIGNED)
    _must_be_days(locked, agreement_on, assessment_on)
    parties = {one.id: one.name for one in rules.read(locked.configuration).parties}
    if against := rules.against_signing(parties, [str(one) for one in signatures], reaching(programme)):
        raise Refused(against)
    for other in AgreementVersion.objects.filter(programme=programme, state=VersionState.SIGNED):
        other.state = VersionState.REPLACED
        other.save(update_fields=["state"])
    locked.state = VersionState.SIGNED
    locked.agreement_signed_on, locked.assessment_signed_on = agreement_on, assessment_on
    locked.recorded_at, locked.recorded_by_id = clock.now(), _account(actor)
    locked.withdrawn_at, locked.withdrawn_by, locked.withdrawn_reason = None, None, ""
    locked.save()
    AgreementSignature.objects.filter(version=locked).delete()
    AgreementSignature.objects.bulk_create(
        AgreementSignature(
            programme=programme, version=locked, organisation_id=one, signatory=who.name, capacity=who.capacity
        )
        for one, who in signatures.items()
    )
    _date(programme, agreement_on, assessment_on)
    record(actor, "programme.agreement", programme)
    _tell(programme, "programmes.agreement_signed", actor, number=locked.number)
    return locked


@verb
def withdraw_agreement(programme: Programme, *, reason: str, actor: Actor | str) -> Programme:
    """Take back what was recorded: the named tables of the programme close at once, nothing in them is lost.

    `reason` is kept in the journal. Raises `Conflict` when names are closed already, `Refused` without a reason.
    """
    reason = reason.strip()
    if not reason:
        raise Refused(_("Écrivez pourquoi les noms se ferment."))
    locked = Programme.objects.select_for_update().get(pk=programme.pk)
    if not locked.names_open:
        raise Conflict(_("Les noms sont déjà fermés."))
    for live in AgreementVersion.objects.select_for_update().filter(programme=locked, state=VersionState.SIGNED):
        must_move(live.state, VersionState.WITHDRAWN)
        live.state, live.withdrawn_reason = VersionState.WITHDRAWN, reason
        live.withdrawn_at, live.withdrawn_by_id = clock.now(), _account(actor)
        live.save()
    _date(locked, None, None)
    record(actor, "programme.agreement_withdraw", locked, note=reason[:NOTE_LENGTH])
    _tell(locked, "programmes.agreement_withdrawn", actor)
    return locked


def _must_be_days(version: AgreementVersion, *days: date) -> None:
    if max(days) > clock.today():
        raise Refused(_("Une signature ne peut pas être à venir."))
    if min(days) < timezone.localdate(version.created_at):
        raise Refused(_("Une signature ne peut pas précéder la version qui est signée."))


def _date(programme: Programme, agreement_on: date | None, assessment_on: date | None) -> None:
    programme.agreement_signed_on, programme.impact_assessment_signed_on = agreement_on, assessment_on
    programme.save(update_fields=["agreement_signed_on", "impact_assessment_signed_on"])


def _account(actor: Actor | str) -> UUID | None:
    return None if isinstance(actor, str) else actor.user_id


def _tell(programme: Programme, kind: str, actor: Actor | str, **context: Any) -> None:
    """Tell everybody who answers for names, but who acts: opening and closing them is never silent."""
    held = RoleGrant.objects.filter(programme=programme, role__in=TOLD, revoked_at=None).order_by()
    people = User.objects.filter(pk__in=held.values("user")).order_by("pk")
    if not isinstance(actor, str):
        people = people.exclude(pk=actor.user_id)
    notify(
        kind,
        to=people,
        programme_id=programme.pk,
        context={"programme": programme.name, **context},
        url=reverse("programmes:agreement", args=[programme.slug]),
    )
