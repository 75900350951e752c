"""The steps that make the demonstration, from an empty database. Each is idempotent: a second build changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from django.conf import settings

from sanscouture.core import clock
from sanscouture.demo.services.cast import ensure_cast
from sanscouture.demo.services.stories.year import play
from sanscouture.demo.services.stories.years import YEARS
from sanscouture.directory.services import generate_offer, import_offer_file
from sanscouture.programmes.services import load_programmes, load_starter_programmes
from sanscouture.territories.services import import_territories
from sanscouture.territories.services.starter import load_starter_set

REAL_STRUCTURES = "data_inclusion/structures_v1_reelles.json.gz"
FICTITIOUS_SERVICES = 2_000
SEED = 1

Say = Callable[[str], None]


def build_demo(*, say: Say = lambda sentence: None, services: int = FICTITIOUS_SERVICES) -> None:
    """Build the demonstration, saying each step as it is done.

    `services`: how many fictitious services. Official data are used when REFERENCE_DATA names their folder, the starter
    set otherwise. Raises Refused when a file cannot be read.
    """
    folder = Path(settings.REFERENCE_DATA) if settings.REFERENCE_DATA else None
    steps: list[Callable[[], str]] = [
        lambda: _bring_places(folder),
        lambda: _bring_directory(folder, services),
        _bring_cast,
        _play,
    ]
    for step in steps:
        say(step())


def _bring_places(folder: Path | None) -> str:
    if folder is not None and folder.is_dir():
        import_territories(folder)
        load_programmes(folder)
        return "Territoires et programmes officiels."
    load_starter_set()
    load_starter_programmes()
    return "Territoires et programmes du jeu de départ."


def _bring_directory(folder: Path | None, services: int) -> str:
    path = folder / REAL_STRUCTURES if folder is not None else None
    real = import_offer_file(path).imported if path is not None and path.is_file() else 0
    made = generate_offer(services, seed=SEED)
    return f"Annuaire\u00a0: {real} structures réelles, {made.services} services inventés."


def _bring_cast() -> str:
    return f"Comptes de démonstration\u00a0: {ensure_cast()} nouveaux, le {clock.today():%d/%m/%Y}."


def _play() -> str:
    people = sum(play(year) for year in YEARS)
    return f"Histoires\u00a0: {people} personnes inventées."
