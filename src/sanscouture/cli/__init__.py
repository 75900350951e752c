"""The installed program `sanscouture`."""

import os
import sys

from django.core.management import execute_from_command_line


def main() -> int:
    """Run one command of Django's management."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sanscouture.config.settings")
    execute_from_command_line(["sanscouture", *sys.argv[1:]])
    return 0
