"""Merging two records of one person and undoing it: the thread stays in one hand, and nothing is lost (chapter 02)."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.utils.translation import gettext as _

from sanscouture.access.actor import Actor
from sanscouture.core import clock
from sanscouture.core.verbs import verb
from sanscouture.notifications.services import notify
from sanscouture.pathways.enums import AdmissionState, ClosingAct, HandoverLineState, Presence
from sanscouture.pathways.models import Admission, Attendance, Barrier, HandoverLine, Pathway, Referent, Rupture
from sanscouture.pathways.rules.merging import NOTE_LENGTH, both_notes
from sanscouture.pathways.services import ruptures
from sanscouture.people.enums import InvolvementKind
from sanscouture.people.models import Beneficiary, Involvement, Merge, SafeContact
from sanscouture.people.rules import safest
from sanscouture.people.services import (
    Ledger,
    choose_facts,
    keep_merge,
    lock_both,
    move_rows,
    must_be_mergeable,
    part_again,
    stand_in,
)
from sanscouture.people.services.ledger import Settle

BY_WEIGHT = (AdmissionState.FLAGGED, AdmissionState.RESERVE, AdmissionState.ADMITTED)


@verb
def merge_records(
    kept: Beneficiary,
    merged: Beneficiary,
    *,
    versions: tuple[int, int],
    taken: Collection[str] = (),
    other_pathway: bool = False,
    actor: Actor,
) -> Merge:
    """Make one of two records of a person: everything that hangs on the other moves to the one that is kept.

    Rule: both are locked in a fixed order; the other stays as an empty record that leads to this one; each row written
    is remembered, for `undo_merge` (chapter 02). Of two open pathways one goes on and takes in the steps and the
    history of the other, whose referent's organisation contributes. `versions`: of both records as they were
    compared; `taken`: the facts taken from the other; `other_pathway`: its pathway is the one that goes on.
    Raises Conflict when one moved on, Refused when one is restricted or the facts contradict each other.
    """
    kept, merged = lock_both(kept, merged)
    must_be_mergeable(kept, merged, versions)
    former = _referent_to_go(kept if other_pathway else merged, merged if other_pathway else kept)
    ledger = Ledger()
    choose_facts(ledger, kept, merged, taken=taken, actor=actor)
    move_rows(ledger, of=merged, to=kept, settling=_settling(kept, other_pathway=other_pathway))
    _one_organisation_answers(ledger, kept)
    merge = keep_merge(ledger, kept, merged, actor=actor)
    ruptures.evaluate_person(kept, today=clock.today(), by=actor.user_id)
    if former is not None and former.user_id != actor.user_id:
        notify(
            "pathways.records_merged",
            to=[former.user],
            programme_id=kept.programme_id,
            url=f"/personnes/{kept.pk}/",
            key=f"merge:{merge.pk}",
        )
    return merge


@verb
def undo_merge(merge: Merge, *, actor: Actor) -> Beneficiary:
    """Give back two records, each row as it was before; what was added since stays with the one that was kept.

    Gives the record that comes back. Raises Conflict and Refused as `part_again`.
    """
    kept, merged = part_again(merge, actor=actor)
    for person in (kept, merged):
        ruptures.evaluate_person(person, today=clock.today(), by=actor.user_id)
    return merged


def _referent_to_go(loser: Beneficiary, winner: Beneficiary) -> Referent | None:
    """Who answers today for the pathway that does not go on, if both are open."""
    live = Pathway.objects.get_queryset().select_for_update().filter(beneficiary__in=(loser, winner), closed_on=None)
    both = {pathway.beneficiary_id: pathway for pathway in live.order_by("pk")}
    if len(both) < 2:
        return None
    referents = Referent.objects.get_queryset().filter(pathway=both[loser.pk], until=None)
    return referents.select_related("user").first()


def _settling(kept: Beneficiary, *, other_pathway: bool) -> Mapping[str, Settle]:
    def pathways(ledger: Ledger, row: Pathway, rival: Pathway) -> None:
        loser, winner = (rival, row) if other_pathway else (row, rival)
        _fold(ledger, loser, winner)
        if other_pathway:
            ledger.write(row, beneficiary_id=kept.pk)

    def involvements(ledger: Ledger, row: Involvement, _rival: Involvement) -> None:
        ledger.write(row, beneficiary_id=kept.pk, until=clock.today())

    def admissions(ledger: Ledger, row: Admission, rival: Admission) -> None:
        lighter = min(row, rival, key=lambda one: BY_WEIGHT.index(AdmissionState(one.state)))
        ledger.write(lighter, state=AdmissionState.WITHDRAWN, rank=None, reason=_("Deux fiches de la même personne"))
        ledger.write(row, beneficiary_id=kept.pk)

    return {
        "pathways.Pathway": pathways,
        "people.Involvement": involvements,
        "pathways.Admission": admissions,
        "pathways.Attendance": _attendances,
        "pathways.Barrier": _barriers,
        "people.SafeContact": _safe_contacts,
    }


def _fold(ledger: Ledger, loser: Pathway, winner: Pathway) -> None:
    """Let one open pathway take in the other with all that leans on it: the person entered once, on the earlier day."""
    now = clock.now()
    ledger.write_all(list(Referent.objects.get_queryset().filter(pathway=loser, until=None)), until=now)
    waiting = HandoverLine.objects.get_queryset().filter(pathway=loser, state=HandoverLineState.WAITING)
    ledger.write_all(list(waiting), state=HandoverLineState.LAPSED)
    broken = Rupture.objects.get_queryset().filter(pathway=loser, closed_at=None).order_by("pk")
    ledger.write_all(list(broken), closed_at=now, closing_act=ClosingAct.RESOLVED)
    stand_in(ledger, loser, winner)
    ledger.write(winner, opened_on=min(loser.opened_on, winner.opened_on))
    ledger.remove(loser)


def _attendances(ledger: Ledger, row: Attendance, rival: Attendance) -> None:
    """One line per sheet, or the session would count one person twice: who was seen there was there."""
    said = {Presence.EXPECTED: 0, Presence.PRESENT: 2}
    if said.get(Presence(row.presence), 1) > said.get(Presence(rival.presence), 1):
        ledger.write(rival, presence=row.presence, noted_at=row.noted_at, noted_by_id=row.noted_by_id)
    ledger.remove(row)


def _barriers(ledger: Ledger, row: Barrier, rival: Barrier) -> None:
    """One line per field: the heavier severity, what either ticked, both notes where there is room."""
    ledger.write(
        rival,
        severity=max(row.severity, rival.severity),
        priority=row.priority or rival.priority,
        situations=[*rival.situations, *(one for one in row.situations if one not in rival.situations)],
        objective=rival.objective or row.objective,
        note=both_notes(rival.note, row.note, longest=NOTE_LENGTH),
        version=rival.version + 1,
    )
    stand_in(ledger, row, rival)


def _safe_contacts(ledger: Ledger, row: SafeContact, rival: SafeContact) -> None:
    """Heed both."""
    way = safest(rival.way, row.way)
    ledger.write(rival, avoided=sorted(way.avoided), call_from=way.since, call_until=way.until, neutral=way.neutral)


def _one_organisation_answers(ledger: Ledger, kept: Beneficiary) -> None:
    """Whoever does not answer for the pathway any more contributes to it: nobody vanishes by a merge."""
    referent = Referent.objects.get_queryset().filter(pathway__beneficiary=kept, pathway__closed_on=None, until=None)
    answering = referent.first()
    if answering is None:
        return
    live = Involvement.objects.get_queryset().filter(beneficiary=kept, until=None).order_by("pk")
    contributing = set(live.filter(kind=InvolvementKind.CONTRIBUTOR).values_list("organisation_id", flat=True))
    for row in live.filter(kind=InvolvementKind.REFERENT).exclude(organisation_id=answering.organisation_id):
        if row.organisation_id in contributing:
            ledger.write(row, until=clock.today())
        else:
            ledger.write(row, kind=InvolvementKind.CONTRIBUTOR)
