"""Who lives in the rig: a programme whose names are open, its organisations, accounts already signed in.

Printed as JSON; run by the rig in a process of its own, on the database that the rig made.
"""

from __future__ import annotations

import json
import sys
from importlib import import_module
from typing import Any

import django
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

SENDERS, RECEIVERS, WITHOUT_ACCOUNT = 4, 2, 3


def main() -> None:
    """Make everybody and say how to be each."""
    from sanscouture.core import clock
    from sanscouture.database.server import ensure_running

    ensure_running()
    django.setup()
    from sanscouture.access.scope import scope
    from sanscouture.partners.enums import OrganisationKind
    from sanscouture.partners.models import Organisation
    from sanscouture.programmes.models import Programme

    programme = Programme.objects.get_queryset().create(
        slug="essai",
        name="Cité d’essai",
        agreement_signed_on=clock.today(),
        impact_assessment_signed_on=clock.today(),
    )

    def organisation(name: str) -> Organisation:
        return Organisation.objects.create(
            name=name, kind=OrganisationKind.SOCIAL_CENTRE, email=f"{name.lower()}@exemple.example", fictitious=True
        )

    with scope(programmes=[programme.pk], named=[programme.pk]):
        sender = organisation("Envoi")
        receivers = [organisation(f"Accueil{number}") for number in range(RECEIVERS)]
        others = [organisation(f"Lien{number}") for number in range(WITHOUT_ACCOUNT)]
        said = {
            "programme": str(programme.pk),
            "organisation": str(sender.pk),
            "senders": [account(programme, sender, number) for number in range(SENDERS)],
            "receivers": [
                {"organisation": str(one.pk), "session": account(programme, one, 90 + number)}
                for number, one in enumerate(receivers)
            ],
            "recipients": [str(one.pk) for one in (*receivers, *others)],
        }
    sys.stdout.write(json.dumps(said))


def account(programme: Any, organisation: Any, number: int) -> str:
    """Make an adviser who has passed the second factor, and give the key of the session."""
    from sanscouture.access.enums import Role
    from sanscouture.accounts.models import User
    from sanscouture.accounts.services.factors import PROVED
    from sanscouture.programmes.models import RoleGrant

    user = User.objects.create_user(f"compte{number}@exemple.example", None, first_name="Essai", last_name=f"N{number}")
    RoleGrant.objects.create(user=user, programme=programme, role=Role.ADVISER, organisation=organisation)
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session[PROVED] = str(user.pk)
    session.create()
    return str(session.session_key)


if __name__ == "__main__":
    main()
