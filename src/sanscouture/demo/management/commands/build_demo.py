from __future__ import annotations

from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from sanscouture.core.errors import Refused
from sanscouture.demo.services import build_demo


class Command(BaseCommand):
    help = _("Construit les données de démonstration\u00a0; refaire ne change rien.")

    def handle(self, *args: Any, **options: Any) -> None:
        began = monotonic()
        try:
            build_demo(say=lambda sentence: self.stdout.write(f"  {monotonic() - began:5.1f} s  {sentence}"))
        except Refused as refusal:
            raise CommandError(str(refusal), returncode=1) from refusal
