"""The life of one invented person, from the welcome to this morning: lines of acts that go on together."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from heapq import heappop, heappush
from random import Random

from sanscouture.demo.rules import fates
from sanscouture.demo.rules.residents import Want
from sanscouture.demo.services.acts import USUAL_FACTS
from sanscouture.demo.services.nation.alliance import Alliance, House
from sanscouture.demo.services.nation.person import Followed
from sanscouture.demo.services.nation.referral import SENDING, HandedOver
from sanscouture.demo.services.player import LAST_WORKING_DAY, Life, at
from sanscouture.directory.models import Service
from sanscouture.pathways.enums import (
    Act,
    ClosingAct,
    EventKind,
    Evidence,
    Fact,
    NeedState,
    Outcome,
    ReferralState,
    StepState,
)
from sanscouture.pathways.models import Need
from sanscouture.pathways.selectors.referrals import local_day

HEALTH = 8
NIGHT = (5, 10)

Until = Generator[datetime, None, datetime]
"""A line of acts that gives, at its end, the moment of the last one."""


@dataclass(frozen=True)
class Morning:
    """When everything stops: today, after the night's work."""

    today: date
    dawn: datetime


class Resident:
    """Plays one person in one alliance; the same luck plays the same."""

    def __init__(self, person: Followed, alliance: Alliance, morning: Morning, luck: Random) -> None:
        self.person, self.alliance, self.morning, self.luck = person, alliance, morning, luck
        self.welcomed = person.record.created_at
        self._waiting: list[tuple[datetime, int, Life]] = []
        self._count = 0

    def play(self) -> None:
        """Play every line in the order of its moments, with the nights between them, until this morning."""
        for line in (self.needs(), self.seen_again(), self.handed_over()):
            self.also(line)
        while self._waiting:
            moment, rank, life = heappop(self._waiting)
            if moment >= self.morning.dawn:
                life.close()
                continue
            self.nights(moment)
            following = next(life, None)
            if following is not None:
                heappush(self._waiting, (max(moment, following), rank, life))
        self.nights(self.morning.dawn)

    def also(self, life: Life) -> None:
        """Let one more line begin."""
        moment = next(life, None)
        if moment is not None:
            self._count += 1
            heappush(self._waiting, (moment, self._count, life))

    def nights(self, until: datetime) -> None:
        """Do what the nightly jobs did since the last act: deadlines, reminders, ruptures."""
        day, after = local_day(until), self.person.looked_on
        while True:
            coming = [
                (night, rank, act, one)
                for rank, one in enumerate(self.person.referrals)
                if (found := one.next_night(after)) and (night := found[0]) <= day and (act := found[1])
            ]
            if not coming:
                break
            night, _rank, act, one = min(coming, key=lambda each: each[:2])
            moment = at(night, *NIGHT)
            if act == Act.EXPIRE:
                one.expire(moment)
            else:
                one.remind(moment, by_night=True)
            self.person.night_look(moment)
            after = night - timedelta(days=1)
        self.person.night_look(min(at(day, *NIGHT), until))

    def needs(self) -> Life:
        """Each need in turn: the barrier, the need, and the doors where it knocks."""
        moment = self.welcomed + timedelta(minutes=20)
        for want in fates.wants(self.luck):
            yield moment
            situation = "" if want.field == HEALTH else want.situation
            self.person.barrier(want.field, self.luck.choice((1, 2, 2, 3)), moment, situation)
            need = self.person.need(want.field, want.label, want.theme, moment + timedelta(minutes=5))
            moment = yield from self.oriented(need, want, moment + timedelta(minutes=25))
            moment = self.later(moment, 5, 40)

    def seen_again(self) -> Life:
        """A follow-up every two months or so; the next one is nearly always set, and nearly always done on its day."""
        moment = self.welcomed + timedelta(minutes=50)
        while True:
            due = self.later(moment, 30, 75)
            yield moment
            step = self.person.step(self.luck.choice(fates.STEPS), local_day(due), moment)
            moment = due if self.luck.random() < 0.93 else self.later(due, 3, 20)
            yield moment
            self.person.settle_step(step, self._settled(), moment)
            moment += timedelta(minutes=10)
            if self.luck.random() < 0.09:
                moment = yield from self.dropped(moment)

    def _settled(self) -> StepState:
        return StepState.CANCELLED if self.luck.random() < 0.04 else StepState.DONE

    def dropped(self, moment: datetime) -> Until:
        """Nobody sets anything ahead for a while; somebody may call, before a step is set again."""
        moment = self.later(moment, 18, 45)
        if self.luck.random() < 0.5:
            yield moment
            self.person.catch_up(ClosingAct.CALLED, fates.CALLED_WHY, moment)
            moment = self.later(moment, 2, 20)
        return moment

    def handed_over(self) -> Life:
        """Now and then a colleague takes the pathway over."""
        colleagues = [one for one in self.person.house.members if one is not self.person.referent]
        if colleagues and self.luck.random() < fates.HANDED_OVER_SHARE:
            moment = self.later(self.welcomed, 30, 200)
            yield moment
            self.person.hand_over(self.luck.choice(colleagues), moment)

    def oriented(self, need: Need, want: Want, moment: datetime) -> Until:
        """Hand a need over, whatever becomes of it."""
        doors = self._doors(want.field)
        yield moment
        if not doors or not self.person.shares_on(local_day(moment)):
            return moment
        sent = self._handed(need, doors[0], moment)
        if self.luck.random() < fates.DRAFT_SHARE:
            moment = self.later(moment, 1, 6)
            yield moment
        sent.send(moment + SENDING)
        fate = fates.fate(self.luck)
        if fate in {"refused", "silent"}:
            moment = yield from self.elsewhere(sent, doors, moment, silent=fate == "silent")
            return moment
        if fate == "withdrawn":
            moment = self.later(moment, 1, 6)
            yield moment
            self._before_answer(sent, moment)
            return moment
        if fate == "asked":
            moment = yield from self.asked(sent, moment)
        moment = self.later(moment, 11, 14) if fate == "late" else self.later(moment, 1, 6)
        yield moment
        moment = yield from self.taken(sent, moment, fate)
        return moment

    def _before_answer(self, sent: HandedOver, moment: datetime) -> None:
        if sent.row.state in {ReferralState.SENT, ReferralState.RECEIVED, ReferralState.UNANSWERED}:
            sent.withdraw(moment, "La personne a trouvé une autre solution.")

    def _doors(self, number: int) -> list[tuple[House, Service]]:
        mine = self.person.house.organisation.pk
        doors = [door for door in self.alliance.doors[number] if door[0].organisation.pk != mine]
        return self.luck.sample(doors, min(2, len(doors)))

    def _handed(
        self, need: Need, door: tuple[House, Service], moment: datetime, parent: HandedOver | None = None
    ) -> HandedOver:
        house, service = door
        travels = {*USUAL_FACTS, *([Fact.HEALTH] if need.field == HEALTH and self.luck.random() < 0.5 else [])}
        if house.members and self.luck.random() < fates.OPEN_PATHWAY_SHARE:
            travels.add(Fact.PATHWAY)
        return HandedOver(
            self.person,
            need,
            house,
            service,
            moment,
            answer_days=self.alliance.programme.answer_days,
            travels=sorted(travels),
            parent=parent,
        )

    def asked(self, sent: HandedOver, moment: datetime) -> Until:
        """The recipient asks, the sender replies."""
        moment = self.later(moment, 1, 2)
        yield moment
        rank = self.luck.randrange(len(fates.QUESTIONS))
        sent.ask(fates.QUESTIONS[rank], moment)
        moment = self.later(moment, 1, 4)
        yield moment
        sent.reply(fates.REPLIES[rank], moment)
        return moment

    def elsewhere(
        self, sent: HandedOver, doors: list[tuple[House, Service]], moment: datetime, *, silent: bool
    ) -> Until:
        """A refusal or a silence; the sender turns elsewhere, insists, or gives the need up."""
        if silent:
            moment = self.later(moment, 12, 40)
            yield moment
            if self.luck.random() < 0.35:
                sent.remind(moment)
                moment = self.later(moment, 1, 9)
                yield moment
                moment = yield from self.taken(sent, moment, "accepted")
                return moment
        else:
            moment = self.later(moment, 2, 7)
            yield moment
            if sent.row.state == ReferralState.SENT and self.luck.random() < 0.3:
                sent.receive(moment - timedelta(hours=2))
            sent.refuse(*self.luck.choice(fates.REFUSALS), moment)
            moment = self.later(moment, 1, 6)
            yield moment
        if len(doors) < 2 or not self.person.shares_on(local_day(moment)):
            if sent.row.state == ReferralState.UNANSWERED:
                sent.withdraw(moment, "Sans suite.")
            self.person.close_need(sent.row.need, NeedState.UNCOVERED, moment + SENDING, fates.UNCOVERED_WHY)
            return moment
        following = self._handed(sent.row.need, doors[1], moment, sent)
        following.send(moment + SENDING)
        if silent:
            sent.withdraw(moment + 2 * SENDING, kind=EventKind.REROUTED)
        moment = self.later(moment, 1, 7)
        yield moment
        moment = yield from self.taken(following, moment, "accepted")
        return moment

    def taken(self, sent: HandedOver, moment: datetime, fate: str) -> Until:
        """Accepted or on a list, met, begun; the end comes in its own time."""
        if fate == "waiting":
            sent.wait(self.luck.choice((3, 4, 6)), moment)
            moment = self.later(moment, 14, 28)
            yield moment
        elif self.luck.random() < 0.7:
            sent.accept(moment)
            if fate == "stalled":
                moment = self.later(moment, 18, 45)
                yield moment
        when = self.later(moment, 2, 9)
        self._propose(sent, when, moment)
        if fate == "missed":
            moment = when + timedelta(hours=2)
            yield moment
            sent.miss(moment)
            when = self.later(moment, 2, 8)
            self._propose(sent, when, moment)
        moment = when + timedelta(hours=1)
        yield moment
        sent.meet(moment)
        moment = moment + SENDING if self.luck.random() < 0.8 else self.later(moment, 1, 9)
        yield moment
        sent.start(moment)
        self.also(self.ended(sent, moment, pauses=fate == "paused"))
        return moment

    def _propose(self, sent: HandedOver, when: datetime, moment: datetime) -> None:
        sent.propose(when, f"{sent.house.organisation.city}, à l’accueil", moment + timedelta(minutes=15))
        if self.luck.random() < 0.8:
            sent.confirm(moment + timedelta(minutes=45))

    def ended(self, sent: HandedOver, moment: datetime, *, pauses: bool) -> Life:
        """The service ends some weeks later, with what became of the need."""
        if pauses:
            moment = self.later(moment, 8, 20)
            yield moment
            sent.pause(moment)
            moment = self.later(moment, 5, 25)
            yield moment
            sent.resume(moment)
        moment = self.later(moment, 20, 80)
        yield moment
        outcome = self.luck.choice(fates.OUTCOMES)
        sent.end(outcome, self.luck.choice(list(Evidence)), fates.WHY.get(outcome, ""), moment)
        if outcome == Outcome.COVERED and sent.row.need.field != HEALTH:
            moment += timedelta(hours=1)
            yield moment
            self.person.barrier(sent.row.need.field, self.luck.choice((0, 1)), moment)

    def later(self, moment: datetime, least: int, most: int) -> datetime:
        """An office hour of a working day, so many days later."""
        day = local_day(moment) + timedelta(days=self.luck.randint(least, most))
        day += timedelta(days=7 - day.weekday() if day.weekday() > LAST_WORKING_DAY else 0)
        return at(day, self.luck.randint(9, 16), self.luck.randrange(0, 60, 5))
