"""How one person of a cohort is followed: welcomed, oriented, received or refused, and seen again."""

from __future__ import annotations

from collections.abc import Generator
from datetime import date, datetime, timedelta
from random import Random

from django.utils import timezone

from sanscouture.demo.rules.residents import HEALTH, Resident, Want
from sanscouture.demo.services.acts import TOLD, Scene
from sanscouture.demo.services.homes import Homes, settle
from sanscouture.demo.services.player import LAST_WORKING_DAY, Life, Player, Stage, at
from sanscouture.pathways.enums import Evidence, Outcome, RefusalReason
from sanscouture.pathways.models import Need, Referral
from sanscouture.pathways.services import appointments, referrals
from sanscouture.pathways.services.restrictions import restrict_record
from sanscouture.people.enums import Channel, Ground, InformedBy, RestrictionReason
from sanscouture.people.rules import BASIS_YEARS, BasisGiven, SafeWay
from sanscouture.people.services import keep_contact_safe

FATES = ("accepted", "refused", "waiting", "asked", "late", "silent", "missed")
WEIGHTS = (9, 4, 2, 2, 1, 2, 2)
REFUSALS = (
    (RefusalReason.NO_PLACE, ""),
    (RefusalReason.OUT_OF_CRITERIA, "Réservé aux moins de 26 ans."),
    (RefusalReason.TIMING, "Nos séances ont lieu le soir."),
    (RefusalReason.UNREACHABLE, "Trois appels sans réponse."),
)
OUTCOMES = (Outcome.COVERED, Outcome.COVERED, Outcome.COVERED, Outcome.PARTLY, Outcome.NOT_COVERED, Outcome.LOST)
WHY = {Outcome.PARTLY: "Il reste une partie du chemin à faire.", Outcome.NOT_COVERED: "La solution n’a pas tenu."}
ENDED_AGO = 20
"""Days since a basis of two years has ended, for those whose basis has."""

Until = Generator[datetime, None, datetime]
"""A line of acts that gives, at its end, the moment of the last one."""


