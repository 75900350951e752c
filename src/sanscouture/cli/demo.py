"""`sanscouture demo`: from nothing to a site that answers, on this machine."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import django
import psycopg
from django.core.management import call_command, get_commands
from psycopg import sql

from sanscouture.cli.check import pending_migrations
from sanscouture.cli.serve import port, print_line, refusal_to_serve, run_server
from sanscouture.database.admin import app_dsn, owner_dsn
from sanscouture.database.server import ensure_running, release
from sanscouture.demo.rules.scales import BEGUN, course, wrong_scale


def demo(arguments: list[str]) -> int:
    """Start the database, bring tables and demo data, serve with the jobs inside, stop all cleanly."""
    os.environ["SANSCOUTURE_DEMO"] = "1"
    refusal = refusal_to_serve() or wrong_scale(scale(), has_official_data=True)
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
        if wants_data() and not bring_data():
            return 1
        accounts = demo_accounts()
        return run_server(on_ready=lambda: welcome(accounts), jobs=True)
    except subprocess.CalledProcessError as error:
        sys.stderr.write(f"La démonstration n’a pas pu être préparée («\u00a0{error.cmd[3]}\u00a0»).\n")
        return 1
    finally:
        release()


def bring_data() -> bool:
    """Bring the size asked for, unless the database holds another; give whether to go on."""
    way = course(scale(), built_scale())
    goes_on, sentence = way.goes_on, way.sentence
    if way.builds and (fault := wrong_scale(scale(), has_official_data=has_official_data())):
        goes_on, sentence = False, fault
    if sentence:
        (sys.stdout if goes_on else sys.stderr).write(sentence + "\n")
    if goes_on and way.builds:
        print_line("Données de démonstration…")
        mark_built(BEGUN)
        run_ours("build_demo")
        mark_built()
    return goes_on


def has_official_data() -> bool:
    """Whether the official files are there (REFERENCE_DATA)."""
    folder = os.environ.get("REFERENCE_DATA")
    return bool(folder) and Path(str(folder)).is_dir()


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
    """The size of the demo that this database holds, or begun to hold; its own comment says so, and goes with it."""
    with psycopg.connect(app_dsn()) as connection:
        row = connection.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()"
        ).fetchone()
    return str(row[0] or "").removeprefix("demo:") if row else ""


def mark_built(begun: str = "") -> None:
    """Note that the demo data is whole, or begun; the tables are measured anew, for the plans of what reads them."""
    with psycopg.connect(owner_dsn()) as connection:
        query = sql.SQL("COMMENT ON DATABASE {} IS {}").format(
            sql.Identifier(connection.info.dbname), sql.Literal(f"demo:{scale()}{begun}")
        )
        connection.execute(query)
        if not begun:
            connection.execute("ANALYZE")


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
