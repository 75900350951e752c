from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from rich.console import Console
from rich.progress import Progress

from sanscouture.core.errors import Refused
from sanscouture.directory.services import generate_offer


class Command(BaseCommand):
    help = _("Crée des services inventés, marqués comme tels, pour la démonstration et les mesures.")

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--services", type=int, default=2_000, help=_("nombre de services"))
        parser.add_argument("--seed", type=int, default=1, help=_("graine\u00a0: la même donne les mêmes services"))
        parser.add_argument("--around", nargs="+", default=[], metavar="CODE", help=_("codes INSEE de communes"))

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with Progress(console=Console(stderr=True), transient=True) as progress:
                task = progress.add_task(_("Services"), total=options["services"])
                made = generate_offer(
                    options["services"],
                    seed=options["seed"],
                    around=options["around"],
                    advance=lambda count: progress.advance(task, count),
                )
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        said = _("%(services)d services inventés, portés par %(organisations)d structures inventées.")
        self.stdout.write(said % {"services": made.services, "organisations": made.organisations})
