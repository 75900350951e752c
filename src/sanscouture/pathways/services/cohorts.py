"""Acts on cohorts and their candidates: open, flag, decide in commission, order the reserve."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Max
from django.utils.translation import gettext as _

from sanscouture.access.actor import Actor
from sanscouture.access.enums import Perm
from sanscouture.accounts.models import User
from sanscouture.audit.services import record
from sanscouture.core import clock
from sanscouture.core.errors import Conflict, Refused
from sanscouture.core.verbs import one_at_a_time, verb
from sanscouture.meetings.enums import BodyKind
from sanscouture.meetings.models import Meeting
from sanscouture.meetings.rules import must_be_open
from sanscouture.meetings.services import decide as write_decision
from sanscouture.notifications.services import notify
from sanscouture.partners.models import Organisation
from sanscouture.pathways.enums import AdmissionState
from sanscouture.pathways.models import Admission, Barrier, Cohort, CohortPartner
from sanscouture.pathways.models.cohort import LIVE
from sanscouture.pathways.rules import cohorts as rules
from sanscouture.pathways.selectors.cohorts import facts_of, held_seats
from sanscouture.people.enums import QpvState
from sanscouture.people.models import Beneficiary
from sanscouture.people.rules import may_share
from sanscouture.programmes.models import Programme


@verb
def create_cohort(
    programme: Programme,
    *,
    plan: rules.Plan,
    referent: User | None = None,
    partners: Iterable[Organisation] = (),
    actor: Actor,
) -> Cohort:
    """Open a cohort. Raises Conflict when the name is taken (chapter 02)."""
    cohort = Cohort(programme=programme)
    _write(cohort, plan, referent)
    _bring_partners(cohort, partners)
    record(actor, "cohort.create", cohort)
    return cohort


@verb
def edit_cohort(
    cohort: Cohort, *, plan: rules.Plan, referent: User | None, partners: Iterable[Organisation], actor: Actor
) -> Cohort:
    """Change a cohort. Raises Refused with fewer seats than people admitted."""
    live = _locked(cohort)
    rules.must_hold(plan.seats, held_seats(live).admitted)
    _write(live, plan, referent)
    CohortPartner.objects.get_queryset().filter(cohort=live).delete()
    _bring_partners(live, partners)
    record(actor, "cohort.edit", live)
    return live


@verb
def flag(
    beneficiary: Beneficiary,
    *,
    cohort: Cohort,
    organisation: Organisation,
    why: str,
    exception: str = "",
    actor: Actor,
) -> Admission:
    """Flag a person for a cohort: any partner may, and keeps its responsibility until the commission (chapter 02).

    `organisation`: the one that flags; `exception`: why, when a criterion is not met. Raises Refused without a basis
    to share, or without that explanation; Conflict when the person is flagged already.
    """
    if not may_share(beneficiary.shared_until, today=clock.today()):
        raise Refused(_("Sans information donnée à la personne, rien ne se partage avec la commission."))
    one_at_a_time(f"admission:{cohort.pk}:{beneficiary.pk}")
    known = Admission.objects.get_queryset().filter(cohort=cohort, beneficiary=beneficiary, state__in=LIVE)
    if known.exists():
        raise Conflict(_("Cette personne est déjà signalée pour cette cohorte."))
    missing = rules.unmet(rules.read(cohort.criteria), facts_of(beneficiary, today=clock.today()))
    rules.must_explain(missing, exception)
    made = Admission.objects.create(
        programme_id=cohort.programme_id,
        cohort=cohort,
        beneficiary=beneficiary,
        flagged_by_id=actor.user_id,
        flagged_by_organisation=organisation,
        why=why.strip(),
        unmet=missing,
        exception=exception.strip() if missing else "",
    )
    record(actor, "admission.flag", made)
    return made


@verb
def decide_admission(
    admission: Admission, *, to: AdmissionState, reason: str = "", meeting: Meeting, actor: Actor
) -> Admission:
    """Write what the commission decides of a candidate, as a decision of its meeting that names nobody.

    Rule: the cohort is locked, so that two who write at once never admit more than the seats, nor more residents from
    outside the quarters than the share (chapter 02). Raises Refused without room or reason, Conflict when the meeting
    is closed or the candidate was decided meanwhile.
    """
    cohort = _locked(admission.cohort)
    row = Admission.objects.get_queryset().select_for_update().select_related("beneficiary").get(pk=admission.pk)
    if meeting.body.kind != BodyKind.ADMISSION:
        raise Refused(_("Seule une commission d’intégration décide des admissions."))
    must_be_open(Meeting.objects.get_queryset().select_for_update().get(pk=meeting.pk).state)
    rules.must_move(row.state, to)
    rules.must_say_why(to, reason)
    if to is AdmissionState.ADMITTED:
        _must_have_room(cohort, row)
        row.entry_barriers = _barriers_of(row.beneficiary)
    write_decision(meeting, text=_worded(cohort, to), actor=actor)
    _settle(row, to, reason, meeting, actor)
    _tell(row)
    return row


@verb
def withdraw(admission: Admission, *, reason: str, actor: Actor) -> Admission:
    """Withdraw a candidate, outside of any meeting: the organisation that flagged may, and whoever holds the cohort.

    Raises Refused for others, or without a reason; Conflict when the candidate was withdrawn already.
    """
    _locked(admission.cohort)
    row = Admission.objects.get_queryset().select_for_update().get(pk=admission.pk)
    ours = row.flagged_by_organisation_id in actor.organisations(row.programme_id)
    if not ours and not actor.holds_in(Perm.COHORT_EDIT, row.programme_id):
        raise Refused(_("Seules la structure qui a signalé et la coordination retirent une personne."))
    rules.must_move(row.state, AdmissionState.WITHDRAWN)
    rules.must_say_why(AdmissionState.WITHDRAWN, reason)
    _settle(row, AdmissionState.WITHDRAWN, reason, row.meeting, actor)
    return row


@verb
def move_in_reserve(admission: Admission, *, up: bool, actor: Actor) -> None:
    """Let a candidate of the reserve pass its neighbour. Raises Conflict when it is not on the list any more."""
    _locked(admission.cohort)
    rows = {one.pk: one for one in _reserve(admission.cohort)}
    if admission.pk not in rows:
        raise Conflict(_("Cette personne n’est plus sur la liste de réserve."))
    for rank, key in enumerate(rules.swapped(list(rows), admission.pk, up=up), 1):
        rows[key].rank = rank
    Admission.objects.bulk_update(rows.values(), ["rank"])
    record(actor, "admission.move", rows[admission.pk])


def _settle(row: Admission, to: AdmissionState, reason: str, meeting: Meeting | None, actor: Actor) -> None:
    row.state, row.reason, row.meeting = to, reason.strip(), meeting
    row.decided_by_id, row.decided_at = actor.user_id, clock.now()
    row.rank = _last_rank(row.cohort) + 1 if to is AdmissionState.RESERVE else None
    row.save()
    record(actor, f"admission.{to}", row)


def _tell(row: Admission) -> None:
    """Tell who flagged, unless they wrote the decision themselves: their organisation keeps its responsibility."""
    if row.state == AdmissionState.FLAGGED or row.flagged_by_id == row.decided_by_id:
        return
    notify(
        "pathways.admission_decided",
        to=[row.flagged_by],
        programme_id=row.programme_id,
        context={"state": row.get_state_display()},
        url=f"/cohortes/{row.cohort_id}/commission/",
        key=f"admission:{row.pk}:{row.decided_at}",
    )


def _worded(cohort: Cohort, to: AdmissionState) -> str:
    said = {
        AdmissionState.ADMITTED: _("Cohorte « %(name)s » : une personne admise."),
        AdmissionState.RESERVE: _("Cohorte « %(name)s » : une personne mise sur la liste de réserve."),
        AdmissionState.NOT_NOW: _("Cohorte « %(name)s » : une personne, pas maintenant."),
        AdmissionState.FLAGGED: _("Cohorte « %(name)s » : une décision de cette commission est reprise."),
        AdmissionState.WITHDRAWN: _("Cohorte « %(name)s » : une personne retirée."),
    }
    return said[to] % {"name": cohort.name}


def _must_have_room(cohort: Cohort, row: Admission) -> None:
    held = held_seats(cohort)
    rules.must_have_room(
        seats=cohort.seats,
        admitted=held.admitted,
        share=cohort.outside_share,
        outside=held.outside,
        is_outside=row.beneficiary.qpv_state == QpvState.OUTSIDE,
    )


def _barriers_of(person: Beneficiary) -> dict[str, int]:
    found = Barrier.objects.get_queryset().filter(beneficiary=person)
    return {str(field): severity for field, severity in found.values_list("field", "severity").order_by("field")}


def _reserve(cohort: Cohort) -> list[Admission]:
    found = Admission.objects.get_queryset().filter(cohort=cohort, state=AdmissionState.RESERVE)
    return list(found.select_for_update().order_by("rank", "pk"))


def _last_rank(cohort: Cohort) -> int:
    found = Admission.objects.get_queryset().filter(cohort=cohort, state=AdmissionState.RESERVE)
    return int(found.aggregate(last=Max("rank"))["last"] or 0)


def _locked(cohort: Cohort) -> Cohort:
    return Cohort.objects.get_queryset().select_for_update().get(pk=cohort.pk)


def _write(cohort: Cohort, plan: rules.Plan, referent: User | None) -> None:
    for name in ("name", "purpose", "seats", "outside_share", "starts_on", "ends_on"):
        setattr(cohort, name, getattr(plan, name))
    cohort.criteria, cohort.referent = rules.plain(plan.criteria), referent
    cohort.save()


def _bring_partners(cohort: Cohort, partners: Iterable[Organisation]) -> None:
    CohortPartner.objects.bulk_create(
        CohortPartner(programme_id=cohort.programme_id, cohort=cohort, organisation=one) for one in partners
    )
