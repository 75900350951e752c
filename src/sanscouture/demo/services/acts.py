"""Acts that every story repeats, each through the services, at its moment."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sanscouture.demo.rules.cast import persona
from sanscouture.demo.services.player import Player
from sanscouture.directory.models import Service
from sanscouture.pathways.enums import Evidence, Outcome
from sanscouture.pathways.models import Barrier, Exit, Need, Referral, Step
from sanscouture.pathways.rules.exits import Ending
from sanscouture.pathways.services import appointments, diagnosis, exits, needs, notes, referrals
from sanscouture.pathways.services import life as lived
from sanscouture.pathways.services import pathways as thread
from sanscouture.pathways.services.people import welcome_person
from sanscouture.people.enums import Ground, InformedBy, Scope
from sanscouture.people.models import Beneficiary
from sanscouture.people.rules import BasisGiven

EVERYTHING = (Scope.PARTNERS, Scope.SMS, Scope.STATISTICS)
TOLD = BasisGiven(Ground.PUBLIC_INTEREST, InformedBy.ORAL, EVERYTHING)
USUAL_FACTS = ("first_name", "last_name", "phone", "age", "commune")


class Scene:
    """One person in one programme, followed by somebody of the cast, whose acts read as the story is told."""

    def __init__(self, player: Player, referent: str) -> None:
        self.player = player
        self.referent = referent
        self.person: Beneficiary

    def welcome(self, *, on: datetime, basis: BasisGiven | None = TOLD, **facts: Any) -> Beneficiary:
        """Welcome the person, with what they were told."""
        with self.player.acting(self.referent, on=on) as actor:
            organisation = self.player.of(self.referent)
            self.person = welcome_person(
                self.player.programme, actor=actor, organisation=organisation, basis=basis, **facts
            )
        return self.person

    def strengths(self, *labels: str, on: datetime) -> None:
        """Write down what helps."""
        with self.player.acting(self.referent, on=on) as actor:
            for label in labels:
                diagnosis.add_strength(self.person, label=label, actor=actor)

    def barrier(self, field: int, severity: int, *, on: datetime, **more: Any) -> Barrier:
        """Save a field of the diagnosis, for the first time or again."""
        with self.player.acting(self.referent, on=on) as actor:
            before = Barrier.objects.get_queryset().filter(beneficiary=self.person, field=field).first()
            if before is not None:
                kept = {name: getattr(before, name) for name in ("priority", "situations", "objective", "note")}
                more = {**kept, "version": before.version, **more}
            return diagnosis.save_barrier(self.person, field=field, severity=severity, actor=actor, **more)

    def need(self, field: int, label: str, theme: str = "", *, on: datetime) -> Need:
        """Open a need, on the barrier of its field when there is one."""
        with self.player.acting(self.referent, on=on) as actor:
            barrier = Barrier.objects.get_queryset().filter(beneficiary=self.person, field=field).first()
            return needs.open_need(self.person, field=field, label=label, theme=theme, barrier=barrier, actor=actor)

    def step(self, label: str, *, on: datetime, due: datetime, house: str = "") -> Step:
        """Add a thing to do."""
        with self.player.acting(self.referent, on=on) as actor:
            mine = not house
            return thread.add_step(
                self.player.pathway(self.person),
                label=label,
                due_on=due.date(),
                carrier_organisation=self.player.of(self.referent) if mine else self.player.house(house),
                carrier=self.player.user(self.referent) if mine else None,
                actor=actor,
            )

    def done(self, step: Step, *, on: datetime) -> None:
        """Write that a step is done."""
        with self.player.acting(self.referent, on=on) as actor:
            thread.complete_step(step, actor=actor)

    def note(self, text: str, *, on: datetime, readers: str = "support") -> None:
        """Write a note for chosen readers."""
        with self.player.acting(self.referent, on=on) as actor:
            organisation = self.player.of(self.referent)
            notes.write_note(self.person, text=text, readers=readers, organisation=organisation, actor=actor)

    def lives(
        self, kind: str, *, on: datetime, starts: datetime, ends: datetime | None = None, label: str = ""
    ) -> None:
        """Write an episode."""
        with self.player.acting(self.referent, on=on) as actor:
            until = ends.date() if ends else None
            lived.add_episode(self.person, kind=kind, label=label, starts_on=starts.date(), ends_on=until, actor=actor)

    def moves(self, kind: str, *, on: datetime, level: str = "", label: str = "") -> None:
        """Write what moved."""
        with self.player.acting(self.referent, on=on) as actor:
            lived.note_progress(self.person, kind=kind, level=level, label=label, actor=actor)

    def leaves(self, ending: Ending, *, on: datetime) -> Exit:
        """End the pathway."""
        with self.player.acting(self.referent, on=on) as actor:
            return exits.close_pathway(self.player.pathway(self.person), ending=ending, actor=actor)

    def gives_news(
        self, closing: Exit, months: int, answer: str, *, on: datetime, barriers: Sequence[int] = ()
    ) -> None:
        """Write where the person is, months after."""
        with self.player.acting(self.referent, on=on) as actor:
            asked = closing.follow_ups.get(months=months)
            exits.answer_follow_up(asked, answer=answer, barriers=barriers, actor=actor)

    def refer(
        self, need: Need, service: Service, *, on: datetime, message: str = "", travels: Iterable[str] = ()
    ) -> Referral:
        """Hand a need over."""
        with self.player.acting(self.referent, on=on) as actor:
            facts = tuple(travels) or tuple(one for one in USUAL_FACTS if one != "last_name" or self.person.last_name)
            return referrals.refer(
                need, recipient=service.organisation, service=service, travels=facts, message=message, actor=actor
            )

    def reroute(self, referral: Referral, service: Service, *, on: datetime, message: str = "") -> Referral:
        """Turn elsewhere after a refusal or a silence."""
        with self.player.acting(self.referent, on=on) as actor:
            return referrals.reroute(
                referral, recipient=service.organisation, service=service, message=message or None, actor=actor
            )

    def accept(self, referral: Referral, *, on: datetime, comment: str = "") -> Referral:
        """Accept, as the recipient."""
        with self.player.answering(referral, on=on) as answerer:
            return referrals.accept_referral(referral, by=answerer, comment=comment)

    def refuse(self, referral: Referral, reason: str, *, on: datetime, text: str = "") -> Referral:
        """Refuse, as the recipient."""
        with self.player.answering(referral, on=on) as answerer:
            return referrals.refuse_referral(referral, by=answerer, reason=reason, text=text)

    def appointment(self, referral: Referral, *, on: datetime, when: datetime, place: str = "") -> None:
        """Propose an appointment as the recipient, at its door unless told, and let the person confirm it."""
        with self.player.answering(referral, on=on) as answerer:
            by = self.player.answers(referral)
            named = persona(by) if by else None
            found = appointments.propose_appointment(
                referral,
                by=answerer,
                starts_at=when,
                place=place or f"{referral.recipient.city}, à l’accueil",
                with_whom=f"{named.first_name} {named.last_name}" if named else "",
            )
        with self.player.acting(self.referent, on=on + timedelta(minutes=30)) as actor:
            appointments.confirm_appointment(found, by=actor)

    def start(self, referral: Referral, *, on: datetime) -> None:
        """Meet the person and begin the service."""
        with self.player.answering(referral, on=on) as answerer:
            met = referrals.record_meeting(referral, by=answerer, on=on.date())
            referrals.start_service(met, by=answerer)

    def end(
        self,
        referral: Referral,
        *,
        on: datetime,
        outcome: Outcome = Outcome.COVERED,
        evidence: Evidence = Evidence.PARTNER,
        reason: str = "",
    ) -> None:
        """End the service, with what became of the need."""
        with self.player.answering(referral, on=on) as answerer:
            referrals.end_service(referral, by=answerer, outcome=outcome, evidence=evidence, reason=reason)
