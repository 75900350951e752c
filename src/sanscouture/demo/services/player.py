"""Playing as somebody at some moment: the stories act through the services only, as the site does."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from heapq import heappop, heappush
from uuid import UUID

from django.db import connection
from django.utils import timezone

from sanscouture.access.actor import Actor
from sanscouture.access.decorators import actor_of
from sanscouture.access.scope import scope, scope_of
from sanscouture.accounts.models import User
from sanscouture.core import clock
from sanscouture.demo.rules.cast import persona, town
from sanscouture.demo.services.cast import SOURCE
from sanscouture.directory.models import Service
from sanscouture.notifications.services import mark_read
from sanscouture.partners.models import Organisation
from sanscouture.pathways.models import Pathway, Referral
from sanscouture.pathways.rules.referrals import Answerer
from sanscouture.pathways.services import following, referrals, ruptures
from sanscouture.people.models import Beneficiary
from sanscouture.programmes.models import Programme

LAST_WORKING_DAY = 4

NIGHTS_APART = 10
LOOKS = frozenset({240, 120, 60, 30, 14, 7, 4, 1})

Life = Generator[datetime, None, None]
"""A line of acts: it yields the moment of the next one, and goes on when that moment has come."""


class Player:
    """One programme on stage. A week-end is played on the Friday before."""

    def __init__(self, official_id: str) -> None:
        self.town = town(official_id)
        self.programme = Programme.objects.get(official_id=official_id)
        self.today = clock.today()
        self._actors: dict[str, Actor] = {}

    @contextmanager
    def acting(self, key: str, *, on: datetime) -> Iterator[Actor]:
        """Act as a member of the cast, at a moment, in that account's scope."""
        actor = self.actor(key)
        with clock.at(on), scope_of(actor):
            yield actor

    @contextmanager
    def alone(self, *, on: datetime) -> Iterator[None]:
        """Act at a moment as the machine does, or as whoever holds an answer link."""
        only: list[UUID] = [self.programme.pk]
        with clock.at(on), scope(programmes=only, named=only):
            yield

    @contextmanager
    def answering(self, referral: Referral, *, on: datetime) -> Iterator[Answerer]:
        """Answer a referral as a member of the receiving organisation, or by its link when it has no account."""
        key = self.answers(referral)
        if key:
            with self.acting(key, on=on) as actor:
                yield referrals.answerer_of(actor, referral)
        else:
            with self.alone(on=on):
                yield Answerer(None, referral.recipient_id, referral.recipient.name)

    def night(self, *, on: datetime, looks: bool = True) -> None:
        """Do what the nightly jobs do: deadlines, reminders, news asked and, when it `looks`, ruptures."""
        with self.alone(on=on):
            referrals.expire_unanswered(self.programme.pk, today=clock.today())
            referrals.send_due_reminders(self.programme.pk, today=clock.today())
            following.ask_for_news(self.programme.pk, today=clock.today())
            if looks:
                with _unmeasured():
                    ruptures.evaluate(self.programme.pk, today=clock.today())

    def nights(self, *, since: int) -> Life:
        """One night in ten, from so many days ago, looking for ruptures on some; then the last."""
        for ago in range(since, 0, -1):
            if ago % NIGHTS_APART == 0 or ago in LOOKS:
                moment = at(self.today - timedelta(days=ago), 5, 10)
                yield moment
                self.night(on=moment, looks=ago in LOOKS)

    def read_news(self, key: str, *, on: datetime) -> None:
        """Read everything that was told to somebody until then."""
        with self.acting(key, on=on) as actor:
            mark_read(actor)

    def answers(self, referral: Referral) -> str:
        """Name who answers a referral in the receiving organisation; nobody where it answers by link."""
        return self.town.answers(referral.recipient.external_id.removeprefix(f"{SOURCE}--"))

    def actor(self, key: str) -> Actor:
        """The actor of a member of the cast."""
        if key not in self._actors:
            self._actors[key] = actor_of(self.user(key).pk)
        return self._actors[key]

    @cache  # noqa: B019 a player lives as long as its stories
    def user(self, key: str) -> User:
        """The account of a member of the cast."""
        return User.objects.get(email=persona(key).email)

    def of(self, key: str) -> Organisation:
        """The organisation where a member of the cast works."""
        return self.house(persona(key).house)

    @cache  # noqa: B019
    def house(self, key: str) -> Organisation:
        """An organisation of the cast."""
        return Organisation.objects.get(external_id=f"{SOURCE}--{self.town.house(key).key}")

    @cache  # noqa: B019
    def offer(self, key: str, house: str = "") -> Service:
        """A service of the cast, by its key; `house` says whose, when two give the same."""
        giver = house or self.town.doors()[key]
        return Service.objects.select_related("organisation").get(external_id=f"{SOURCE}--{giver}-{key}")

    def pathway(self, person: Beneficiary) -> Pathway:
        """The open pathway of a person, inside an act."""
        return Pathway.objects.get_queryset().get(beneficiary=person, closed_on=None)

    def on(self, ago: int, hour: int = 10, minute: int = 0) -> datetime:
        """A moment so many days before this week's Monday, on a working day: a story falls alike whatever the day."""
        monday = self.today - timedelta(days=self.today.weekday())
        return at(working(monday - timedelta(days=ago)), hour, minute)

    def ago(self, days: int, hour: int = 10, minute: int = 0) -> datetime:
        """A moment so many days before today, on a working day."""
        return at(working(self.today - timedelta(days=days)), hour, minute)

    @property
    def dawn(self) -> datetime:
        """Today, when the night's work is done; now, when it is earlier: nothing is played that is still to come."""
        return min(at(self.today, 5, 10), clock.now())

    def has_begun(self) -> bool:
        """Whether the programme's story was already played."""
        with scope(programmes=[self.programme.pk], named=[self.programme.pk]):
            return Beneficiary.objects.get_queryset().filter(programme=self.programme).exists()


@contextmanager
def _unmeasured() -> Iterator[None]:
    """Spare the database the plans it makes for tables it believes empty: they were filled in this transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('enable_nestloop', 'off', true)")
        yield
        cursor.execute("SELECT set_config('enable_nestloop', 'on', true)")


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """A moment of a day, in Paris."""
    return timezone.make_aware(datetime.combine(day, time(hour, minute))).astimezone(UTC)


def working(day: date) -> date:
    """The day itself, or the Friday before a week-end."""
    return day - timedelta(days=max(0, day.weekday() - LAST_WORKING_DAY))


class Stage:
    """Plays many lives together, in the order of their moments, until now; what would come later does not happen."""

    def __init__(self, until: datetime) -> None:
        self._until = until
        self._waiting: list[tuple[datetime, int, Life]] = []
        self._count = 0

    def also(self, life: Life) -> None:
        """Let one more life begin."""
        moment = next(life, None)
        if moment is not None:
            self._count += 1
            heappush(self._waiting, (moment, self._count, life))

    def play(self) -> None:
        """Play until now. Ruptures are looked for at night."""
        with ruptures.looking_later():
            self._play()

    def _play(self) -> None:
        while self._waiting:
            moment, rank, life = heappop(self._waiting)
            if moment > self._until:
                life.close()
                continue
            following = next(life, None)
            if following is not None:
                heappush(self._waiting, (max(moment, following), rank, life))
