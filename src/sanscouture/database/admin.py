"""Roles and databases, made by the embedded server's superuser or by the administrator that DATABASE_URL names.

The owner makes tables and is no superuser. The application reads and writes rows, owns nothing, is member of nothing,
cannot go round row-level security. Source: chapter 08 (isolation).
"""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from sanscouture.database.dsn import (
    SUPERUSER,
    USERS,
    DatabaseRole,
    administrator_parameters,
    connection_parameters,
    database_name,
    external,
    given,
    roles_given,
)
from sanscouture.database.errors import DatabaseUnavailable

MINIMUM_VERSION = 150000
# Both are « trusted »: the owner of a database may have them without being a superuser.
EXTENSIONS = ("unaccent", "pg_trgm")
ATTRIBUTES: dict[DatabaseRole, str] = {
    "owner": "LOGIN NOSUPERUSER CREATEDB NOCREATEROLE NOBYPASSRLS NOREPLICATION INHERIT",
    "app": "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS NOREPLICATION NOINHERIT",
    "backup": "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE BYPASSRLS INHERIT",
}
INSTALLED: tuple[DatabaseRole, ...] = ("owner", "app")
"""The roles that an installation always has; the one of backups comes with the first backup."""
LOCALES = ("C.UTF-8", "C.utf8", "en_US.UTF-8", "fr_FR.UTF-8")
"""What says that É is the capital of é, on a server that is not ours: the first that its machine has."""
LOCK = 7_305_126_419  # any number, ours: two processes that prepare one server take turns
# Not a superuser, free of row-level security, or member of another role: what a role must not be, in its own words.
POWERS = """
SELECT rolsuper OR rolbypassrls, rolcreaterole OR rolcreatedb,
       EXISTS (SELECT FROM pg_auth_members WHERE member = pg_roles.oid),
       EXISTS (SELECT FROM pg_database WHERE datname = current_database() AND datdba = pg_roles.oid)
FROM pg_roles WHERE rolname = current_user
"""
READER = """
SELECT rolbypassrls, rolsuper, EXISTS (SELECT FROM pg_database WHERE datname = current_database() AND datdba = r.oid),
       pg_has_role(r.oid, 'pg_read_all_data', 'USAGE')
FROM pg_roles AS r WHERE rolname = current_user
"""
Connection = psycopg.Connection[tuple[Any, ...]]


def owner_dsn(name: str | None = None) -> str:
    """Give the connection string of the owner on a database."""
    return make_conninfo("", **connection_parameters("owner", name))


def app_dsn(name: str | None = None) -> str:
    """Give the connection string of the application on a database."""
    return make_conninfo("", **connection_parameters("app", name))


def connect(name: str = SUPERUSER) -> Connection:
    """Open a connection that may create databases and roles, each statement its own transaction."""
    return psycopg.connect(**administrator_parameters(name) | {"connect_timeout": 10}, autocommit=True)


def exists(connection: Connection, catalogue: str, column: str, name: str) -> bool:
    """Say whether a row of that name is in a catalogue."""
    query = sql.SQL("SELECT 1 FROM {} WHERE {} = %s").format(sql.Identifier(catalogue), sql.Identifier(column))
    return connection.execute(query, [name]).fetchone() is not None


def create_role(connection: Connection, role: DatabaseRole) -> None:
    """Make a role unless it is there. On a server that is not ours: give it its password, and itself to who made it.

    The password goes as its SCRAM verifier, so that no log of the server has it.
    """
    name = sql.Identifier(USERS[role])
    if not exists(connection, "pg_roles", "rolname", USERS[role]):
        connection.execute(sql.SQL("CREATE ROLE {} {}").format(name, sql.SQL(ATTRIBUTES[role])))
    elif not external():
        return
    password = str(connection_parameters(role)["password"])
    verifier = connection.pgconn.encrypt_password(password.encode(), USERS[role].encode(), b"scram-sha-256")
    connection.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(name, sql.Literal(verifier.decode())))
    if external() and not member(connection, role):
        connection.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(name))


def member(connection: Connection, role: DatabaseRole) -> bool:
    """Say whether who is connected may act as a role."""
    return connection.execute("SELECT pg_has_role(%s, 'USAGE')", [USERS[role]]).fetchone() == (True,)


