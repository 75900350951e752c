from __future__ import annotations

import json
from argparse import ArgumentParser
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from rich.console import Console
from rich.progress import Progress, TextColumn, TimeElapsedColumn

from sanscouture.core.errors import Refused
from sanscouture.territories.enums import Generation
from sanscouture.territories.services import BulkReport, Columns, answer_file

USAGE_ERROR = 2


class Command(BaseCommand):
    help = str(_("Dit, pour chaque ligne d’un fichier CSV, si son adresse ou son point est dans un QPV."))

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--csv",
            nargs=2,
            type=Path,
            required=True,
            metavar=("ENTREE", "SORTIE"),
            help=_("fichier lu puis fichier écrit"),
        )
        column = partial(parser.add_argument, default="", metavar="COLONNE")
        column("--lat", help=_("colonne de la latitude (degrés)"))
        column("--lon", help=_("colonne de la longitude (degrés)"))
        column("--address-column", help=_("colonne de l’adresse"))
        column("--postcode-column", help=_("colonne du code postal"))
        column("--city-column", help=_("colonne de la ville"))
        parser.add_argument(
            "--generation", choices=Generation.values, default=Generation.G2024.value, help=_("liste des QPV")
        )
        parser.add_argument("--force", action="store_true", help=_("remplace le fichier de sortie"))
        parser.add_argument("--json", action="store_true", help=_("donne le bilan en JSON"))

    def handle(self, *args: Any, **options: Any) -> None:
        by_point, by_address = bool(options["lat"] and options["lon"]), bool(options["address_column"])
        if by_point == by_address:
            raise CommandError(_("Donnez soit --lat et --lon, soit --address-column."), returncode=USAGE_ERROR)
        start = perf_counter()
        try:
            report = self._run(options)
        except Refused as refusal:
            raise CommandError(str(refusal), returncode=1) from refusal
        told = report.as_dict() | {"seconds": round(perf_counter() - start, 2)}
        self.stdout.write(json.dumps(told, ensure_ascii=False) if options["json"] else self._sentence(told))

    def _run(self, options: dict[str, Any]) -> BulkReport:
        source, target = options["csv"]
        columns = Columns(
            lat=options["lat"],
            lon=options["lon"],
            address=options["address_column"],
            postcode=options["postcode_column"],
            city=options["city_column"],
        )
        shown = (TextColumn("{task.description}"), TextColumn("{task.completed}"), TimeElapsedColumn())
        console = Console(stderr=True)
        with Progress(*shown, console=console, disable=options["json"], transient=True) as bar:
            task = bar.add_task(source.name, total=None)
            return answer_file(
                source,
                target,
                columns=columns,
                generation=Generation(options["generation"]),
                overwrite=options["force"],
                advance=lambda count: bar.advance(task, count),
            )

    def _sentence(self, told: dict[str, Any]) -> str:
        return (
            _(
                "%(file)s\u00a0: %(rows)d lignes\u00a0; %(inside)d dans un QPV, %(outside)d hors QPV, "
                "%(undetermined)d non déterminées, dont %(unreadable)d illisibles."
            )
            % told
        )
