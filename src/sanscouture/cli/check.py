"""`sanscouture check`: is this installation fit to serve?"""

from __future__ import annotations

import sys

import django
from django.core.management import call_command

from sanscouture.database.server import ensure_running


def check(arguments: list[str]) -> int:
    """Check settings, then the database, then that its tables are those of this version."""
    ensure_running()
    django.setup()
    call_command("check", *arguments)
    missing = pending_migrations()
    if missing:
        sys.stderr.write(
            f"{len(missing)} mise(s) à jour des tables en attente\u00a0: lancez « sanscouture migrate ».\n"
        )
        return 1
    sys.stdout.write("La base répond et ses tables sont à jour.\n")
    return 0


def pending_migrations() -> list[str]:
    """List the migrations that the database has not had (Django must be set up)."""
    from django.db import connection  # noqa: PLC0415 — reads the settings
    from django.db.migrations.executor import MigrationExecutor  # noqa: PLC0415

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [str(migration) for migration, _ in plan]