def owner_name() -> str:
    """The role that owns tables: ours, or the one of DATABASE_URL."""
    return str(connection_parameters("owner")["user"])


def app_name() -> str:
    """The role of the application: ours, or the one of DATABASE_APP_URL."""
    return str(connection_parameters("app")["user"])


def close_to_strangers(connection: Connection, name: str) -> None:
    """Let only our two roles connect to a database."""
    names = {"name": sql.Identifier(name), "app": sql.Identifier(app_name())}
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {name} FROM PUBLIC").format(**names))
    connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {name} TO {app}").format(**names))


DEFAULT = "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} "
RIGHTS = (
    "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
    "GRANT USAGE ON SCHEMA public TO {app}",
    DEFAULT + "REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC",
    DEFAULT + "IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {app}",
    DEFAULT + "IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {app}",
    DEFAULT + "IN SCHEMA public GRANT EXECUTE ON FUNCTIONS TO {app}",
)
NO_RIGHTS = (
    DEFAULT + "GRANT EXECUTE ON FUNCTIONS TO PUBLIC",
    DEFAULT + "IN SCHEMA public REVOKE ALL ON TABLES FROM {app}",
    DEFAULT + "IN SCHEMA public REVOKE ALL ON SEQUENCES FROM {app}",
    DEFAULT + "IN SCHEMA public REVOKE ALL ON FUNCTIONS FROM {app}",
)


def furnish(connection: Connection) -> None:
    """Give a database its extensions, and the application its rights on what the owner will make."""
    for extension in EXTENSIONS:
        connection.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension)))
    say(connection, RIGHTS)


def withhold(connection: Connection) -> None:
    """Give the application no right on what the owner will make: a backup brings each table's own rights."""
    say(connection, NO_RIGHTS)


def say(connection: Connection, statements: tuple[str, ...]) -> None:
    """Run statements that name the owner and the application."""
    names = {"owner": sql.Identifier(owner_name()), "app": sql.Identifier(app_name())}
    for statement in statements:
        connection.execute(sql.SQL(statement).format(**names))


def create_database(name: str, template: str | None = None) -> None:
    """Make a database owned by the owner: furnished, or a copy of `template` (which must have no session)."""
    names = {"name": sql.Identifier(name), "owner": sql.Identifier(owner_name())}
    query = sql.SQL("CREATE DATABASE {name} OWNER {owner}").format(**names)
    with connect() as connection:
        if template:
            connection.execute(query + sql.SQL(" TEMPLATE {} STRATEGY FILE_COPY").format(sql.Identifier(template)))
        elif external():
            create_in_french(connection, query)
        else:
            connection.execute(query)
        close_to_strangers(connection, name)
    if not template:
        with connect(name) as connection:
            furnish(connection)


def create_in_french(connection: Connection, query: sql.Composed) -> None:
    """Make a database that knows É from é, whatever the machine speaks, in the order of the embedded server.

    Raises:
        DatabaseUnavailable: the server's machine has no locale of UTF-8.
    """
    for locale in LOCALES:
        words = sql.SQL(" TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE {}").format(sql.Literal(locale))
        try:
            connection.execute(query + words)
        except psycopg.errors.WrongObjectType:  # this machine has not that locale
            continue
        return
    raise DatabaseUnavailable(f"La machine du serveur ne connaît aucune de ces langues\u00a0: {', '.join(LOCALES)}.")


def drop_database(name: str) -> None:
    """Remove a database and cut its sessions."""
    with connect() as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def database_exists(name: str) -> bool:
    """Say whether a database of that name is on the server."""
    with connect() as connection:
        return exists(connection, "pg_database", "datname", name)


def bootstrap() -> None:
    """Make what is missing among the roles and the database, or check those that were given. Safe to repeat.

    Raises:
        DatabaseUnavailable: the server is too old, or a role has too many powers or too few.
    """
    if roles_given():
        check_roles()
        return
    with connect() as connection:
        check_version(connection)
        connection.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        for role in INSTALLED:
            create_role(connection, role)
        if exists(connection, "pg_database", "datname", database_name()):
            check_owner(connection)
            return
        if not external():
            for name in (SUPERUSER, "template1"):
                connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)))
        create_database(database_name())


