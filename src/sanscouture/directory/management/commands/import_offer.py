from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from sanscouture.core.errors import Refused
from sanscouture.directory.services import ImportReport, import_offer_files, offer_paths

SHOWN = 20


class Command(BaseCommand):
    help = _("Importe des structures et des services data·inclusion v1 (JSON, JSON lines, CSV, Parquet, gzip).")

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "files", nargs="+", type=Path, metavar="FICHIER", help=_("fichiers ou dossiers, dans tout ordre")
        )
        parser.add_argument(
            "--deactivate-missing",
            action="store_true",
            help=_("désactive ce que ces sources n’ont plus"),
        )
        parser.add_argument("--json", action="store_true", help=_("rapport complet, pour une machine"))

    def handle(self, *args: Any, files: list[Path], **options: Any) -> None:
        reports: list[ImportReport] = []
        refusal = ""
        try:
            reports = self._import(files, quiet=options["json"], deactivate_missing=options["deactivate_missing"])
        except Refused as refused:
            refusal = str(refused)
        if options["json"]:
            said = {"files": [report.as_dict() for report in reports], "error": refusal or None}
            self.stdout.write(json.dumps(said, ensure_ascii=False))
        if refusal:
            raise CommandError(refusal, returncode=1)

    def _import(self, paths: list[Path], *, quiet: bool, deactivate_missing: bool) -> list[ImportReport]:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        found = offer_paths(paths)
        with Progress(*columns, console=Console(stderr=True), disable=quiet, transient=True) as progress:
            task = progress.add_task(_("Lignes"), total=None)
            reports = import_offer_files(
                found,
                deactivate_missing=deactivate_missing,
                advance=lambda count: progress.advance(task, count),
            )
        if not quiet:
            for report in reports:
                self._tell(report)
        return reports

    def _tell(self, report: ImportReport) -> None:
        self.stdout.write(
            _(
                "%(file)s\u00a0: %(read)d lignes lues, %(imported)d importées (%(created)d créées, "
                "%(updated)d modifiées, %(unchanged)d inchangées), %(refused)d refusées, "
                "%(flagged)d gardées avec une réserve."
            )
            % report.as_dict()
        )
        if report.deactivated:
            self.stdout.write(
                _("  %(count)d fiches désactivées, disparues de leur source.") % {"count": report.deactivated}
            )
        lines = sorted(report.lines, key=lambda line: (line.kept, line.row))
        for line in lines[:SHOWN]:
            outcome = _("gardée") if line.kept else _("refusée")
            where = " · ".join(part for part in (line.id, line.field) if part)
            self.stdout.write(f"  {_('ligne')} {line.row} ({outcome}) {where}\u00a0: {line.sentence}")
        if len(lines) > SHOWN:
            self.stdout.write(
                _("  … et %(count)d autres remarques (--json les donne toutes).") % {"count": len(lines) - SHOWN}
            )
