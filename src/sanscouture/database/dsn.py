"""Which database, as which role.

Rule: the application is the role `app`; migrations and database creation are the role `owner`; backups are the role
`backup`, which reads every row and writes none (the owner's own dump fails under FORCE ROW LEVEL SECURITY).
Source: chapter 08 (isolation), chapter 09 (stack).

Three places: the embedded server; a server of which DATABASE_URL gives an administrator, who makes both roles (a trial,
the tests); a server whose administrator gave both roles, the owner by DATABASE_URL and the application by
DATABASE_APP_URL (real names), perhaps the one of backups by DATABASE_BACKUP_URL.
"""

from __future__ import annotations

import hashlib
import os
from functools import cache
from typing import Any, Literal

import psycopg
from psycopg.conninfo import conninfo_to_dict

from sanscouture.database.errors import DatabaseUnavailable
from sanscouture.database.layout import PORT, layout
from sanscouture.database.secrets import secret

DatabaseRole = Literal["app", "owner", "backup"]
DATABASE = "sanscouture"
USERS: dict[DatabaseRole, str] = {
    "app": "sanscouture_app",
    "owner": "sanscouture_owner",
    "backup": "sanscouture_backup",
}
VARIABLES: dict[DatabaseRole, str] = {
    "app": "DATABASE_APP_URL",
    "owner": "DATABASE_URL",
    "backup": "DATABASE_BACKUP_URL",
}
WHOSE = {
    "DATABASE_URL": "cette commande change les tables, elle demande l’adresse du rôle propriétaire",
    "DATABASE_BACKUP_URL": "cette commande lit toutes les lignes, elle demande l’adresse du rôle des sauvegardes",
}
SUPERUSER = "postgres"
APP_STATEMENT_TIMEOUT = 60_000  # milliseconds
OWNER_LOCK_TIMEOUT = 5_000  # milliseconds: whoever changes a table does not make everybody wait behind it


def current_role() -> DatabaseRole:
    """The role this process asked for by SANSCOUTURE_DB_ROLE; the application's unless it says `owner`."""
    return "owner" if os.environ.get("SANSCOUTURE_DB_ROLE") == "owner" else "app"


def given(variable: str) -> str:
    """The address that DATABASE_URL, DATABASE_APP_URL or DATABASE_BACKUP_URL gives; empty when it gives none."""
    addresses = {
        "DATABASE_URL": os.environ.get("DATABASE_URL"),
        "DATABASE_APP_URL": os.environ.get("DATABASE_APP_URL"),
        "DATABASE_BACKUP_URL": os.environ.get("DATABASE_BACKUP_URL"),
    }
    return addresses[variable] or ""


def external() -> bool:
    """Say whether the server is somebody else's to run."""
    return bool(given("DATABASE_URL") or given("DATABASE_APP_URL"))


def roles_given() -> bool:
    """Say whether the server's administrator made the roles: then we make none."""
    return bool(given("DATABASE_APP_URL"))


def at(variable: str, name: str | None = None) -> dict[str, Any]:
    """Read libpq's parameters in a variable.

    Raises:
        DatabaseUnavailable: the variable is missing, or is no address.
    """
    if not given(variable):
        raise DatabaseUnavailable(f"{variable} manque\u00a0: {WHOSE.get(variable, 'c’est l’adresse de la base')}.")
    try:
        found = {"port": PORT, **conninfo_to_dict(given(variable))}
    except psycopg.ProgrammingError:
        raise DatabaseUnavailable(
            f"{variable} n’est pas une adresse PostgreSQL\u00a0: postgresql://ROLE:MOT-DE-PASSE@MACHINE:5432/BASE."
        ) from None
    return found | {"dbname": name or os.environ.get("SANSCOUTURE_DB_NAME") or found.get("dbname") or DATABASE}


def database_name() -> str:
    """The database this process works in; SANSCOUTURE_DB_NAME names another one on the same server."""
    return str(connection_parameters()["dbname"])


@cache
def drawn_from(url: str, role: DatabaseRole) -> str:
    """Draw a role's password from the administrator's address: the same for whoever has it, kept nowhere."""
    return hashlib.scrypt(url.encode(), salt=USERS[role].encode(), n=2**14, r=8, p=1).hex()


def connection_parameters(role: DatabaseRole | None = None, name: str | None = None) -> dict[str, Any]:
    """Give libpq's parameters (host, port, user, password, dbname…) for a role."""
    role = role or current_role()
    if roles_given():
        return at(VARIABLES[role], name)
    if external():
        return at("DATABASE_URL", name) | {"user": USERS[role], "password": drawn_from(given("DATABASE_URL"), role)}
    return {
        "host": str(layout().sockets),
        "port": PORT,
        "user": USERS[role],
        "password": secret(f"postgres-{role}"),
        "dbname": name or os.environ.get("SANSCOUTURE_DB_NAME") or DATABASE,
    }


def administrator_parameters(name: str = SUPERUSER) -> dict[str, Any]:
    """Give libpq's parameters of who makes databases: the embedded superuser, or the role of DATABASE_URL."""
    if external():
        return at("DATABASE_URL", name)
    return connection_parameters("owner", name) | {"user": SUPERUSER, "password": secret("postgres-superuser")}


def django_database(role: DatabaseRole | None = None) -> dict[str, Any]:
    """Give Django's DATABASES entry for a role. Starts nothing."""
    role = role or current_role()
    parameters = connection_parameters(role)
    known = {key: parameters.pop(key, "") for key in ("host", "port", "user", "password", "dbname")}
    statement, lock = (APP_STATEMENT_TIMEOUT, 0) if role == "app" else (0, OWNER_LOCK_TIMEOUT)
    limits = f"-c statement_timeout={statement} -c lock_timeout={lock}"
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": known["dbname"],
        "USER": known["user"],
        "PASSWORD": known["password"],
        "HOST": known["host"],
        "PORT": str(known["port"]),
        "CONN_MAX_AGE": 300,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "connect_timeout": 10,
            "application_name": "sanscouture",
            **parameters,
            "options": f"{parameters.get('options', '')} {limits}".strip(),
        },
    }
