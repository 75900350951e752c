"""`sanscouture demo`: from nothing to a site that answers, on this machine."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys

import django
import psycopg
from django.core.management import call_command, get_commands
from psycopg import sql

from sanscouture.cli.check import pending_migrations
from sanscouture.cli.serve import port, print_line, refusal_to_serve, run_server
from sanscouture.database.admin import app_dsn, owner_dsn
from sanscouture.database.server import ensure_running, release


def demo(arguments: list[str]) -> int:
    """Start the database, bring tables and demo data, serve with the jobs inside, stop all cleanly."""
    os.environ["SANSCOUTURE_DEMO"] = "1"
    refusal = refusal_to_serve()
    if refusal:
        sys.stderr.write(refusal + "\n")
        return 1
    try:
        print_line("Base de données…")
        ensure_running()
        django.setup()
        if pending_migrations():
            print_line("Tables…")
            run_ours("migrate", "--verbosity=0")
        if wants_data() and built_scale() != scale():
            print_line("Données de démonstration…")
            run_ours("build_demo")
            mark_built()
        accounts = demo_accounts()
        return run_server(on_ready=lambda: welcome(accounts), jobs=True)
    except subprocess.CalledProcessError as error:
        sys.stderr.write(f"La démonstration n’a pas pu être préparée («\u00a0{error.cmd[3]}\u00a0»).\n")
        return 1
    finally:
        release()


def wants_data() -> bool:
    """Whether there is demo data to build; tests of the program itself do without (SANSCOUTURE_SKIP_DEMO_DATA=1)."""
    return "build_demo" in get_commands() and os.environ.get("SANSCOUTURE_SKIP_DEMO_DATA") != "1"


def run_ours(*words: str) -> None:
    """Run one of our commands apart, so that its memory is given back."""
    subprocess.run([sys.executable, "-m", "sanscouture", *words], check=True)


def scale() -> str:
    """The size of the demo asked for (SCALE)."""
    return os.environ.get("SCALE") or "story"


def built_scale() -> str:
    """The size of the demo that this database holds; the mark is the database's own comment, so it goes with it."""
    with psycopg.connect(app_dsn()) as connection:
        row = connection.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()"
        ).fetchone()
    return str(row[0] or "").removeprefix("demo:") if row else ""


def mark_built() -> None:
    """Note that the demo data is whole."""
    with psycopg.connect(owner_dsn()) as connection:
        query = sql.SQL("COMMENT ON DATABASE {} IS {}").format(
            sql.Identifier(connection.info.dbname), sql.Literal(f"demo:{scale()}")
        )
        connection.execute(query)


def demo_accounts() -> list[dict[str, str]]:
    """Ask the demo for its accounts: persona, email, password, programme, organisation."""
    if "demo_accounts" not in get_commands():
        return []
    answer = io.StringIO()
    call_command("demo_accounts", "--json", stdout=answer)
    accounts: list[dict[str, str]] = json.loads(answer.getvalue() or "[]")
    return accounts


def welcome(accounts: list[dict[str, str]]) -> None:
    """Print the address and who to log in as. `localhost`: passkeys refuse 127.0.0.1."""
    lines = ["", f"Sans couture répond\u00a0: http://localhost:{port()}", ""]
    if accounts:
        lines.append("Comptes de démonstration\u00a0:")
        width = max(len(account["email"]) for account in accounts)
        lines += [f"  {one['email']:<{width}}  {one['password']}  {one['persona']}" for one in accounts]
        lines.append("")
    lines.append("Ctrl-C pour arrêter.")
    print_line("\n".join(lines))
