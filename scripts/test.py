"""Run pytest with a browser and the official data, or say in a line what is missing.

Without arguments all tests run, and then rules, services and access must be covered whole (scripts/gate.py).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import gate

ROOT = Path(__file__).resolve().parent.parent
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
PATIENCE = 300  # seconds for a download
NO_BROWSER = (
    "Aucun navigateur\u00a0: installez Chromium (sur Debian\u00a0: apt-get install chromium), "
    "ou indiquez son chemin par CHROMIUM."
)
NO_DATA = "Données officielles absentes (REFERENCE_DATA)\u00a0: les tests « reference » ne sont pas lancés."


NO_EMBEDDED = "DATABASE_URL\u00a0: les tests « embedded », propres à la base embarquée, ne sont pas lancés."


def attempt(command: list[str]) -> None:
    """Try to fetch something; what matters is looked at afterwards."""
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    try:
        subprocess.run(command, env=environment, check=False, timeout=PATIENCE, stdout=subprocess.DEVNULL)
    except (OSError, subprocess.TimeoutExpired):
        return


def on_machine() -> str | None:
    """The browser that CHROMIUM names, else the system's."""
    named = os.environ.get("CHROMIUM")
    if named:
        return shutil.which(named)
    return next((path for path in map(shutil.which, NAMES) if path), None)


def of_playwright() -> str | None:
    """The browser that Playwright keeps, if it has one."""
    ask = "from playwright.sync_api import sync_playwright as s\nwith s() as p: print(p.chromium.executable_path)"
    answer = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=False).stdout.strip()
    return answer if answer and Path(answer).exists() else None


def browser() -> str | None:
    """Find Chromium, or bring it."""
    found = on_machine() or of_playwright()
    if found:
        return found
    sys.stdout.write("Chromium absent\u00a0: téléchargement…\n")
    sys.stdout.flush()
    attempt([sys.executable, "-m", "playwright", "install", "chromium"])
    found = of_playwright()
    apt = shutil.which("apt-get")
    if not found and apt and os.geteuid() == 0:
        attempt([apt, "update", "-q"])
        attempt([apt, "install", "-y", "-q", "chromium-headless-shell"])  # the same engine, twice as quick
        if not on_machine():
            attempt([apt, "install", "-y", "-q", "chromium"])
        found = on_machine()
    return found


def reference_data() -> Path | None:
    """The folder of official data."""
    folder = Path(os.environ.get("REFERENCE_DATA") or ROOT.parent / "shared" / "data")
    return folder.resolve() if folder.is_dir() else None


def main() -> int:
    """Run the tests."""
    os.chdir(ROOT)
    words, left_out = sys.argv[1:], []
    environment = dict(os.environ)
    environment.pop("DATABASE_APP_URL", None)  # the tests make databases: they want an administrator's address
    if environment.get("DATABASE_URL"):
        sys.stdout.write(NO_EMBEDDED + "\n")
        left_out.append("embedded")
    chromium = browser()
    if chromium:
        environment["CHROMIUM"] = chromium
    else:
        sys.stdout.write(NO_BROWSER + "\n")
        environment["CHROMIUM_MISSING"] = NO_BROWSER
        environment.pop("CHROMIUM", None)
    data = reference_data()
    if data:
        environment["REFERENCE_DATA"] = str(data)
    elif os.environ.get("CI") == "true":
        sys.stderr.write("Données officielles absentes\u00a0: indiquez leur dossier par REFERENCE_DATA.\n")
        return 1
    else:
        sys.stdout.write(NO_DATA + "\n")
        environment.pop("REFERENCE_DATA", None)
        left_out.append("reference")
    sys.stdout.flush()
    if left_out:
        wanted, words = ([f"({words[1]})"], words[2:]) if words[:1] == ["-m"] else ([], words)
        words = ["-m", " and ".join([*wanted, *(f"not {marker}" for marker in left_out)]), *words]
    command = [sys.executable, "-m", "pytest", "-n", "2", *words]
    return (plain if words else covered)(command, environment)  # a part of the tests tells nothing of coverage


def plain(command: list[str], environment: dict[str, str]) -> int:
    """Run the tests as they are."""
    return subprocess.run(command, env=environment, check=False).returncode


def covered(command: list[str], environment: dict[str, str]) -> int:
    """Run the tests, then say which rules, services and rights they left untried."""
    folder = Path(environment.get("DATA_DIR", ".data/tests"))
    folder.mkdir(parents=True, exist_ok=True)
    report = folder / "coverage.json"
    report.unlink(missing_ok=True)
    environment["COVERAGE_FILE"] = str(folder / "coverage")
    measured = [*command, "--cov", "--cov-config=scripts/coverage.toml", "--cov-report", f"json:{report}"]
    failed = plain(measured, environment)
    if failed or not report.exists():
        return failed or 1
    untried = gate.check(report)
    for sentence in untried:
        sys.stderr.write(sentence + "\n")
    sys.stdout.write("" if untried else "Règles, services et accès\u00a0: couverts à 100\u00a0%.\n")
    return 1 if untried else 0


if __name__ == "__main__":
    raise SystemExit(main())
