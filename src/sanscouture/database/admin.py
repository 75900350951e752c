"""Roles and databases, made by the superuser of the embedded server or the owner of a real one.

The owner makes tables and is no superuser. The application reads and writes rows, owns nothing, is member of nothing,
cannot go round row-level security. Source: chapter 08 (isolation).
"""

from __future__ import annotations

import os
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from sanscouture.database.dsn import (
    SUPERUSER,
    USERS,
    DatabaseRole,
    connection_parameters,
    database_name,
    external_url,
)
from sanscouture.database.secrets import secret

EXTENSIONS = ("unaccent", "pg_trgm", "btree_gist", "btree_gin", "cube", "earthdistance")
ATTRIBUTES: dict[DatabaseRole, str] = {
    "owner": "LOGIN NOSUPERUSER CREATEDB NOCREATEROLE NOBYPASSRLS NOREPLICATION INHERIT",
    "app": "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS NOREPLICATION NOINHERIT",
}
Connection = psycopg.Connection[tuple[Any, ...]]


def superuser_parameters(name: str = SUPERUSER) -> dict[str, Any]:
    """Give libpq's parameters of the embedded server's superuser; of the owner on a real server."""
    if external_url():
        return connection_parameters("owner", None if name == SUPERUSER else name)
    parameters = connection_parameters("owner", name)
    return parameters | {"user": SUPERUSER, "password": secret("postgres-superuser")}


def owner_dsn(name: str | None = None) -> str:
    """Give the connection string of the owner on a database."""
    return make_conninfo("", **connection_parameters("owner", name))


def app_dsn(name: str | None = None) -> str:
    """Give the connection string of the application on a database."""
    return make_conninfo("", **connection_parameters("app", name))


def connect(name: str = SUPERUSER) -> Connection:
    """Open a connection that may create databases and roles, each statement its own transaction."""
    return psycopg.connect(**superuser_parameters(name), autocommit=True, connect_timeout=10)


def exists(connection: Connection, catalogue: str, column: str, name: str) -> bool:
    """Say whether a row of that name is in a catalogue."""
    query = sql.SQL("SELECT 1 FROM {} WHERE {} = %s").format(sql.Identifier(catalogue), sql.Identifier(column))
    return connection.execute(query, [name]).fetchone() is not None


def create_role(connection: Connection, role: DatabaseRole) -> None:
    """Make a role with its password, unless it is there."""
    if not exists(connection, "pg_roles", "rolname", USERS[role]):
        query = sql.SQL("CREATE ROLE {} {} PASSWORD {}").format(
            sql.Identifier(USERS[role]), sql.SQL(ATTRIBUTES[role]), sql.Literal(secret(f"postgres-{role}"))
        )
        connection.execute(query)


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


def furnish(connection: Connection) -> None:
    """Give a database its extensions, and the application its rights on what the owner will make."""
    for extension in EXTENSIONS:
        connection.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension)))
    names = {"owner": sql.Identifier(owner_name()), "app": sql.Identifier(app_name())}
    default = "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} "
    for statement in (
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
        "GRANT USAGE ON SCHEMA public TO {app}",
        default + "REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC",
        default + "IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {app}",
        default + "IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {app}",
        default + "IN SCHEMA public GRANT EXECUTE ON FUNCTIONS TO {app}",
    ):
        connection.execute(sql.SQL(statement).format(**names))


def create_database(name: str, template: str | None = None) -> None:
    """Make a database owned by the owner: furnished, or a copy of `template` (which must have no session)."""
    names = {"name": sql.Identifier(name), "owner": sql.Identifier(owner_name())}
    query = sql.SQL("CREATE DATABASE {name} OWNER {owner}").format(**names)
    if template:
        query += sql.SQL(" TEMPLATE {} STRATEGY FILE_COPY").format(sql.Identifier(template))
    with connect() as connection:
        connection.execute(query)
        close_to_strangers(connection, name)
    if not template:
        with connect(name) as connection:
            furnish(connection)


def drop_database(name: str) -> None:
    """Remove a database and cut its sessions."""
    with connect() as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def database_exists(name: str) -> bool:
    """Say whether a database of that name is on the server."""
    with connect() as connection:
        return exists(connection, "pg_database", "datname", name)


def bootstrap() -> None:
    """Make the roles and the database if they are missing. Safe to repeat."""
    if external_url():
        with connect() as connection:
            if not os.environ.get("DATABASE_APP_URL"):
                create_role(connection, "app")
            close_to_strangers(connection, database_name_of(connection))
            furnish(connection)
        return
    with connect() as connection:
        for role in USERS:
            create_role(connection, role)
        if exists(connection, "pg_database", "datname", database_name()):
            return
        for name in (SUPERUSER, "template1"):
            connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)))
    create_database(database_name())


def database_name_of(connection: Connection) -> str:
    """The database a connection is in."""
    return connection.info.dbname
