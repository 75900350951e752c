"""A group followed together, from its café-emploi to its workshops: who comes, who is flagged, what is decided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from sanscouture.access.actor import Actor
from sanscouture.core import clock
from sanscouture.demo.services.player import Life, Player, working
from sanscouture.meetings.enums import BodyKind
from sanscouture.meetings.models import Meeting
from sanscouture.meetings.services import hold_meeting, note_attendance, plan_meeting, write_minutes
from sanscouture.pathways.enums import AdmissionState, Presence, SessionKind
from sanscouture.pathways.models import Admission, Cohort, Session
from sanscouture.pathways.rules.cohorts import Criterion, Plan, unmet
from sanscouture.pathways.selectors.cohorts import facts_of
from sanscouture.pathways.services import attendance, cohorts
from sanscouture.people.models import Beneficiary

FATES = (AdmissionState.ADMITTED, AdmissionState.RESERVE, AdmissionState.NOT_NOW)
WEIGHTS = (7, 2, 1)
REASONS = {
    AdmissionState.RESERVE: "Disponible après les vacances.",
    AdmissionState.NOT_NOW: "Un contrat court est en cours.",
    AdmissionState.ADMITTED: "",
}
MARKS = (Presence.PRESENT, Presence.ABSENT, Presence.EXCUSED)
OFTEN = (6, 3, 1)
LATE = 3
"""How many people wait for the commission that is still to come."""


@dataclass(frozen=True)
class Group:
    """A cohort of the demonstration. `holds`: whose organisation holds its sessions; `begins`: days ago."""

    name: str
    purpose: str
    seats: int
    holds: str
    place: str
    criteria: Sequence[Criterion] = ()
    begins: int = 120

    def life(self, player: Player) -> Life:
        """From the café-emploi to the workshops, and to the commission of next week."""
        return _Played(self, player).life()


class _Played:
    def __init__(self, group: Group, player: Player) -> None:
        self.group = group
        self.player = player
        self.luck = Random(f"{player.programme.slug}/{group.name}")  # noqa: S311 a fiction, not a secret
        self.coordinator = next(one.key for one in player.town.personas if one.key.startswith("coordination."))
        self.cohort: Cohort

    def life(self) -> Life:
        moment = self.player.ago(self.group.begins, 9)
        yield moment
        self.open(moment)
        yield from self.met(SessionKind.CAFE, "Café-emploi", self.group.begins - 2, self.told(moment))
        moment = self.player.ago(self.group.begins - 7, 11)
        yield moment
        self.flag(self.told(moment)[:-LATE], moment)
        moment = self.player.ago(self.group.begins - 14, 9)
        yield moment
        self.decide(moment)
        for rank, title in enumerate(("Atelier CV", "Atelier mobilité", "Visite d’entreprise"), 1):
            yield from self.met(SessionKind.WORKSHOP, title, max(8, self.group.begins - 14 - 21 * rank))
        moment = self.player.ago(2, 11)
        yield moment
        self.flag(self.told(moment)[-LATE:], moment)
        self.plan(moment, 7)

    def told(self, moment: datetime) -> list[Beneficiary]:
        """The people of the programme who were told, the first who came first, at that moment."""
        with self.player.alone(on=moment):
            found = Beneficiary.objects.get_queryset().filter(
                programme=self.player.programme, shared_until__gte=clock.today()
            )
            return list(found.select_related("captured_by", "created_by").order_by("created_at", "pk"))

    def open(self, moment: datetime) -> None:
        plan = Plan(
            self.group.name,
            self.group.purpose,
            self.group.seats,
            20,
            moment.date(),
            (moment + timedelta(days=300)).date(),
            tuple(self.group.criteria),
        )
        with self.player.acting(self.coordinator, on=moment) as actor:
            self.cohort = cohorts.create_cohort(
                self.player.programme,
                plan=plan,
                referent=self.player.user(self.group.holds),
                partners=[self.player.of(self.group.holds)],
                actor=actor,
            )
        self.plan(moment, 14)

    def plan(self, moment: datetime, days: int) -> None:
        with self.player.acting(self.coordinator, on=moment) as actor:
            plan_meeting(
                self.player.programme,
                kind=BodyKind.ADMISSION,
                held_on=working((moment + timedelta(days=days)).date()),
                place=self.group.place,
                agenda="Candidatures du mois\nListe de réserve",
                actor=actor,
            )

    def flag(self, people: Sequence[Beneficiary], moment: datetime) -> None:
        keys = {one.email: one.key for one in self.player.town.personas}
        for person in people:
            with self.player.acting(keys.get(person.created_by.email, self.coordinator), on=moment) as actor:
                known = Admission.objects.get_queryset().filter(cohort=self.cohort, beneficiary=person)
                if known.exists():
                    continue
                cohorts.flag(
                    person,
                    cohort=self.cohort,
                    organisation=person.captured_by,
                    why="Venue au café-emploi, prête à reprendre un rythme.",
                    exception=self.exception(person),
                    actor=actor,
                )

    def exception(self, person: Beneficiary) -> str:
        facts = facts_of(person, today=clock.today())
        missing = unmet(self.group.criteria, facts)
        return "Le groupe a besoin de son expérience." if missing else ""

    def decide(self, moment: datetime) -> None:
        with self.player.acting(self.coordinator, on=moment) as actor:
            meeting = Meeting.objects.get_queryset().filter(programme=self.player.programme).get()
            waiting = Admission.objects.get_queryset().filter(cohort=self.cohort, state=AdmissionState.FLAGGED)
            for row in waiting.select_related("beneficiary", "cohort").order_by("created_at", "pk"):
                fate = self.luck.choices(FATES, WEIGHTS)[0]
                if fate is AdmissionState.ADMITTED and row.beneficiary.qpv_state == "outside":
                    fate = AdmissionState.RESERVE
                cohorts.decide_admission(row, to=fate, reason=REASONS[fate], meeting=meeting, actor=actor)
            note_attendance(
                meeting,
                users=[self.player.user(self.coordinator), self.player.user(self.group.holds)],
                others=["Une représentante de la préfecture"],
                actor=actor,
            )
            write_minutes(meeting, text="Chaque candidature est présentée par la structure qui signale.", actor=actor)
        with self.player.acting(self.coordinator, on=moment + timedelta(days=1)) as actor:
            hold_meeting(meeting, actor=actor)

    def met(self, kind: SessionKind, title: str, ago: int, people: Sequence[Beneficiary] = ()) -> Life:
        """A session is planned, then held: each is there, or not."""
        moment = self.player.ago(ago, 14)
        yield moment
        with self.player.acting(self.group.holds, on=moment) as actor:
            session = attendance.plan_session(
                self.player.programme,
                kind=kind,
                title=title,
                starts_at=moment,
                place=self.group.place,
                organisation=self.player.of(self.group.holds),
                cohort=self.cohort if kind is SessionKind.WORKSHOP else None,
                actor=actor,
            )
            for person in people:
                attendance.enrol(session, person, actor=actor)
            self.sign(session, actor)

    def sign(self, session: Session, actor: Actor) -> None:
        rows = session.attendances.select_related("session").order_by("beneficiary__name_key", "pk")
        for row in rows:
            attendance.mark(row, presence=self.luck.choices(MARKS, OFTEN)[0], actor=actor)
