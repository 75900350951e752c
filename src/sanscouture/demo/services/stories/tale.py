"""How a pathway is told: chapters of acts that go on side by side, each act at its day and hour."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any, TypeVar

from sanscouture.demo.services.acts import Scene
from sanscouture.demo.services.homes import Homes, settle
from sanscouture.demo.services.player import Life, Player
from sanscouture.pathways.enums import Evidence, Outcome
from sanscouture.pathways.models import Need, Referral
from sanscouture.people.services import update_beneficiary

Moment = tuple[int, int] | tuple[int, int, int]
"""So many days before this week's Monday, at an hour, with minutes or not."""

T = TypeVar("T")
Told = Generator[datetime, None, T]
"""A line of acts that gives something at its end."""


@dataclass(frozen=True)
class Help:
    """A service found for a need, from the asking to its end. `house`: whose, when two give the same service."""

    service: str
    sent: Moment
    accepted: Moment
    met: Moment
    place: str
    ended: Moment | None = None
    house: str = ""
    message: str = ""
    comment: str = ""
    evidence: Evidence = Evidence.PARTNER
    outcome: Outcome = Outcome.COVERED
    reason: str = ""


class Teller(Scene):
    """One person's scene, told in moments."""

    def at(self, moment: Moment) -> datetime:
        """The moment in time."""
        return self.player.on(*moment)

    def arrives(
        self,
        moment: Moment,
        name: tuple[str, str],
        born: tuple[int, int, int],
        *,
        strengths: tuple[str, ...],
        **facts: Any,
    ) -> Life:
        """Welcome the person at home in the neighbourhood. `born`: so many years ago, the month and the day."""
        on = self.at(moment)
        yield on
        age, month, day = born
        person = self.welcome(
            on=on,
            first_name=name[0],
            last_name=name[1],
            birth_date=date(self.player.today.year - age, month, day),
            **facts,
        )
        homes = Homes(self.player.programme, Random(name[0]))  # noqa: S311 a fiction, not a secret
        with self.player.acting(self.referent, on=on + timedelta(minutes=5)) as actor:
            settle(person, homes.inside(), actor=actor)
        self.strengths(*strengths, on=on + timedelta(minutes=10))

    def weighs(self, moment: Moment, field: int, severity: int, **more: Any) -> Life:
        """Save a field of the diagnosis."""
        yield self.at(moment)
        self.barrier(field, severity, on=self.at(moment), **more)

    def helps(self, moment: Moment, *labels: str) -> Life:
        """Write down what helps."""
        yield self.at(moment)
        self.strengths(*labels, on=self.at(moment))

    def tells(self, moment: Moment, act: Callable[[datetime], object]) -> Life:
        """Do one more act, at its moment."""
        yield self.at(moment)
        act(self.at(moment))

    def needs(self, moment: Moment, field: int, label: str, theme: str) -> Told[Need]:
        """Open a need."""
        yield self.at(moment)
        return self.need(field, label, theme, on=self.at(moment))

    def asked(
        self,
        need: Need,
        service: str,
        moment: Moment,
        *,
        house: str = "",
        message: str = "",
        after: Referral | None = None,
    ) -> Told[Referral]:
        """Hand a need over, `after` a refusal or not."""
        yield self.at(moment)
        found = self.player.offer(service, house)
        if after is not None:
            return self.reroute(after, found, on=self.at(moment), message=message)
        return self.refer(need, found, on=self.at(moment), message=message)

    def turned_down(self, referral: Referral, reason: str, moment: Moment, text: str) -> Told[Referral]:
        """The recipient refuses."""
        yield self.at(moment)
        return self.refuse(referral, reason, on=self.at(moment), text=text)

    def helped(self, need: Need, help_: Help, *, after: Referral | None = None) -> Told[Referral]:
        """Play a service found, from the asking to its end, if it has ended."""
        referral = yield from self.asked(
            need, help_.service, help_.sent, house=help_.house, message=help_.message, after=after
        )
        answered, met = self.at(help_.accepted), self.at(help_.met)
        yield answered
        referral = self.accept(referral, on=answered, comment=help_.comment)
        self.appointment(referral, on=answered + timedelta(minutes=20), when=met, place=help_.place)
        yield met + timedelta(hours=1)
        self.start(referral, on=met + timedelta(hours=1))
        if help_.ended:
            yield self.at(help_.ended)
            self.end(
                referral,
                on=self.at(help_.ended),
                outcome=help_.outcome,
                evidence=help_.evidence,
                reason=help_.reason,
            )
        return referral

    def becomes(self, moment: Moment, **facts: Any) -> Life:
        """Correct what is written of the person."""
        yield self.at(moment)
        with self.player.acting(self.referent, on=self.at(moment)) as actor:
            self.person = update_beneficiary(self.person, version=self.person.version, actor=actor, **facts)

    def does(self, written: Moment, *told: tuple[str, Moment], house: str = "") -> Life:
        """Play a line of things to do, each written as soon as the one before is done, the first when it is `written`.

        `house`: the organisation that carries them; the follower when there is none.
        """
        noted = self.at(written)
        for label, moment in told:
            yield noted
            done = self.at(moment)
            step = self.step(label, on=noted, due=done, house=house)
            yield done
            self.done(step, on=done)
            noted = done + timedelta(minutes=5)

    def plans(self, moment: Moment, label: str, due: Moment) -> Life:
        """Write a thing that is still to be done."""
        yield self.at(moment)
        self.step(label, on=self.at(moment), due=self.at(due))


@dataclass(frozen=True)
class Tale:
    """A pathway told in the programme's documents (« Parcours de bénéficiaires »), under an invented name.

    `follower`: the member of the cast who answers for it.
    """

    follower: str
    chapters: tuple[Callable[[Teller], Life], ...]

    def lives(self, player: Player) -> list[Life]:
        """The chapters, ready to be played on this stage."""
        teller = Teller(player, self.follower)
        return [chapter(teller) for chapter in self.chapters]
