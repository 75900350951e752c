"""Joining a need to the offer: what the matching must know of the person, and which services answer."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q

from sanscouture.access.actor import Actor
from sanscouture.access.enums import Perm
from sanscouture.core import clock
from sanscouture.directory.enums import FrenchLevel
from sanscouture.directory.models import Service
from sanscouture.directory.rules import vocabulary
from sanscouture.directory.rules.facts import PersonFacts, Wanted
from sanscouture.directory.selectors import ServiceMatches, matching_services
from sanscouture.pathways.models import Barrier, Need, Referral
from sanscouture.pathways.selectors.boxes import named
from sanscouture.people.enums import Gender, Known, MinimumIncome
from sanscouture.people.models import Beneficiary
from sanscouture.people.rules import UNTOLD, age_on
from sanscouture.territories.rules import search_key

KNOWN = {Known.YES: True, Known.NO: False}
FOUND = 8


def person_facts(person: Beneficiary) -> PersonFacts:
    """What the matching may know of a person; what nobody asked stays unknown, and unknown never excludes.

    Services are looked for around the address, else the commune, else the programme's own centre.
    """
    publics = _publics(person)
    level = person.french_level.upper()
    commune = person.commune
    located = person.lon is not None and person.lat is not None
    start = person if located else commune or person.programme
    return PersonFacts(
        age=age_on(person.birth_date, clock.today()) if person.birth_date else None,
        commune=person.commune_id,
        epci=commune.epci_id if commune else None,
        qpv=person.qpv_state,
        french_level=level if level in FrenchLevel.values else None,
        publics=frozenset(slug for slug, belongs in publics.items() if belongs),
        other_publics=frozenset(slug for slug, belongs in publics.items() if belongs is False),
        job_seeker=KNOWN.get(Known(person.job_seeker)),
        lon=start.lon,
        lat=start.lat,
    )


def _publics(person: Beneficiary) -> dict[str, bool | None]:
    """The data·inclusion publics that the facts decide: True inside, False outside, None not known."""
    income, gender = person.minimum_income, person.gender
    return {
        "beneficiaires-des-minimas-sociaux": None if income in UNTOLD else income != MinimumIncome.NONE,
        "familles": KNOWN.get(Known(person.has_children)),
        "femmes": {Gender.WOMAN.value: True, Gender.MAN.value: False}.get(gender),
        "personnes-en-situation-de-handicap": KNOWN.get(Known(person.disability)),
    }


def wanted_by(need: Need) -> Wanted:
    """What a need asks of the offer: its thématique, else what its barrier calls for, in its field."""
    if need.theme:
        return Wanted(thematiques=frozenset([need.theme]), action_field=need.field)
    return wanted_in(need.field, need.barrier)


def wanted_in(field: int, barrier: Barrier | None) -> Wanted:
    """What a field of the diagnosis asks of the offer: what its barrier ticks call for, else the whole field."""
    ticked = [*barrier.situations, barrier.objective] if barrier else []
    return Wanted(thematiques=frozenset(vocabulary.thematiques_for(ticked, field=field)), action_field=field)


def services_for(need: Need, *, limit: int = 3) -> ServiceMatches:
    """The best services for a need, leaving out those already tried."""
    tried = frozenset(one.service_id for one in need.referrals.all() if one.service_id)
    return matching_services(wanted_by(need), person_facts(need.beneficiary), limit=limit, excluding=tried)


def tried_services(need: Need, actor: Actor) -> dict[UUID, str]:
    """The services already chosen for a need, and what became of it, as far as the reader may see."""
    sent = Referral.objects.visible_to(actor, Perm.REFERRAL_READ).filter(need=need, service__isnull=False)
    rows = sent.select_related("recipient").order_by("created_at", "pk")
    return {
        row.service_id: str(row.get_state_display())
        for row in rows
        if row.service_id is not None and named(row.recipient, row, actor) == row.recipient.name
    }


def find_services(text: str) -> list[Service]:
    """Services whose name, organisation or theme holds every word, the first eight."""
    words = search_key(text).split()
    if not words:
        return []
    condition = Q(is_active=True)
    for word in words:
        condition &= Q(keywords__contains=word)
    found = Service.objects.filter(condition).select_related("organisation", "commune")
    return list(found.order_by("name", "pk")[:FOUND])


def chosen_service(pk: str) -> Service | None:
    """The service of an address, if it exists."""
    try:
        return Service.objects.filter(pk=UUID(pk), is_active=True).select_related("organisation").first()
    except ValueError:
        return None
