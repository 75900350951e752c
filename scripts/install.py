"""Make `.venv` what requirements/*.txt say: `install.py base` for the program, `install.py dev` for its tests too.

Only the standard library. Instant when nothing changed. Packages come from where this machine's pip is told to look:
uv does not read pip's settings, so they are handed to it.
"""

from __future__ import annotations

import configparser
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / ".installed"
PYTHON = VENV / "bin" / "python"
NO_VENV = (
    "Le module venv de Python est incomplet\u00a0: installez-le (sur Debian\u00a0: apt-get install python3-venv), "
    "ou installez uv."
)


class Stop(Exception):
    """Installation cannot go on; the text says what to do."""


def fingerprint() -> str:
    """What the environment depends on: the requirements, the package's own description, where we are, the Python."""
    digest = hashlib.sha256(f"{ROOT}\n{sys.version}\n".encode())
    for name in ("requirements/base.txt", "requirements/dev.txt", "pyproject.toml"):
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def installed(kind: str, key: str) -> bool:
    """Say whether the environment is already that one, or a larger one."""
    try:
        stamp = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return False
    return PYTHON.exists() and stamp["key"] == key and stamp["kind"] in {kind, "dev"}


def pip_settings() -> dict[str, str]:
    """Read pip's settings: its files from the machine's to the user's, then PIP_* variables."""
    home = os.environ.get("HOME", "")
    named = os.environ.get("PIP_CONFIG_FILE")
    files = ["/etc/xdg/pip/pip.conf", "/etc/pip.conf", f"{home}/.pip/pip.conf", f"{home}/.config/pip/pip.conf"]
    files.append(f"{sys.prefix}/pip.conf")
    if os.environ.get("XDG_CONFIG_HOME"):
        files.append(f"{os.environ['XDG_CONFIG_HOME']}/pip/pip.conf")
    found: dict[str, str] = {}
    for file in [] if named == os.devnull else [*files, *([named] if named else [])]:
        parser = configparser.RawConfigParser()
        try:
            parser.read(file)
        except (OSError, configparser.Error):
            continue
        for section in ("global", "install"):
            if parser.has_section(section):
                found |= {key.replace("_", "-"): value for key, value in parser.items(section)}
    variables = {key[4:].lower().replace("_", "-"): value for key, value in os.environ.items() if key[:4] == "PIP_"}
    return found | {key: value for key, value in variables.items() if value}


def uv_environment() -> dict[str, str]:
    """Say pip's settings in uv's words; what the user told uv directly wins."""
    pip = pip_settings()
    wanted = {
        "UV_DEFAULT_INDEX": pip.get("index-url", ""),
        "UV_INDEX": " ".join(pip.get("extra-index-url", "").split()),
        "UV_FIND_LINKS": ",".join(pip.get("find-links", "").split()),
        "UV_INSECURE_HOST": " ".join(pip.get("trusted-host", "").split()),
        "UV_NO_INDEX": "1" if pip.get("no-index", "").lower() in {"1", "true", "yes", "on"} else "",
        "UV_HTTP_TIMEOUT": pip.get("timeout") or pip.get("default-timeout", ""),
        "SSL_CERT_FILE": pip.get("cert", ""),
        "UV_INDEX_STRATEGY": "unsafe-best-match",  # as pip does; every file is checked against its hash
        "UV_PYTHON_DOWNLOADS": "never",
        "UV_LINK_MODE": "" if same_disk() else "copy",
    }
    told_uv = {"UV_INDEX_URL": "UV_DEFAULT_INDEX", "UV_EXTRA_INDEX_URL": "UV_INDEX"}
    for old, new in told_uv.items():
        if os.environ.get(old):
            wanted[new] = ""
    environment = {key: value for key, value in wanted.items() if value} | dict(os.environ)
    environment.pop("VIRTUAL_ENV", None)
    if not cache_home():
        environment.setdefault("UV_CACHE_DIR", str(VENV / ".cache"))
    return environment


def cache_home() -> Path | None:
    """The user's own folder, if it can be written."""
    home = os.environ.get("XDG_CACHE_HOME") or os.environ.get("HOME")
    return Path(home) if home and os.access(home, os.W_OK) else None


def same_disk() -> bool:
    """Say whether uv's cache and the environment share a disk, so that files can be linked."""
    home = cache_home()
    return home is None or home.stat().st_dev == ROOT.stat().st_dev


def run(command: list[str], environment: dict[str, str] | None = None) -> None:
    """Run a command; stop with a sentence if it fails."""
    if subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode:
        raise Stop(f"L’installation s’est arrêtée à\u00a0: {' '.join(command[:4])}…")


def make_venv() -> None:
    """Make the environment with pip in it; on a bare Debian, as root, bring the missing module."""
    command = [sys.executable, "-m", "venv", "--clear", str(VENV)]
    if subprocess.run(command, capture_output=True, check=False).returncode == 0:
        return
    apt = shutil.which("apt-get")
    if os.geteuid() == 0 and apt:
        sys.stdout.write("Module venv absent\u00a0: installation de python3-venv…\n")
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
        for words in (["update", "-q"], ["install", "-y", "-q", package]):
            subprocess.run([apt, *words], env=environment, check=False, stdout=subprocess.DEVNULL)
        if subprocess.run(command, capture_output=True, check=False).returncode == 0:
            return
    raise Stop(NO_VENV)


def find_uv() -> str:
    """Give uv: the machine's, else the one of the environment, fetched by pip under its hash."""
    machine = shutil.which("uv")
    if machine and subprocess.run([machine, "--version"], capture_output=True, check=False).returncode == 0:
        if not PYTHON.exists():
            run([machine, "venv", "--quiet", "--clear", f"--python={sys.executable}", str(VENV)], uv_environment())
        return machine
    ours = VENV / "bin" / "uv"
    if not (PYTHON.exists() and ours.exists()):
        make_venv()
        lock = re.search(r"^uv==.*?(?=^\S|\Z)", (ROOT / "requirements/dev.txt").read_text(), re.MULTILINE | re.DOTALL)
        if not lock:
            raise Stop("requirements/dev.txt ne nomme pas uv.")
        with tempfile.TemporaryDirectory() as folder:
            wanted = Path(folder) / "uv.txt"
            wanted.write_text(re.sub(r"^\s+#.*\n", "", lock[0], flags=re.MULTILINE))
            pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
            run([*pip, "--no-deps", "--require-hashes", "-r", str(wanted)])
    return str(ours)


def usable() -> bool:
    """Say whether the environment's Python runs and is ours (a moved clone leaves a dead one)."""
    ask = "import sys; print(sys.prefix, sys.version_info[:2])"
    try:
        answer = subprocess.run([PYTHON, "-c", ask], capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return False
    return answer == f"{VENV} {tuple(sys.version_info[:2])}"


def main() -> int:
    """Install what is asked, unless it is there."""
    kind = sys.argv[1] if len(sys.argv) > 1 else "dev"
    key = fingerprint()
    if installed(kind, key):
        return 0
    sys.stdout.write("Environnement Python…\n")
    sys.stdout.flush()
    try:
        if VENV.exists() and not usable():
            shutil.rmtree(VENV)
        uv = find_uv()
        install = [uv, "pip", "install", "--quiet", f"--python={PYTHON}"]
        run([*install, "--require-hashes", "-r", f"requirements/{kind}.txt"], uv_environment())
        run([*install, "--no-deps", "--editable", "."], uv_environment())
    except Stop as reason:
        sys.stderr.write(f"{reason}\n")
        return 1
    STAMP.write_text(json.dumps({"kind": kind, "key": key}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
