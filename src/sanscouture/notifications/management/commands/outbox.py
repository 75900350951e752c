from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from sanscouture.access.scope import scope
from sanscouture.jobs.services import all_programmes
from sanscouture.notifications.models import OutgoingMessage
from sanscouture.notifications.rules import half_hidden
from sanscouture.notifications.selectors import in_doubt
from sanscouture.notifications.services import send_again


class Command(BaseCommand):
    help = str(_("Liste les messages peut-être partis quand une machine s’est arrêtée ; --again en renvoie."))

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--again", nargs="+", type=UUID, metavar="ID", help=_("messages à renvoyer"))
        parser.add_argument("--json", action="store_true", help=_("réponse pour une machine"))

    def handle(self, *args: Any, **options: Any) -> None:
        with scope(programmes=all_programmes()):
            if options["again"]:
                self._send_again(options["again"])
                return
            rows = [self._row(message) for message in in_doubt()]
        if options["json"]:
            self.stdout.write(json.dumps(rows))
            return
        for row in rows:
            self.stdout.write("  ".join(row.values()))
        if not rows:
            self.stdout.write(_("Aucun message en doute."))

    def _send_again(self, asked: list[UUID]) -> None:
        refused = [message_id for message_id in asked if not send_again(message_id)]
        if refused:
            known = ", ".join(map(str, refused))
            raise CommandError(
                _("Ne peuvent pas être renvoyés (partis, effacés ou inconnus) : %(ids)s.") % {"ids": known}
            )
        self.stdout.write(_("C’est reparti."))

    def _row(self, message: OutgoingMessage) -> dict[str, str]:
        return {
            "id": str(message.pk),
            "at": message.created_at.isoformat(timespec="seconds"),
            "kind": message.kind,
            "to": half_hidden(message.to),
            "error": message.last_error,
        }
