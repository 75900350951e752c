"""How invented people arrive: who they are, where they live, what they were told, what helps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from random import Random

from sanscouture.demo.rules import fates, names
from sanscouture.demo.rules.residents import STRENGTHS
from sanscouture.demo.services.acts import EVERYTHING
from sanscouture.demo.services.homes import Homes
from sanscouture.demo.services.nation.alliance import Alliance, House
from sanscouture.demo.services.nation.book import Book
from sanscouture.demo.services.nation.person import Followed
from sanscouture.demo.services.player import at, working
from sanscouture.pathways.models import Pathway, Referent
from sanscouture.pathways.selectors.referrals import local_day
from sanscouture.people.enums import Channel, Ground, InformedBy, InvolvementKind, Known, Language, QpvState
from sanscouture.people.models import Beneficiary
from sanscouture.people.rules import BasisGiven, name_key, phonetic_key
from sanscouture.territories.rules import GeocodedAddress, QpvAnswer
from sanscouture.territories.selectors import qpv_of_places

LEVELS = ("a1", "a2", "a2", "b1", "b2", "c1", "c1", "not_asked", "not_asked", "unknown")
LANGUAGES = (*[Language.FRENCH] * 14, Language.ARABIC, Language.TURKISH, Language.PORTUGUESE, Language.ROMANIAN)
CHANNELS = (Channel.SMS, Channel.SMS, Channel.PHONE, Channel.PHONE, Channel.EMAIL, Channel.IN_PERSON)
SEEKERS = (*[Known.YES] * 6, Known.NO, Known.NOT_ASKED, Known.UNKNOWN, Known.WITHHELD)
BASES = (
    *[BasisGiven(Ground.PUBLIC_INTEREST, InformedBy.ORAL, EVERYTHING)] * 3,
    BasisGiven(Ground.CONSENT, InformedBy.PAPER, EVERYTHING),
)
HOMES = ("inside", "outside", "somewhere")
HOMES_WEIGHTS = (15, 3, 4)


@dataclass(frozen=True)
class Home:
    """Where somebody lives, and what the site answers of it."""

    place: GeocodedAddress
    answer: QpvAnswer


def homes_in(alliance: Alliance, luck: Random, count: int) -> list[Home]:
    """Draw so many homes in and around the programme's neighbourhoods, with the answers of the site's own rule."""
    homes = Homes(alliance.programme, luck)
    drawn = [getattr(homes, luck.choices(HOMES, HOMES_WEIGHTS)[0])() for _ in range(count)]
    return [Home(place, answer) for place, answer in zip(drawn, qpv_of_places(drawn), strict=True)]


class Arrival:
    """Welcomes people into one alliance, one after the other."""

    def __init__(self, alliance: Alliance, book: Book, today: date) -> None:
        self.alliance, self.book, self.today = alliance, book, today
        self.shares = [house.follows.share if house.follows else 0 for house in alliance.followers]

    def welcome(self, home: Home, luck: Random) -> Followed:
        """Write a person down: record, place, pathway and its referent, what was told, what helps."""
        begins = fates.came(luck)
        day = working(self.today - timedelta(days=begins))
        moment = at(day, luck.randint(9, 15), luck.randrange(0, 60, 5))
        house = luck.choices(self.alliance.followers, self.shares)[0]
        person = self._recorded(house, home, moment, luck)
        for given_at in self._told_at(begins, moment, luck):
            person.told(luck.choice(BASES), given_at)
        for label in luck.sample(STRENGTHS, luck.choice((0, 1, 1, 2))):
            person.strength(label, moment + timedelta(minutes=10))
        return person

    def _recorded(self, house: House, home: Home, moment: datetime, luck: Random) -> Followed:
        member = luck.choice(house.members)
        record = self._record(house, home, moment, luck)
        record.created_by_id = member.user.pk
        pathway = self.book.add(Pathway, moment, beneficiary=record, opened_on=local_day(moment))
        seat = self.book.add(
            Referent, moment, pathway=pathway, user=member.user, organisation=house.organisation, since=moment
        )
        person = Followed(self.book, house, member, record, pathway, seat)
        for kind in (InvolvementKind.CAPTURED, InvolvementKind.REFERENT):
            row = person.involve(house.organisation.pk, kind, moment)
            person.journal("involvement.begin", row, moment, note=kind.value)
        person.journal("beneficiary.create", record, moment)
        person.journal("pathway.open", pathway, moment)
        person.journal("beneficiary.place", record, moment + timedelta(minutes=5), note=record.qpv_state)
        return person

    def _record(self, house: House, home: Home, moment: datetime, luck: Random) -> Beneficiary:
        first, last = names.first_name(luck), names.last_name(luck)
        youngest, oldest = house.follows.ages if house.follows else (18, 60)
        day = local_day(moment)
        channel = luck.choice(CHANNELS)
        answer = replace(home.answer, decided_on=day)
        return self.book.add(
            Beneficiary,
            moment,
            first_name=first,
            last_name=last,
            name_key=name_key(first, last),
            phonetic_key=phonetic_key(first, last),
            birth_date=day - timedelta(days=luck.randrange(365 * youngest + 20, 365 * (oldest + 1))),
            phone=names.phone(luck),
            email=f"habitant{luck.getrandbits(40):010x}@courriel.example" if channel == Channel.EMAIL else "",
            language=luck.choice(LANGUAGES),
            channel=channel,
            address=home.place.label,
            commune_id=home.place.commune_code,
            lon=home.place.lon,
            lat=home.place.lat,
            qpv_id=answer.qpv_code or None,
            qpv_state=QpvState(answer.answer.value),
            qpv_provenance=answer.as_json(),
            job_seeker=luck.choice(SEEKERS),
            french_level=luck.choice(LEVELS),
            captured_by=house.organisation,
        )

    def _told_at(self, begins: int, moment: datetime, luck: Random) -> Iterator[datetime]:
        """When the person was told: on the first day, unless nobody did; again after two years, now and then."""
        if luck.random() < fates.UNTOLD_SHARE:
            return
        yield moment + timedelta(minutes=2)
        if begins > fates.RETURNED_DAYS[0] and luck.random() < fates.RENEWED_SHARE:
            yield moment + timedelta(days=fates.RETURNED_DAYS[0] - 30)
