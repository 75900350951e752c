"""`sanscouture check`: is this installation fit to serve? One line a question, in words and marks."""

from __future__ import annotations

import argparse
import json
import sys

import django

from sanscouture.database.errors import DatabaseUnavailable
from sanscouture.database.server import ensure_running


def check(arguments: list[str]) -> int:
    """Ask every question; 1 when an answer must be mended before one serves, 0 otherwise."""
    parser = argparse.ArgumentParser(prog="sanscouture check", description="Dit si cette installation peut servir.")
    parser.add_argument("--mail", action="store_true", help="appeler aussi le serveur de courriels")
    parser.add_argument("--json", action="store_true", help="réponse pour une machine")
    options = parser.parse_args(arguments)
    away = ""
    try:
        ensure_running()
    except DatabaseUnavailable as error:
        away = str(error)
    django.setup()
    from sanscouture.cli import probes  # noqa: PLC0415 — reads the settings

    found = [*probes.of_settings(), *probes.of_machine()]
    found += [probes.wrong("base", away)] if away else probes.of_database()
    found += [probes.mail_server()] if options.mail else []
    failed = sum(one.state is probes.State.WRONG for one in found)
    if options.json:
        lines = [{"name": one.name, "state": one.state.name.lower(), "text": one.sentence} for one in found]
        sys.stdout.write(json.dumps({"fit": not failed, "checks": lines}, ensure_ascii=False) + "\n")
    else:
        width = max(len(one.name) for one in found)
        sys.stdout.write("".join(f"{one.state.value}  {one.name:<{width}}  {one.sentence}\n" for one in found))
    return 1 if failed else 0


def pending_migrations() -> list[str]:
    """List the migrations that the database has not had (Django must be set up)."""
    from django.db import connection  # noqa: PLC0415 — reads the settings
    from django.db.migrations.executor import MigrationExecutor  # noqa: PLC0415

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [str(migration) for migration, _ in plan]
