from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import translation

from sanscouture.access.documentation import permissions_page


class Command(BaseCommand):
    help = "Write the documents made from the code: docs/permissions.md."

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path("docs") / "permissions.md"
        with translation.override("fr"):
            path.write_text(permissions_page(), encoding="utf-8")
        self.stdout.write(f"{path}")
