"""The invented alliance of one real programme: its houses, their services, accounts, roles, team and partners."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from random import Random
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password

from sanscouture.access.actor import Actor, Grant
from sanscouture.access.enums import Role
from sanscouture.accounts.models import User
from sanscouture.core import clock
from sanscouture.demo.rules import alliances, names
from sanscouture.demo.rules.alliances import Follower
from sanscouture.demo.rules.cast import PASSWORD
from sanscouture.demo.rules.parts import DOMAIN
from sanscouture.demo.services.cast import SOURCE, TEAM, WRITER, open_names
from sanscouture.demo.services.nation.book import Book, insert
from sanscouture.demo.services.player import at
from sanscouture.directory.models import Service
from sanscouture.directory.rules import vocabulary
from sanscouture.directory.services.generation import SOURCE as CARRIERS
from sanscouture.partners.enums import OrganisationKind
from sanscouture.partners.models import Organisation
from sanscouture.programmes.enums import TeamFunction
from sanscouture.programmes.models import CoPilot, Partnership, Programme, RoleGrant, TeamMember
from sanscouture.territories.models import Commune

BEGUN_DAYS_AGO = 900
"""Agreement and roles: before the first person came."""


@dataclass(frozen=True)
class Member:
    """An account at work in a programme, as the acts of others name it."""

    user: User
    actor: Actor
    organisation: Organisation | None

    @property
    def label(self) -> str:
        """How both sides of a referral read it."""
        return f"{self.user.full_name}, {self.organisation.name}" if self.organisation else self.user.full_name


@dataclass(frozen=True)
class House:
    """An organisation that follows or receives people, with its accounts; none answers by link."""

    organisation: Organisation
    members: Sequence[Member] = ()
    follows: Follower | None = None


@dataclass
class Alliance:
    """One programme ready to live: who follows, and where each of the eight fields finds help."""

    programme: Programme
    followers: list[House] = field(default_factory=list)
    doors: defaultdict[int, list[tuple[House, Service]]] = field(default_factory=lambda: defaultdict(list))


class Founder:
    """Brings the alliance of one programme; the same luck brings the same."""

    def __init__(self, programme: Programme, book: Book, luck: Random, *, people: int) -> None:
        self.programme, self.book, self.luck, self.people = programme, book, luck, people
        self.begun = at(clock.today() - timedelta(days=BEGUN_DAYS_AGO), 9)
        self.communes: list[Commune] = list(programme.communes.order_by("code"))
        self.places = luck.sample(names.PLACES, len(names.PLACES))
        self._accounts = 0
        self._places = 0
        self._services: list[Service] = []

    def found(self) -> Alliance:
        """Bring everything, in the scope of the programme; accounts and organisations are written at once."""
        alliance = Alliance(self.programme)
        self._team()
        for follower in alliances.FOLLOWERS:
            house = self._follower(follower)
            alliance.followers.append(house)
            for number, service in zip((one[0] for one in follower.offers), self._offers(follower, house), strict=True):
                alliance.doors[number].append((house, service))
        carriers = self._carriers(alliance)
        for each in alliances.COPILOTS:
            self._copilot(self._organisation(each.head, each.kind, each.brings))
        for other in alliances.partners(self.luck, already=carriers + len(alliances.FOLLOWERS) + 2):
            self._ally(self._organisation(other.head, other.kind, other.brings), other.brings)
        self.book.write()
        insert(self._services)
        with clock.at(self.begun):
            open_names(self.programme)
        return alliance

    def _follower(self, follower: Follower) -> House:
        organisation = self._organisation(follower.head, follower.kind, follower.brings)
        count = alliances.advisers(follower, self.people)
        role = Role.OUTREACH_WORKER if follower.key == "relais" else Role.ADVISER
        members = [self._member(role, organisation, follower.key) for _ in range(count)]
        if follower.key in {"mission", "agence"}:
            self._member(Role.ORGANISATION_MANAGER, organisation, f"responsable-{follower.key}")
        self._ally(organisation, follower.brings, referent=members[0].user)
        return House(organisation, members, follower)

    def _carriers(self, alliance: Alliance) -> int:
        """The organisations of the invented offer around this programme: one for each field."""
        prefix = f"{CARRIERS}--1-{self.programme.slug}-"
        offers = Service.objects.filter(organisation__external_id__startswith=prefix, is_active=True)
        by_carrier: defaultdict[Organisation, list[Service]] = defaultdict(list)
        for service in offers.select_related("organisation").order_by("external_id"):
            by_carrier[service.organisation].append(service)
        for organisation, services in by_carrier.items():
            number = int(organisation.external_id.rsplit("-", 1)[1]) + 1
            by_link = number in alliances.BY_LINK_FIELDS
            members = [] if by_link else [self._member(Role.ADVISER, organisation, f"accueil-{number}")]
            self._ally(organisation, "Reçoit les personnes orientées.", referent=members[0].user if members else None)
            house = House(organisation, members)
            alliance.doors[number] += [(house, service) for service in services]
        return len(by_carrier)

    def _organisation(self, head: str, kind: OrganisationKind, brings: str) -> Organisation:
        commune = self.luck.choice(self.communes)
        self._places += 1
        place = self.places[self._places % len(self.places)]
        key = f"{self.programme.slug}-{self._places}"
        organisation = self.book.add_anywhere(
            Organisation,
            self.begun,
            source=SOURCE,
            external_id=f"{SOURCE}--nation-{key}",
            name=alliances.named(head, place, commune.name),
            kind=kind,
            description=f"{brings} Structure inventée pour la démonstration.",
            email=f"accueil@{key}.example",
            fictitious=True,
            source_updated_on=clock.today() - timedelta(days=self.luck.randrange(5, 90)),
            **self._somewhere(commune),
        )
        organisation.derive()
        return organisation

    def _somewhere(self, commune: Commune) -> dict[str, Any]:
        return {
            "commune": commune,
            "city": commune.name,
            "postcode": next(iter(commune.postcodes), ""),
            "address": f"{self.luck.randrange(1, 60)} rue des Aiguilles",
            "lon": round(commune.lon + self.luck.gauss(0, 0.006), 5),
            "lat": round(commune.lat + self.luck.gauss(0, 0.004), 5),
            "phone": names.phone(self.luck),
        }

    def _offers(self, follower: Follower, house: House) -> list[Service]:
        organisation = house.organisation
        made = []
        for rank, (_number, name, kind, theme) in enumerate(follower.offers):
            service = Service(
                id=self.book.new_id(self.begun),
                organisation=organisation,
                source=SOURCE,
                external_id=f"{organisation.external_id}-{rank}",
                name=name,
                summary=name,
                description=f"{name}.\n\nService inventé pour la démonstration.",
                type=kind,
                thematiques=[theme],
                publics=[vocabulary.EVERYONE],
                reception_modes=[vocabulary.ON_SITE],
                mobilisation_modes=["envoyer-un-courriel"],
                mobilised_by=["professionnels"],
                fees="gratuit",
                email=organisation.email,
                capacity="open",
                capacity_updated_on=clock.today() - timedelta(days=6),
                source_updated_on=organisation.source_updated_on,
                fictitious=True,
                **self._somewhere(self.luck.choice(self.communes)),
            )
            service.created_at = self.begun
            service.derive(organisation.name)
            made.append(service)
        self._services += made
        return made

    def _team(self) -> None:
        for role in (Role.COORDINATOR, Role.PATHWAY_REFERENT):
            member = self._member(role, None, {Role.COORDINATOR: "coordination"}.get(role, "referente"))
            self._seat(TEAM[role], member.user.first_name, member.user.last_name, member.user)
        for function in (TeamFunction.AUTHORITY_REFERENT, TeamFunction.STATE_REFERENT):
            self._seat(function, names.first_name(self.luck), names.last_name(self.luck), None)

    def _seat(self, function: TeamFunction, first: str, last: str, user: User | None) -> None:
        seat = self.book.add(
            TeamMember, self.begun, first_name=first, last_name=last, function=function, user=user, since=self._day
        )
        self.book.journal(WRITER, "team.add", [seat], self.begun)

    def _member(self, role: Role, organisation: Organisation | None, key: str) -> Member:
        """An account and its role. Everybody here has the password of the demonstration."""
        self._accounts += 1
        suffix = "" if key in {"coordination", "referente"} else f"-{self._accounts}"
        email = f"{key}{suffix}.{self.programme.slug}@{DOMAIN}"
        user = self.book.add_anywhere(
            User,
            self.begun,
            email=email,
            first_name=names.first_name(self.luck),
            last_name=names.last_name(self.luck),
            password=_hashed(),
        )
        self.book.rows.setdefault(EmailAddress, []).append(_proved(user))
        grant = self.book.add(RoleGrant, self.begun, user=user, role=role, organisation=organisation)
        self.book.journal(WRITER, "role.grant", [grant], self.begun)
        held = Grant(role, self.programme.pk, organisation.pk if organisation else None)
        return Member(user, Actor(user.pk, (held,)), organisation)

    def _ally(self, organisation: Organisation, brings: str, referent: User | None = None) -> None:
        moment = self.begun + timedelta(days=self.luck.randrange(60))
        since = moment.date()
        made = self.book.add(
            Partnership, moment, organisation=organisation, contribution=brings, since=since, referent=referent
        )
        self.book.journal(WRITER, "partnership.add", [made], moment)

    def _copilot(self, organisation: Organisation) -> None:
        self._ally(organisation, "Copilote le programme.")
        made = self.book.add(CoPilot, self.begun, organisation=organisation, since=self._day)
        self.book.journal(WRITER, "copilot.add", [made], self.begun)
        self._member(Role.COPILOT, None, "copilote")

    @property
    def _day(self) -> Any:
        return clock.today() - timedelta(days=BEGUN_DAYS_AGO)


def _proved(user: User) -> Any:
    return EmailAddress(user=user, email=user.email, primary=True, verified=True)


@cache
def _hashed() -> str:
    """Hash the shared password once: it is slow on purpose."""
    return make_password(PASSWORD)
