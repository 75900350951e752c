from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from sanscouture.access.enums import ORGANISATION_ROLES, Role
from sanscouture.access.scope import scope
from sanscouture.core.errors import Refused
from sanscouture.partners.models import Organisation
from sanscouture.programmes.models import InvitedRole, Programme
from sanscouture.programmes.rules import INVITING_ORDER
from sanscouture.programmes.services import invite_member

WRITER = "commande invite"


class Command(BaseCommand):
    help = str(_("Invite une personne dans un programme, par exemple sa première coordination."))

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--programme", required=True, metavar="ADRESSE", help=_("adresse courte du programme"))
        parser.add_argument("--role", required=True, choices=[role.value for role in INVITING_ORDER])
        parser.add_argument("--email", required=True, help=_("adresse électronique de la personne"))
        parser.add_argument("--organisation", default="", help=_("identifiant d’origine ou SIRET de la structure"))

    def handle(self, *args: Any, **options: Any) -> None:
        programme = Programme.objects.filter(slug=options["programme"]).first()
        if programme is None:
            raise CommandError(_("Aucun programme à l’adresse « %(slug)s ».") % {"slug": options["programme"]})
        role = Role(options["role"])
        organisation = self._organisation(options["organisation"]) if role in ORGANISATION_ROLES else None
        try:
            validate_email(options["email"])
            with scope(programmes=[programme.pk]):
                done = invite_member(
                    programme, email=options["email"], role=role, organisation=organisation, actor=WRITER
                )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        said = (
            _("Invitation envoyée.") if isinstance(done, InvitedRole) else _("Le compte existait : le rôle est ouvert.")
        )
        self.stdout.write(said)

    def _organisation(self, asked: str) -> Organisation | None:
        found = Organisation.objects.filter(external_id=asked).first()
        found = found or (Organisation.objects.filter(siret=asked).order_by("pk").first() if asked else None)
        if asked and found is None:
            raise CommandError(_("Aucune structure « %(asked)s ».") % {"asked": asked})
        return found
