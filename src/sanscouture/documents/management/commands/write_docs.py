from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import translation

from sanscouture.access.documentation import permissions_page
from sanscouture.documents.rules.register import Answering
from sanscouture.documents.selectors import register_of
from sanscouture.documents.services.markdown import to_markdown

REGISTER_HEAD = (
    "Fait des modèles par `make docs`\u00a0: chacun déclare à côté de lui ce qu’il garde sur les personnes "
    "(`personal_data`), et un test garde ce document vrai. Chaque "
    "installation a le sien, à son nom, à l’adresse `/registre-des-traitements/`."
)


def register_page() -> str:
    """Render the register of processing as docs/registre.md must say it, whatever the installation."""
    return to_markdown(register_of(Answering()), REGISTER_HEAD)


class Command(BaseCommand):
    help = "Write the documents made from the code: docs/permissions.md and docs/registre.md."

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override("fr"):
            pages = {"permissions.md": permissions_page(), "registre.md": register_page()}
        for name, page in pages.items():
            path = Path("docs") / name
            path.write_text(page, encoding="utf-8")
            self.stdout.write(f"{path}")
