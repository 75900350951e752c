"""The page of the admission commission: each candidate as far as the reader may see (chapters 02 and 10)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sanscouture.access.actor import Actor
from sanscouture.access.enums import Perm
from sanscouture.documents.rules.content import Section, Table
from sanscouture.meetings.models import Meeting
from sanscouture.meetings.selectors import open_commissions
from sanscouture.partners.rules import shown_name
from sanscouture.pathways.enums import AdmissionState, CriterionFact
from sanscouture.pathways.models import Admission, Cohort
from sanscouture.pathways.rules import cohorts as rules
from sanscouture.pathways.selectors.cohorts import Held, held_seats
from sanscouture.people.enums import QpvState
from sanscouture.people.models import Beneficiary
from sanscouture.people.rules import age_on

COLUMNS = (AdmissionState.FLAGGED, AdmissionState.ADMITTED, AdmissionState.RESERVE, AdmissionState.NOT_NOW)
SOMEBODY = "une personne"


@dataclass(frozen=True)
class Card:
    """A candidate. Without `person` the reader may only know that somebody was flagged, and by whom."""

    admission: Admission
    flagged_by: str
    person: Beneficiary | None = None
    age: int | None = None
    unmet: Sequence[str] = ()
    is_outside: bool = False
    mine: bool = False


@dataclass(frozen=True)
class Column:
    state: AdmissionState
    cards: Sequence[Card]


@dataclass(frozen=True)
class Commission:
    """What the page shows."""

    columns: Sequence[Column]
    held: Held
    left: int
    outside_allowed: int
    meetings: Sequence[Meeting]
    criteria: Sequence[str]

    @property
    def seen(self) -> list[Admission]:
        """The candidates whom the reader read by name."""
        return [card.admission for column in self.columns for card in column.cards if card.person]


def commission_of(cohort: Cohort, actor: Actor, *, today: date) -> Commission:
    """Gather the candidates of a cohort for a reader, each in the column of its state."""
    found = Admission.objects.visible_to(actor, Perm.COHORT_READ).filter(cohort=cohort, state__in=COLUMNS)
    rows = list(found.select_related("flagged_by_organisation", "flagged_by").order_by("rank", "created_at", "pk"))
    readable = _readable(rows, actor)
    mine = actor.organisations(cohort.programme_id)
    cards = [_card(row, readable, mine, today) for row in rows]
    held = held_seats(cohort)
    return Commission(
        columns=[Column(state, [one for one in cards if one.admission.state == state]) for state in COLUMNS],
        held=held,
        left=rules.seats_left(cohort.seats, held.admitted),
        outside_allowed=rules.outside_allowed(cohort.seats, cohort.outside_share),
        meetings=list(open_commissions(cohort.programme)),
        criteria=[rules.said(one) for one in rules.read(cohort.criteria)],
    )


def named_section(meeting: Meeting, actor: Actor) -> tuple[tuple[Section, ...], list[Admission]]:
    """What the minutes of a commission say to those entitled to names, and which candidates it names.

    French documents are not translated (ADR 0014).
    """
    found = Admission.objects.visible_to(actor, Perm.COHORT_READ).filter(meeting=meeting)
    rows = list(found.select_related("cohort", "flagged_by_organisation").order_by("cohort__name", "decided_at", "pk"))
    readable = _readable(rows, actor)
    mine = actor.organisations(meeting.programme_id)
    lines = tuple(
        (
            row.cohort.name,
            str(readable.get(row.beneficiary_id, SOMEBODY)),
            _flagging(row, mine),
            _decided(row, named=row.beneficiary_id in readable),
        )
        for row in rows
    )
    if not lines:
        return (), []
    head = ("Cohorte", "Personne", "Signalée par", "Décision")
    section = Section("Décisions par personne – à ne pas diffuser", (Table(head, lines, (22, 24, 26, 28)),))
    return (section,), [row for row in rows if row.beneficiary_id in readable]


def _decided(row: Admission, *, named: bool) -> str:
    state = str(AdmissionState(row.state).label)
    return f"{state} – {row.reason}" if named and row.reason else state


def _readable(rows: Sequence[Admission], actor: Actor) -> Mapping[UUID, Beneficiary]:
    """The people whom the reader may read, among those of some rows."""
    people = Beneficiary.objects.visible_to(actor, Perm.PERSON_READ).filter(pk__in={row.beneficiary_id for row in rows})
    return {one.pk: one for one in people.select_related("qpv").order_by("pk")}


def _card(row: Admission, readable: Mapping[UUID, Beneficiary], mine: frozenset[UUID], today: date) -> Card:
    person = readable.get(row.beneficiary_id)
    card = Card(row, _flagging(row, mine), mine=row.flagged_by_organisation_id in mine)
    if person is None:
        return card
    return Card(
        row,
        card.flagged_by,
        person=person,
        age=age_on(person.birth_date, today) if person.birth_date else None,
        unmet=[str(CriterionFact(one).label) for one in row.unmet],
        is_outside=person.qpv_state == QpvState.OUTSIDE,
        mine=card.mine,
    )


def _flagging(row: Admission, mine: frozenset[UUID]) -> str:
    house = row.flagged_by_organisation
    return str(shown_name(house.name, house.kind, on_step=house.pk in mine))
