from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from sanscouture.access.scope import scope
from sanscouture.people.enums import QpvState
from sanscouture.people.services import Requalified, requalify
from sanscouture.people.tasks import WRITER, requalify_programme
from sanscouture.programmes.models import Programme
from sanscouture.territories.enums import Generation


class Command(BaseCommand):
    help = str(_("Cherche de nouveau le QPV des adresses des personnes, et garde la réponse d’avant avec sa date."))

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--programme", default="", metavar="ADRESSE", help=_("adresse courte d’un seul programme"))
        parser.add_argument(
            "--generation", choices=Generation.values, default=Generation.G2024.value, help=_("liste des QPV")
        )
        how = parser.add_mutually_exclusive_group()
        how.add_argument("--trial", action="store_true", help=_("dit ce qui changerait, sans rien écrire"))
        how.add_argument("--later", action="store_true", help=_("confie chaque programme à un travail en attente"))
        parser.add_argument("--json", action="store_true", help=_("donne le bilan en JSON"))

    def handle(self, *args: Any, **options: Any) -> None:
        generation = Generation(options["generation"])
        programmes = Programme.objects.order_by("slug")
        if options["programme"]:
            programmes = programmes.filter(slug=options["programme"])
            if not programmes:
                raise CommandError(
                    _("Aucun programme à l’adresse «\u00a0%(slug)s\u00a0».") % {"slug": options["programme"]}
                )
        told = []
        for programme in programmes:
            if options["later"]:
                requalify_programme.defer(programme_id=str(programme.pk), generation=generation.value)
                continue
            with scope(programmes=[programme.pk], named=[programme.pk]):
                done = requalify(programme.pk, generation=generation, actor=WRITER, trial=options["trial"])
            told.append({"programme": programme.slug, **done.as_dict()})
            if not options["json"]:
                self._tell(programme, done)
        if options["json"]:
            self.stdout.write(json.dumps(told, ensure_ascii=False))

    def _tell(self, programme: Programme, done: Requalified) -> None:
        figures = done.as_dict() | {"programme": programme.name}
        self.stdout.write(
            _(
                "%(programme)s\u00a0: %(people)d adresses, %(changed)d réponses changées, %(refined)d précisées, "
                "%(same)d inchangées, %(left)d à situer de nouveau."
            )
            % figures
        )
        for (before, after), people in sorted(done.moves.items()):
            self.stdout.write(f"  {QpvState(before).label} → {QpvState(after).label}\u00a0: {people}")
