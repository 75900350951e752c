"""Ten thousand files made to hurt the imports: of the offer, of addresses to place in QPV, of official geography.

Run with `.venv/bin/python fuzz/imports.py [FILES [SEED]]`, or `--only NUMBER` to see one fault again. Each file is
either refused whole, with its sentence and nothing written, or accounted for: rows in = rows imported + rows told. The
answer is a table; exit code 1 when a file did anything else, took more than a minute or more memory than it may.
"""

from __future__ import annotations

import csv
import gzip
import os
import resource
import shutil
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import perf_counter
from types import FrameType
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "bench"), str(ROOT / "tests")]

from house import own_database, table  # noqa: E402 found by the line above

FILES, SEED = 10_000, 1
MOST_SECONDS = 60
MOST_MEMORY = 4 << 30  # bytes of addresses: what maps libraries counts too
SHARES = ("offer", "offer", "offer", "offer", "offer", "offer", "offer", "qpv", "qpv", "territories")
"""What one file in ten is given to."""


class TooLong(BaseException):
    """A file took more than its time. Not an Exception: nothing may swallow it."""


@dataclass
class Tally:
    """What became of the files of one import."""

    files: int = 0
    refused: int = 0
    read: int = 0
    imported: int = 0
    told: int = 0
    slowest: tuple[float, int] = (0.0, 0)
    faults: list[str] = field(default_factory=list)


def offer(path: Path, tally: Tally) -> None:
    """Import one file of the offer into an empty directory."""
    from directory.test_hostile_files import assert_accounted, assert_refused
    from sanscouture.core.errors import Refused
    from sanscouture.directory.services import import_offer_file

    try:
        report = import_offer_file(path)
    except Refused as refusal:
        assert_refused(refusal)
        tally.refused += 1
    else:
        assert_accounted(report)
        count(tally, report.read, report.imported, report.refused)


def qpv(path: Path, tally: Tally) -> None:
    """Ask of each row of one table whether it is in a QPV: as many rows out as in, and nothing when refused."""
    from sanscouture.core.errors import Refused
    from sanscouture.territories.services.bulk import Columns, answer_file

    target = path.with_suffix(".out")
    try:
        report = answer_file(path, target, columns=Columns(lat="lat", lon="lon"))
    except Refused as refusal:
        refused(tally, refusal)
        assert not target.exists()
        return
    assert report.rows == sum(report.answers.values())
    csv.field_size_limit(1 << 30)
    with target.open(encoding="utf-8-sig", newline="") as file:
        assert sum(1 for _row in csv.reader(file, delimiter=report.layout.separator)) == report.rows + 1
    count(tally, report.rows, report.rows - report.unreadable, report.unreadable)


def territories(path: Path, tally: Tally) -> None:
    """Load a small country of which one file is broken."""
    from sanscouture.core.errors import Refused
    from sanscouture.territories.services import import_territories

    try:
        reports = import_territories(path)
    except Refused as refusal:
        refused(tally, refusal)
        return
    for report in reports:
        kept = report.created + report.updated + report.unchanged
        assert report.read == kept + len(report.refusals), report
        count(tally, report.read, kept, len(report.refusals))


def refused(tally: Tally, refusal: Exception) -> None:
    assert str(refusal).endswith("."), str(refusal)
    tally.refused += 1


def count(tally: Tally, read: int, imported: int, told: int) -> None:
    assert read == imported + told
    tally.read, tally.imported, tally.told = tally.read + read, tally.imported + imported, tally.told + told


