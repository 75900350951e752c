from __future__ import annotations

import os
from argparse import ArgumentParser
from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from rich.console import Console
from rich.progress import Progress

from sanscouture.core.errors import Refused
from sanscouture.demo.rules.scales import INVENTED, STORY
from sanscouture.demo.services import build_demo


class Command(BaseCommand):
    help = _("Construit les données de démonstration\u00a0; refaire ne change rien.")

    def add_arguments(self, parser: ArgumentParser) -> None:
        size = os.environ.get("SCALE") or STORY
        parser.add_argument("--scale", default=size, help=_("taille\u00a0: story, national ou stress (SCALE)"))

    def handle(self, *args: Any, **options: Any) -> None:
        began = monotonic()
        with Progress(console=Console(stderr=True), transient=True) as progress:
            task = progress.add_task(_("Programmes"), total=INVENTED, visible=options["scale"] != STORY)
            try:
                build_demo(
                    scale=options["scale"],
                    say=lambda sentence: self.stdout.write(f"  {monotonic() - began:5.1f} s  {sentence}"),
                    advance=lambda count: progress.advance(task, count),
                )
            except Refused as refusal:
                raise CommandError(str(refusal), returncode=1) from refusal
