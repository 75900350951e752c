"""The embedded cluster on disk: its programs within reach, its creation, its configuration."""

from __future__ import annotations

import os
import secrets
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

from sanscouture.database.binaries import Binaries, binaries
from sanscouture.database.dsn import SUPERUSER
from sanscouture.database.errors import DatabaseUnavailable
from sanscouture.database.layout import PORT, Layout, make_outside, reachable, servant
from sanscouture.database.secrets import secret

BUILTIN_LOCALE_SINCE = 17  # PostgreSQL major that brought the built-in C.UTF-8: no ICU, no system locale

HBA = """\
# Written by Sans couture at each start. A password for everybody, everywhere.
local all all scram-sha-256
local replication sanscouture_backup scram-sha-256
host all all 127.0.0.1/32 scram-sha-256
host all all ::1/128 scram-sha-256
"""

SETTINGS: dict[str, str | int] = {
    "listen_addresses": "",
    "port": PORT,
    "password_encryption": "scram-sha-256",
    "max_connections": 80,
    "shared_buffers": "128MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "effective_cache_size": "1GB",
    "max_wal_size": "1GB",
    "archive_mode": "on",
    "archive_timeout": "5min",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "idle_in_transaction_session_timeout": "10min",
    "logging_collector": "off",
    # A statement or the values of a broken constraint may carry a name: neither is written.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_line_prefix": "%m [%p] ",
}
FAST_SETTINGS: dict[str, str | int] = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def durable() -> bool:
    """Whether data must survive a power cut; tests say no with SANSCOUTURE_DB_FSYNC=off."""
    return os.environ.get("SANSCOUTURE_DB_FSYNC") != "off"


def identity() -> dict[str, Any]:
    """Give `subprocess`'s arguments that run a program as the server's user."""
    who = servant()
    return {"user": who.uid, "group": who.gid, "extra_groups": []} if who else {}


def give(folder: Path) -> None:
    """Make a private folder of the server's user."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    who = servant()
    owner = folder.stat().st_uid
    if who and owner != who.uid:
        os.chown(folder, who.uid, who.gid)
    elif not who and owner != os.geteuid():
        raise DatabaseUnavailable(
            f"Le dossier « {folder} » appartient à un autre utilisateur\u00a0: "
            "reprenez le compte qui l’a créé, ou choisissez un autre DATA_DIR."
        )
    folder.chmod(0o700)


def write_for_servant(path: Path, text: str) -> None:
    """Write a new private file of the server's user."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        if who := servant():
            os.fchown(descriptor, who.uid, who.gid)


def server_binaries() -> Binaries:
    """Give programs that the server's user can run, copied beside the cluster if ours are out of its reach."""
    ours = binaries()
    if not servant() or reachable(ours.folder):
        return ours
    source = ours.folder.parent
    stamp = (ours.folder / "postgres").stat()
    copy = make_outside() / f"postgresql-{ours.major}-{stamp.st_size:x}-{int(stamp.st_mtime):x}"
    inside = Path(source.parent.name, source.name)
    if not copy.exists():
        draft = copy.with_name(f".{copy.name}.{secrets.token_hex(4)}")
        for part in ("bin", "lib", "share"):
            shutil.copytree(source / part, draft / inside / part, symlinks=True)
        libraries = source.parent.parent / f"{source.parent.name}.libs"
        if libraries.is_dir():  # the wheel keeps libpq beside the package, and finds it by a relative path
            shutil.copytree(libraries, draft / libraries.name)
        draft.chmod(0o755)
        try:
            draft.rename(copy)
        except OSError:  # another process made it meanwhile
            shutil.rmtree(draft)
    return Binaries(copy / inside / "bin", ours.major)


def create_cluster(place: Layout) -> None:
    """Run initdb, in a draft folder renamed when whole, so that an interrupted creation leaves nothing half made."""
    programs = server_binaries()
    draft, password = place.home / "cluster.new", place.home / "password"
    shutil.rmtree(draft, ignore_errors=True)
    password.unlink(missing_ok=True)
    write_for_servant(password, secret("postgres-superuser"))
    locale = ["--locale=C"]
    if programs.major >= BUILTIN_LOCALE_SINCE:
        locale += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    command = [
        programs["initdb"],
        f"--pgdata={draft}",
        f"--username={SUPERUSER}",
        f"--pwfile={password}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        *locale,
        *([] if durable() else ["--no-sync"]),
    ]
    try:
        done = subprocess.run(
            command, check=False, capture_output=True, text=True, cwd="/", env=clean_environment(), **identity()
        )
    finally:
        password.unlink(missing_ok=True)
    if done.returncode:
        raise DatabaseUnavailable(f"La base n’a pas pu être créée\u00a0: {done.stderr.strip()}")
    draft.rename(place.cluster)


def clean_environment() -> dict[str, str]:
    """The environment of PostgreSQL's programs: no PG* variable of the caller, no locale that may be missing."""
    kept = {key: value for key, value in os.environ.items() if key in {"PATH", "LD_LIBRARY_PATH", "TMPDIR"}}
    return kept | {"LC_ALL": "C"}


def command_of(place: Layout) -> str:
    """What the server runs for each finished segment: nothing while there is no spool; never half a copy."""
    spool = shlex.quote(str(place.spool)).replace("%", "%%")
    return (
        f"test ! -d {spool} || test -f {spool}/%f || "
        f"{{ cp %p {spool}/.%f.part && sync {spool}/.%f.part && mv {spool}/.%f.part {spool}/%f; }}"
    )


def write_configuration(place: Layout, cluster: Path | None = None, **more: str) -> None:
    """Write the server's configuration and its access file, anew at each start. `more`: settings of a recovery."""
    cluster = cluster or place.cluster
    settings = SETTINGS | {
        "unix_socket_directories": f'"{place.sockets}"',
        "unix_socket_permissions": "0700",
        "archive_command": command_of(place),
    }
    settings |= more if durable() else FAST_SETTINGS | more
    lines = [f"{key} = '{str(value).replace(chr(39), chr(39) * 2)}'\n" for key, value in settings.items()]
    for name, text in (("postgresql.conf", "".join(lines)), ("pg_hba.conf", HBA)):
        draft = cluster / f".{name}.{secrets.token_hex(4)}"
        write_for_servant(draft, text)
        draft.replace(cluster / name)


def recovered(place: Layout) -> Path:
    """Where a cluster is brought back before it takes its place; `ready` beside it says that it is whole."""
    return place.home / "cluster.recovered"


def finish_swap(place: Layout) -> None:
    """Put a recovered cluster in the place left for it; also done at a start after an interruption."""
    ready = place.home / "recovered.ready"
    if ready.exists():
        if recovered(place).exists() and not place.cluster.exists():
            recovered(place).rename(place.cluster)
        ready.unlink()


def prepare(place: Layout) -> None:
    """Bring the cluster to where the server can start on it."""
    give(place.home)
    give(place.sockets)
    finish_swap(place)
    if not (place.cluster / "PG_VERSION").exists():
        create_cluster(place)
    major = int((place.cluster / "PG_VERSION").read_text())
    if major != binaries().major:
        raise DatabaseUnavailable(
            f"Les données viennent de PostgreSQL {major} et ce programme porte PostgreSQL {binaries().major}\u00a0: "
            "restaurez une sauvegarde dans un DATA_DIR neuf."
        )
    write_configuration(place)
