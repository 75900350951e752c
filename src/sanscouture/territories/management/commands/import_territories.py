from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, cast

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from rich.console import Console
from rich.progress import Progress, TaskID
from rich.table import Table

from sanscouture.core.errors import Refused
from sanscouture.territories.enums import Dataset
from sanscouture.territories.services import Advance, Report, import_territories

SHOWN_REFUSALS = 5

Follower = Callable[..., list[Report]]
"""What an upper app loads from the same folder: `follower(folder, advance=advance)`."""


class Command(BaseCommand):
    help = str(_("Charge la géographie officielle : régions, départements, EPCI, communes, QPV et leurs contours."))

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", metavar="DIR", type=Path, help=_("dossier des fichiers officiels"))
        parser.add_argument("--json", action="store_true", help=_("donne le bilan en JSON"))

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        loaders: list[Follower] = [
            import_territories,
            *(import_string(path) for path in settings.TERRITORIES_FOLLOWERS),
        ]
        console = Console(stderr=True)
        reports: list[Report] = []
        try:
            with Progress(console=console, transient=True) as bars:
                advance = _advance(bars)
                for loader in loaders:
                    reports += loader(folder, advance=advance)
        except Refused as refusal:
            raise CommandError(str(refusal), returncode=1) from refusal
        if options["json"]:
            self.stdout.write(json.dumps([report.as_json() for report in reports], ensure_ascii=False))
        else:
            self._tell(reports)

    def _tell(self, reports: list[Report]) -> None:
        console = Console(file=cast("IO[str]", self.stdout), width=120, soft_wrap=True)
        table = Table()
        for title in (_("Données"), _("Fichier")):
            table.add_column(title)
        for title in (_("Lues"), _("Créées"), _("Modifiées"), _("Inchangées"), _("Refusées")):
            table.add_column(title, justify="right")
        for report in reports:
            counts = (report.read, report.created, report.updated, report.unchanged, len(report.refusals))
            table.add_row(str(report.dataset.label), report.source, *(str(count) for count in counts))
        console.print(table)
        for report in reports:
            for row, reason in report.refusals[:SHOWN_REFUSALS]:
                where = _("%(file)s, ligne %(row)d : %(reason)s.")
                console.print(where % {"file": report.source, "row": row, "reason": reason}, markup=False)
            if (more := len(report.refusals) - SHOWN_REFUSALS) > 0:
                console.print(_("… et %(count)d autres refus dans %(file)s.") % {"count": more, "file": report.source})
        if not any(report.changed for report in reports):
            console.print(_("Rien n’a changé : tout était déjà chargé."))


def _advance(bars: Progress) -> Advance:
    tasks: dict[Dataset, TaskID] = {}

    def advance(dataset: Dataset, done: int, total: int) -> None:
        if dataset not in tasks:
            tasks[dataset] = bars.add_task(str(dataset.label), total=total)
        bars.update(tasks[dataset], completed=done, total=total)

    return advance
