"""What a database holds, counted and summed: written in a backup, looked at again once it is restored."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Self

from psycopg import sql

from sanscouture.database.admin import Connection, app_name
from sanscouture.database.errors import DatabaseUnavailable
from sanscouture.database.secrets import data_dir

FORMAT = 1
LONGEST_HEAD = 4_000_000  # bytes
Tell = Callable[[str, int, int], None]
"""`tell(step, done, total)`: for a progress bar."""

# How values are written when a row is summed: the same words on every server.
PLAIN = (
    "SET row_security = off",  # refuses, rather than hide rows, where the role may not see them all
    "SET timezone = 'UTC'",
    "SET datestyle = 'ISO, YMD'",
    "SET intervalstyle = 'postgres'",
    "SET bytea_output = 'hex'",
    "SET extra_float_digits = 1",
    "SET search_path = public",
)
TABLES = """
SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = pg_class.oid AND deptype = 'e')
ORDER BY relname
"""
SUM = """
SELECT count(*), coalesce(sum(('x' || left(encode(sha256(convert_to(one::text, 'UTF8')), 'hex'), 15))::bit(60)::bigint),
0)::text FROM public.{} AS one
"""
SEQUENCES = "SELECT sequencename, coalesce(last_value, 0) FROM pg_sequences WHERE schemaname = 'public' ORDER BY 1"
MIGRATIONS = "SELECT app, name FROM public.django_migrations ORDER BY app, name"
GUARDS = {
    "règles par ligne": "SELECT tablename, policyname, cmd, roles, qual, with_check FROM pg_policies"
    " WHERE schemaname = 'public'",
    "tables fermées": "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
    " AND relrowsecurity AND relforcerowsecurity",
    "déclencheurs": "SELECT tgrelid::regclass, tgname FROM pg_trigger WHERE NOT tgisinternal",
    "droits de l’application": "SELECT relname, privilege_type FROM pg_class, aclexplode(relacl) AS acl"
    " WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'S', 'v')"
    " AND grantee = (SELECT oid FROM pg_roles WHERE rolname = '{app}')",
}
OWNER = "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()"
COMMENT = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()"


@dataclass(frozen=True)
class Manifest:
    """The first line of a backup: where it comes from and what it holds. No value of any row."""

    made_at: str
    version: str
    postgres: int
    database: str
    owner: str
    app: str
    tables: dict[str, tuple[int, str]]
    """For each table its number of rows and the sum of their digests, which no order changes."""
    sequences: dict[str, int]
    migrations: list[str]
    guards: dict[str, str] = field(default_factory=dict)
    """What must stand again: policies, forced tables, triggers, rights of the application."""
    jobs_waiting: int = 0
    keys: dict[str, str] = field(default_factory=dict)
    """Fingerprints of the secrets that encrypted columns need, which no backup holds."""
    comment: str = ""
    format: int = FORMAT

    @property
    def rows(self) -> int:
        """How many rows there are in all."""
        return sum(count for count, _ in self.tables.values())

    def line(self) -> bytes:
        """Write it in one line."""
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":")).encode() + b"\n"

    @classmethod
    def read(cls, line: bytes) -> Self:
        """Read it again.

        Raises:
            DatabaseUnavailable: it is none, or a later version's.
        """
        try:
            found = json.loads(line)
            if found["format"] > FORMAT:
                raise DatabaseUnavailable(
                    "Cette sauvegarde vient d’une version plus récente de Sans couture\u00a0: installez-la d’abord."
                )
            found["tables"] = {name: (int(count), str(total)) for name, (count, total) in found["tables"].items()}
            return cls(**found)
        except (KeyError, TypeError, ValueError):
            raise DatabaseUnavailable("Ce fichier s’ouvre, mais ce n’est pas une sauvegarde de Sans couture.") from None


def take(connection: Connection, *, made_at: str, version: str, tell: Tell) -> Manifest:
    """Count and sum everything, in the transaction of the connection."""
    migrations = [f"{app}.{name}" for app, name in connection.execute(MIGRATIONS)]
    sequences = {str(name): int(last) for name, last in connection.execute(SEQUENCES)}
    waiting = connection.execute("SELECT count(*) FROM public.procrastinate_jobs WHERE status = 'todo'").fetchone()
    comment = connection.execute(COMMENT).fetchone()
    owner = connection.execute(OWNER).fetchone()
    return Manifest(
        made_at=made_at,
        version=version,
        postgres=connection.info.server_version,
        database=connection.info.dbname,
        owner=str(owner[0]) if owner else "",
        app=app_name(),
        tables=dict(sums(connection, tell)),
        sequences=sequences,
        migrations=migrations,
        guards=guards(connection),
        jobs_waiting=int(waiting[0]) if waiting else 0,
        keys=fingerprints(),
        comment=str(comment[0] or "") if comment else "",
    )


def guards(connection: Connection) -> dict[str, str]:
    """Sum up what protects the rows: policies, tables that force them, triggers, rights of the application."""
    found = {}
    for name, query in GUARDS.items():
        rows = connection.execute(query.format(app=app_name().replace("'", "''"))).fetchall()
        words = "\n".join(sorted("|".join(map(str, row)) for row in rows))
        found[name] = f"{len(rows)}:{hashlib.sha256(words.encode()).hexdigest()[:16]}"
    return found


def plainly(connection: Connection) -> None:
    """Have values written the same way on every server."""
    for statement in PLAIN:
        connection.execute(sql.SQL(statement))


def sums(connection: Connection, tell: Tell) -> Iterator[tuple[str, tuple[int, str]]]:
    """Give each table with its number of rows and their sum."""
    names = [str(name) for (name,) in connection.execute(TABLES)]
    for place, name in enumerate(names):
        tell("Comptage", place, len(names))
        row = connection.execute(sql.SQL(SUM).format(sql.Identifier(name))).fetchone() or (0, "0")
        yield name, (int(row[0]), str(row[1]))
    tell("Comptage", len(names), len(names))


def differences(manifest: Manifest, connection: Connection, tell: Tell) -> list[str]:
    """Say in French what a database has not as its manifest tells; an empty list when all is there."""
    found = dict(sums(connection, tell))
    sentences = [f"la table {name} manque" for name in sorted(manifest.tables.keys() - found.keys())]
    sentences += [f"la table {name} est en trop" for name in sorted(found.keys() - manifest.tables.keys())]
    for name in sorted(manifest.tables.keys() & found.keys()):
        (wanted, total), (count, here) = manifest.tables[name], found[name]
        if wanted != count:
            sentences.append(f"{name}\u00a0: {count} lignes au lieu de {wanted}")
        elif total != here:
            sentences.append(f"{name}\u00a0: des lignes ont changé")
    sequences = {str(name): int(last) for name, last in connection.execute(SEQUENCES)}
    for name, last in sorted(manifest.sequences.items()):
        if sequences.get(name, -1) < last:
            sentences.append(f"la suite {name} est en retard")
    standing = guards(connection)
    for name, wanted_guard in manifest.guards.items():
        if standing.get(name) != wanted_guard:
            sentences.append(f"{name}\u00a0: ce ne sont plus les mêmes")
    return sentences


def fingerprints() -> dict[str, str]:
    """Name the secrets of this installation that its rows need to be read, each with its fingerprint."""
    folder = data_dir() / "secrets"
    files = sorted(folder.iterdir()) if folder.is_dir() else []
    kept = {
        file.name: file.read_bytes()
        for file in files
        if file.is_file() and not file.name.startswith(("postgres-", "backup-", "."))
    }
    given = os.environ.get("SECRET_KEY")
    if given:
        kept["django"] = given.encode()
    return {name: hashlib.sha256(name.encode() + b"\0" + text).hexdigest()[:16] for name, text in kept.items()}
