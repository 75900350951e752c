"""The installed program `sanscouture`."""

import os
import sys

from django.core.management import execute_from_command_line

from sanscouture.database.server import ensure_running

OWNER_COMMANDS = {"migrate", "makemigrations", "sqlmigrate", "showmigrations"}
WITHOUT_DATABASE = {"collectstatic", "compilemessages", "help", "version", "--version", "--help"}


def main() -> int:
    """Run one command of Django's management."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sanscouture.config.settings")
    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    if command in OWNER_COMMANDS:
        os.environ["SANSCOUTURE_DB_ROLE"] = "owner"
    if command not in WITHOUT_DATABASE:
        ensure_running()
    execute_from_command_line(["sanscouture", *sys.argv[1:]])
    return 0
