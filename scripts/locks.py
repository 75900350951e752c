"""New migrations never lock a busy table: said before they run, from the SQL that they would run (chapter 08, Faults).

Tables that a migration after the baseline makes are nobody's yet: anything may be done to them. A migration that must
do one of these things says why it is short, in one line: `lock_reason = "…"` on its class.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator
from typing import Any

import django
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from sanscouture.database.server import ensure_running

# The last migration of each app that the first version holds. Before that version is published, a new one may be added
# to the line; afterwards it moves at each version.
BASELINE = {
    "access": 1, "accounts": 7, "audit": 3, "directory": 3, "notifications": 4, "partners": 1, "pathways": 6,
    "people": 3, "programmes": 6, "territories": 4,
}  # fmt: skip

TABLE = r'(?:ONLY\s+)?"?(?P<table>\w+)"?'
RULES: tuple[tuple[str, str], ...] = (
    (
        rf"CREATE\s+(?:UNIQUE\s+)?INDEX\s+(?!CONCURRENTLY)[^(]*?\bON\s+{TABLE}",
        "builds an index while nobody may write: AddIndexConcurrently, in a migration of its own with atomic = False",
    ),
    (
        rf"ALTER\s+TABLE\s+{TABLE}.*\bALTER\s+COLUMN\s+\S+\s+(?:SET\s+DATA\s+)?TYPE\b",
        "may rewrite the table: add a column, fill it, read it, drop the former in a later version",
    ),
    (
        rf"ALTER\s+TABLE\s+{TABLE}.*\bSET\s+NOT\s+NULL\b",
        "reads the whole table under lock: a CHECK added NOT VALID, validated apart, then NOT NULL",
    ),
    (
        rf"ALTER\s+TABLE\s+{TABLE}\s+ADD\s+COLUMN\b(?!.*\bDEFAULT\b).*\bNOT\s+NULL\b",
        "cannot be added where rows are: give a constant default, or allow null first",
    ),
    (
        rf"ALTER\s+TABLE\s+{TABLE}\s+ADD\s+CONSTRAINT\b(?!.*\bNOT\s+VALID\b)(?!.*\bUSING\s+INDEX\b)",
        "reads the whole table under lock: AddConstraintNotValid, then ValidateConstraint in another migration",
    ),
    (
        rf"ALTER\s+TABLE\s+{TABLE}.*\b(?:DROP\s+COLUMN|RENAME)\b",
        "takes away what the version still running reads: stop using it first, drop it in a later version",
    ),
    (
        rf"(?:^|; ?)(?:UPDATE|DELETE\s+FROM|TRUNCATE(?:\s+TABLE)?|LOCK(?:\s+TABLE)?|CLUSTER|VACUUM\s+FULL)\s+{TABLE}",
        "holds its rows or its table to the end of the transaction: by batches, in a migration with atomic = False",
    ),
)
MADE = re.compile(r'CREATE\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?"?(\w+)"?', re.IGNORECASE)


def made_in(statements: Iterable[str]) -> set[str]:
    """The tables that statements make."""
    return {found[1] for statement in statements if (found := MADE.search(statement))}


def faults_in(statement: str, new: set[str]) -> Iterator[str]:
    """What is wrong with a statement; `new`: the tables that nobody uses yet."""
    said = " ".join(re.sub(r"^\s*--.*$", "", statement, flags=re.MULTILINE).split())
    for pattern, why in RULES:
        found = re.search(pattern, said, re.IGNORECASE)
        if found and found["table"] not in new:
            yield f"{found['table']}: {why}"


def faults_of(migration: Any, statements: Iterable[str], new: set[str]) -> list[str]:
    """What is wrong with a migration, whose SQL is given; nothing when it says why it is short."""
    if getattr(migration, "lock_reason", ""):
        return []
    found = [fault for statement in statements for fault in faults_in(statement, new)]
    if migration.atomic and any(type(one).__name__ == "RunPython" for one in migration.operations):
        found.append("RunPython fills rows in one transaction: by batches, in a migration with atomic = False")
    return [f"{migration}: {fault}" for fault in found]


def is_new(migration: Any) -> bool:
    """Whether a migration is ours and after the baseline."""
    known = BASELINE.get(migration.app_label, 0)
    return type(migration).__module__.startswith("sanscouture.") and int(migration.name[:4]) > known


def check() -> list[str]:
    """Look at every new migration, with the database's own words for each operation."""
    loader = MigrationLoader(connection)
    plan = [(loader.graph.nodes[key], key) for key in sorted(loader.graph.nodes)]
    new = [(migration, key) for migration, key in plan if is_new(migration)]
    written = {key: loader.collect_sql([(migration, False)]) for migration, key in new}
    tables = set().union(*(made_in(statements) for statements in written.values())) if written else set()
    return [fault for migration, key in new for fault in faults_of(migration, written[key], tables)]


def main() -> int:
    """Print what is wrong; give the exit code."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sanscouture.config.settings")
    ensure_running()
    django.setup()
    faults = check()
    for fault in faults:
        sys.stderr.write(fault + "\n")
    if faults:
        sys.stderr.write("docs/add-a-feature.md dit comment changer une table sans la fermer.\n")
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