def made(number: int, salt: int, folder: Path) -> tuple[str, Path]:
    """Write the number-th file; give what reads it, and where it is."""
    from directory.hostile import hostile_file

    kind = SHARES[number % len(SHARES)]
    luck = Random(f"{kind}/{salt}/{number}")  # noqa: S311 the same files each time
    if kind == "offer":
        name, content = hostile_file(number // len(SHARES) * 7 + number % len(SHARES), salt)
        path = folder / name
    elif kind == "qpv":
        path, content = folder / f"{number}.csv", points(luck)
    else:
        return kind, country(luck, folder / str(number))
    path.write_bytes(content)
    return kind, path


def points(luck: Random) -> bytes:
    """A table of points, broken at random."""
    from directory.hostile import VALUES, flipped

    mark = luck.choice(";,\t")
    rows = [(f"Personne {n}", luck.uniform(45, 47), luck.uniform(2, 4)) for n in range(luck.randrange(1, 30))]
    text = [mark.join(("nom", "lat", "lon"))]
    for name, lat, lon in rows:
        spoilt = str(luck.choice(VALUES)).replace("\ud800", "?") if luck.random() < 0.3 else str(lat)
        text.append(
            mark.join(
                (name, f'"{spoilt}"' if luck.random() < 0.7 else spoilt, str(lon).replace(".", luck.choice(".,")))
            )
        )
    whole = (
        luck.choice(["\n", "\r\n"])
        .join(text)
        .encode(luck.choice(["utf-8", "utf-8", "utf-8-sig", "cp1252", "utf-16"]), "replace")
    )
    acts: tuple[Callable[[], bytes], ...] = (
        *(lambda: whole, lambda: whole, lambda: whole[: luck.randrange(len(whole))], lambda: flipped(whole, luck)),
        *(
            lambda: gzip.compress(whole),
            lambda: whole + b'"jamais fini',
            lambda: whole.replace(b"lat", b"lat" + mark.encode(), 1),
        ),
        *(lambda: whole + b"\n" + b"x" * 10_000_001, lambda: whole.replace(b"Personne", b'"a\nb"'), lambda: b""),
    )
    return luck.choice(acts)()


def country(luck: Random, folder: Path) -> Path:
    """The small country of the tests, one of its files broken."""
    from directory.hostile import VALUES, flipped
    from territories import country as small

    def spoilt(rows: list[dict[str, str]]) -> list[dict[str, str]]:
        rows = [dict(row) for row in rows]
        if luck.random() < 0.7:
            row = luck.choice(rows)
            row[luck.choice(list(row))] = str(luck.choice(VALUES)).replace("\ud800", "?")
        return rows

    write_country(folder, spoilt, small.QPVS)
    if luck.random() < 0.6:
        broken = luck.choice(sorted(path for path in folder.rglob("*") if path.is_file()))
        whole = broken.read_bytes()
        packed = broken.suffix == ".gz" and luck.random() < 0.6
        inner = gzip.decompress(whole) if packed else whole
        inner = luck.choice([inner[: luck.randrange(len(inner))], flipped(inner, luck), b"", inner * 2, b"[" * 100_000])
        broken.write_bytes(gzip.compress(inner) if packed else inner)
    return folder


def write_country(
    folder: Path, through: Callable[[list[dict[str, str]]], list[dict[str, str]]], qpvs: list[Any]
) -> None:
    """Write the files of the small country, each through a hand that may spoil it."""
    from territories import country as small

    small.write_csv(folder / "cog/regions_2026.csv", through(small.REGIONS))
    small.write_csv(folder / "cog/departements_2026.csv", through(small.DEPARTEMENTS))
    small.write_csv(folder / "cog/epci_2026.csv", through(small.EPCI))
    small.write_csv(folder / "cog/communes_2026.csv.gz", through(small.COMMUNES))
    small.write_features(folder / "qpv/qpv_2024_anct_janv2026_4dec.geojson.gz", qpvs)


@contextmanager
def undone() -> Iterator[None]:
    """Take back whatever one file wrote."""
    from django.db import transaction

    with transaction.atomic():
        try:
            yield
        finally:
            transaction.set_rollback(True)


def feed(number: int, salt: int, folder: Path, tallies: dict[str, Tally]) -> None:
    """Give one file to its import, and note what it did."""
    kind, path = made(number, salt, folder)
    tally, start = tallies[kind], perf_counter()
    tally.files += 1
    signal.setitimer(signal.ITIMER_REAL, MOST_SECONDS)
    try:
        with undone():
            {"offer": offer, "qpv": qpv, "territories": territories}[kind](path, tally)
    except (Exception, TooLong) as error:
        told = traceback.format_exception_only(error)[-1].strip().splitlines()[0][:200]
        tally.faults.append(f"{kind} {number}: {told}")
        if "--only" in sys.argv:
            traceback.print_exc()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    tally.slowest = max(tally.slowest, (perf_counter() - start, number))
    if path.is_dir():
        shutil.rmtree(path)
    for left in (path, path.with_suffix(".out")):
        with suppress(FileNotFoundError):
            left.unlink()


def main() -> int:
    """Feed the files; give the exit code."""
    words = [word for word in sys.argv[1:] if word != "--only"]
    numbers = range(int(words[0]) if words else FILES)
    if "--only" in sys.argv:
        numbers = range(int(words[0]), int(words[0]) + 1)
    salt = int(words[1]) if len(words) > 1 else SEED
    signal.signal(signal.SIGALRM, too_long)
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    tallies = {kind: Tally() for kind in dict.fromkeys(SHARES)}
    with TemporaryDirectory() as scratch:
        folder = Path(scratch)
        prepare(folder)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for number in numbers:
            feed(number, salt, folder, tallies)
            if number % 500 == 499:
                sys.stderr.write(f"{number + 1} files, {sum(len(each.faults) for each in tallies.values())} faults\n")
    heads = ("files", "refused whole", "rows read", "imported", "told", "slowest", "faults")
    rows = [
        (
            *(kind, f"{each.files}", f"{each.refused}", f"{each.read}", f"{each.imported}", f"{each.told}"),
            *(f"{each.slowest[0]:.1f} s (file {each.slowest[1]})", f"{len(each.faults)}"),
        )
        for kind, each in tallies.items()
    ]
    table(f"seed {salt}", rows, heads)
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"\nMost memory: {most / 1024:.0f} MB, {(most - before) / 1024:.0f} more than before the first file.")
    faults = [fault for each in tallies.values() for fault in each.faults]
    print("\n".join(faults[:50]))
    return 1 if faults else 0


def prepare(folder: Path) -> None:
    """Load the small country, whose QPV the points are placed in."""
    from sanscouture.territories.services import import_territories, load_starter_set
    from territories import country as small

    load_starter_set()
    write_country(folder / "ground", lambda rows: rows, small.QPVS)
    import_territories(folder / "ground")


def too_long(_signal: int, _frame: FrameType | None) -> None:
    raise TooLong


if __name__ == "__main__":
    os.environ.setdefault("SANSCOUTURE_DB_FSYNC", "off")
    with own_database():
        raise SystemExit(main())
