"""Bringing the cast: organisations, their services, accounts and roles. A second run changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from random import Random
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.translation import gettext_noop

from sanscouture.access.enums import Role
from sanscouture.access.scope import scope
from sanscouture.accounts.models import User
from sanscouture.core import clock
from sanscouture.demo.rules.cast import PASSWORD
from sanscouture.demo.rules.parts import House, Offer, Persona, Town
from sanscouture.demo.rules.towns import NATION, TOWNS
from sanscouture.directory.models import Service
from sanscouture.directory.rules import vocabulary
from sanscouture.partners.models import Organisation
from sanscouture.programmes.enums import TeamFunction
from sanscouture.programmes.models import CoPilot, NationalRole, Partnership, Programme, TeamMember
from sanscouture.programmes.selectors import partners_of
from sanscouture.programmes.services import (
    Signatory,
    add_copilot,
    add_partner,
    add_team_member,
    edit_partnership,
    grant_role,
    prepare_version,
    record_agreement,
    save_data_protection,
)
from sanscouture.territories.models import Commune

SOURCE = "demo"
WRITER = gettext_noop("démonstration")
BEGUN_DAYS_AGO = 400
"""When the agreement was signed and the roles were opened: before the first story."""
SIGNATORIES = ("Sylvestre Fictif", "Capucine Inventée", "Lazare Fictif", "Philomène Inventée")
"""Who signed, by turns: invented people."""
TEAM = {Role.COORDINATOR: TeamFunction.COORDINATOR, Role.PATHWAY_REFERENT: TeamFunction.PATHWAY_REFERENT}


def ensure_cast(towns: Sequence[Town] = TOWNS) -> int:
    """Bring every organisation and account of the cast in these towns, and the nation's; give how many are new.

    Rule: an account keeps what its owner changed; roles are given once (chapter 08).
    """
    made = sum(bring_town(town) for town in towns)
    return made + sum(_bring(one, None) for one in NATION.personas)


def bring_town(town: Town) -> int:
    """Bring the organisations and accounts of one programme; give how many accounts are new."""
    programme = Programme.objects.get(official_id=town.programme)
    with scope(programmes=[programme.pk], named=[programme.pk]):
        for house in (*town.houses, *town.copilots):
            _bring_house(programme, house, copilots=house in town.copilots)
        with clock.at(_begun()):
            made = sum(_bring(one, programme) for one in town.personas)
            open_names(programme)
    return made


def organisation_id(house: House) -> str:
    """The identifier of an organisation of the cast, as data·inclusion writes them."""
    return f"{SOURCE}--{house.key}"


def service_id(house: House, offer: Offer) -> str:
    """The identifier of a service of the cast."""
    return f"{SOURCE}--{house.key}-{offer.key}"


def open_names(programme: Programme) -> None:
    """Write who answers residents, and have both documents signed by every partner."""
    if programme.names_open:
        return
    partners = list(partners_of(programme))
    copilot = CoPilot.objects.filter(programme=programme).order_by("organisation__name_key").first()
    save_data_protection(
        programme,
        rights_organisation=copilot.organisation if copilot else partners[0],
        rights_contact="donnees-personnelles@demo.example",
        officer_name="Ondine Inventée, déléguée à la protection des données",
        officer_contact="dpo@demo.example",
        officer_opinion="Avis favorable, sous réserve d’une revue annuelle des habilitations. (Avis inventé.)",
        officer_opinion_on=clock.today(),
        actor=WRITER,
    )
    signatures = {
        one.pk: Signatory(SIGNATORIES[rank % len(SIGNATORIES)], "direction") for rank, one in enumerate(partners)
    }
    today = clock.today()
    version = prepare_version(programme, actor=WRITER)
    record_agreement(version, agreement_on=today, assessment_on=today, signatures=signatures, actor=WRITER)


@transaction.atomic
def _bring_house(programme: Programme, house: House, *, copilots: bool) -> None:
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
    with clock.at(_begun(before=luck.randrange(60))):
        _ally(programme, organisation, house, copilots=copilots)


def _ally(programme: Programme, organisation: Organisation, house: House, *, copilots: bool) -> None:
    if not Partnership.objects.filter(programme=programme, organisation=organisation).exists():
        add_partner(programme, organisation=organisation, contribution=house.brings, actor=WRITER)
    if copilots and not CoPilot.objects.filter(programme=programme, organisation=organisation).exists():
        add_copilot(programme, organisation=organisation, actor=WRITER)


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
    if made:
        grant_role(programme, user=user, role=persona.role, organisation=organisation, actor=WRITER, tell=False)
    _seat(persona, programme, organisation, user)
    return made


def _seat(persona: Persona, programme: Programme, organisation: Organisation | None, user: User) -> None:
    """In the project team, or as the one to ask for in an organisation that names nobody yet."""
    if persona.role in TEAM:
        function = TEAM[persona.role]
        if not TeamMember.objects.filter(programme=programme, user=user, function=function).exists():
            add_team_member(
                programme,
                first_name=persona.first_name,
                last_name=persona.last_name,
                function=function,
                user=user,
                actor=WRITER,
            )
        return
    alone = Partnership.objects.filter(programme=programme, organisation=organisation, referent=None, until=None)
    for each in alone if organisation else ():
        edit_partnership(
            each, role=each.role, contribution=each.contribution, referent=user, since=each.since, actor=WRITER
        )


def _begun(*, before: int = 0) -> datetime:
    return clock.now() - timedelta(days=BEGUN_DAYS_AGO + before)


@cache
def _hashed() -> str:
    """Hash the shared password once: it is slow on purpose."""
    return make_password(PASSWORD)