def check_version(connection: Connection) -> None:
    """Refuse a server too old."""
    if connection.info.server_version < MINIMUM_VERSION:
        raise DatabaseUnavailable(
            f"Le serveur est PostgreSQL {connection.info.server_version // 10000}\u00a0: il en faut un "
            f"{MINIMUM_VERSION // 10000} ou plus récent."
        )


def check_owner(connection: Connection) -> None:
    """Refuse a database that was somebody's before us."""
    query = "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = %s"
    row = connection.execute(query, [database_name()]).fetchone()
    if row != (owner_name(),):
        raise DatabaseUnavailable(
            f"La base « {database_name()} » existe et appartient à « {row and row[0]} »\u00a0: "
            "nommez dans DATABASE_URL une base qui n’existe pas encore."
        )


def check_roles() -> None:
    """Refuse given roles that would open what must be closed; furnish the database when the owner is given too."""
    with psycopg.connect(**connection_parameters("app") | {"connect_timeout": 10}) as connection:
        check_version(connection)
        if connection.execute("SELECT lower('É')").fetchone() != ("é",):
            raise DatabaseUnavailable(
                f"La base « {connection.info.dbname} » ne sait pas que É est la majuscule de é\u00a0: créez-la "
                "avec ENCODING 'UTF8' et LC_CTYPE 'C.UTF-8' (docs/operations.md)."
            )
        if any(connection.execute(POWERS).fetchone() or ()):
            raise DatabaseUnavailable(
                f"Le rôle « {connection.info.user} » de DATABASE_APP_URL peut trop\u00a0: il ne doit être ni "
                "superutilisateur, ni propriétaire de la base, ni membre d’un autre rôle, ni en créer, "
                "ni échapper à la sécurité par ligne."
            )
    if not given("DATABASE_URL"):
        return
    with psycopg.connect(**connection_parameters("owner") | {"connect_timeout": 10}) as connection:
        unbound, _, _, owns = connection.execute(POWERS).fetchone() or (True, True, True, False)
        if unbound or not owns:
            raise DatabaseUnavailable(
                f"Le rôle « {connection.info.user} » de DATABASE_URL doit être le propriétaire de la base, "
                "sans être superutilisateur ni échapper à la sécurité par ligne."
            )
        connection.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        close_to_strangers(connection, connection.info.dbname)
        furnish(connection)


def prepare_backup_role(name: str | None = None) -> None:
    """Make the role of backups and open a database to it, or check the one that DATABASE_BACKUP_URL gives.

    Rule: it reads every row, of every programme, and writes none (chapter 08). On the embedded server it may also copy
    the whole cluster.

    Raises:
        DatabaseUnavailable: it cannot be made here, or it can too much or too little.
    """
    if roles_given():
        check_backup_role()
        return
    role = sql.Identifier(USERS["backup"])
    statements = [
        sql.SQL("GRANT pg_read_all_data TO {}").format(role),
        sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(sql.Identifier(name or database_name()), role),
    ]
    if not external():
        statements.append(sql.SQL("ALTER ROLE {} REPLICATION").format(role))
    with connect() as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        try:
            create_role(connection, "backup")
            for statement in statements:
                connection.execute(statement)
        except psycopg.errors.InsufficientPrivilege:
            raise DatabaseUnavailable(
                f"Le rôle de DATABASE_URL ne peut pas créer « {USERS['backup']} », qui lit toutes les lignes\u00a0: "
                "faites-le créer par un superutilisateur et donnez son adresse par DATABASE_BACKUP_URL "
                "(docs/operations.md)."
            ) from None


def check_backup_role() -> None:
    """Refuse a given role that would leave rows out of a backup, or that could write them."""
    with psycopg.connect(**connection_parameters("backup") | {"connect_timeout": 10}) as connection:
        row = connection.execute(READER).fetchone()
        if row != (True, False, False, True):
            raise DatabaseUnavailable(
                f"Le rôle « {connection.info.user} » de DATABASE_BACKUP_URL doit avoir BYPASSRLS et être membre de "
                "pg_read_all_data, sans être superutilisateur ni propriétaire de la base (docs/operations.md)."
            )
