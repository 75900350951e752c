"""Where the embedded cluster, its socket and its locks are, and who runs it.

Root may not run PostgreSQL: an existing unprivileged user does. When that user cannot reach the data folder
(a clone under a 0700 home), the cluster lives in /var/lib and the data folder keeps a pointer to it.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from sanscouture.database.errors import DatabaseUnavailable
from sanscouture.database.secrets import data_dir, write_once

PORT = 5432
LONGEST_SOCKET_PATH = 103  # bytes; macOS's limit, stricter than Linux's 107
SERVANTS = ("postgres", "nobody")
OUTSIDE = (Path("/var/lib/sanscouture"), Path("/var/tmp/sanscouture"))  # noqa: S108 — made 0711 and checked


@dataclass(frozen=True)
class Servant:
    """The unprivileged user that runs the server for root."""

    uid: int
    gid: int


def servant() -> Servant | None:
    """Who runs the server: nobody else than us, unless we are root."""
    if os.geteuid() != 0:
        return None
    for name in SERVANTS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Servant(entry.pw_uid, entry.pw_gid)
    raise DatabaseUnavailable(
        "PostgreSQL refuse de tourner en administrateur et il n’y a ni utilisateur « postgres » ni « nobody »\u00a0: "
        "lancez la commande avec un compte ordinaire."
    )


def reachable(folder: Path) -> bool:
    """Say whether any user may walk down to a folder (the execute bit of each ancestor)."""
    existing = next(parent for parent in (folder, *folder.parents) if parent.exists()).resolve()
    return all(place.stat().st_mode & stat.S_IXOTH for place in (existing, *existing.parents))


def make_outside() -> Path:
    """Make the folder outside the data folder that holds what the servant must reach."""
    for folder in OUTSIDE:
        try:
            folder.mkdir(mode=0o711, parents=True, exist_ok=True)
        except OSError:
            continue
        found = folder.stat(follow_symlinks=False)
        if stat.S_ISDIR(found.st_mode) and found.st_uid == 0 and os.access(folder, os.W_OK):
            folder.chmod(0o711)
            return folder
    raise DatabaseUnavailable("Ni /var/lib ni /var/tmp ne peut recevoir la base\u00a0: choisissez un autre DATA_DIR.")


@dataclass(frozen=True)
class Layout:
    """The paths of one installation's database."""

    data: Path
    home: Path
    sockets: Path

    @property
    def cluster(self) -> Path:
        """PostgreSQL's own data directory."""
        return self.home / "cluster"

    @property
    def desk(self) -> Path:
        """Our locks and logs, which the server's user need not touch."""
        return self.data / "database"

    @property
    def spool(self) -> Path:
        """Where the server puts its finished segments; archiving is on while it exists."""
        return self.home / "spool"

    @property
    def log(self) -> Path:
        """What the server says."""
        return self.desk / "postgres.log"


def choose_home(data: Path) -> Path:
    """Choose where the cluster lives, once for all."""
    if os.geteuid() != 0:
        return data / "postgres"
    pointer = data / "database" / "home"
    if not pointer.exists() and reachable(data):
        return data / "postgres"
    key = hashlib.sha256(str(data.resolve()).encode()).hexdigest()[:16]
    return Path(write_once(pointer, lambda: str(make_outside() / key)))


def layout() -> Layout:
    """Give the paths of the installation that DATA_DIR names."""
    data = data_dir()
    (data / "database").mkdir(mode=0o700, parents=True, exist_ok=True)
    home = choose_home(data)
    sockets = home / "run"
    if len(os.fsencode(sockets / f".s.PGSQL.{PORT}")) > LONGEST_SOCKET_PATH:
        pointer = data / "database" / "sockets"
        sockets = Path(write_once(pointer, lambda: tempfile.mkdtemp(prefix="sanscouture-", dir=short_temp())))
    return Layout(data, home, sockets)


def short_temp() -> str | None:
    """The temporary folder, unless its own path is too long for a socket."""
    return None if len(os.fsencode(tempfile.gettempdir())) < 60 else "/tmp"  # noqa: S108 — mkdtemp makes it private
