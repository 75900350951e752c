from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from sanscouture.demo.selectors import accounts


class Command(BaseCommand):
    help = _("Donne les comptes de démonstration.")

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help=_("pour une machine"))

    def handle(self, *args: Any, **options: Any) -> None:
        found = [account.as_dict() for account in accounts()]
        if options["json"]:
            self.stdout.write(json.dumps(found, ensure_ascii=False, indent=1))
            return
        for account in found:
            self.stdout.write(f"{account['email']:<36} {account['password']}  {account['persona']}")
