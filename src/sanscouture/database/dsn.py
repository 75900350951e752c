"""Which database, as which role.

Rule: the application is the role `app`; only migrations, backups and database creation are the role `owner`.
Source: chapter 08 (isolation), chapter 09 (stack).
"""

from __future__ import annotations

import os
from typing import Any, Literal

import dj_database_url

from sanscouture.database.layout import PORT, layout
from sanscouture.database.secrets import secret

DatabaseRole = Literal["app", "owner"]
DATABASE = "sanscouture"
USERS: dict[DatabaseRole, str] = {"app": "sanscouture_app", "owner": "sanscouture_owner"}
SUPERUSER = "postgres"
APP_STATEMENT_TIMEOUT = 60_000  # milliseconds


def current_role() -> DatabaseRole:
    """The role this process asked for by SANSCOUTURE_DB_ROLE; the application's unless it says `owner`."""
    return "owner" if os.environ.get("SANSCOUTURE_DB_ROLE") == "owner" else "app"


def external_url() -> str | None:
    """The real server's address with its owner role, when there is one (DATABASE_URL)."""
    return os.environ.get("DATABASE_URL") or None


def database_name() -> str:
    """The database this process works in; SANSCOUTURE_DB_NAME names another one on the embedded server."""
    return os.environ.get("SANSCOUTURE_DB_NAME") or DATABASE


def connection_parameters(role: DatabaseRole | None = None, name: str | None = None) -> dict[str, Any]:
    """Give libpq's parameters (host, port, user, password, dbname…) for a role."""
    role = role or current_role()
    url = external_url()
    if not url:
        return {
            "host": str(layout().sockets),
            "port": PORT,
            "user": USERS[role],
            "password": secret(f"postgres-{role}"),
            "dbname": name or database_name(),
        }
    app_url = os.environ.get("DATABASE_APP_URL")
    entry = dj_database_url.parse(app_url if role == "app" and app_url else url)
    parameters = {
        "host": entry["HOST"],
        "port": entry["PORT"] or PORT,
        "user": entry["USER"],
        "password": entry["PASSWORD"],
        "dbname": name or entry["NAME"],
        **entry.get("OPTIONS", {}),
    }
    if role == "app" and not app_url:
        parameters |= {"user": USERS["app"], "password": secret("postgres-app")}
    return parameters


def django_database(role: DatabaseRole | None = None) -> dict[str, Any]:
    """Give Django's DATABASES entry for a role. Starts nothing."""
    role = role or current_role()
    parameters = connection_parameters(role)
    known = {key: parameters.pop(key) for key in ("host", "port", "user", "password", "dbname")}
    timeout = APP_STATEMENT_TIMEOUT if role == "app" else 0
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
            "options": f"{parameters.get('options', '')} -c statement_timeout={timeout}".strip(),
        },
    }
