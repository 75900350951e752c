"""The steps that make the demonstration, from an empty database. Each is idempotent: a second build changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from django.conf import settings
from django.db import connection

from sanscouture.core import clock
from sanscouture.core.errors import Refused
from sanscouture.demo.rules.scales import SCALES, STORY, wrong_scale
from sanscouture.demo.services.cast import ensure_cast
from sanscouture.demo.services.nation import build_nation
from sanscouture.demo.services.stories.year import Year, play
from sanscouture.demo.services.stories.years import YEARS
from sanscouture.directory.services import generate_offer, import_offer_file
from sanscouture.programmes.services import load_programmes, load_starter_programmes
from sanscouture.territories.services import import_territories
from sanscouture.territories.services.starter import load_starter_set

REAL_STRUCTURES = "data_inclusion/structures_v1_reelles.json.gz"
FICTITIOUS_SERVICES = 2_000
SEED = 1
CORES = 2

Say = Callable[[str], None]


def build_demo(
    *,
    scale: str = STORY,
    say: Say = lambda sentence: None,
    advance: Callable[[int], None] = lambda count: None,
    services: int = FICTITIOUS_SERVICES,
) -> None:
    """Build the demonstration, saying each step as it is done.

    `scale`: a size of `SCALES`; `services`: how many fictitious services; `advance` is told each programme of the
    country. Official data are used when REFERENCE_DATA names their folder, the starter set otherwise. Raises Refused
    when a file cannot be read, or when the size is unknown or needs files that are not there.
    """
    folder = Path(settings.REFERENCE_DATA) if settings.REFERENCE_DATA else None
    if fault := wrong_scale(scale, has_official_data=folder is not None and folder.is_dir()):
        raise Refused(fault)
    people = SCALES[scale].people
    steps: list[Callable[[], str]] = [
        lambda: _bring_places(folder),
        lambda: _bring_directory(folder, services),
        _bring_cast,
        _play,
        *([lambda: _populate(people, advance)] if people else []),
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
    """Programmes hold no row in common: as many are played at once as a small machine has cores, the fullest first."""
    with ThreadPoolExecutor(CORES) as cores:
        people = sum(cores.map(_play_apart, YEARS))
    return f"Histoires\u00a0: {people} personnes inventées."


def _populate(people: int, advance: Callable[[int], None]) -> str:
    built = build_nation(people, advance=advance)
    return (
        f"Pays\u00a0: {built.people} personnes inventées dans {built.programmes} programmes, "
        f"{built.rows} lignes écrites."
    )


def _play_apart(year: Year) -> int:
    try:
        return play(year)
    finally:
        connection.close()
