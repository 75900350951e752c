"""What the cast is made of: organisations with their services, and accounts. All are invented."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sanscouture.access.enums import Role
from sanscouture.partners.enums import OrganisationKind as Kind

DOMAIN = "demo.example"

WHOLE = _("Toute la cité : les ruptures du matin, les parcours, les partenaires.")
COHORT = _("Les parcours de toute la cité, et qui tient chaque fil.")
OWN = _("Les personnes que sa structure accompagne ou reçoit.")
RECEIVES = _("Les orientations que sa structure reçoit, et les personnes reçues.")
FIGURES = _("Le programme, ses partenaires et l’annuaire ; aucun nom d’habitant.")

STATE = "Copilote pour l’État : mobilise les crédits et les opérateurs, préside le comité de pilotage."
AUTHORITY = "Copilote pour la collectivité : accueille l’équipe projet, ouvre ses équipements et ses services."


@dataclass(frozen=True)
class Offer:
    """A service that an organisation of the cast gives. `thematiques`: data·inclusion codes."""

    key: str
    name: str
    type: str
    thematiques: tuple[str, ...]
    text: str
    capacity: str = "open"
    places: int | None = None
    weeks: int | None = None


@dataclass(frozen=True)
class House:
    """An invented organisation. `commune`: INSEE code; `days`: its usual answer; `brings`: to the programme."""

    key: str
    name: str
    kind: Kind
    commune: str
    brings: str
    offers: tuple[Offer, ...] = ()
    days: int = 10

    @property
    def email(self) -> str:
        return f"accueil@{self.key.replace('_', '-')}.example"


@dataclass(frozen=True)
class Follows:
    """The people of a cohort that somebody follows: from an age to an age, and their share of all."""

    youngest: int
    oldest: int
    share: int


@dataclass(frozen=True)
class Persona:
    """An account of the demonstration. `house` is the key of an organisation of the same town."""

    key: str
    first_name: str
    last_name: str
    role: Role
    title: str | Promise
    sees: str | Promise
    house: str = ""
    follows: Follows | None = None

    @property
    def email(self) -> str:
        return f"{self.key.replace('_', '-')}@{DOMAIN}"


@dataclass(frozen=True)
class Town:
    """Who acts in one programme, named by its national identifier; the nation's own people have none.

    `copilots` are organisations too: the State and a local authority.
    """

    programme: str
    houses: Sequence[House]
    personas: Sequence[Persona]
    copilots: Sequence[House] = ()

    def house(self, key: str) -> House:
        """Find an organisation by its key. Raises KeyError when there is none."""
        return {one.key: one for one in self.houses}[key]

    def doors(self) -> dict[str, str]:
        """Say, for each service given here, in which organisation."""
        return {offer.key: house.key for house in reversed(self.houses) for offer in house.offers}

    def answers(self, house: str) -> str:
        """Name who answers the referrals of an organisation; nobody has an account where they answer by link."""
        return next((one.key for one in self.personas if one.house == house), "")


def copilots(commune: str, state: tuple[str, str], authority: tuple[str, str]) -> tuple[House, House]:
    """Who co-pilots a programme: the State and a local authority, each by its key and its name."""
    return (
        House(*state, Kind.PREFECTURE, commune, STATE),
        House(*authority, Kind.INTERMUNICIPALITY, commune, AUTHORITY),
    )
