"""`sanscouture archive`: what a restoration at a given time needs, kept as the embedded server works."""

from __future__ import annotations

import argparse
from pathlib import Path

from sanscouture.cli.backup import answer, megabytes, refuse
from sanscouture.database.archive import prune, take_base, turn_off, turn_on
from sanscouture.database.errors import DatabaseUnavailable
from sanscouture.database.server import ensure_running

KEPT = 2
"""Bases kept unless one says otherwise: the last, and the one before."""


def archive(arguments: list[str]) -> int:
    """Turn archiving on, take a base, forget the oldest."""
    parser = argparse.ArgumentParser(
        prog="sanscouture archive",
        description="Met en route l’archivage continu de la base embarquée, ou y ajoute une copie de base.",
    )
    parser.add_argument("folder", nargs="?", type=Path, metavar="DOSSIER", help="où archiver (à la première fois)")
    parser.add_argument("--keep", type=int, default=KEPT, metavar="N", help=f"copies de base gardées ({KEPT})")
    parser.add_argument("--off", action="store_true", help="arrêter l’archivage\u00a0; l’archive reste")
    parser.add_argument("--json", action="store_true", help="réponse pour une machine")
    options = parser.parse_args(arguments)
    if options.keep < 1 or (options.off and options.folder):
        parser.error("--keep est un nombre d’au moins 1, et --off va sans DOSSIER")
    try:
        if options.off:
            turn_off()
            answer(options.json, {"archiving": False}, ["L’archivage est arrêté\u00a0; l’archive reste où elle est."])
            return 0
        ensure_running()
        if options.folder:
            turn_on(options.folder.absolute())
        base = take_base()
        gone = prune(base.path.parent.parent, options.keep)
    except DatabaseUnavailable as error:
        return refuse(options.json, error)
    size = base.path.stat().st_size
    said = {"archiving": True, "base": base.path, "at": base.at, "bytes": size, "removed": gone}
    answer(options.json, said, [f"{base.path}\u00a0: copie de base, {megabytes(size)}. L’archivage continue."])
    return 0