class Follow:
    """One person and whoever follows them, with their own luck."""

    def __init__(self, player: Player, stage: Stage, homes: Homes, resident: Resident) -> None:
        self.player = player
        self.stage = stage
        self.homes = homes
        self.resident = resident
        self.luck = Random(f"{resident.first_name}/{resident.last_name}")  # noqa: S311 a fiction, not a secret
        self.scene = Scene(player, resident.follower)

    def life(self) -> Life:
        """From the welcome to now."""
        moment = self.player.ago(self.resident.begins, self.luck.randint(9, 16), self.luck.randrange(0, 60, 5))
        yield moment
        arrive(self.scene, self.resident, self.homes, on=moment)
        self.stage.also(self.seen_again(moment))
        for want in self.resident.wants:
            need = want_help(self.scene, want, self.luck.choice((1, 2, 2, 3)), on=moment + timedelta(minutes=20))
            if self.resident.basis == "none":
                continue
            moment = yield from self.oriented(need, want, moment + timedelta(minutes=40))
            moment = self.later(moment, 5, 30)
            yield moment

    def seen_again(self, moment: datetime) -> Life:
        """A follow-up every two months or so; the next one is always set."""
        while True:
            due = self.later(moment, 45, 75)
            step = self.scene.step("Point de suivi", on=moment + timedelta(minutes=50), due=due)
            yield due
            self.scene.done(step, on=due)
            moment = due

    def oriented(self, need: Need, want: Want, moment: datetime) -> Until:
        """Hand a need over, whatever becomes of it."""
        yield moment
        referral = self.scene.refer(need, self.player.offer(want.doors[0]), on=moment)
        fate = self.luck.choices(FATES, WEIGHTS)[0]
        if fate in {"refused", "silent"}:
            moment = yield from self.elsewhere(referral, want, moment, silent=fate == "silent")
            return moment
        if fate == "asked":
            moment = yield from self.asked(referral, moment)
        moment = self.later(moment, 11, 13) if fate == "late" else self.later(moment, 1, 5)
        yield moment
        moment = yield from self.taken(referral, moment, waits=fate == "waiting", misses=fate == "missed")
        return moment

    def elsewhere(self, referral: Referral, want: Want, moment: datetime, *, silent: bool) -> Until:
        """A refusal or a silence; the adviser turns elsewhere, unless the other door is their own."""
        if not silent:
            moment = self.later(moment, 2, 6)
            yield moment
            reason, text = self.luck.choice(REFUSALS)
            referral = self.scene.refuse(referral, reason, on=moment, text=text)
        moment = self.later(moment, 12, 17) if silent else self.later(moment, 1, 3)
        yield moment
        other = self.player.offer(want.doors[1])
        if other.organisation == self.player.of(self.resident.follower):
            self.taken_back(referral, moment, silent=silent)
            return moment
        following = self.scene.reroute(referral, other, on=moment)
        moment = self.later(moment, 1, 6)
        yield moment
        moment = yield from self.taken(following, moment, waits=False, misses=False)
        return moment

    def taken_back(self, referral: Referral, moment: datetime, *, silent: bool) -> None:
        """The other door is the adviser's own: they will help by themselves."""
        if silent:
            with self.player.acting(self.resident.follower, on=moment) as actor:
                referrals.withdraw_referral(referral, actor=actor, reason="Nous nous en chargeons ici.")

    def asked(self, referral: Referral, moment: datetime) -> Until:
        """The recipient asks, the adviser replies."""
        moment = self.later(moment, 1, 2)
        yield moment
        with self.player.answering(referral, on=moment) as answerer:
            referrals.ask_question(referral, by=answerer, text="À quels horaires la personne est-elle libre ?")
        moment = self.later(moment, 1, 2)
        yield moment
        with self.player.acting(self.resident.follower, on=moment) as actor:
            referrals.reply(referral, actor=actor, text="Le matin, sauf le mercredi.")
        return moment

    def taken(self, referral: Referral, moment: datetime, *, waits: bool, misses: bool) -> Until:
        """Accepted, met, begun; the end comes in its own time."""
        if waits:
            with self.player.answering(referral, on=moment) as answerer:
                referral = referrals.put_on_waiting_list(referral, by=answerer, weeks=self.luck.choice((3, 4, 6)))
            moment = self.later(moment, 14, 20)
            yield moment
        else:
            referral = self.scene.accept(referral, on=moment)
        when = self.later(moment, 2, 9)
        self.scene.appointment(referral, on=moment + timedelta(minutes=15), when=when)
        if misses:
            moment = when + timedelta(hours=2)
            yield moment
            with self.player.answering(referral, on=moment) as answerer:
                ahead = referral.appointments.get()
                appointments.miss_appointment(ahead, by=answerer)
            when = self.later(moment, 2, 6)
            self.scene.appointment(referral, on=moment + timedelta(minutes=15), when=when)
        moment = when + timedelta(hours=1)
        yield moment
        self.scene.start(referral, on=moment)
        self.stage.also(self.ended(referral, moment))
        return moment

    def ended(self, referral: Referral, moment: datetime) -> Life:
        """The service ends some weeks later, with what became of the need."""
        moment = self.later(moment, 20, 80)
        yield moment
        outcome = self.luck.choice(OUTCOMES)
        evidence = self.luck.choice(list(Evidence))
        self.scene.end(referral, on=moment, outcome=outcome, evidence=evidence, reason=WHY.get(outcome, ""))
        if outcome == Outcome.COVERED and referral.need.field != HEALTH:
            moment += timedelta(hours=1)
            yield moment
            self.scene.barrier(referral.need.field, self.luck.choice((0, 1)), on=moment)

    def later(self, moment: datetime, least: int, most: int) -> datetime:
        """An office hour of a working day, so many days later."""
        day = timezone.localtime(moment).date() + timedelta(days=self.luck.randint(least, most))
        day += timedelta(days=7 - day.weekday() if day.weekday() > LAST_WORKING_DAY else 0)
        return at(day, self.luck.randint(9, 16), self.luck.randrange(0, 60, 5))


def arrive(scene: Scene, resident: Resident, homes: Homes, *, on: datetime) -> None:
    """Welcome somebody: who they are, what they were told, where they live, what helps."""
    today = scene.player.today
    person = scene.welcome(
        on=on,
        basis=_told(resident, today),
        first_name=resident.first_name,
        last_name=resident.last_name,
        birth_date=date(today.year - resident.age, 1 + resident.begins % 12, 1 + resident.begins % 28),
        phone=resident.phone,
        channel=resident.channel,
        job_seeker=resident.job_seeker,
        french_level=resident.french_level,
        **resident.situation,
    )
    homes_of = {"inside": homes.inside, "outside": homes.outside, "unsure": homes.somewhere}
    with scene.player.acting(scene.referent, on=on + timedelta(minutes=5)) as actor:
        settle(person, homes_of[resident.home](), actor=actor)
    scene.strengths(*resident.strengths, on=on + timedelta(minutes=10))
    if resident.restricted:
        with scene.player.acting(scene.referent, on=on + timedelta(minutes=30)) as actor:
            keep_contact_safe(person, way=SafeWay(frozenset({Channel.PHONE}), neutral=True), actor=actor)
            restrict_record(person, reason=RestrictionReason.SAFETY, actor=actor)


def want_help(scene: Scene, want: Want, severity: int, *, on: datetime) -> Need:
    """Write the barrier behind a need, then the need."""
    situations = [want.situation] if want.situation else []
    scene.barrier(want.field, severity, on=on, situations=situations)
    return scene.need(want.field, want.label, want.theme, on=on + timedelta(minutes=5))


def _told(resident: Resident, today: date) -> BasisGiven | None:
    if resident.basis == "none":
        return None
    if resident.basis == "held":
        return TOLD
    given_on = today - timedelta(days=365 * BASIS_YEARS + ENDED_AGO)
    return BasisGiven(Ground.PUBLIC_INTEREST, InformedBy.PAPER, TOLD.scopes, given_on=given_on)
