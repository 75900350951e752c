"""One referral of an invented person, moved by the rules of `pathways.rules.referrals` as the services move it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from sanscouture.access.actor import Actor
from sanscouture.demo.services.nation.alliance import House
from sanscouture.demo.services.nation.person import Followed
from sanscouture.directory.models import Service
from sanscouture.pathways.enums import (
    Act,
    AppointmentState,
    Delivery,
    EventKind,
    Evidence,
    NeedState,
    Outcome,
    ReferralState,
    RefusalReason,
    Side,
)
from sanscouture.pathways.models import AnswerLink, Appointment, Need, Referral, ReferralEvent
from sanscouture.pathways.rules import delays, travel
from sanscouture.pathways.rules import referrals as rules
from sanscouture.pathways.rules.referrals import Standing
from sanscouture.pathways.rules.ruptures import ReferralFacts
from sanscouture.pathways.selectors.referrals import AHEAD, local_day
from sanscouture.pathways.services.referrals import moving
from sanscouture.pathways.services.referrals.moving import BY_LINK, MACHINE, Doer
from sanscouture.people.enums import InvolvementKind
from sanscouture.people.models import Involvement
from sanscouture.ui.dates import at_hour
from sanscouture.ui.dates import day as said_day

SENDING = timedelta(milliseconds=40)
"""Between a referral written and the same sent at once."""
LINKS = frozenset({EventKind.SENT, EventKind.REMINDED, EventKind.REPLY, EventKind.WITHDRAWN, EventKind.REROUTED})
"""What a recipient without an account is told of, each time by a new link."""


class HandedOver:
    """A referral in hand. `row` is what will be written; the rest is what the rules ask of its events."""

    def __init__(
        self,
        person: Followed,
        need: Need,
        house: House,
        service: Service | None,
        moment: datetime,
        *,
        answer_days: int,
        travels: Sequence[str],
        parent: HandedOver | None = None,
        message: str = "",
    ) -> None:
        self.person, self.house, self.parent = person, house, parent
        today = local_day(moment)
        deadline = delays.default_deadline(
            today, organisation_days=house.organisation.default_deadline_days, programme_days=answer_days
        )
        self.row: Referral = person.book.add(
            Referral,
            moment,
            beneficiary=person.record,
            need=need,
            parent=parent.row if parent else None,
            service=service,
            recipient=house.organisation,
            sender=person.referent.user,
            sender_organisation=person.house.organisation,
            travels=[fact for fact in travel.offered(need.field) if fact in travels],
            message=message,
            deadline=deadline,
        )
        self.since, self.asked, self.rerouted = today, False, False
        self.reminded_at: datetime | None = None
        self.accepted_at: datetime | None = None
        self.missed_on: date | None = None
        self.appointments: list[Appointment] = []
        moving.hold(self.row, Standing(ReferralState.DRAFT, deadline, today))
        self._event(EventKind.DRAFTED, moment, self.sender)
        person.referrals.append(self)

    @property
    def sender(self) -> Doer:
        """Whoever follows the person, acting for their house."""
        return Doer(self.person.actor.user_id, self.person.referent.label, frozenset({Side.SENDER}), self.person.actor)

    @property
    def recipient(self) -> Doer:
        """An account of the receiving house, or whoever holds its link."""
        member = self.house.members[0] if self.house.members else None
        if member is None:
            return Doer(None, self.house.organisation.name, frozenset({Side.RECIPIENT}), BY_LINK)
        return Doer(member.user.pk, member.label, frozenset({Side.RECIPIENT}), Actor(member.user.pk))

    @property
    def appointment_on(self) -> date | None:
        """The day of the appointment that is still awaited, the last if there are two."""
        return max((local_day(one.starts_at) for one in self.appointments if one.state in AHEAD), default=None)

    @property
    def may_break(self) -> bool:
        """Whether a rule may find it broken: `pathways.selectors.ruptures.referral_facts`."""
        row = self.row
        if row.need.state != NeedState.OPEN:
            return False
        waits = row.state == ReferralState.ACCEPTED and row.delivery in rules.BEFORE_START and row.met_at is None
        return row.state in rules.ANSWERABLE or waits

    @property
    def is_on_its_way(self) -> bool:
        """Whether something is still expected of it, for the pathway."""
        return self.row.state in {*rules.AWAITING, ReferralState.ACCEPTED} and self.row.delivery != Delivery.ENDED

    @property
    def standing(self) -> Standing:
        """Where it stands: `pathways.selectors.referrals.standing_of`."""
        row = self.row
        return Standing(
            state=ReferralState(row.state),
            deadline=row.deadline,
            since=self.since,
            delivery=Delivery(row.delivery),
            question_open=self.asked and row.state in rules.ANSWERABLE,
            appointment_on=self.appointment_on,
            met_on=local_day(row.met_at) if row.met_at else None,
            waiting_weeks=row.waiting_weeks or 0,
        )

    def facts(self) -> ReferralFacts:
        """What the seam detector knows of it."""
        row, standing = self.row, self.standing
        decided = [local_day(at) for at in (row.decided_at, self.accepted_at) if at]
        return ReferralFacts(
            id=row.pk,
            beneficiary_id=row.beneficiary_id,
            state=standing.state,
            deadline=row.deadline,
            sender_organisation_id=row.sender_organisation_id,
            sender_id=row.sender_id,
            recipient_id=row.recipient_id,
            recipient_user_id=row.owner_id if row.owner_organisation_id == row.recipient_id else None,
            delivery=standing.delivery,
            need=NeedState(row.need.state),
            is_rerouted=self.rerouted,
            question_open=standing.question_open,
            severity=row.need.barrier.severity if row.need.barrier else 0,
            decided_on=max(decided, default=None),
            met_on=standing.met_on,
            reminded_on=local_day(self.reminded_at) if self.reminded_at else None,
            appointment_on=standing.appointment_on,
            missed_on=self.missed_on,
            waiting_weeks=standing.waiting_weeks if standing.delivery == Delivery.WAITING_LIST else 0,
        )

    def send(self, moment: datetime) -> None:
        """Send the draft."""
        self.row.sent_at = moment
        if self.parent is not None:
            self.parent.rerouted = True
        self._move(Act.SEND, EventKind.SENT, moment, self.sender)

    def receive(self, moment: datetime) -> None:
        """Acknowledge it."""
        self.row.received_at = moment
        self._move(Act.RECEIVE, EventKind.RECEIVED, moment, self.recipient)

    def accept(self, moment: datetime) -> None:
        """Accept it, in time or late."""
        self._decide(moment)
        self._move(Act.ACCEPT, EventKind.ACCEPTED, moment, self.recipient)

    def wait(self, weeks: int, moment: datetime) -> None:
        """Put the person on a waiting list."""
        self._decide(moment)
        self.row.waiting_weeks = weeks
        note = _("%(n)d semaines environ") % {"n": weeks}
        self._move(Act.WAIT, EventKind.WAITING_LIST, moment, self.recipient, note=note, waiting_weeks=weeks)

    def refuse(self, reason: RefusalReason, text: str, moment: datetime) -> None:
        """Refuse it, with a reason."""
        row = self.row
        row.refusal_reason, row.refusal_text = reason, text
        row.decided_at, row.decided_by_label = moment, self.recipient.label[:160]
        row.received_at = row.received_at or moment
        said = "\u00a0: ".join(part for part in (row.get_refusal_reason_display(), text) if part)
        self._move(Act.REFUSE, EventKind.REFUSED, moment, self.recipient, note=said)

    def ask(self, text: str, moment: datetime) -> None:
        """Ask the sender something; a referral just sent is acknowledged first."""
        if self.row.state == ReferralState.SENT:
            self.receive(moment - SENDING)
        self._move(Act.ASK, EventKind.QUESTION, moment, self.recipient, note=text)

    def reply(self, text: str, moment: datetime) -> None:
        """Reply to the recipient's question."""
        self._move(Act.REPLY, EventKind.REPLY, moment, self.sender, note=text)

    def remind(self, moment: datetime, *, by_night: bool = False) -> None:
        """Remind the recipient, by hand or as the night does."""
        doer = replace(MACHINE, label="Rappel automatique") if by_night else self.sender
        self._move(Act.REMIND, EventKind.REMINDED, moment, doer)

    def expire(self, moment: datetime) -> None:
        """Give it back to its sender: nobody answered in time."""
        self._move(Act.EXPIRE, EventKind.UNANSWERED, moment, MACHINE)

    def withdraw(self, moment: datetime, reason: str = "", kind: EventKind = EventKind.WITHDRAWN) -> None:
        """Take it back, or turn elsewhere (`kind`)."""
        self.row.decided_at, self.row.decided_by_label = moment, self.sender.label[:160]
        self._move(Act.WITHDRAW, kind, moment, self.sender, note=reason)

    def propose(self, starts_at: datetime, place: str, moment: datetime) -> None:
        """Propose an appointment; it accepts what was not answered yet."""
        if self.row.state != ReferralState.ACCEPTED:
            self._decide(moment)
        standing = self.standing
        for one in self.appointments:
            one.state = AppointmentState.CANCELLED if one.state in AHEAD else one.state
        member = self.house.members[0] if self.house.members else None
        appointment = self.person.book.add(
            Appointment,
            moment,
            referral=self.row,
            starts_at=starts_at,
            place=place,
            with_whom=member.user.full_name if member else "",
        )
        self.appointments.append(appointment)
        self._move(
            Act.PROPOSE,
            EventKind.APPOINTMENT_PROPOSED,
            moment,
            self.recipient,
            note=at_hour(starts_at),
            standing=standing,
            appointment_on=local_day(starts_at),
        )

    def confirm(self, moment: datetime) -> None:
        """The person will come."""
        last = self.appointments[-1]
        standing = self.standing
        last.state = AppointmentState.CONFIRMED
        kind = EventKind.APPOINTMENT_CONFIRMED
        self._move(Act.CONFIRM, kind, moment, self.sender, note=at_hour(last.starts_at), standing=standing)

    def miss(self, moment: datetime) -> None:
        """The person did not come."""
        last = self.appointments[-1]
        standing = self.standing
        last.state = AppointmentState.MISSED
        self.missed_on = local_day(last.starts_at)
        kind = EventKind.APPOINTMENT_MISSED
        self._move(Act.MISS, kind, moment, self.recipient, note=at_hour(last.starts_at), standing=standing)

    def meet(self, moment: datetime) -> None:
        """The first meeting has happened, that very day."""
        day, standing = local_day(moment), self.standing
        self.row.met_at = moment
        self._happened()
        self._move(Act.MEET, EventKind.MET, moment, self.recipient, note=said_day(day), standing=standing, met_on=day)

    def start(self, moment: datetime) -> None:
        """The service begins; who starts has been met."""
        standing = self.standing
        self.row.started_at = moment
        self.row.met_at = self.row.met_at or moment
        self._happened()
        met_on = local_day(self.row.met_at)
        self._move(Act.START, EventKind.STARTED, moment, self.recipient, standing=standing, met_on=met_on)

    def pause(self, moment: datetime) -> None:
        """The service pauses."""
        self._move(Act.PAUSE, EventKind.PAUSED, moment, self.recipient)

    def resume(self, moment: datetime) -> None:
        """The service is taken up again."""
        self._move(Act.RESUME, EventKind.RESUMED, moment, self.recipient)

    def end(self, outcome: Outcome, evidence: Evidence, reason: str, moment: datetime) -> None:
        """The service ends, with what became of the need."""
        row, standing = self.row, self.standing
        row.ended_at = moment
        row.outcome, row.outcome_evidence, row.outcome_reason = outcome, evidence, reason
        for one in self.appointments:
            one.state = AppointmentState.CANCELLED if one.state in AHEAD else one.state
        self.person.settle_need(row, moment, self.recipient.signature)
        self._move(Act.END, EventKind.ENDED, moment, self.recipient, note=row.get_outcome_display(), standing=standing)
        self._leave_person(moment)

    def next_night(self, after: date) -> tuple[date, Act] | None:
        """The next night on which time alone moves it, from the day after `after`, and how; None when none does."""
        row = self.row
        if row.state not in rules.AWAITING or self.asked or row.sent_at is None:
            return None
        tonight, sent_on = after + timedelta(days=1), local_day(row.sent_at)
        reminded = local_day(self.reminded_at) if self.reminded_at else None
        last = reminded or sent_on
        due = [max(day, tonight) for day in delays.reminder_days(sent_on, row.deadline) if day > last]
        if due and min(due) <= row.deadline:
            return min(due), Act.REMIND
        return max(tonight, row.deadline + timedelta(days=1)), Act.EXPIRE

    def _decide(self, moment: datetime) -> None:
        row = self.row
        row.decided_at, row.decided_by_label = moment, self.recipient.label[:160]
        row.received_at = row.received_at or moment
        if travel.opens_pathway(row.travels) and not self._receiving():
            self.person.involve(row.recipient_id, InvolvementKind.RECEIVES, moment)

    def _receiving(self) -> list[Involvement]:
        """The participations that this house holds because it receives the person."""
        kept = (self.row.recipient_id, InvolvementKind.RECEIVES, None)
        return [one for one in self.person.involvements if (one.organisation_id, one.kind, one.until) == kept]

    def _leave_person(self, moment: datetime) -> None:
        """The record that a sender had opened closes when nothing the house accepted for the person still runs."""
        running = [
            one
            for one in self.person.referrals
            if one.row.recipient_id == self.row.recipient_id
            and one.row.state == ReferralState.ACCEPTED
            and one.row.delivery != Delivery.ENDED
        ]
        for one in self._receiving() if not running else ():
            one.until = local_day(moment)

    def _happened(self) -> None:
        for one in self.appointments:
            one.state = AppointmentState.HAPPENED if one.state in AHEAD else one.state

    def _move(
        self,
        act: Act,
        kind: EventKind,
        moment: datetime,
        doer: Doer,
        *,
        note: str = "",
        standing: Standing | None = None,
        **facts: Any,
    ) -> None:
        """Write an act: `pathways.services.referrals.moving.finish`."""
        today, row = local_day(moment), self.row
        moved = replace(rules.after(act, standing or self.standing, today), **facts)
        row.state, row.delivery, row.deadline = moved.state, moved.delivery, moved.deadline
        if act != Act.REMIND or moved.since == today:
            moving.hold(row, moved, doer)
        row.version += 1
        self._event(kind, moment, doer, note)
        self.person.journal(f"referral.{act}", row, moment, by=doer.signature)
        if kind in LINKS and not self.house.members:
            self._link(moment)
        self.person.look(moment, by=doer.user_id)

    def _event(self, kind: EventKind, moment: datetime, doer: Doer, note: str = "") -> None:
        self.person.book.add(
            ReferralEvent,
            moment,
            referral=self.row,
            kind=kind,
            at=moment,
            by_id=doer.user_id,
            by_label=doer.label,
            note=note,
        )
        if kind == EventKind.REMINDED:
            self.reminded_at = moment
        else:
            self.since = local_day(moment)
        self.asked = kind == EventKind.QUESTION or (self.asked and kind != EventKind.REPLY)
        self.accepted_at = moment if kind == EventKind.ACCEPTED else self.accepted_at
        if kind not in {EventKind.UNANSWERED, EventKind.DRAFTED} and (kind != EventKind.REMINDED or doer.user_id):
            self.person.acts(moment)

    def _link(self, moment: datetime) -> None:
        """The trace of a link whose secret nobody has."""
        last = delays.link_expiry(self.row.deadline)
        self.person.book.add(
            AnswerLink,
            moment,
            referral=self.row,
            email=(self.row.service.email if self.row.service else "") or self.house.organisation.email,
            token_hash=f"{self.person.book.luck.getrandbits(256):064x}",
            expires_at=timezone.make_aware(datetime.combine(last, time.max)),
        )
