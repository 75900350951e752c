"""Reading sessions, their sheets, and who missed several in a row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from sanscouture.access.actor import Actor
from sanscouture.access.enums import Perm
from sanscouture.core import clock
from sanscouture.documents.rules.content import Block, Document, Paragraph, Section, Table
from sanscouture.meetings.rules import french_day
from sanscouture.pathways.enums import Presence
from sanscouture.pathways.models import Attendance, Session
from sanscouture.pathways.rules.attendance import MISSED_IN_A_ROW, missed_in_a_row
from sanscouture.people.models import Beneficiary
from sanscouture.programmes.models import Programme


@dataclass(frozen=True)
class Sheet:
    """The sheet of a session as far as the reader may see; `hidden`: how many more are on it."""

    rows: Sequence[Attendance]
    hidden: int
    readable: frozenset[UUID]

    @property
    def present(self) -> int:
        """How many of those the reader sees are marked present."""
        return sum(row.presence == Presence.PRESENT for row in self.rows)


@dataclass(frozen=True)
class Absences:
    """Somebody who missed several sessions in a row: how many, and the last one missed."""

    beneficiary: Beneficiary
    count: int
    session: Session
    last_on: date


def sessions_of(programme: Programme, actor: Actor) -> QuerySet[Session]:
    """The sessions of a programme, the latest first, with how many are expected and came."""
    found = Session.objects.visible_to(actor, Perm.COHORT_READ).filter(programme=programme)
    return (
        found.select_related("organisation", "cohort")
        .annotate(
            enrolled=Count("attendances"), came=Count("attendances", filter=Q(attendances__presence=Presence.PRESENT))
        )
        .order_by("-starts_at", "-pk")
    )


def sheet_of(session: Session, actor: Actor) -> Sheet:
    """The people of a session whom the reader may see, by name."""
    found = Attendance.objects.visible_to(actor, Perm.SESSION_HOLD).filter(session=session)
    rows = list(found.select_related("beneficiary").order_by("beneficiary__name_key", "pk"))
    people = Beneficiary.objects.visible_to(actor, Perm.PERSON_READ).filter(pk__in={row.beneficiary_id for row in rows})
    readable = frozenset(people.values_list("pk", flat=True).order_by())
    total = Attendance.objects.get_queryset().filter(session=session).count()
    return Sheet(rows, total - len(rows), readable)


def to_enrol(session: Session, actor: Actor) -> QuerySet[Beneficiary]:
    """The people whom an actor may put on a sheet: those they read, told, and not on it yet."""
    already = Attendance.objects.get_queryset().filter(session=session)
    found = Beneficiary.objects.visible_to(actor, Perm.PERSON_READ).filter(
        programme_id=session.programme_id, shared_until__gte=clock.today()
    )
    return found.exclude(pk__in=already.values("beneficiary_id")).order_by("name_key", "pk")


def printed(session: Session, sheet: Sheet) -> Document:
    """The sheet to sign on paper. French documents are not translated (ADR 0014)."""
    day = french_day(timezone.localdate(session.starts_at))
    rows = tuple((str(row.beneficiary), "") for row in sheet.rows)
    blocks: tuple[Block, ...] = (
        (Table(("Prénom et nom", "Signature"), rows, (50, 50)),) if rows else (Paragraph("Personne n’est inscrit."),)
    )
    more: tuple[Block, ...] = (
        (Paragraph(f"Inscrites et suivies par d’autres structures\u00a0: {sheet.hidden}."),) if sheet.hidden else ()
    )
    title = f"Feuille de présence – {session.title}"
    return Document(title, f"{day}, {session.place}", session.programme.name, (Section("Présents", (*blocks, *more)),))


def absences_of(programme: Programme) -> list[Absences]:
    """Who missed at least two sessions in a row in a programme, whoever asks: for the rules of ruptures.

    The caller narrows to what a reader may see. One query.
    """
    rows = (
        Attendance.objects.get_queryset()
        .filter(programme=programme)
        .exclude(presence=Presence.EXPECTED)
        .select_related("beneficiary", "session")
        .order_by("session__starts_at", "session_id")
    )
    marks: defaultdict[UUID, list[Attendance]] = defaultdict(list)
    for row in rows:
        marks[row.beneficiary_id].append(row)
    found = []
    for theirs in marks.values():
        count = missed_in_a_row([row.presence for row in theirs])
        if count >= MISSED_IN_A_ROW:
            last = [row for row in theirs if row.presence == Presence.ABSENT][-1]
            found.append(Absences(last.beneficiary, count, last.session, timezone.localdate(last.session.starts_at)))
    return sorted(found, key=lambda one: (one.last_on, one.beneficiary.name_key, str(one.beneficiary.pk)))


def absences_seen(programme: Programme, actor: Actor) -> list[Absences]:
    """Those of `absences_of` whom an actor may read."""
    found = absences_of(programme)
    people = Beneficiary.objects.visible_to(actor, Perm.PERSON_READ)
    keys = [one.beneficiary.pk for one in found]
    readable = set(people.filter(pk__in=keys).values_list("pk", flat=True).order_by())
    return [one for one in found if one.beneficiary.pk in readable]
