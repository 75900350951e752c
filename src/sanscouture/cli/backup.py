"""`sanscouture backup` and `sanscouture restore`."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import django
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from sanscouture.cli.check import pending_migrations
from sanscouture.database.backup import SUFFIX, Made, back_up, forget_old, stamp
from sanscouture.database.errors import DatabaseUnavailable
from sanscouture.database.inventory import Manifest, Tell
from sanscouture.database.recovery import Recovered, recover
from sanscouture.database.restore import Restored, open_backup, restore
from sanscouture.database.secrets import data_dir
from sanscouture.database.server import ensure_running
from sanscouture.database.vault import key_file

PARIS = ZoneInfo("Europe/Paris")
LAST = datetime.max.replace(tzinfo=UTC)


@contextmanager
def shown(*, quiet: bool) -> Iterator[Tell]:
    """Show a bar that follows `tell(step, done, total)`, on the error output."""
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), disable=quiet, transient=True) as progress:
        bar = progress.add_task("…", total=None)

        def tell(step: str, done: int, total: int) -> None:
            progress.update(bar, description=step, completed=done, total=total)

        yield tell


def answer(as_json: bool, said: dict[str, Any], sentences: list[str]) -> None:
    """Tell a machine, or somebody."""
    if as_json:
        sys.stdout.write(json.dumps(said, ensure_ascii=False, default=str) + "\n")
    else:
        sys.stdout.write("".join(f"{sentence}\n" for sentence in sentences if sentence))


def refuse(as_json: bool, error: DatabaseUnavailable) -> int:
    """Tell why nothing was done."""
    if as_json:
        sys.stdout.write(json.dumps({"error": str(error)}, ensure_ascii=False) + "\n")
    sys.stderr.write(f"{error}\n")
    return 1


def backup_folder() -> Path:
    """Where backups go that are not told where: BACKUP_DIR, else in the data folder."""
    return Path(os.environ.get("BACKUP_DIR") or data_dir() / "backups")


def backup(arguments: list[str]) -> int:
    """Write the database into a sealed file."""
    parser = argparse.ArgumentParser(
        prog="sanscouture backup", description="Sauvegarde la base dans un fichier chiffré."
    )
    parser.add_argument("file", nargs="?", type=Path, metavar="FICHIER", help="par défaut, un nom daté dans BACKUP_DIR")
    parser.add_argument("--keep", type=int, metavar="N", help="ne garder que les N dernières sauvegardes de BACKUP_DIR")
    parser.add_argument("--json", action="store_true", help="réponse pour une machine")
    options = parser.parse_args(arguments)
    if options.keep is not None and (options.keep < 1 or options.file):
        parser.error("--keep est un nombre d’au moins 1, et va sans FICHIER")
    now = datetime.now(UTC).replace(microsecond=0)
    try:
        folder = backup_folder()
        if not options.file:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = options.file or folder / f"sanscouture-{stamp(now)}{SUFFIX}"
        first = not key_file().exists() and not os.environ.get("BACKUP_RECIPIENT")
        ensure_running()
        with shown(quiet=options.json) as tell:
            made = back_up(path.absolute(), version=version("sanscouture"), now=now, tell=tell)
        gone = forget_old(folder, options.keep) if options.keep else []
    except DatabaseUnavailable as error:
        return refuse(options.json, error)
    tell_backup(made, gone, first=first, as_json=options.json)
    return 0


def tell_backup(made: Made, gone: list[Path], *, first: bool, as_json: bool) -> None:
    """Say what was written."""
    manifest = made.manifest
    said = {
        "file": made.path,
        "bytes": made.size,
        "seconds": made.seconds,
        "made_at": manifest.made_at,
        "tables": len(manifest.tables),
        "rows": manifest.rows,
        "removed": gone,
    }
    sentences = [
        f"{made.path}\u00a0: {len(manifest.tables)} tables, {manifest.rows} lignes, {megabytes(made.size)}, "
        f"en {made.seconds:.0f}\u00a0s.",
        f"{len(gone)} ancienne(s) sauvegarde(s) retirée(s)." if gone else "",
        f"La clé qui ouvre les sauvegardes vient d’être créée\u00a0: {key_file()}. Gardez-en une copie ailleurs, avec "
        f"le dossier « secrets »\u00a0: sans elle, aucune sauvegarde ne s’ouvre."
        if first
        else "",
    ]
    answer(as_json, said, sentences)


def megabytes(size: int) -> str:
    """Write a size."""
    return f"{size / 1_000_000:.1f}\u00a0Mo".replace(".", ",")


def restore_command(arguments: list[str]) -> int:
    """Bring the database back from a file."""
    parser = argparse.ArgumentParser(prog="sanscouture restore", description="Remet la base d’une sauvegarde.")
    parser.add_argument("file", nargs="?", type=Path, metavar="FICHIER", help="la sauvegarde")
    parser.add_argument("--at", type=instant, metavar="HEURE", help="« 2026-11-24 18:30 », heure de Paris, ou « fin »")
    parser.add_argument(
        "--archive", type=Path, metavar="DOSSIER", help="avec --at\u00a0: l’archive, si elle est ailleurs"
    )
    parser.add_argument("--key", type=Path, metavar="CLE", help="fichier de la clé (par défaut, celle de ce serveur)")
    parser.add_argument("--force", action="store_true", help="remplacer une base qui contient déjà des tables")
    parser.add_argument("--keep-old", action="store_true", help="garder à côté la base remplacée")
    parser.add_argument("--verify", action="store_true", help="lire la sauvegarde jusqu’au bout, sans rien restaurer")
    parser.add_argument("--json", action="store_true", help="réponse pour une machine")
    options = parser.parse_args(arguments)
    if (options.file is None) == (options.at is None):
        parser.error("donnez un FICHIER, ou --at HEURE")
    try:
        with shown(quiet=options.json) as tell:
            if options.at is not None:
                when = None if options.at == LAST else options.at
                back = recover(
                    when,
                    archive=options.archive and options.archive.absolute(),
                    key=options.key,
                    force=options.force,
                    keep_old=options.keep_old,
                    tell=tell,
                )
                tell_recovered(back, as_json=options.json)
                return 0
            if options.verify:
                opened = open_backup(options.file, options.key, tell)
                tell_manifest(opened.manifest, as_json=options.json)
                return 0
            ensure_running()
            django.setup()
            done = restore(
                options.file,
                key=options.key,
                force=options.force,
                keep_old=options.keep_old,
                accept=must_be_known,
                tell=tell,
            )
    except DatabaseUnavailable as error:
        return refuse(options.json, error)
    tell_restored(done, len(pending_migrations()), as_json=options.json)
    return 0


def tell_recovered(back: Recovered, *, as_json: bool) -> None:
    """Say to which instant the cluster came back."""
    said = {
        "base": back.base,
        "last_commit": back.last_commit,
        "seconds": back.seconds,
        "kept": back.kept or None,
    }
    sentences = [
        f"Base remise à cette heure, en {back.seconds:.0f}\u00a0s. Dernière écriture reprise\u00a0: "
        f"{back.last_commit or 'aucune depuis la copie de base'}.",
        "Prenez une nouvelle base\u00a0: « sanscouture archive ».",
        f"L’ancienne base est gardée dans « {back.kept} »." if back.kept else "",
    ]
    answer(as_json, said, sentences)


def instant(text: str) -> datetime:
    """Read an instant of the past, in Paris unless it says otherwise; `fin` is the last that the archive knows."""
    if text == "fin":
        return LAST
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError("une heure s’écrit « 2026-11-24 18:30 »") from None
    found = (found if found.tzinfo else found.replace(tzinfo=PARIS)).astimezone(UTC)
    if found > datetime.now(UTC):
        raise argparse.ArgumentTypeError("cette heure n’est pas encore passée")
    return found


def must_be_known(manifest: Manifest) -> None:
    """Refuse tables of a later version than this program."""
    from django.db.migrations.loader import MigrationLoader  # noqa: PLC0415 — reads the settings

    ours = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations or {}}
    later = sorted(one for one in manifest.migrations if one not in ours and one.split(".")[0] in apps_known(ours))
    if later:
        raise DatabaseUnavailable(
            f"La sauvegarde vient d’une version plus récente de Sans couture ({manifest.version}, {later[-1]})\u00a0: "
            "installez-la d’abord."
        )


def apps_known(migrations: set[str]) -> set[str]:
    """The apps that have migrations here; what an app since removed has left does not matter."""
    return {one.split(".")[0] for one in migrations}


def tell_manifest(manifest: Manifest, *, as_json: bool) -> None:
    """Say what a backup holds."""
    said = {
        "made_at": manifest.made_at,
        "version": manifest.version,
        "postgres": manifest.postgres,
        "tables": {name: count for name, (count, _) in manifest.tables.items()},
        "rows": manifest.rows,
    }
    answer(as_json, said, [f"Sauvegarde entière\u00a0: {summary(manifest)}."])


def summary(manifest: Manifest) -> str:
    """Say a backup in a few words."""
    return (
        f"faite le {manifest.made_at} par la version {manifest.version}, sur PostgreSQL {manifest.postgres // 10000}, "
        f"{len(manifest.tables)} tables, {manifest.rows} lignes"
    )


def tell_restored(done: Restored, pending: int, *, as_json: bool) -> None:
    """Say what came back, and what is left to do."""
    manifest = done.manifest
    said = {
        "made_at": manifest.made_at,
        "rows": manifest.rows,
        "seconds": done.seconds,
        "pending_migrations": pending,
        "jobs_waiting": manifest.jobs_waiting,
        "missing_keys": done.missing_keys,
        "kept": done.kept or None,
    }
    sentences = [
        f"Base restaurée et recomptée, en {done.seconds:.0f}\u00a0s\u00a0: {summary(manifest)}.",
        f"{pending} mise(s) à jour des tables en attente\u00a0: lancez « sanscouture migrate »." if pending else "",
        f"{manifest.jobs_waiting} travaux attendaient\u00a0: ils partiront au démarrage de « sanscouture worker »."
        if manifest.jobs_waiting
        else "",
        f"Attention\u00a0: {', '.join(done.missing_keys)} du dossier « secrets » n’est pas celui du serveur "
        "sauvegardé\u00a0: remettez-le, sinon ce qui est chiffré reste illisible."
        if done.missing_keys
        else "",
        f"L’ancienne base est gardée sous le nom « {done.kept} »." if done.kept else "",
    ]
    answer(as_json, said, sentences)
