"""Organisations entered here, beside those that come from data·inclusion."""

from __future__ import annotations

from django.utils.translation import gettext as _

from sanscouture.access.actor import Actor
from sanscouture.audit.services import record
from sanscouture.core.errors import Conflict
from sanscouture.core.verbs import one_at_a_time, verb
from sanscouture.partners.models import Organisation
from sanscouture.partners.rules import clean_siret
from sanscouture.territories.models import Commune


@verb
def create_organisation(
    *,
    name: str,
    kind: str,
    siret: str = "",
    email: str = "",
    commune: Commune | None = None,
    actor: Actor | str,
) -> Organisation:
    """Enter an organisation that the directory does not know.

    Raises `Conflict` when another has the same SIRET, `ValidationError` when the SIRET is not one.
    """
    digits = clean_siret(siret) if siret else ""
    if digits:
        one_at_a_time(f"siret {digits}")
    twin = Organisation.objects.filter(siret=digits).order_by("pk").first() if digits else None
    if twin is not None:
        raise Conflict(_("« %(name)s » a déjà ce numéro SIRET : choisissez-la dans la liste.") % {"name": twin.name})
    made = Organisation.objects.create(
        name=name,
        kind=kind,
        siret=digits,
        email=email,
        commune=commune,
        city=commune.name if commune else "",
        postcode=commune.postcodes[0] if commune and commune.postcodes else "",
        lon=commune.lon if commune else None,
        lat=commune.lat if commune else None,
    )
    record(actor, "organisation.create", made)
    return made
