"""`sanscouture migrate`: Django's, which never keeps a busy table waiting (chapter 08, Faults)."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands.migrate import Command as DjangoCommand
from django.db import OperationalError, connection
from django.utils.translation import gettext as _
from psycopg import sql
from psycopg.errors import LockNotAvailable

PAUSES = (2, 5, 10, 20, 40)
"""Seconds between the tries: whoever waits behind us in the meantime is served."""

HALF_BUILT = """
SELECT n.nspname, c.relname FROM pg_index i
JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE NOT i.indisvalid AND pg_get_userbyid(c.relowner) = current_user
"""


class Command(DjangoCommand):
    """Bring the tables up to date; a table that is busy is left alone, then asked for again.

    Rule: the owner's connection waits five seconds at most for a lock (`database.dsn`), because everybody else waits
    behind whoever waits. What was done stays, migration by migration, and the next try goes on from there.
    """

    def handle(self, *args: Any, **options: Any) -> None:
        for number, pause in enumerate(PAUSES, 1):
            if self.attempt(*args, **options):
                return
            self.stderr.write(
                _("Une table est occupée : nouvel essai dans %(pause)d secondes (%(number)d sur %(all)d).")
                % {"pause": pause, "number": number, "all": len(PAUSES)}
            )
            time.sleep(pause)
        if not self.attempt(*args, **options):
            raise CommandError(
                _(
                    "Une table est restée occupée. Rien n’est fait à moitié : relancez « sanscouture migrate »"
                    " à une heure plus calme, ou arrêtez le travail qui la tient."
                )
            )

    def attempt(self, *args: Any, **options: Any) -> bool:
        """Go as far as nobody holds a table; say whether that is to the end."""
        try:
            remove_half_built()
            super().handle(*args, **options)
        except OperationalError as error:
            if not isinstance(error.__cause__, LockNotAvailable):
                raise
            connection.close()
            return False
        return True


def remove_half_built() -> None:
    """Drop the indexes that an interrupted attempt left unusable: built beside the work, they stay when it stops."""
    with connection.cursor() as cursor:
        cursor.execute(HALF_BUILT)
        for schema, name in cursor.fetchall():
            cursor.execute(sql.SQL("DROP INDEX CONCURRENTLY IF EXISTS {}").format(sql.Identifier(schema, name)))
