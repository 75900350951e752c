from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from sanscouture.jobs.services import run_worker


class Command(BaseCommand):
    help = "Runs the jobs in the queue until it is stopped (SIGINT or SIGTERM), finishing the one in hand."

    def handle(self, *args: Any, **options: Any) -> None:
        """Work."""
        run_worker()
