"""Bringing the cast: organisations, their services, accounts and roles. A second run changes nothing."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from random import Random
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction

from sanscouture.access.enums import Role
from sanscouture.access.scope import scope
from sanscouture.accounts.models import User
from sanscouture.core import clock
from sanscouture.demo.rules.cast import PASSWORD, PERSONAS, Persona
from sanscouture.demo.rules.houses import HOUSES, House, Offer
from sanscouture.demo.rules.places import PROGRAMMES
from sanscouture.directory.models import Service
from sanscouture.directory.rules import vocabulary
from sanscouture.partners.models import Organisation
from sanscouture.programmes.enums import TeamFunction
from sanscouture.programmes.models import NationalRole, Partnership, Programme, RoleGrant, TeamMember
from sanscouture.territories.models import Commune

SOURCE = "demo"
SIGNED_DAYS_AGO = 400
TEAM = {Role.COORDINATOR: TeamFunction.COORDINATOR, Role.PATHWAY_REFERENT: TeamFunction.PATHWAY_REFERENT}


def ensure_cast() -> int:
    """Bring every organisation and account of the cast; give how many accounts are new.

    Rule: an account keeps what its owner changed; roles are given once (chapter 08).
    """
    made = 0
    for official_id in PROGRAMMES:
        programme = Programme.objects.get(official_id=official_id)
        with scope(programmes=[programme.pk], named=[programme.pk]):
            _open_names(programme)
            for house in HOUSES:
                if house.programme == official_id:
                    _bring_house(programme, house)
            made += sum(_bring(one, programme) for one in PERSONAS if one.programme == official_id)
    return made + sum(_bring(one, None) for one in PERSONAS if not one.programme)


def organisation_id(house: House) -> str:
    """The identifier of an organisation of the cast, as data·inclusion writes them."""
    return f"{SOURCE}--{house.key}"


def service_id(house: House, offer: Offer) -> str:
    """The identifier of a service of the cast."""
    return f"{SOURCE}--{house.key}-{offer.key}"


def _open_names(programme: Programme) -> None:
    signed = clock.today() - timedelta(days=SIGNED_DAYS_AGO)
    if not programme.names_open:
        programme.agreement_signed_on = programme.impact_assessment_signed_on = signed
        programme.save(update_fields=["agreement_signed_on", "impact_assessment_signed_on"])


@transaction.atomic
def _bring_house(programme: Programme, house: House) -> None:
    luck = Random(house.key)  # noqa: S311 a fiction, not a secret
    commune = Commune.objects.get(pk=house.commune)
    place: dict[str, Any] = {
        "commune": commune,
        "city": commune.name,
        "postcode": next(iter(commune.postcodes), ""),
        "address": f"{luck.randrange(1, 60)} rue des Aiguilles",
        "lon": round(commune.lon + luck.gauss(0, 0.006), 5),
        "lat": round(commune.lat + luck.gauss(0, 0.004), 5),
        "phone": f"+3319900{luck.randrange(10_000):04d}",
        "email": house.email,
        "source": SOURCE,
        "fictitious": True,
        "source_updated_on": clock.today() - timedelta(days=luck.randrange(5, 90)),
    }
    organisation, _made = Organisation.objects.get_or_create(
        external_id=organisation_id(house),
        defaults={
            **place,
            "name": house.name,
            "kind": house.kind,
            "description": f"{house.brings} Structure inventée pour la démonstration.",
            "default_deadline_days": house.days,
        },
    )
    for offer in house.offers:
        Service.objects.get_or_create(
            external_id=service_id(house, offer), defaults={**place, **_offered(offer), "organisation": organisation}
        )
    Partnership.objects.get_or_create(
        programme=programme,
        organisation=organisation,
        until=None,
        defaults={
            "contribution": house.brings,
            "since": clock.today() - timedelta(days=SIGNED_DAYS_AGO - luck.randrange(60)),
        },
    )


def _offered(offer: Offer) -> dict[str, Any]:
    return {
        "name": offer.name,
        "summary": offer.text,
        "description": f"{offer.text}\n\nService inventé pour la démonstration.",
        "type": offer.type,
        "thematiques": sorted(offer.thematiques),
        "publics": [vocabulary.EVERYONE],
        "reception_modes": [vocabulary.ON_SITE],
        "mobilisation_modes": ["envoyer-un-courriel"],
        "mobilised_by": ["professionnels"],
        "fees": "gratuit",
        "capacity": offer.capacity,
        "places": offer.places,
        "waiting_weeks": offer.weeks,
        "capacity_updated_on": clock.today() - timedelta(days=6),
    }


@transaction.atomic
def _bring(persona: Persona, programme: Programme | None) -> bool:
    user = User.objects.filter(email=persona.email).first()
    made = user is None
    if user is None:
        user = User.objects.create_user(persona.email, None, first_name=persona.first_name, last_name=persona.last_name)
        user.password = _hashed()
        user.save(update_fields=["password"])
    if programme is None:
        NationalRole.objects.get_or_create(user=user)
        return made
    organisation = Organisation.objects.filter(external_id=f"{SOURCE}--{persona.house}").first()
    RoleGrant.objects.get_or_create(
        user=user, programme=programme, organisation=organisation, role=persona.role, revoked_at=None
    )
    if persona.role in TEAM:
        TeamMember.objects.get_or_create(
            programme=programme,
            user=user,
            function=TEAM[persona.role],
            defaults={"first_name": persona.first_name, "last_name": persona.last_name, "since": _begun()},
        )
    elif organisation is not None:
        Partnership.objects.filter(programme=programme, organisation=organisation, referent=None).update(referent=user)
    return made


def _begun() -> date:
    return clock.today() - timedelta(days=SIGNED_DAYS_AGO)


@cache
def _hashed() -> str:
    """Hash the shared password once: it is slow on purpose."""
    return make_password(PASSWORD)
