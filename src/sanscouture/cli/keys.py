"""`sanscouture rotate-keys`."""

from __future__ import annotations

import argparse
from dataclasses import asdict

import django

from sanscouture.cli.backup import answer, shown
from sanscouture.database.errors import DatabaseUnavailable
from sanscouture.database.server import ensure_running


def rotate(arguments: list[str]) -> int:
    """Turn the keys of sealed fields."""
    parser = argparse.ArgumentParser(
        prog="sanscouture rotate-keys",
        description="Renouvelle la clé des coordonnées et des notes. Interrompue, elle reprend où elle en était.",
    )
    parser.add_argument("--force", action="store_true", help="même si la clé a moins d’un jour")
    parser.add_argument("--json", action="store_true", help="réponse pour une machine")
    options = parser.parse_args(arguments)
    ensure_running()
    django.setup()
    from sanscouture.core.errors import Refused  # noqa: PLC0415 — after the settings
    from sanscouture.programmes.services.rotation import rotate_keys  # noqa: PLC0415 — reads models

    try:
        with shown(quiet=options.json) as tell:
            done = rotate_keys(insist=options.force, tell=lambda rows, total: tell("Nouveau chiffrement", rows, total))
    except Refused as refusal:
        raise DatabaseUnavailable(str(refusal)) from refusal
    sentences = [
        f"Nouvelle clé {done.key}\u00a0: copiez le dossier « secrets » à l’abri." if done.is_new else "",
        f"{done.rows} lignes chiffrées de nouveau." if done.rows else "",
        f"Clés retirées\u00a0: {', '.join(done.dropped)}. Les sauvegardes d’avant en ont encore besoin\u00a0: "
        "gardez la copie de « secrets » de leur époque."
        if done.dropped
        else "",
        f"Clés gardées, car des lignes en ont encore besoin\u00a0: {', '.join(done.kept)}." if done.kept else "",
        f"{done.unreadable} lignes illisibles\u00a0: leur clé n’est pas ici. Elles restent telles quelles\u00a0; "
        "remettez leur clé dans « secrets », puis relancez."
        if done.unreadable
        else "",
    ]
    if not any(sentences):
        sentences = [f"Rien à faire\u00a0: la clé {done.key} a moins d’un jour (--force la renouvelle)."]
    answer(options.json, asdict(done), sentences)
    return 1 if done.unreadable else 0
