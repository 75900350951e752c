"""What the demonstration shows: its accounts, and every message it has sent."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from sanscouture.accounts.models import User
from sanscouture.demo.rules.cast import EVERYWHERE, MAIN, PASSWORD, PERSONAS, PROGRAMMES
from sanscouture.demo.rules.parts import DOMAIN, Persona, Town
from sanscouture.notifications.models import OutgoingMessage
from sanscouture.notifications.selectors import outbox
from sanscouture.programmes.models import Programme


def is_persona(email: str) -> bool:
    """Say whether an address is that of an invented account, of the cast or of the country: no second factor here."""
    return email.endswith(f"@{DOMAIN}")


@dataclass(frozen=True)
class Account:
    """One account of the demonstration, as the program prints it."""

    persona: str
    email: str
    password: str
    programme: str
    organisation: str

    def as_dict(self) -> dict[str, str]:
        return asdict(self)


@dataclass(frozen=True)
class Seat:
    """A button of the sign-in page."""

    email: str
    name: str
    title: str
    sees: str
    place: str


@dataclass(frozen=True)
class Group:
    """The seats of one programme; without a programme, the national ones."""

    name: str
    seats: tuple[Seat, ...]


@dataclass(frozen=True)
class Doors:
    """The buttons of the sign-in page: one of each role first, then everybody else by programme."""

    first: tuple[Seat, ...]
    groups: tuple[Group, ...]


def programme_names() -> dict[str, str]:
    """The names of the programmes where the stories take place, by national identifier."""
    found = Programme.objects.filter(official_id__in=PROGRAMMES).values_list("official_id", "name")
    return {str(official_id): name for official_id, name in found.order_by("official_id")}


def accounts() -> list[Account]:
    """Every account of the cast."""
    names = programme_names()
    return [
        Account(str(one.title), one.email, PASSWORD, names.get(town.programme, ""), _workplace(town, one))
        for town in EVERYWHERE
        for one in town.personas
    ]


def doors() -> Doors:
    """The buttons of the sign-in page, for the accounts that exist."""
    names = programme_names()
    emails = [one.email for one in PERSONAS]
    known = set(User.objects.filter(email__in=emails, is_active=True).order_by().values_list("email", flat=True))
    here = [(town, [one for one in town.personas if one.email in known]) for town in EVERYWHERE]
    main = [(town, one) for town, personas in here for one in personas if one.key in MAIN]
    first = sorted(main, key=lambda pair: MAIN.index(pair[1].key))
    others = [(town, [one for one in personas if one.key not in MAIN]) for town, personas in here]
    return Doors(
        tuple(_seat(town, one, names.get(town.programme, "")) for town, one in first),
        tuple(
            Group(names.get(town.programme) or _("Au niveau national"), tuple(_seat(town, one) for one in personas))
            for town, personas in others
            if personas
        ),
    )


def _seat(town: Town, one: Persona, programme: str = "") -> Seat:
    place = " – ".join(part for part in (programme, _workplace(town, one)) if part)
    return Seat(one.email, f"{one.first_name} {one.last_name}", str(one.title), str(one.sees), place)


def _workplace(town: Town, one: Persona) -> str:
    return town.house(one.house).name if one.house else ""


def messages_to(recipient: str) -> QuerySet[OutgoingMessage]:
    """Every message that the scope lets through, last first; those to a recipient when a part of it is given."""
    found = outbox()
    return found.filter(to__icontains=recipient.strip()) if recipient.strip() else found
