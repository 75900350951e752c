"""`sanscouture db` and `sanscouture dbshell`."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys

from psycopg.conninfo import make_conninfo

from sanscouture.database.binaries import binaries
from sanscouture.database.dsn import DatabaseRole, connection_parameters, external
from sanscouture.database.errors import DatabaseUnavailable
from sanscouture.database.server import ensure_running, status, stay, stop


def dbshell(arguments: list[str]) -> int:
    """Become psql, with the credentials of a role; the password goes by the environment, not by the command line."""
    ours, separator, theirs = split(arguments)
    parser = argparse.ArgumentParser(prog="sanscouture dbshell", description="Ouvre psql sur la base.")
    parser.add_argument("--role", choices=["app", "owner"], default="app", help="le rôle qui se connecte")
    options, unknown = parser.parse_known_args(ours)
    if unknown and separator:
        parser.error(f"argument inconnu\u00a0: {unknown[0]}")
    role: DatabaseRole = options.role
    ensure_running()
    parameters = connection_parameters(role)
    password = parameters.pop("password")
    psql = shutil.which("psql") if external() else None
    psql = psql or binaries()["psql"]
    if not os.access(psql, os.X_OK):
        raise DatabaseUnavailable("Le programme psql est introuvable\u00a0: installez le client de PostgreSQL.")
    sys.stdout.flush()
    environment = os.environ | {"PGPASSWORD": str(password or "")}
    command = [psql, f"--dbname={make_conninfo('', **parameters)}", *unknown, *theirs]
    os.execve(psql, command, environment)  # noqa: S606 — psql takes our place, its exit code is ours


def split(arguments: list[str]) -> tuple[list[str], bool, list[str]]:
    """Part our options from psql's, at the first `--`."""
    if "--" not in arguments:
        return arguments, False, []
    place = arguments.index("--")
    return arguments[:place], True, arguments[place + 1 :]


def db(arguments: list[str]) -> int:
    """Start, stop or describe the embedded server."""
    parser = argparse.ArgumentParser(prog="sanscouture db", description="Gère la base embarquée.")
    parser.add_argument("action", choices=["start", "stop", "status"], help="ce qu’il faut faire")
    parser.add_argument("--json", action="store_true", help="réponse pour une machine")
    options = parser.parse_args(arguments)
    if options.action == "start":
        ensure_running()
        if not external():
            stay()
    elif options.action == "stop" and not external():
        stop()
    found = status()
    if options.json:
        answer = {"running": found.running, "keeper": found.keeper, "cluster": found.cluster, "sockets": found.sockets}
        sys.stdout.write(json.dumps(answer, default=str) + "\n")
    else:
        sys.stdout.write("La base répond.\n" if found.running else "La base est arrêtée.\n")
    return 0 if found.running or options.action == "stop" else 1
